//! Connections that were upgraded (RFC 9110 §7.8): bytes go both ways, whatever they mean.

use std::cell::Cell;
use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf, copy_bidirectional};

use crate::answer::Tunnel;
use crate::patience::Patience;

/// Copies until both sides have ended. `received`: what the client has sent behind its request.
///
/// # Errors
/// One side is gone, has taken nothing of what there was for it for [`Tunnel::idle`], or both have been silent for as long.
pub(super) async fn copy<S>(client: &mut S, received: &Bytes, tunnel: Tunnel) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let Tunnel { stream, read_ahead, idle } = tunnel;
    let has_moved = Cell::new(false);
    let mut client = Side::new(client, &has_moved, idle);
    let mut node = Side::new(stream, &has_moved, idle);
    let mut copying = pin!(async {
        let to_client = async {
            client.write_all(&read_ahead).await?;
            client.flush().await
        };
        let to_node = async {
            node.write_all(received).await?;
            node.flush().await
        };
        tokio::try_join!(to_client, to_node)?;
        copy_bidirectional(&mut client, &mut node).await.map(|_| ())
    });
    let mut patience = Patience::new(idle);
    poll_fn(|context| {
        if let Poll::Ready(end) = copying.as_mut().poll(context) {
            return Poll::Ready(end);
        }
        if has_moved.take() {
            patience.renew();
        }
        patience.poll_exhausted(context).map(|()| Err(io::ErrorKind::TimedOut.into()))
    })
    .await
}

/// One side of a tunnel, which must not let the other one's bytes wait for ever.
struct Side<'a, S> {
    stream: S,
    /// Set when it has taken bytes.
    has_moved: &'a Cell<bool>,
    patience: Patience,
}

impl<'a, S> Side<'a, S> {
    fn new(stream: S, has_moved: &'a Cell<bool>, idle: Duration) -> Self {
        Self { stream, has_moved, patience: Patience::new(idle) }
    }

    /// Waits no longer for the side to take something than it may let others wait.
    fn bounded<T>(&mut self, taking: Poll<io::Result<T>>, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        if taking.is_ready() {
            self.patience.renew();
            return taking;
        }
        self.patience.poll_exhausted(context).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Side<'_, S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Side<'_, S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        if written.is_ready() {
            self.has_moved.set(true);
        }
        self.bounded(written, context)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        self.bounded(flushed, context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.stream).poll_shutdown(context);
        self.bounded(shut, context)
    }
}
