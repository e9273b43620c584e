//! An order of slots that gives each node its share evenly, without anything to remember but a counter.

/// The smallest quotient in the continued fraction of step/slots that is not taken for even: below it, no node's slots lie
/// further apart than a few times their mean distance.
const UNEVEN: u64 = 6;
/// How many steps are looked at for an even one.
const LOOKED_AT: u64 = 32;

/// Visits each of a number of slots once, in an order in which neighbours are far apart: a node that has some slots in a
/// row gets its turns spread over the whole cycle.
///
/// The slots are visited in steps of nearly their number divided by the golden ratio, which of all ratios is the one that
/// leaves the most even gaps (three-distance theorem). A step that has no divisor in common with their number meets all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cycle {
    slots: u64,
    step: u64,
}

impl Cycle {
    /// The cycle of so many slots; at least one, at most 2³².
    pub(super) fn of(slots: u64) -> Self {
        // 610/987 is the golden ratio to six digits: finer than the steps are apart for any number of slots that matters.
        let ideal = slots.saturating_mul(610) / 987;
        let near = |distance: u64| [ideal.checked_sub(distance), ideal.checked_add(distance)];
        let steps = (0..LOOKED_AT).flat_map(near).flatten().filter(|step| (1..slots).contains(step));
        let mut best: Option<(u64, u64)> = None;
        for step in steps {
            let Some(unevenness) = unevenness(step, slots) else { continue };
            if best.is_none_or(|(least, _)| unevenness < least) {
                best = Some((unevenness, step));
            }
            if unevenness < UNEVEN {
                break;
            }
        }
        // Steps of one meet all slots too.
        Self { slots, step: best.map_or(1, |(_, step)| step) }
    }

    /// The slot of this turn. Turns that follow each other as many times as there are slots meet each slot once.
    pub(super) fn slot(self, turn: u64) -> u64 {
        // Both factors are at most 2³².
        (turn % self.slots) * self.step % self.slots
    }
}

/// The greatest quotient in the continued fraction of `step / slots`; `None` if they have a divisor in common.
fn unevenness(step: u64, slots: u64) -> Option<u64> {
    let (mut greater, mut smaller, mut greatest) = (slots, step, 0);
    while smaller > 1 {
        greatest = greatest.max(greater / smaller);
        (greater, smaller) = (smaller, greater % smaller);
    }
    (smaller == 1).then(|| greatest.max(greater))
}

/// The greatest number that divides all of them; 0 if all are 0.
pub(super) fn common_divisor(numbers: impl Iterator<Item = u32>) -> u32 {
    numbers.fold(0, |mut left, mut right| {
        while right != 0 {
            (left, right) = (right, left % right);
        }
        left
    })
}
