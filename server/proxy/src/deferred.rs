use std::fmt;
use std::sync::OnceLock;

use tls::HostConfig;

type Made = Result<HostConfig, String>;

/// A policy that is made once it is needed, and kept then. A gateway with a hundred thousand of them starts at once, and
/// pays for those whose clients come.
pub struct Deferred {
    make: Box<dyn Fn() -> Made + Send + Sync>,
    made: OnceLock<Made>,
}

impl Deferred {
    /// `make`: gives the policy, or the reason why it can serve nobody (operators see it). It is called by whoever needs
    /// it first, on that thread, and has nothing to wait for.
    pub fn new(make: impl Fn() -> Result<HostConfig, String> + Send + Sync + 'static) -> Self {
        Self { make: Box::new(make), made: OnceLock::new() }
    }

    /// The policy, made now unless it was before.
    ///
    /// # Errors
    /// Why it can serve nobody.
    pub(crate) fn get(&self) -> Result<&HostConfig, &str> {
        self.made.get_or_init(|| (self.make)()).as_ref().map_err(String::as_str)
    }

    /// Finds out whether it can be made. If it can, it is not kept, as nobody has needed it yet.
    pub(crate) fn check(&self) {
        if self.made.get().is_none()
            && let Err(reason) = (self.make)()
        {
            // Whoever was faster has found the same.
            let _ = self.made.set(Err(reason));
        }
    }
}

impl fmt::Debug for Deferred {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deferred").field("made", &self.made).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn it_is_made_once_however_it_is_found_to_be_broken() {
        for checks in [false, true] {
            let calls = Arc::new(AtomicUsize::new(0));
            let count = Arc::clone(&calls);
            let deferred = Deferred::new(move || {
                count.fetch_add(1, Ordering::Relaxed);
                Err("no key".to_owned())
            });
            assert_eq!(calls.load(Ordering::Relaxed), 0, "nobody has needed it");
            if checks {
                deferred.check();
            }
            assert_eq!(deferred.get().err(), Some("no key"));
            deferred.check();
            assert_eq!(deferred.get().err(), Some("no key"));
            assert_eq!(calls.load(Ordering::Relaxed), 1);
        }
    }
}
