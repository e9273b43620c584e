use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use domain::{ActiveCheck, PassiveCheck};

/// What [`Condition::retry_at`] is while the node is well.
const WELL: u64 = 0;

/// How a node fares, as all workers know it. Knows no rules: they are given with each thing that happens.
#[derive(Debug)]
pub(super) struct Condition {
    /// Times are counted from here, so that they fit into an atomic.
    epoch: Instant,
    /// In progress.
    requests: AtomicU64,
    /// Requests that failed, in a row.
    failures: AtomicU32,
    /// [`WELL`], or the time from which on a request may try the node again ([`Condition::time`]). Follows `illness`, and
    /// is changed between ill and well under its lock only.
    retry_at: AtomicU64,
    illness: Mutex<Option<Illness>>,
    checks: Checks,
}

/// Since when and why a node is ill.
#[derive(Debug, Clone)]
pub(super) struct Illness {
    pub(super) since: Instant,
    /// Escaped.
    pub(super) reason: String,
}

/// How active checks went. Written by the one task that makes them.
#[derive(Debug, Default)]
struct Checks {
    /// In a row.
    good: AtomicU32,
    /// In a row.
    failed: AtomicU32,
    /// When the last one ended ([`Condition::time`]); 0 before the first.
    ended_at: AtomicU64,
    is_running: AtomicBool,
}

impl Condition {
    /// Of a node that nothing is known of: it is well.
    pub(super) fn new(epoch: Instant) -> Self {
        Self {
            epoch,
            requests: AtomicU64::new(0),
            failures: AtomicU32::new(0),
            retry_at: AtomicU64::new(WELL),
            illness: Mutex::default(),
            checks: Checks::default(),
        }
    }

    /// Requests in progress.
    pub(super) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    pub(super) fn begin_request(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn end_request(&self) {
        self.requests.fetch_sub(1, Ordering::Relaxed);
    }

    pub(super) fn is_ill(&self) -> bool {
        self.retry_at.load(Ordering::Relaxed) != WELL
    }

    /// Whether it is ill, and has been long enough for a request to try it again.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        let retry_at = self.retry_at.load(Ordering::Relaxed);
        retry_at != WELL && retry_at <= self.time(now)
    }

    /// Takes the trial that is due. One caller only is told that it has it; if nothing comes of it, there is another one
    /// after `recover_after`.
    pub(super) fn take_trial(&self, recover_after: Duration, now: Instant) -> bool {
        let retry_at = self.retry_at.load(Ordering::Relaxed);
        let next = self.time(now + recover_after);
        retry_at != WELL
            && retry_at <= self.time(now)
            && self.retry_at.compare_exchange(retry_at, next, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    /// A request went well.
    pub(super) fn note_success(&self) {
        // Not written to while there is nothing to change: all workers read it.
        if self.failures.load(Ordering::Relaxed) != 0 {
            self.failures.store(0, Ordering::Relaxed);
        }
    }

    /// A request failed. Answers whether the node is ill by that, and was not before.
    pub(super) fn note_failure(&self, rules: &PassiveCheck, reason: &str, now: Instant) -> bool {
        let failures = self.failures.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        failures >= u32::from(rules.unhealthy_after) && self.fall_ill(reason, recovery(rules), now)
    }

    /// When the last check ended, in milliseconds of no known origin; 0 before the first.
    pub(super) fn checked_at(&self) -> u64 {
        self.checks.ended_at.load(Ordering::Relaxed)
    }

    /// Begins a check unless one is running.
    ///
    /// # Errors
    /// How long the last one has to be past yet; or there is one running, with a time that tells nothing.
    pub(super) fn begin_check(&self, interval: Duration, now: Instant) -> Result<(), Duration> {
        let due_in = match self.checked_at() {
            0 => 0,
            ended_at => (ended_at + millis(interval)).saturating_sub(self.time(now)),
        };
        if due_in > 0 {
            return Err(Duration::from_millis(due_in));
        }
        let was_running = self.checks.is_running.swap(true, Ordering::Relaxed);
        if was_running { Err(Duration::MAX) } else { Ok(()) }
    }

    /// The check that was begun is over, with or without an outcome.
    pub(super) fn end_check(&self) {
        self.checks.is_running.store(false, Ordering::Relaxed);
    }

    /// A check went well. Answers whether the node is well by that, and was not before.
    pub(super) fn note_good_check(&self, rules: &ActiveCheck, now: Instant) -> bool {
        self.checks.ended_at.store(self.time(now), Ordering::Relaxed);
        self.checks.failed.store(0, Ordering::Relaxed);
        let good = self.checks.good.load(Ordering::Relaxed).saturating_add(1);
        self.checks.good.store(good, Ordering::Relaxed);
        good >= u32::from(rules.healthy_after) && self.recover()
    }

    /// A check failed. Answers whether the node is ill by that, and was not before.
    pub(super) fn note_failed_check(
        &self,
        rules: &ActiveCheck,
        reason: &str,
        recover_after: Duration,
        now: Instant,
    ) -> bool {
        self.checks.ended_at.store(self.time(now), Ordering::Relaxed);
        self.checks.good.store(0, Ordering::Relaxed);
        let failed = self.checks.failed.load(Ordering::Relaxed).saturating_add(1);
        self.checks.failed.store(failed, Ordering::Relaxed);
        failed >= u32::from(rules.unhealthy_after) && self.fall_ill(reason, recover_after, now)
    }

    /// The node is ill; a request may try it `recover_after` from now. Answers whether it was not before.
    fn fall_ill(&self, reason: &str, recover_after: Duration, now: Instant) -> bool {
        let retry_at = self.time(now + recover_after);
        let before = self.retry_at.load(Ordering::Relaxed);
        if before != WELL {
            // Nothing is to be done if somebody else changed it meanwhile: what they know is as new.
            let _ = self.retry_at.compare_exchange(before, retry_at, Ordering::Relaxed, Ordering::Relaxed);
            return false;
        }
        let mut illness = self.illness_guard();
        if illness.is_some() {
            return false;
        }
        *illness = Some(Illness { since: now, reason: reason.to_owned() });
        self.checks.good.store(0, Ordering::Relaxed);
        self.retry_at.store(retry_at, Ordering::Relaxed);
        true
    }

    /// The node is well. Answers whether it was not before.
    pub(super) fn recover(&self) -> bool {
        if !self.is_ill() {
            return false;
        }
        let mut illness = self.illness_guard();
        self.failures.store(0, Ordering::Relaxed);
        self.checks.failed.store(0, Ordering::Relaxed);
        self.retry_at.store(WELL, Ordering::Relaxed);
        illness.take().is_some()
    }

    /// Since when and why it is ill, if it is.
    pub(super) fn illness(&self) -> Option<Illness> {
        self.illness_guard().clone()
    }

    fn illness_guard(&self) -> MutexGuard<'_, Option<Illness>> {
        self.illness.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Milliseconds since the epoch, from 1 on.
    fn time(&self, at: Instant) -> u64 {
        millis(at.saturating_duration_since(self.epoch)) + 1
    }
}

/// Whole milliseconds; durations that long that they do not fit are not told apart.
fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX / 4)
}

/// How long an ill node is left alone.
pub(super) fn recovery(rules: &PassiveCheck) -> Duration {
    Duration::from_secs(rules.recover_after.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECOVER_AFTER: Duration = Duration::from_secs(10);

    fn passive(unhealthy_after: u8) -> PassiveCheck {
        PassiveCheck { unhealthy_after, recover_after: 10, ..PassiveCheck::default() }
    }

    fn fresh() -> (Condition, Instant) {
        let epoch = Instant::now();
        (Condition::new(epoch), epoch)
    }

    #[test]
    fn falls_ill_by_failures_in_a_row_and_says_so_once() {
        let (condition, now) = fresh();
        let rules = passive(3);
        assert!(!condition.note_failure(&rules, "first", now));
        assert!(!condition.note_failure(&rules, "second", now));
        condition.note_success();
        assert!(!condition.note_failure(&rules, "first", now));
        assert!(!condition.note_failure(&rules, "second", now));
        assert!(!condition.is_ill());
        assert!(condition.note_failure(&rules, "third", now));
        assert!(condition.is_ill());
        assert!(!condition.note_failure(&rules, "fourth", now));
        assert_eq!(condition.illness().unwrap().reason, "third");
    }

    #[test]
    fn one_trial_is_given_when_it_is_due() {
        let (condition, begin) = fresh();
        condition.note_failure(&passive(1), "gone", begin);
        let at = |millis| begin + Duration::from_millis(millis);
        assert!(!condition.is_due(at(9_999)) && !condition.take_trial(RECOVER_AFTER, at(9_999)));
        assert!(condition.is_due(at(10_000)));
        assert!(condition.take_trial(RECOVER_AFTER, at(10_000)));
        assert!(!condition.take_trial(RECOVER_AFTER, at(10_000)), "a second one");
        // Nothing came of it.
        assert!(!condition.take_trial(RECOVER_AFTER, at(19_999)));
        assert!(condition.take_trial(RECOVER_AFTER, at(20_000)));
        // It failed, five seconds later.
        assert!(!condition.note_failure(&passive(1), "still gone", at(25_000)));
        assert!(!condition.take_trial(RECOVER_AFTER, at(34_999)));
        assert!(condition.take_trial(RECOVER_AFTER, at(35_000)));
        assert_eq!(condition.illness().unwrap().since, begin);
        assert!(condition.recover());
        assert!(!condition.recover(), "said twice");
        assert!(
            !condition.is_ill()
                && !condition.is_due(at(100_000))
                && !condition.take_trial(RECOVER_AFTER, at(100_000))
        );
        assert!(condition.illness().is_none());
    }

    #[test]
    fn recovery_forgets_earlier_failures() {
        let (condition, now) = fresh();
        let rules = passive(2);
        condition.note_failure(&rules, "1", now);
        condition.note_failure(&rules, "2", now);
        condition.recover();
        assert!(!condition.note_failure(&rules, "1", now));
        assert!(condition.note_failure(&rules, "2", now));
    }

    #[test]
    fn checks_count_in_a_row() {
        let rules = ActiveCheck { healthy_after: 2, unhealthy_after: 3, ..ActiveCheck::default() };
        // +: a good check, -: a failed one; upper case letters: the node is well or ill from here on.
        for (checks, said) in [
            ("--+--+", "......"),
            ("---", "..I"),
            ("-----", "..I.."),
            ("---++", "..I.W"),
            ("---+-++", "..I...W"),
            ("---++---", "..I.W..I"),
            ("+++---++", ".....I.W"),
        ] {
            let (condition, now) = fresh();
            let heard: String = checks
                .chars()
                .map(|check| match check {
                    '+' if condition.note_good_check(&rules, now) => 'W',
                    '-' if condition.note_failed_check(&rules, "why", Duration::ZERO, now) => 'I',
                    _ => '.',
                })
                .collect();
            assert_eq!(heard, said, "{checks}");
        }
    }

    #[test]
    fn good_checks_from_before_the_illness_do_not_count() {
        let rules = ActiveCheck { healthy_after: 2, ..ActiveCheck::default() };
        let (condition, now) = fresh();
        for _ in 0..5 {
            condition.note_good_check(&rules, now);
        }
        condition.note_failure(&passive(1), "broke off", now);
        assert!(!condition.note_good_check(&rules, now));
        assert!(condition.note_good_check(&rules, now));
    }

    #[test]
    fn a_check_is_due_after_the_interval_and_never_twice_at_once() {
        let rules = ActiveCheck::default();
        let interval = Duration::from_secs(5);
        let (condition, begin) = fresh();
        assert_eq!(condition.begin_check(interval, begin), Ok(()));
        assert_eq!(condition.begin_check(interval, begin + interval * 2), Err(Duration::MAX));
        condition.note_good_check(&rules, begin + Duration::from_secs(1));
        condition.end_check();
        let soon = begin + Duration::from_secs(4);
        assert_eq!(condition.begin_check(interval, soon), Err(Duration::from_secs(2)));
        assert_eq!(condition.begin_check(interval, begin + Duration::from_secs(6)), Ok(()));
        // Without an outcome it is due again at once.
        condition.end_check();
        assert_eq!(condition.begin_check(interval, begin + Duration::from_secs(6)), Ok(()));
    }
}
