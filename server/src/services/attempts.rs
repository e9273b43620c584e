use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Mutex;

use domain::UnixTime;

/// Failed attempts that are forgiven before waiting begins.
const FREE: u32 = 5;
/// After so many seconds without a failure all is forgotten.
const MEMORY: i64 = 900;
/// How many keys are remembered; when full, those that may try again are dropped first.
const KEYS: usize = 10_000;

/// Slows down guessing: after five failures every further one doubles the wait, up to a bound.
#[derive(Debug)]
pub(super) struct Attempts<K> {
    /// In seconds.
    longest_wait: i64,
    failures: Mutex<HashMap<K, Failures>>,
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last: UnixTime,
}

impl Failures {
    /// Seconds to wait at `now`. Never more than `longest`, also when the clock was set back.
    fn wait(self, longest: i64, now: UnixTime) -> i64 {
        let doublings = self.count.saturating_sub(FREE).min(16);
        let wait = if doublings == 0 { 0 } else { (1_i64 << doublings).min(longest) };
        self.last.plus_seconds(wait).seconds_since(now).min(longest)
    }
}

impl<K: Eq + Hash + Clone> Attempts<K> {
    /// `longest_wait` is in seconds.
    pub(super) fn new(longest_wait: i64) -> Self {
        Self { longest_wait, failures: Mutex::new(HashMap::new()) }
    }

    /// Seconds that `key` has to wait before it may try.
    pub(super) fn wait(&self, key: &K, now: UnixTime) -> Option<u64> {
        let failures = self.lock();
        let wait = failures.get(key)?.wait(self.longest_wait, now);
        u64::try_from(wait).ok().filter(|wait| *wait > 0)
    }

    /// Counts an attempt as failed until [`Attempts::succeeded`] is called, so that parallel guesses all count.
    pub(super) fn begun(&self, key: &K, now: UnixTime) {
        let mut failures = self.lock();
        if failures.len() >= KEYS && !failures.contains_key(key) {
            failures.retain(|_, entry| entry.wait(self.longest_wait, now) > 0);
            if failures.len() >= KEYS {
                return;
            }
        }
        let entry = failures.entry(key.clone()).or_insert(Failures { count: 0, last: now });
        if now.seconds_since(entry.last) > MEMORY {
            entry.count = 0;
        }
        *entry = Failures { count: entry.count.saturating_add(1), last: now };
    }

    /// Forgets the failures of `key`.
    pub(super) fn succeeded(&self, key: &K) {
        self.lock().remove(key);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<K, Failures>> {
        // Counting cannot leave the map half-changed, so a panic elsewhere does not make it unusable.
        self.failures.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end() {
        let attempts = Attempts::new(300);
        let mut now = UnixTime(1_000);
        for _ in 0..FREE {
            assert_eq!(attempts.wait(&"a", now), None);
            attempts.begun(&"a", now);
        }
        attempts.begun(&"a", now);
        assert_eq!(attempts.wait(&"a", now), Some(2));
        assert_eq!(attempts.wait(&"b", now), None);
        attempts.begun(&"a", now);
        assert_eq!(attempts.wait(&"a", now), Some(4));
        for _ in 0..40 {
            attempts.begun(&"a", now);
        }
        assert_eq!(attempts.wait(&"a", now), Some(300));
        assert_eq!(attempts.wait(&"a", UnixTime(0)), Some(300), "a clock that was set back locks nobody out");
        now = now.plus_seconds(300);
        assert_eq!(attempts.wait(&"a", now), None);
        now = now.plus_seconds(MEMORY + 1);
        attempts.begun(&"a", now);
        assert_eq!(attempts.wait(&"a", now), None);
    }

    #[test]
    fn success_forgets_and_memory_is_bounded() {
        let attempts = Attempts::new(300);
        let now = UnixTime(0);
        for _ in 0..10 {
            attempts.begun(&0, now);
        }
        attempts.succeeded(&0);
        assert_eq!(attempts.wait(&0, now), None);
        for key in 0..2 * KEYS {
            attempts.begun(&key, now);
        }
        assert!(attempts.lock().len() <= KEYS);
    }
}
