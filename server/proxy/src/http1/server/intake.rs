//! What a client has sent and nobody has used yet.

use std::future::Future;
use std::io;
use std::mem::{self, MaybeUninit};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker, ready};

use bytes::{Buf, Bytes, BytesMut};
use domain::Protection;
use http::{HeaderMap, Request};
use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};

use super::head::{self, Terms};
use crate::framing::{BodyLength, Fault, Framing, Piece};

/// Bytes that are read at once: a TLS record.
const READ_BYTES: usize = 16 * 1024;
/// With less room than that behind a body's bytes, new memory is taken for the next ones.
const LEAST_ROOM: usize = 4 * 1024;
/// Bytes that may wait while nobody wants them.
const AHEAD_BYTES: usize = READ_BYTES;

/// The receiving side of a connection: filled by the connection's task, emptied by it and by the body of its request.
#[derive(Debug)]
pub(super) struct Intake {
    received: BytesMut,
    framing: Framing,
    /// Which request it is that the bytes belong to.
    request: u64,
    /// The client waits with its body until it is told to go on.
    expects_continue: bool,
    /// The body makes no sense from here on.
    is_broken: bool,
    /// The body waits for more; whom to wake then.
    reader: Option<Waker>,
    /// The connection's task.
    driver: Option<Waker>,
}

/// What comes next of a body.
#[derive(Debug)]
pub(super) enum Content {
    Data(Bytes),
    Trailers(HeaderMap),
    End,
}

impl Intake {
    pub(super) fn new(protection: &Protection) -> Self {
        Self {
            received: BytesMut::new(),
            framing: Framing::new(protection.header_bytes as usize, protection.headers as usize),
            request: 0,
            expects_continue: false,
            is_broken: false,
            reader: None,
            driver: None,
        }
    }

    /// The next request, if all of its head is there.
    ///
    /// # Errors
    /// What is there is no request.
    pub(super) fn next_request(&mut self) -> Result<Option<(Request<()>, Terms)>, Fault> {
        while let Some(piece) = self.framing.next(&self.received)? {
            match piece {
                Piece::Head(length) => {
                    let head = self.take(length);
                    return head::request(&head, &self.framing).map(Some).map_err(Fault::Ambiguous);
                }
                Piece::Filler(length) | Piece::Data(length) | Piece::Trailers(length) => {
                    self.received.advance(length);
                }
            }
        }
        if self.received.is_empty() {
            // Its memory is not kept while the connection is idle.
            self.received = BytesMut::new();
        }
        Ok(None)
    }

    fn take(&mut self, length: usize) -> Bytes {
        if length == self.received.len() {
            mem::take(&mut self.received).freeze()
        } else {
            self.received.split_to(length).freeze()
        }
    }

    pub(super) fn framing(&self) -> &Framing {
        &self.framing
    }

    /// Begins a request, whose head was taken; answers its number, for its body.
    pub(super) fn begin_request(&mut self, expects_continue: bool) -> u64 {
        self.expects_continue = expects_continue && self.framing.body_left() != BodyLength::Zero;
        self.request
    }

    /// Ends the present request: its body, should anybody still have it, gets nothing of what follows.
    pub(super) fn end_request(&mut self) {
        self.request += 1;
        self.expects_continue = false;
        if let Some(reader) = self.reader.take() {
            reader.wake();
        }
    }

    /// Whether all of the present request is there or was used, so that another one may follow.
    pub(super) fn is_complete(&self) -> bool {
        self.framing.body_left() == BodyLength::Zero && !self.is_broken
    }

    /// Whether nothing more can be read as a request: the body makes no sense, or the client may send it or not.
    pub(super) fn is_last(&self) -> bool {
        self.is_broken || self.expects_continue
    }

    /// Whether something is there that was not used.
    pub(super) fn has_unused(&self) -> bool {
        !self.received.is_empty()
    }

    /// Everything that is there, as it came.
    pub(super) fn take_all(&mut self) -> Bytes {
        mem::take(&mut self.received).freeze()
    }

    /// Whether it is time to tell the client to send its body; yes is said once.
    pub(super) fn take_continue(&mut self) -> bool {
        self.reader.is_some() && mem::take(&mut self.expects_continue)
    }

    /// The client is not to be told any more.
    pub(super) fn forget_continue(&mut self) {
        self.expects_continue = false;
    }

    /// Throws away what is there of the body; answers how many bytes that is.
    ///
    /// # Errors
    /// The body makes no sense.
    pub(super) fn discard_body(&mut self) -> Result<usize, Fault> {
        let before = self.received.len();
        while !self.is_complete() {
            let Some(piece) = self.framing.next(&self.received)? else { break };
            let (Piece::Filler(length) | Piece::Head(length) | Piece::Data(length) | Piece::Trailers(length)) =
                piece;
            self.received.advance(length);
        }
        Ok(before - self.received.len())
    }

    /// The next piece of the body of the request with this number.
    pub(super) fn poll_body(&mut self, request: u64, context: &Context<'_>) -> Poll<io::Result<Content>> {
        if request != self.request {
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::BrokenPipe, "its connection has gone on")));
        }
        if self.is_broken {
            return Poll::Ready(Err(io::ErrorKind::InvalidData.into()));
        }
        match self.next_content() {
            Ok(Some(content)) => {
                self.reader = None;
                Poll::Ready(Ok(content))
            }
            Ok(None) => {
                self.want(context);
                Poll::Pending
            }
            Err(why) => {
                self.is_broken = true;
                Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, why)))
            }
        }
    }

    fn next_content(&mut self) -> Result<Option<Content>, Fault> {
        while self.framing.body_left() != BodyLength::Zero {
            let Some(piece) = self.framing.next(&self.received)? else { return Ok(None) };
            match piece {
                Piece::Filler(length) => self.received.advance(length),
                Piece::Head(_) => unreachable!("a body comes to its end first"),
                Piece::Data(length) => {
                    self.expects_continue = false;
                    return Ok(Some(Content::Data(self.received.split_to(length).freeze())));
                }
                Piece::Trailers(length) => {
                    let section = self.received.split_to(length).freeze();
                    let trailers =
                        head::fields(&section, self.framing.fields(), 0).map_err(Fault::Ambiguous)?;
                    if !trailers.is_empty() {
                        return Ok(Some(Content::Trailers(trailers)));
                    }
                }
            }
        }
        Ok(Some(Content::End))
    }

    /// Notes that a body waits, and sees to it that the connection's task reads for it.
    fn want(&mut self, context: &Context<'_>) {
        let waker = context.waker();
        if let Some(driver) = self.driver.as_ref().filter(|driver| !driver.will_wake(waker)) {
            driver.wake_by_ref();
        }
        match &mut self.reader {
            Some(reader) => reader.clone_from(waker),
            None => self.reader = Some(waker.clone()),
        }
    }

    /// Forgets that the body of this request waits.
    pub(super) fn leave(&mut self, request: u64) {
        if request == self.request {
            self.reader = None;
        }
    }

    /// Reads more of a head.
    pub(super) fn poll_more<S: AsyncRead + Unpin>(
        &mut self,
        stream: &mut S,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        // Into borrowed memory first: a connection that waits has none of its own.
        let mut scratch = [const { MaybeUninit::uninit() }; READ_BYTES];
        let mut scratch = ReadBuf::uninit(&mut scratch);
        ready!(Pin::new(stream).poll_read(context, &mut scratch))?;
        self.received.extend_from_slice(scratch.filled());
        Poll::Ready(Ok(scratch.filled().len()))
    }

    /// Reads what the present request's body waits for, or else a little ahead, so that it is noticed when the client
    /// goes away. Ready once the body can be asked again.
    ///
    /// # Errors
    /// The client is gone.
    pub(super) fn poll_receive<S: AsyncRead + Unpin>(
        &mut self,
        stream: &mut S,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut self.driver {
            Some(driver) => driver.clone_from(context.waker()),
            None => self.driver = Some(context.waker().clone()),
        }
        loop {
            let count = if self.reader.is_some() {
                if self.received.capacity() - self.received.len() < LEAST_ROOM {
                    self.received.reserve(READ_BYTES);
                }
                ready!(pin!(stream.read_buf(&mut self.received)).poll(context))?
            } else if self.received.len() < AHEAD_BYTES {
                ready!(self.poll_more(stream, context))?
            } else {
                return Poll::Pending;
            };
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
            }
            if let Some(reader) = self.reader.take() {
                if !reader.will_wake(context.waker()) {
                    reader.wake();
                }
                return Poll::Ready(Ok(()));
            }
        }
    }
}
