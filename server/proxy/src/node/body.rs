//! Bodies of nodes' answers.

use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Instant;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

use super::http2::Http2Body;
use super::pool::{Lent, Pool};
use super::stream::NodeStream;
use crate::http1::client::Receiving;

/// The body of a node's answer. What is left of the request is sent while it is read; its connection is kept for others
/// when it has ended, and closed if it is dropped before.
pub(crate) struct NodeBody<B>(Kind<B>);

enum Kind<B> {
    Empty,
    Http1 {
        receiving: Receiving<NodeStream, B>,
        pool: Rc<Pool>,
        /// Until when its connection takes new requests.
        until: Instant,
    },
    Http2(Box<Http2Body>),
}

impl<B> NodeBody<B> {
    /// No body.
    pub(super) fn empty() -> Self {
        Self(Kind::Empty)
    }

    /// Of HTTP/1.1, on a connection of this pool that takes new requests until then.
    pub(super) fn http1(receiving: Receiving<NodeStream, B>, pool: Rc<Pool>, until: Instant) -> Self {
        let mut body = Self(Kind::Http1 { receiving, pool, until });
        body.give_back();
        body
    }

    /// Of HTTP/2.
    pub(super) fn http2(body: Http2Body) -> Self {
        Self(Kind::Http2(Box::new(body)))
    }

    fn give_back(&mut self) {
        if let Kind::Http1 { receiving, pool, until } = &mut self.0
            && receiving.has_ended()
        {
            if let Some(connection) = receiving.take_idle() {
                pool.give(Lent { connection, until: *until });
            }
            self.0 = Kind::Empty;
        }
    }
}

impl<B: Body<Data = Bytes, Error = io::Error> + Unpin> Body for NodeBody<B> {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let body = self.get_mut();
        match &mut body.0 {
            Kind::Empty => Poll::Ready(None),
            Kind::Http1 { receiving, .. } => {
                let frame = receiving.poll_frame(context);
                body.give_back();
                frame
            }
            Kind::Http2(body) => body.poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Empty => true,
            Kind::Http1 { receiving, .. } => receiving.has_ended(),
            Kind::Http2(body) => body.has_ended(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Empty => SizeHint::with_exact(0),
            Kind::Http1 { receiving, .. } => receiving.size_hint(),
            Kind::Http2(body) => body.size_hint(),
        }
    }
}
