//! How long something may stand still.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep};

/// A limit on how long somebody waits without any progress.
#[derive(Debug)]
pub(crate) struct Patience {
    limit: Duration,
    /// Made when there is something to wait for, which is seldom.
    deadline: Option<Pin<Box<Sleep>>>,
    is_waiting: bool,
}

impl Patience {
    pub(crate) fn new(limit: Duration) -> Self {
        Self { limit, deadline: None, is_waiting: false }
    }

    /// There was progress: the next wait begins anew.
    pub(crate) fn renew(&mut self) {
        self.is_waiting = false;
    }

    /// Waits; ready when it has taken too long.
    pub(crate) fn poll_exhausted(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let limit = self.limit;
        let deadline = self.deadline.get_or_insert_with(|| Box::pin(sleep(limit)));
        if !self.is_waiting {
            self.is_waiting = true;
            deadline.as_mut().reset(Instant::now() + limit);
        }
        deadline.as_mut().poll(context)
    }
}
