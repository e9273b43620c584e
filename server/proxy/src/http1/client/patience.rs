//! How long a node may make no progress.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

/// What a node is waited for to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wait {
    /// To take more of the request.
    Send,
    /// To give more of the answer.
    Read,
}

/// A connection's timer. It is made once there is something to wait for, and registered anew only when it goes off before
/// it is due, or would go off too late: not with each request.
#[derive(Debug, Default)]
pub(crate) struct Patience {
    send: Duration,
    read: Duration,
    timer: Option<Pin<Box<Sleep>>>,
    waiting: Option<(Wait, Instant)>,
}

impl Patience {
    /// How long each wait may last from now on.
    pub(crate) fn set(&mut self, send: Duration, read: Duration) {
        (self.send, self.read, self.waiting) = (send, read, None);
    }

    /// The node got on.
    pub(crate) fn got_on(&mut self) {
        self.waiting = None;
    }

    /// Ready once it was waited for this, and nothing else, for too long.
    pub(crate) fn poll_lost(&mut self, wait: Wait, context: &mut Context<'_>) -> Poll<()> {
        let due = match self.waiting {
            Some((earlier, due)) if earlier == wait => due,
            _ => {
                let limit = match wait {
                    Wait::Send => self.send,
                    Wait::Read => self.read,
                };
                let due = Instant::now() + limit;
                self.waiting = Some((wait, due));
                due
            }
        };
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(due)));
        if timer.deadline() > due {
            timer.as_mut().reset(due);
        }
        loop {
            ready!(timer.as_mut().poll(context));
            if timer.deadline() >= due {
                return Poll::Ready(());
            }
            timer.as_mut().reset(due);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(10);

    async fn lost(patience: &mut Patience, wait: Wait) -> Duration {
        let start = Instant::now();
        poll_fn(|context| patience.poll_lost(wait, context)).await;
        start.elapsed()
    }

    /// Waits for so long, and not for too long.
    async fn wait_for(patience: &mut Patience, wait: Wait, time: Duration) {
        let lost = poll_fn(|context| patience.poll_lost(wait, context));
        assert!(tokio::time::timeout(time, lost).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn each_wait_has_its_own_limit() {
        let mut patience = Patience::default();
        patience.set(LIMIT, 2 * LIMIT);
        wait_for(&mut patience, Wait::Send, LIMIT / 2).await;
        assert!((LIMIT / 2).abs_diff(lost(&mut patience, Wait::Send).await) < LIMIT / 100);
        assert!((2 * LIMIT).abs_diff(lost(&mut patience, Wait::Read).await) < LIMIT / 100);
    }

    #[tokio::test(start_paused = true)]
    async fn who_gets_on_may_take_the_whole_time_again() {
        let mut patience = Patience::default();
        patience.set(LIMIT, LIMIT);
        for _ in 0..3 {
            wait_for(&mut patience, Wait::Read, LIMIT * 9 / 10).await;
            patience.got_on();
        }
        assert!(LIMIT.abs_diff(lost(&mut patience, Wait::Read).await) < LIMIT / 100);
    }

    #[tokio::test(start_paused = true)]
    async fn a_shorter_limit_holds_at_once() {
        let mut patience = Patience::default();
        patience.set(LIMIT, LIMIT);
        wait_for(&mut patience, Wait::Read, LIMIT / 10).await;
        patience.set(LIMIT / 10, LIMIT / 10);
        assert!((LIMIT / 10).abs_diff(lost(&mut patience, Wait::Read).await) < LIMIT / 100);
    }
}
