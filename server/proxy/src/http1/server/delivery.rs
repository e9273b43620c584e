//! The body of an answer on its way to the client.

use std::io::{self, Write};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::HeaderMap;
use hyper::body::{Body, Frame};

use super::answer_head::{Length, write_trailers};
use super::outgoing::Outgoing;

/// Moves the frames of a body to what is sent, in the answer's framing.
#[derive(Debug)]
pub(super) struct Delivery<B> {
    body: B,
    length: Length,
    takes_trailers: bool,
    is_done: bool,
}

impl<B: Body<Data = Bytes, Error = io::Error> + Unpin> Delivery<B> {
    pub(super) fn new(body: B, length: Length, takes_trailers: bool) -> Self {
        let is_done = length == Length::Bodiless || (length == Length::Known(0) && body.is_end_stream());
        Self { body, length, takes_trailers, is_done }
    }

    /// Whether all of it was handed on.
    pub(super) fn is_done(&self) -> bool {
        self.is_done
    }

    /// The body, of which nothing more is to be handed on.
    pub(super) fn into_body(self) -> B {
        self.body
    }

    /// Hands on the next frame. `outgoing` has room.
    ///
    /// # Errors
    /// The body failed, or is not as long as it said: there is no end that could be told.
    pub(super) fn poll_frame(
        &mut self,
        outgoing: &mut Outgoing,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        match ready!(Pin::new(&mut self.body).poll_frame(context)).transpose()?.map(Frame::into_data) {
            None => self.end(outgoing, None)?,
            Some(Ok(data)) => {
                self.hand_on(outgoing, data)?;
                if self.body.is_end_stream() {
                    self.end_with_data(outgoing)?;
                }
            }
            Some(Err(frame)) => {
                if let Ok(trailers) = frame.into_trailers() {
                    self.end(outgoing, Some(&trailers).filter(|_| self.takes_trailers))?;
                }
            }
        }
        Poll::Ready(Ok(()))
    }

    fn hand_on(&mut self, outgoing: &mut Outgoing, data: Bytes) -> io::Result<()> {
        if data.is_empty() {
            return Ok(());
        }
        match &mut self.length {
            Length::Known(left) => {
                *left = left
                    .checked_sub(data.len() as u64)
                    .ok_or_else(|| io::Error::other("a body that is longer than it said"))?;
                outgoing.put(data, b"");
            }
            Length::Chunked => {
                // Writing to memory does not fail.
                let _ = write!(outgoing.text(), "{:x}\r\n", data.len());
                outgoing.put(data, b"\r\n");
            }
            Length::UntilClose => outgoing.put(data, b""),
            Length::Bodiless => {}
        }
        Ok(())
    }

    fn end(&mut self, outgoing: &mut Outgoing, trailers: Option<&HeaderMap>) -> io::Result<()> {
        self.is_done = true;
        match (self.length, trailers) {
            (Length::Known(1..), _) => Err(io::Error::other("a body that is shorter than it said")),
            (Length::Chunked, Some(trailers)) => {
                write_trailers(outgoing.text(), trailers);
                Ok(())
            }
            (Length::Chunked, None) => {
                outgoing.text().extend_from_slice(b"0\r\n\r\n");
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Ends the answer together with the data that was handed on.
    fn end_with_data(&mut self, outgoing: &mut Outgoing) -> io::Result<()> {
        if self.length == Length::Chunked && !outgoing.has_room() {
            self.is_done = true;
            outgoing.end_chunks();
            return Ok(());
        }
        self.end(outgoing, None)
    }
}
