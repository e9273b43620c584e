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
    /// Looks at bytes that have just arrived, which are read on unless it says that only so many of them are, and nothing
    /// after them.
    ///
    /// # Errors
    /// The connection is to end at once.
    fn watch(&mut self, fresh: &mut [u8]) -> io::Result<Option<usize>>;
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
        if let Some(last) = self.watch.watch(fresh)? {
            self.has_ended = true;
            buffer.set_filled(before + last);
        }
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
    fn watch(&mut self, fresh: &mut [u8]) -> io::Result<Option<usize>> {
        let cut = self.framing.follow(fresh);
        self.connection.pace().head_is_arriving(self.framing.is_in_head());
        let Err(cut) = cut else { return Ok(None) };
        match cut.reason {
            CutReason::Ambiguous(why) => {
                let connection = self.connection.attempt().connection;
                tracing::debug!(%connection, why, "request refused");
                // Instead of the line's end the parser finds what is allowed nowhere in a head: it answers 400, and closes.
                fresh[cut.keep] = b'\0';
                Ok(Some(cut.keep + 1))
            }
            // The parser has the same bound: it answers 431, and closes.
            CutReason::TooLarge => Ok(Some(cut.keep)),
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
    fn watch(&mut self, fresh: &mut [u8]) -> io::Result<Option<usize>> {
        self.frames.follow(fresh, Instant::now()).map_err(io::Error::other)?;
        self.connection.pace().head_is_arriving(self.frames.is_in_head());
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, join, sink};

    use super::*;

    /// Lets everything pass up to and including the first full stop.
    struct Sentence;

    impl Watch for Sentence {
        fn watch(&mut self, fresh: &mut [u8]) -> io::Result<Option<usize>> {
            Ok(fresh.iter().position(|byte| *byte == b'.').map(|stop| stop + 1))
        }
    }

    #[tokio::test]
    async fn nothing_is_read_behind_the_end_wherever_it_falls() {
        for pieces in [["one. t", "wo."], ["one.", " two."], ["one", ". two."]] {
            let [first, second] = pieces.map(str::as_bytes);
            let mut watched = Watched::new(join(first.chain(second), sink()), Sentence);
            let mut read = String::new();
            watched.read_to_string(&mut read).await.expect("text");
            assert_eq!(read, "one.", "{pieces:?}");
        }
    }
}
