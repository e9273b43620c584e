//! Buffers that nobody uses at the moment.

use std::cell::RefCell;

use bytes::BytesMut;

/// What one read takes.
pub(crate) const READ_BYTES: usize = 16 * 1024;
/// How many a worker keeps.
const MOST: usize = 64;
/// The greatest one that is kept: what heads that are larger than usual needed is given back.
const MOST_BYTES: usize = 2 * READ_BYTES;

/// A worker's spare buffers, so that connections have one only while they have something to put into it.
#[derive(Debug, Default)]
pub(crate) struct Spare(RefCell<Vec<BytesMut>>);

impl Spare {
    /// An empty buffer with room for a read: the one that was given back last, which the processor's caches may still hold.
    pub(crate) fn take(&self) -> BytesMut {
        let mut buffer = self.0.borrow_mut().pop().unwrap_or_default();
        // Parts of it may still be on their way to somebody; then there is a new one behind the same handle.
        buffer.reserve(READ_BYTES);
        buffer
    }

    /// Keeps a buffer for others.
    pub(crate) fn give(&self, mut buffer: BytesMut) {
        buffer.clear();
        let mut buffers = self.0.borrow_mut();
        if buffers.len() < MOST && (1..=MOST_BYTES).contains(&buffer.capacity()) {
            buffers.push(buffer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_is_taken_again() {
        let spare = Spare::default();
        let mut buffer = spare.take();
        buffer.extend_from_slice(b"old");
        let place = buffer.as_ptr();
        spare.give(buffer);
        let again = spare.take();
        assert!(again.is_empty() && again.capacity() >= READ_BYTES);
        assert_eq!(again.as_ptr(), place);
    }

    #[test]
    fn nothing_is_overwritten_that_somebody_still_reads() {
        let spare = Spare::default();
        let mut buffer = spare.take();
        buffer.extend_from_slice(b"head");
        let head = buffer.split().freeze();
        spare.give(buffer);
        let mut other = spare.take();
        assert!(other.is_empty() && other.capacity() >= READ_BYTES);
        other.extend_from_slice(b"over");
        assert_eq!(&head[..], b"head");
    }

    #[test]
    fn the_number_and_the_size_of_what_is_kept_are_bounded() {
        let spare = Spare::default();
        spare.give(BytesMut::with_capacity(MOST_BYTES + 1));
        spare.give(BytesMut::new());
        assert_eq!(spare.0.borrow().len(), 0);
        for _ in 0..=MOST {
            spare.give(BytesMut::with_capacity(1));
        }
        assert_eq!(spare.0.borrow().len(), MOST);
    }
}
