//! Looks at what clients send after decryption and before HTTP does.

use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::connection::Connection;
use crate::control_frames::ControlFrames;
use crate::framing::{CutReason, Framing};

/// Something that looks at all bytes of a client, in order.
pub(crate) trait Watch {
    /// Looks at bytes that have just arrived; answers how many of them may be read on. Fewer than all are the last.
    ///
    /// # Errors
    /// The connection is to end at once.
    fn watch(&mut self, fresh: &mut [u8]) -> io::Result<usize>;
}

/// A connection whose reading side is watched.
#[derive(Debug)]
pub(crate) struct Watched<S, W> {
    stream: S,
    watch: W,
    has_ended: bool,
}

impl<S, W> Watched<S, W> {
    pub(crate) fn new(stream: S, watch: W) -> Self {
        Self { stream, watch, has_ended: false }
    }
}

impl<S: AsyncRead + Unpin, W: Watch + Unpin> AsyncRead for Watched<S, W> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.has_ended {
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        let fresh = &mut buffer.filled_mut()[before..];
        let arrived = fresh.len();
        let passed = self.watch.watch(fresh)?;
        self.has_ended = passed < arrived;
        buffer.set_filled(before + passed);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin, W: Unpin> AsyncWrite for Watched<S, W> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

/// Keeps requests that could be read in two ways from HTTP/1.1's parser, which answers 400 instead.
#[derive(Debug)]
pub(crate) struct Http1Watch {
    connection: Rc<Connection>,
    framing: Framing,
}

impl Http1Watch {
    pub(crate) fn new(connection: &Rc<Connection>) -> Self {
        let most = connection.pace().protection().header_bytes as usize;
        Self { connection: Rc::clone(connection), framing: Framing::new(most) }
    }
}

impl Watch for Http1Watch {
    fn watch(&mut self, fresh: &mut [u8]) -> io::Result<usize> {
        let cut = self.framing.follow(fresh);
        self.connection.pace().head_is_arriving(self.framing.is_in_head());
        let Err(cut) = cut else { return Ok(fresh.len()) };
        match cut.reason {
            CutReason::Ambiguous(why) => {
                let connection = self.connection.attempt().connection;
                tracing::debug!(%connection, why, "request refused");
                // Instead of the line's end the parser finds what is allowed nowhere in a head: it answers 400, and closes.
                fresh[cut.keep] = b'\0';
                Ok(cut.keep + 1)
            }
            // The parser has the same bound: it answers 431, and closes.
            CutReason::TooLarge => Ok(cut.keep),
        }
    }
}

/// Ends HTTP/2 connections that are flooded with control frames.
#[derive(Debug)]
pub(crate) struct Http2Watch {
    connection: Rc<Connection>,
    frames: ControlFrames,
}

impl Http2Watch {
    pub(crate) fn new(connection: &Rc<Connection>) -> Self {
        let most = connection.pace().protection().http2_control_frames;
        Self { connection: Rc::clone(connection), frames: ControlFrames::new(most, Instant::now()) }
    }
}

impl Watch for Http2Watch {
    fn watch(&mut self, fresh: &mut [u8]) -> io::Result<usize> {
        self.frames.follow(fresh, Instant::now()).map_err(io::Error::other)?;
        self.connection.pace().head_is_arriving(self.frames.is_in_head());
        Ok(fresh.len())
    }
}
