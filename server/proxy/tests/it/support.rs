//! What the tests are made of.

pub(crate) mod client;
pub(crate) mod deed;
pub(crate) mod forwarding;
pub(crate) mod gateway;
pub(crate) mod http2;
pub(crate) mod hyper_node;
pub(crate) mod judge;
pub(crate) mod node;
pub(crate) mod pki;
pub(crate) mod process;
pub(crate) mod recorder;

use std::future::Future;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use domain::UnixTime;
use tokio::time::{interval, timeout};

/// Longer than anything here takes, even on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A clock that stands still until it is set.
#[derive(Debug)]
pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    pub(crate) fn at(time: UnixTime) -> Self {
        Self(AtomicI64::new(time.0))
    }

    pub(crate) fn set(&self, time: UnixTime) {
        self.0.store(time.0, Ordering::SeqCst);
    }
}

impl tls::Clock for TestClock {
    fn now(&self) -> UnixTime {
        UnixTime(self.0.load(Ordering::SeqCst))
    }
}

/// Waits for something that must happen.
pub(crate) async fn soon<F: Future>(future: F) -> F::Output {
    timeout(PATIENCE, future).await.expect("it takes too long")
}

/// Waits until a state is reached.
pub(crate) async fn until(what: &str, mut reached: impl FnMut() -> bool) {
    let mut looks = interval(Duration::from_millis(5));
    let waiting = async {
        while !reached() {
            looks.tick().await;
        }
    };
    assert!(timeout(PATIENCE, waiting).await.is_ok(), "never came to pass: {what}");
}
