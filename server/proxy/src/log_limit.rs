use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Lines of one kind that are written to the log in one second.
const A_SECOND: u32 = 50;

/// Keeps strangers from filling the log with one kind of line: of those of one second only so many are said, then how many
/// were not.
#[derive(Debug, Default)]
pub(crate) struct LogLimit(Mutex<Option<Window>>);

#[derive(Debug)]
struct Window {
    began: Instant,
    said: u32,
    unsaid: u64,
}

impl LogLimit {
    /// Whether there is room for one more now.
    pub(crate) fn admits_one(&self, kind: &'static str) -> bool {
        let (admitted, unsaid) = self.count(Instant::now());
        if let Some(unsaid) = unsaid {
            tracing::info!(unsaid, kind, "more than are said one by one");
        }
        admitted
    }

    /// Whether there is room for one more, and how many had none in a second that is over.
    fn count(&self, now: Instant) -> (bool, Option<u64>) {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_over = |window: &Window| now.duration_since(window.began) >= Duration::from_secs(1);
        let ended = if window.as_ref().is_none_or(is_over) {
            window.replace(Window { began: now, said: 0, unsaid: 0 })
        } else {
            None
        };
        let unsaid = ended.map(|window| window.unsaid).filter(|unsaid| *unsaid > 0);
        let Some(window) = window.as_mut() else { return (true, unsaid) };
        if window.said < A_SECOND {
            window.said += 1;
            (true, unsaid)
        } else {
            window.unsaid += 1;
            (false, unsaid)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_so_many_a_second_and_then_how_many_more() {
        let log = LogLimit::default();
        let start = Instant::now();
        let said = (0..60).filter(|_| log.count(start).0).count();
        assert_eq!(said, 50);
        let later = start + Duration::from_secs(1);
        assert_eq!(log.count(later), (true, Some(10)));
        assert_eq!(log.count(later), (true, None));
        assert_eq!(log.count(later + Duration::from_secs(1)), (true, None));
    }
}
