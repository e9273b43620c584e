//! HTTP/1.1 towards nodes. One task does all of it: it writes the request while it listens for the answer, so that
//! nothing needs to be handed from one task to another.

mod answer;
mod head;
mod patience;
mod receiving;
mod sending;
mod waiting;

use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use http::{HeaderMap, Request, StatusCode};
use hyper::body::Body;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};

pub(crate) use self::patience::{Patience, Wait};
pub(crate) use self::receiving::Receiving;
use self::waiting::Waiting;
use crate::http1::spare::{READ_BYTES, Spare};
use crate::interim::Interim;
use crate::node::NodeFailure;

/// The largest head of an answer.
const HEAD_BYTES: usize = 64 * 1024;
/// With less room than this a buffer is not read into.
const LEAST_ROOM: usize = 4 * 1024;

/// A connection to a node. It has buffers only while there is something to put into them.
#[derive(Debug)]
pub(crate) struct Connection<S> {
    stream: S,
    spare: Rc<Spare>,
    /// Received and not yet understood.
    received: BytesMut,
    /// To be written: a head, a chunk's size, trailers.
    lead: BytesMut,
    patience: Patience,
    /// How many requests were sent on it.
    served: u32,
}

impl<S> Connection<S> {
    pub(crate) fn new(stream: S, spare: Rc<Spare>) -> Self {
        let patience = Patience::default();
        Self { stream, spare, received: BytesMut::new(), lead: BytesMut::new(), patience, served: 0 }
    }

    /// How many requests were sent on it.
    pub(crate) fn served(&self) -> u32 {
        self.served
    }

    fn give_back_lead(&mut self) {
        self.spare.give(std::mem::take(&mut self.lead));
    }

    /// Gives its buffers back.
    fn rest(&mut self) {
        self.spare.give(std::mem::take(&mut self.received));
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    /// Whether the node has neither closed it nor said anything on it that nobody asked for.
    pub(crate) fn is_idle(&mut self) -> bool {
        let mut byte = [0];
        let mut context = Context::from_waker(Waker::noop());
        Pin::new(&mut self.stream).poll_read(&mut context, &mut ReadBuf::new(&mut byte)).is_pending()
    }

    /// Receives more; nothing at the end.
    fn poll_fill(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if self.received.capacity() == 0 {
            self.received = self.spare.take();
        } else if self.received.capacity() - self.received.len() < LEAST_ROOM {
            self.received.reserve(READ_BYTES);
        }
        let mut room = (&mut self.received).limit(READ_BYTES);
        let read = pin!(self.stream.read_buf(&mut room)).poll(context);
        if matches!(read, Poll::Ready(Ok(1..))) {
            self.patience.got_on();
        }
        read
    }
}

/// How long a node may make no progress.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// In taking more of a request.
    pub(crate) send: Duration,
    /// In giving more of an answer.
    pub(crate) read: Duration,
}

/// An answer whose head is here.
#[derive(Debug)]
pub(crate) struct Answered<S, B> {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) rest: Rest<S, B>,
}

/// What follows the head of an answer.
#[derive(Debug)]
pub(crate) enum Rest<S, B> {
    /// Its body, which may have ended already.
    Body(Receiving<S, B>),
    /// Another protocol, and what was already received of it.
    Tunnel(S, Bytes),
}

/// Sends a request, and waits for the head of its answer. Interim answers are passed on.
///
/// # Errors
/// There is no answer, or none that can be understood in one way only; the connection is closed.
pub(crate) async fn exchange<S, B>(
    mut connection: Box<Connection<S>>,
    limits: Limits,
    request: Request<B>,
    interim: &Interim,
) -> Result<Answered<S, B>, NodeFailure<B>>
where
    S: AsyncRead + AsyncWrite + Unpin,
    B: Body<Data = Bytes, Error = io::Error> + Unpin,
{
    connection.patience.set(limits.send, limits.read);
    let (parts, body) = request.into_parts();
    let mut waiting = Waiting::new(connection, &parts, body);
    match poll_fn(|context| waiting.poll(&parts, interim, context)).await {
        Ok((head, framing)) => Ok(waiting.into_answered(head, framing)),
        Err(trouble) => {
            Err(trouble.with(waiting.into_untouched().map(|body| Request::from_parts(parts, body))))
        }
    }
}
