use std::fmt::Debug;

use domain::UnixTime;

/// Where the time comes from, so that tests can set it.
pub trait Clock: Debug + Send + Sync {
    /// The time now.
    fn now(&self) -> UnixTime;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> UnixTime {
        // Before 1970 nothing is valid yet: 0 fails closed.
        UnixTime(i64::try_from(rustls_pki_types::UnixTime::now().as_secs()).unwrap_or(0))
    }
}
