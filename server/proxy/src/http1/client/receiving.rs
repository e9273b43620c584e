//! The body of an answer on its way from a node.

use std::io;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use hyper::body::{Body, Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite};

use super::Connection;
use super::answer::Framing;
use super::patience::Wait;
use super::sending::{SendError, Sending};
use crate::http1::Malformed;
use crate::http1::chunked::{Chunked, Piece};

/// An answer's body, and what is left of the request, which is sent meanwhile.
#[derive(Debug)]
pub(crate) struct Receiving<S, B> {
    /// Gone once the body has ended, in whatever way.
    connection: Option<Box<Connection<S>>>,
    sending: Option<Sending<B>>,
    content: Content,
    /// Whether the node takes another request on the connection.
    is_kept: bool,
}

#[derive(Debug)]
enum Content {
    Length(u64),
    Chunked(Chunked),
    UntilClose,
}

impl Content {
    fn of(framing: Framing) -> Self {
        match framing {
            Framing::Bodiless => Self::Length(0),
            Framing::Length(length) => Self::Length(length),
            Framing::Chunked => Self::Chunked(Chunked::default()),
            Framing::UntilClose => Self::UntilClose,
        }
    }

    fn next(&mut self, received: &mut BytesMut) -> Result<Piece, Malformed> {
        let here = match self {
            Self::Chunked(chunked) => {
                let piece = chunked.next(received)?;
                chunked.end_with(received);
                return Ok(piece);
            }
            Self::Length(0) => return Ok(Piece::End),
            Self::Length(left) => {
                let here = usize::try_from(*left).map_or(received.len(), |left| left.min(received.len()));
                *left -= here as u64;
                here
            }
            Self::UntilClose => received.len(),
        };
        Ok(if here == 0 { Piece::Incomplete } else { Piece::Data(received.split_to(here).freeze()) })
    }

    fn has_ended(&self) -> bool {
        match self {
            Self::Length(left) => *left == 0,
            Self::Chunked(chunked) => chunked.has_ended(),
            Self::UntilClose => false,
        }
    }
}

impl<S, B> Receiving<S, B> {
    pub(super) fn new(
        connection: Box<Connection<S>>,
        sending: Option<Sending<B>>,
        framing: Framing,
        is_kept: bool,
    ) -> Self {
        Self { connection: Some(connection), sending, content: Content::of(framing), is_kept }
    }

    /// Whether nothing more comes.
    pub(crate) fn has_ended(&self) -> bool {
        self.connection.is_none() || self.content.has_ended()
    }

    /// What is known of its size.
    pub(crate) fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Length(left) => SizeHint::with_exact(*left),
            _ if self.has_ended() => SizeHint::with_exact(0),
            _ => SizeHint::default(),
        }
    }

    /// The connection for another request, if the body has ended, and with it everything else that it was needed for.
    pub(crate) fn take_idle(&mut self) -> Option<Box<Connection<S>>> {
        if !self.content.has_ended() {
            return None;
        }
        let mut connection = self.connection.take()?;
        let is_idle = self.is_kept && self.sending.is_none() && connection.received.is_empty();
        is_idle.then(|| {
            connection.rest();
            connection
        })
    }
}

impl<S, B> Receiving<S, B>
where
    S: AsyncRead + AsyncWrite + Unpin,
    B: Body<Data = Bytes, Error = io::Error> + Unpin,
{
    /// The next frame. Reads only what is asked for, at most one buffer ahead.
    pub(crate) fn poll_frame(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let frame = ready!(self.poll_next(context));
        if matches!(frame, None | Some(Err(_))) && !self.content.has_ended() {
            self.connection = None;
        }
        Poll::Ready(frame)
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let Some(connection) = &mut self.connection else { return Poll::Ready(None) };
        let mut wait = Some(Wait::Read);
        if let Some(sending) = &mut self.sending {
            match sending.poll(connection, context) {
                Poll::Pending => wait = sending.wait(),
                Poll::Ready(Ok(())) => self.sending = None,
                Poll::Ready(Err(SendError::Client(error))) => return Poll::Ready(Some(Err(error))),
                // The node wants no more of it; it may answer all the same.
                Poll::Ready(Err(SendError::Node(_))) => (self.sending, self.is_kept) = (None, false),
            }
        }
        loop {
            match self.content.next(&mut connection.received).map_err(invalid)? {
                Piece::Data(data) => return Poll::Ready(Some(Ok(Frame::data(data)))),
                Piece::Trailers(trailers) => return Poll::Ready(Some(Ok(Frame::trailers(trailers)))),
                Piece::End => return Poll::Ready(None),
                Piece::Incomplete => {}
            }
            match connection.poll_fill(context)? {
                Poll::Ready(0) if matches!(self.content, Content::UntilClose) => return Poll::Ready(None),
                Poll::Ready(0) => return Poll::Ready(Some(Err(io::ErrorKind::UnexpectedEof.into()))),
                Poll::Ready(_) => {}
                Poll::Pending => {
                    // Who waits for the client has a limit elsewhere.
                    let Some(wait) = wait else { return Poll::Pending };
                    ready!(connection.patience.poll_lost(wait, context));
                    return Poll::Ready(Some(Err(io::ErrorKind::TimedOut.into())));
                }
            }
        }
    }
}

fn invalid(malformed: Malformed) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, malformed)
}
