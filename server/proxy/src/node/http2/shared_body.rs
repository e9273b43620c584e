//! A request's body that the library sends and we watch.

use std::cell::{Cell, RefCell};
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

use crate::http1::client::{Limits, Patience, Wait};
use crate::node::FailureStage;

/// A body, and how far the library has read it.
pub(super) struct SharedBody<B> {
    body: RefCell<B>,
    state: Cell<State>,
    /// How many frames were read.
    frames: Cell<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The library has what was there, and has not asked for more.
    Sending,
    /// The library waits for the client.
    Waiting,
    Read,
    Failed,
}

impl<B: Body> SharedBody<B> {
    pub(super) fn new(body: B) -> Self {
        let state = if body.is_end_stream() { State::Read } else { State::Sending };
        Self { body: RefCell::new(body), state: Cell::new(state), frames: Cell::new(0) }
    }

    /// The body, if nothing was read from it.
    pub(super) fn into_untouched(self) -> Option<B> {
        (self.frames.get() == 0).then(|| self.body.into_inner())
    }
}

impl<B> SharedBody<B> {
    /// Whether the library has all of it.
    pub(super) fn is_read(&self) -> bool {
        self.state.get() == State::Read
    }

    /// Whether the client failed to give it.
    pub(super) fn has_failed(&self) -> bool {
        self.state.get() == State::Failed
    }
}

/// A [`SharedBody`] of whatever type: connections are shared by requests with different ones.
pub(super) trait AnyBody {
    fn poll_frame(&self, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>>;
    fn is_end_stream(&self) -> bool;
    fn size_hint(&self) -> SizeHint;
    fn state(&self) -> (bool, bool, u64);
}

impl<B: Body<Data = Bytes, Error = io::Error> + Unpin> AnyBody for SharedBody<B> {
    fn poll_frame(&self, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let mut body = self.body.borrow_mut();
        let frame = Pin::new(&mut *body).poll_frame(context);
        self.state.set(match &frame {
            Poll::Pending => State::Waiting,
            Poll::Ready(Some(Err(_))) => State::Failed,
            Poll::Ready(Some(Ok(_))) if !body.is_end_stream() => State::Sending,
            Poll::Ready(_) => State::Read,
        });
        if frame.is_ready() {
            self.frames.update(|frames| frames + 1);
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.borrow().is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.borrow().size_hint()
    }

    fn state(&self) -> (bool, bool, u64) {
        (self.is_read(), self.state.get() == State::Waiting, self.frames.get())
    }
}

/// The library's end of a [`SharedBody`].
pub(super) struct StreamBody(Rc<dyn AnyBody>);

impl StreamBody {
    pub(super) fn new(body: Rc<dyn AnyBody>) -> Self {
        Self(body)
    }
}

impl Body for StreamBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        self.0.poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}

/// Sees to it that a node gets on with a request.
pub(super) struct Watch {
    body: Rc<dyn AnyBody>,
    /// How many frames of the request had been read when that was looked at last.
    frames: u64,
    patience: Patience,
}

impl Watch {
    pub(super) fn new(body: Rc<dyn AnyBody>, limits: Limits) -> Self {
        let mut patience = Patience::default();
        patience.set(limits.send, limits.read);
        Self { body, frames: 0, patience }
    }

    /// The node gave something.
    pub(super) fn got_on(&mut self) {
        self.patience.got_on();
    }

    /// Ready once the node has neither taken nor given anything for too long. The library does not tell when it waits for
    /// the client: that is looked at when the time is over.
    pub(super) fn poll_lost(&mut self, context: &mut Context<'_>) -> Poll<FailureStage> {
        loop {
            let (is_read, waits_for_client, frames) = self.body.state();
            if frames != self.frames {
                self.frames = frames;
                self.patience.got_on();
            }
            let wait = if is_read { Wait::Read } else { Wait::Send };
            match self.patience.poll_lost(wait, context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(()) if waits_for_client => self.patience.got_on(),
                Poll::Ready(()) if is_read => return Poll::Ready(FailureStage::ReadTimeout),
                Poll::Ready(()) => return Poll::Ready(FailureStage::SendTimeout),
            }
        }
    }
}
