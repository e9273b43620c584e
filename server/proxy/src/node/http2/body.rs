//! Bodies of answers over HTTP/2.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};

use super::describe;
use super::shared_body::Watch;
use crate::node::pool::InUse;

/// The body of an answer. Dropped early, it resets its stream.
pub(crate) struct Http2Body {
    body: Incoming,
    watch: Watch,
    _stream: InUse,
}

impl Http2Body {
    pub(super) fn new(body: Incoming, mut watch: Watch, stream: InUse) -> Self {
        watch.got_on();
        Self { body, watch, _stream: stream }
    }

    /// The next frame.
    pub(crate) fn poll_frame(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match Pin::new(&mut self.body).poll_frame(context) {
            Poll::Ready(frame) => {
                self.watch.got_on();
                Poll::Ready(frame.map(|frame| frame.map_err(|error| io::Error::other(describe(&error)))))
            }
            Poll::Pending => {
                ready!(self.watch.poll_lost(context));
                Poll::Ready(Some(Err(io::ErrorKind::TimedOut.into())))
            }
        }
    }

    /// Whether nothing more comes.
    pub(crate) fn has_ended(&self) -> bool {
        self.body.is_end_stream()
    }

    /// What is known of its size.
    pub(crate) fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
