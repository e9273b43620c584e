//! A request's body that has to get on.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep, sleep};

/// A body that fails when somebody waits for more of it for too long.
#[derive(Debug)]
pub(crate) struct SteadyBody {
    body: Incoming,
    patience: Duration,
    /// Made when there is something to wait for, which most bodies never have.
    deadline: Option<Pin<Box<Sleep>>>,
    is_waiting: bool,
}

impl SteadyBody {
    /// `patience`: how long the next bytes may take.
    pub(crate) fn new(body: Incoming, patience: Duration) -> Self {
        Self { body, patience, deadline: None, is_waiting: false }
    }

    fn poll_deadline(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let patience = self.patience;
        let deadline = self.deadline.get_or_insert_with(|| Box::pin(sleep(patience)));
        if !self.is_waiting {
            self.is_waiting = true;
            deadline.as_mut().reset(Instant::now() + patience);
        }
        deadline.as_mut().poll(context)
    }
}

impl Body for SteadyBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let body = self.get_mut();
        match Pin::new(&mut body.body).poll_frame(context) {
            Poll::Ready(frame) => {
                // A piece without a byte is no progress.
                let is_progress =
                    !matches!(&frame, Some(Ok(frame)) if frame.data_ref().is_some_and(Bytes::is_empty));
                body.is_waiting &= !is_progress;
                Poll::Ready(frame.map(|frame| frame.map_err(io::Error::other)))
            }
            Poll::Pending => {
                ready!(body.poll_deadline(context));
                Poll::Ready(Some(Err(io::ErrorKind::TimedOut.into())))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
