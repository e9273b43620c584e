use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::sync::Notify;

/// Lets so many through at once, and makes the others wait. Unlike a semaphore its bound can be lowered at any time;
/// those that are through already stay.
#[derive(Debug)]
pub(crate) struct Gate {
    most: AtomicU32,
    inside: AtomicU32,
    left: Notify,
}

/// Having come through a [`Gate`], for as long as it lives.
#[derive(Debug)]
pub(crate) struct Pass(Arc<Gate>);

impl Gate {
    pub(crate) fn new(most: u32) -> Arc<Self> {
        Arc::new(Self { most: most.into(), inside: AtomicU32::new(0), left: Notify::new() })
    }

    /// Changes how many may be inside at once.
    pub(crate) fn set_most(&self, most: u32) {
        self.most.store(most, Ordering::SeqCst);
        self.left.notify_waiters();
    }

    /// Waits until there is room. May be dropped while it waits.
    pub(crate) async fn enter(self: &Arc<Self>) -> Pass {
        loop {
            // Begins to listen before it looks, or else somebody could leave unheard between the two.
            let mut left = pin!(self.left.notified());
            left.as_mut().enable();
            if let Some(pass) = self.try_enter() {
                return pass;
            }
            left.await;
        }
    }

    fn try_enter(self: &Arc<Self>) -> Option<Pass> {
        let most = self.most.load(Ordering::SeqCst);
        let one_more = |inside| (inside < most).then_some(inside + 1);
        self.inside
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_more)
            .is_ok()
            .then(|| Pass(Arc::clone(self)))
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.0.inside.fetch_sub(1, Ordering::SeqCst);
        self.0.left.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn who_finds_it_full_waits_until_somebody_leaves() {
        let gate = Gate::new(2);
        let first = gate.enter().now_or_never().expect("room");
        let _second = gate.enter().now_or_never().expect("room");
        let mut third = pin!(gate.enter());
        assert!(third.as_mut().now_or_never().is_none());
        drop(first);
        assert!(third.now_or_never().is_some());
    }

    #[test]
    fn one_that_gives_up_waiting_lets_the_next_one_through() {
        let gate = Gate::new(1);
        let first = gate.enter().now_or_never().expect("room");
        let mut third = pin!(gate.enter());
        {
            let mut second = pin!(gate.enter());
            assert!(second.as_mut().now_or_never().is_none());
            assert!(third.as_mut().now_or_never().is_none());
            drop(first);
        }
        assert!(third.now_or_never().is_some());
    }

    #[test]
    fn its_bound_can_be_changed_at_any_time() {
        let gate = Gate::new(1);
        let first = gate.enter().now_or_never().expect("room");
        let mut second = pin!(gate.enter());
        assert!(second.as_mut().now_or_never().is_none());
        gate.set_most(2);
        let second = second.now_or_never().expect("more room");
        gate.set_most(1);
        drop(first);
        assert!(gate.enter().now_or_never().is_none(), "the second is still inside");
        drop(second);
        assert!(gate.enter().now_or_never().is_some());
    }
}
