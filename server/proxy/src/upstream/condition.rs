use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
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

    /// A check went well. Answers whether the node is well by that, and was not before.
    pub(super) fn note_good_check(&self, rules: &ActiveCheck) -> bool {
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
        let passed = at.saturating_duration_since(self.epoch).as_millis();
        u64::try_from(passed).unwrap_or(u64::MAX - 1) + 1
    }
}

/// How long an ill node is left alone.
pub(super) fn recovery(rules: &PassiveCheck) -> Duration {
    Duration::from_secs(rules.recover_after.into())
}
