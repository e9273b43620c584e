//! What the gateway said to a client before anything was encrypted: a handshake that fails leaves nothing else to tell
//! what the two had agreed on.

mod parse;

use std::cell::RefCell;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::events::Negotiated;

/// Bytes of the flight that are kept: in TLS 1.2 the certificates stand before the key exchange.
const KEPT: usize = 16 * 1024;

/// What was written to a socket, for as long as somebody holds this.
#[derive(Debug, Default)]
pub(crate) struct Flight(Rc<RefCell<Vec<u8>>>);

impl Flight {
    /// A socket whose first bytes written will be found here.
    pub(crate) fn note(&self, socket: TcpStream) -> NotedSocket {
        NotedSocket { socket, flight: Some(Rc::downgrade(&self.0)) }
    }

    /// What was agreed on, as far as it was said in the clear.
    pub(crate) fn negotiated(&self) -> Negotiated {
        parse::negotiated(&self.0.borrow())
    }
}

/// A socket, see [`Flight::note`].
#[derive(Debug)]
pub(crate) struct NotedSocket {
    socket: TcpStream,
    /// `None` once nobody wants to know any more: from then on it costs nothing but a look at this.
    flight: Option<Weak<RefCell<Vec<u8>>>>,
}

impl NotedSocket {
    pub(crate) fn into_socket(self) -> TcpStream {
        self.socket
    }

    fn remember<'a>(&mut self, parts: impl IntoIterator<Item = &'a [u8]>, mut written: usize) {
        let Some(flight) = &self.flight else { return };
        let Some(flight) = flight.upgrade() else {
            self.flight = None;
            return;
        };
        let mut kept = flight.borrow_mut();
        for part in parts {
            let length = part.len().min(written);
            written -= length;
            let room = KEPT.saturating_sub(kept.len());
            kept.extend_from_slice(&part[..length.min(room)]);
        }
    }
}

impl AsyncRead for NotedSocket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_read(context, buffer)
    }
}

impl AsyncWrite for NotedSocket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.socket).poll_write(context, bytes))?;
        self.remember([bytes], written);
        Poll::Ready(Ok(written))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.socket).poll_write_vectored(context, parts))?;
        self.remember(parts.iter().map(|part| &**part), written);
        Poll::Ready(Ok(written))
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(context)
    }
}
