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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn meets_each_slot_once() {
        for slots in (1..=300).chain([1_000, 4_096, 9_999]) {
            let cycle = Cycle::of(slots);
            for from in [0, 1, slots / 2, 12_345_678] {
                let mut met: Vec<u64> = (from..from + slots).map(|turn| cycle.slot(turn)).collect();
                met.sort_unstable();
                assert!(met.into_iter().eq(0..slots), "{slots} slots from turn {from}");
            }
        }
    }

    #[test]
    fn large_numbers_do_not_overflow() {
        let slots = u64::from(u32::MAX);
        let cycle = Cycle::of(slots);
        for turn in [0, slots - 1, slots, u64::MAX - 1, u64::MAX] {
            assert!(cycle.slot(turn) < slots, "{turn}");
        }
        assert_ne!(cycle.slot(1), cycle.slot(2));
    }

    proptest! {
        /// Whatever stretch of turns is looked at, nobody has much more or less than the share of its slots.
        #[test]
        fn shares_are_even_in_every_stretch(weights in prop::collection::vec(1..=100_u64, 2..=8)) {
            let slots: u64 = weights.iter().sum();
            let cycle = Cycle::of(slots);
            let mut first = 0;
            for weight in weights {
                let own = first..first + weight;
                first = own.end;
                // How far it is ahead of its share, in slots' parts of a turn.
                let (mut ahead, mut least, mut most) = (0_i64, 0_i64, 0_i64);
                for turn in 0..2 * slots {
                    let gain = if own.contains(&cycle.slot(turn)) { slots } else { 0 };
                    ahead += i64::try_from(gain).unwrap() - i64::try_from(weight).unwrap();
                    least = least.min(ahead);
                    most = most.max(ahead);
                }
                prop_assert!(most - least <= 5 * i64::try_from(slots).unwrap(), "{weight} of {slots}");
            }
        }
    }

    #[test]
    fn the_common_divisor_is_the_greatest() {
        for (numbers, divisor) in [
            (&[][..], 0),
            (&[0, 0], 0),
            (&[7], 7),
            (&[0, 6], 6),
            (&[6, 4], 2),
            (&[100, 200, 350], 50),
            (&[3, 5], 1),
        ] {
            assert_eq!(common_divisor(numbers.iter().copied()), divisor, "{numbers:?}");
        }
    }
}
