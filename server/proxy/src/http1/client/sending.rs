//! A request on its way to a node.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use http::header::{CONNECTION, CONTENT_LENGTH, HOST, TE, TRANSFER_ENCODING};
use http::request::Parts;
use http::{HeaderMap, HeaderName};
use hyper::body::{Body, Frame};
use tokio::io::{AsyncRead, AsyncWrite};

use super::Connection;
use super::head::{write, write_fields, write_number};
use super::patience::Wait;

/// What a head is made of says nothing behind a body: a node that puts both together would believe it (RFC 9110 §6.5.1).
const NEVER_TRAILERS: [HeaderName; 5] = [CONNECTION, CONTENT_LENGTH, HOST, TE, TRANSFER_ENCODING];

/// How the node is told where the body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// It has none.
    Bodiless,
    /// It has so many bytes more.
    Length(u64),
    /// By its last chunk.
    Chunked,
}

impl Framing {
    fn of(body: &impl Body) -> Self {
        match body.size_hint().exact() {
            _ if body.is_end_stream() => Self::Bodiless,
            Some(0) => Self::Bodiless,
            Some(length) => Self::Length(length),
            None => Self::Chunked,
        }
    }
}

/// Why a request could not be sent to its end.
#[derive(Debug)]
pub(super) enum SendError {
    /// The node does not take it.
    Node(io::Error),
    /// The client does not give it.
    Client(io::Error),
}

/// A request's body, and how far it was sent. The connection's own buffer holds what is to be written before `data`.
#[derive(Debug)]
pub(super) struct Sending<B> {
    body: B,
    framing: Framing,
    data: Bytes,
    /// To be written behind `data`.
    tail: &'static [u8],
    /// Nothing more is to be read from the body.
    is_read: bool,
    /// Something was read from the body.
    is_touched: bool,
    /// Whether it was the node that made it wait last.
    is_blocked: bool,
}

impl<B: Body<Data = Bytes, Error = io::Error> + Unpin> Sending<B> {
    /// Puts the head into the connection's buffer.
    pub(super) fn new<S>(parts: &Parts, body: B, connection: &mut Connection<S>) -> Self {
        let framing = Framing::of(&body);
        connection.lead = connection.spare.take();
        write(parts, framing, &mut connection.lead);
        let is_read = framing == Framing::Bodiless;
        Self { body, framing, data: Bytes::new(), tail: b"", is_read, is_touched: false, is_blocked: false }
    }

    /// Whom it waits for, if that is the node.
    pub(super) fn wait(&self) -> Option<Wait> {
        self.is_blocked.then_some(Wait::Send)
    }

    /// The body, if nothing was read from it.
    pub(super) fn into_untouched(self) -> Option<B> {
        (!self.is_touched).then_some(self.body)
    }

    /// Sends as much as client and node allow; ready at its end, and not to be polled again then.
    pub(super) fn poll<S>(
        &mut self,
        connection: &mut Connection<S>,
        context: &mut Context<'_>,
    ) -> Poll<Result<(), SendError>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        loop {
            self.is_blocked = false;
            // The first piece is read before the head is written, so that both may go in one segment.
            if !self.is_read && self.data.is_empty() && self.tail.is_empty() {
                self.read(connection, context)?;
            }
            if connection.lead.is_empty() && self.data.is_empty() && self.tail.is_empty() {
                self.is_blocked = true;
                ready!(Pin::new(&mut connection.stream).poll_flush(context)).map_err(SendError::Node)?;
                self.is_blocked = false;
                if !self.is_read {
                    return Poll::Pending;
                }
                connection.give_back_lead();
                return Poll::Ready(Ok(()));
            }
            self.is_blocked = true;
            ready!(self.poll_write(connection, context)).map_err(SendError::Node)?;
        }
    }

    fn poll_write<S>(
        &mut self,
        connection: &mut Connection<S>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<()>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let stream = Pin::new(&mut connection.stream);
        let written = if self.data.is_empty() && self.tail.is_empty() {
            ready!(stream.poll_write(context, &connection.lead))?
        } else {
            let pieces = [IoSlice::new(&connection.lead), IoSlice::new(&self.data), IoSlice::new(self.tail)];
            ready!(stream.poll_write_vectored(context, &pieces))?
        };
        if written == 0 {
            return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
        }
        connection.patience.got_on();
        let of_lead = written.min(connection.lead.len());
        connection.lead.advance(of_lead);
        let of_data = (written - of_lead).min(self.data.len());
        self.data.advance(of_data);
        self.tail = &self.tail[written - of_lead - of_data..];
        Poll::Ready(Ok(()))
    }

    /// Reads the next piece of the body that has something in it, if it is there.
    fn read<S>(
        &mut self,
        connection: &mut Connection<S>,
        context: &mut Context<'_>,
    ) -> Result<(), SendError> {
        while !self.is_read && self.data.is_empty() {
            let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) else { return Ok(()) };
            self.is_touched = true;
            match frame.transpose().map_err(SendError::Client)?.map(Frame::into_data) {
                None => self.end(None, connection)?,
                Some(Ok(data)) => self.take(data, connection)?,
                Some(Err(frame)) => self.end(frame.into_trailers().ok(), connection)?,
            }
        }
        Ok(())
    }

    fn take<S>(&mut self, data: Bytes, connection: &mut Connection<S>) -> Result<(), SendError> {
        if data.is_empty() {
            // As a chunk it would be the last one.
            return Ok(());
        }
        let length = data.len() as u64;
        match &mut self.framing {
            Framing::Bodiless => {}
            Framing::Length(left) => {
                *left = left
                    .checked_sub(length)
                    .ok_or_else(|| client_error("the body is longer than it was said to be"))?;
                self.is_read = *left == 0;
            }
            Framing::Chunked => {
                write_number(length, 16, &mut connection.lead);
                connection.lead.extend_from_slice(b"\r\n");
                self.is_read = self.body.is_end_stream();
                self.tail = if self.is_read { b"\r\n0\r\n\r\n" } else { b"\r\n" };
            }
        }
        self.data = data;
        Ok(())
    }

    fn end<S>(
        &mut self,
        trailers: Option<HeaderMap>,
        connection: &mut Connection<S>,
    ) -> Result<(), SendError> {
        match self.framing {
            Framing::Length(1..) => return Err(client_error("the body is shorter than it was said to be")),
            Framing::Length(0) | Framing::Bodiless => {}
            Framing::Chunked => {
                connection.lead.extend_from_slice(b"0\r\n");
                if let Some(mut trailers) = trailers {
                    NEVER_TRAILERS.iter().for_each(|name| drop(trailers.remove(name)));
                    write_fields(&trailers, &mut connection.lead);
                }
                connection.lead.extend_from_slice(b"\r\n");
            }
        }
        self.is_read = true;
        Ok(())
    }
}

fn client_error(text: &'static str) -> SendError {
    SendError::Client(io::Error::new(io::ErrorKind::InvalidData, text))
}
