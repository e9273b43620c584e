//! What is on its way to a client.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use tokio::io::AsyncWrite;

/// Room for the head of a usual answer.
const HEAD_BYTES: usize = 512;

/// Bytes that are sent in this order: text of our own, then at most one piece of a body, then what ends that piece.
#[derive(Debug)]
pub(super) struct Outgoing {
    text: Vec<u8>,
    /// How much of the text was sent.
    sent: usize,
    data: Bytes,
    tail: &'static [u8],
}

impl Outgoing {
    pub(super) fn new() -> Self {
        Self { text: Vec::with_capacity(HEAD_BYTES), sent: 0, data: Bytes::new(), tail: b"" }
    }

    /// Whether there is room for text and a piece of a body.
    pub(super) fn has_room(&self) -> bool {
        self.data.is_empty() && self.tail.is_empty()
    }

    /// How many bytes are left to be sent.
    pub(super) fn left(&self) -> usize {
        self.text.len() - self.sent + self.data.len() + self.tail.len()
    }

    /// Where text is added; only while there is room.
    pub(super) fn text(&mut self) -> &mut Vec<u8> {
        debug_assert!(self.has_room(), "text would come before the data in front of it");
        &mut self.text
    }

    /// Adds a piece of a body, and what ends it; only while there is room.
    pub(super) fn put(&mut self, data: Bytes, tail: &'static [u8]) {
        debug_assert!(self.has_room(), "data would be lost");
        self.data = data;
        self.tail = tail;
    }

    /// Ends a chunked body with the chunk that was added last.
    pub(super) fn end_chunks(&mut self) {
        self.tail = b"\r\n0\r\n\r\n";
    }

    /// Sends everything, in as few writes as the stream takes it.
    ///
    /// # Errors
    /// The client is gone.
    pub(super) fn poll_send<S: AsyncWrite + Unpin>(
        &mut self,
        stream: &mut S,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        while self.sent < self.text.len() || !self.has_room() {
            let parts =
                [IoSlice::new(&self.text[self.sent..]), IoSlice::new(&self.data), IoSlice::new(self.tail)];
            let count = ready!(Pin::new(&mut *stream).poll_write_vectored(context, used(&parts)))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.advance(count);
        }
        self.text.clear();
        self.sent = 0;
        // What TLS could not write yet still lies with it.
        Pin::new(stream).poll_flush(context)
    }

    fn advance(&mut self, count: usize) {
        let text = count.min(self.text.len() - self.sent);
        self.sent += text;
        let data = (count - text).min(self.data.len());
        self.data.advance(data);
        self.tail = &self.tail[count - text - data..];
    }
}

/// The parts from the first to the last that is not empty.
fn used<'a, 'b>(parts: &'a [IoSlice<'b>]) -> &'a [IoSlice<'b>] {
    let is_used = |part: &IoSlice<'_>| !part.is_empty();
    match (parts.iter().position(is_used), parts.iter().rposition(is_used)) {
        (Some(first), Some(last)) => &parts[first..=last],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::io::{AsyncReadExt, duplex};

    use super::*;

    #[tokio::test]
    async fn everything_is_sent_in_order_however_little_the_stream_takes() {
        for room in 1..20 {
            let (mut near, mut far) = duplex(room);
            let mut outgoing = Outgoing::new();
            outgoing.text().extend_from_slice(b"text ");
            outgoing.put(Bytes::from_static(b"data "), b"tail");
            let mut received = [0; 14];
            let sending = poll_fn(|context| outgoing.poll_send(&mut near, context));
            let (sent, read) = tokio::join!(sending, far.read_exact(&mut received));
            assert!(sent.is_ok() && read.is_ok());
            assert_eq!(&received, b"text data tail");
            assert!(outgoing.has_room());
        }
    }

    #[test]
    fn only_parts_with_something_in_them_are_written() {
        for (parts, expected) in [
            (["a", "", ""], &["a"][..]),
            (["", "b", ""], &["b"]),
            (["a", "", "c"], &["a", "", "c"]),
            (["", "", ""], &[]),
        ] {
            let parts = parts.map(|part| IoSlice::new(part.as_bytes()));
            let used: Vec<_> = used(&parts).iter().map(|part| str::from_utf8(part).expect("text")).collect();
            assert_eq!(used, expected);
        }
    }
}
