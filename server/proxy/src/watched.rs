//! Looks at what HTTP/2 clients send after decryption and before HTTP does, and ends connections that are flooded with
//! control frames.

use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::connection::Connection;
use crate::control_frames::ControlFrames;

/// An HTTP/2 connection whose reading side is watched.
#[derive(Debug)]
pub(crate) struct Watched<S> {
    stream: S,
    connection: Rc<Connection>,
    frames: ControlFrames,
}

impl<S> Watched<S> {
    pub(crate) fn new(stream: S, connection: &Rc<Connection>) -> Self {
        let most = connection.pace().protection().http2_control_frames;
        Self { stream, connection: Rc::clone(connection), frames: ControlFrames::new(most, Instant::now()) }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let watched = self.get_mut();
        let before = buffer.filled().len();
        ready!(Pin::new(&mut watched.stream).poll_read(context, buffer))?;
        let fresh = &buffer.filled()[before..];
        watched.frames.follow(fresh, Instant::now()).map_err(io::Error::other)?;
        watched.connection.pace().head_is_arriving(watched.frames.is_in_head());
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
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
