//! The chunked transfer coding (RFC 9112 §7.1), as it is received.

use bytes::{Buf, Bytes, BytesMut};
use http::HeaderMap;

use crate::http1::{Malformed, fields};

/// The longest line with a chunk's size, extensions included.
const LINE_BYTES: usize = 256;
/// The most that chunk extensions of one body may take: nobody has a use for them, but for being costly to read.
const EXTENSION_BYTES: usize = 16 * 1024;
/// The most that trailers may take.
const TRAILER_BYTES: usize = 16 * 1024;

/// What has come of a chunked body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Some of its content, never nothing.
    Data(Bytes),
    /// Its trailers; the end follows.
    Trailers(HeaderMap),
    /// Its end.
    End,
    /// Not enough to tell.
    Incomplete,
}

/// Takes chunked bodies apart. No line is taken that could be read otherwise.
#[derive(Debug, Default)]
pub(crate) struct Chunked {
    state: State,
    extension_bytes: usize,
    /// How far the trailers were searched for their end.
    searched: usize,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Size,
    Data(u64),
    DataEnd,
    Trailers,
    Ended,
}

impl Chunked {
    /// Takes the next piece out of what was received.
    ///
    /// # Errors
    /// It is no chunked body.
    pub(crate) fn next(&mut self, received: &mut BytesMut) -> Result<Piece, Malformed> {
        loop {
            match self.state {
                State::Size => match self.size(received)? {
                    None => return Ok(Piece::Incomplete),
                    Some(0) => self.state = State::Trailers,
                    Some(size) => self.state = State::Data(size),
                },
                State::Data(_) if received.is_empty() => return Ok(Piece::Incomplete),
                State::Data(left) => {
                    let here = usize::try_from(left).map_or(received.len(), |left| left.min(received.len()));
                    let left = left - here as u64;
                    self.state = if left == 0 { State::DataEnd } else { State::Data(left) };
                    return Ok(Piece::Data(received.split_to(here).freeze()));
                }
                State::DataEnd => {
                    match received.get(..2) {
                        Some(b"\r\n") => received.advance(2),
                        None if matches!(received.first(), None | Some(b'\r')) => {
                            return Ok(Piece::Incomplete);
                        }
                        _ => return Err(Malformed("a chunk that is longer than its size")),
                    }
                    self.state = State::Size;
                }
                State::Trailers => return self.trailers(received),
                State::Ended => return Ok(Piece::End),
            }
        }
    }

    /// Whether the body has ended.
    pub(crate) fn has_ended(&self) -> bool {
        self.state == State::Ended
    }

    /// Ends the body if nothing but its end, without trailers, is left of what was received.
    pub(crate) fn end_with(&mut self, received: &mut BytesMut) {
        let end: &[u8] = match self.state {
            State::DataEnd => b"\r\n0\r\n\r\n",
            State::Size => b"0\r\n\r\n",
            _ => return,
        };
        if received == end {
            received.clear();
            self.state = State::Ended;
        }
    }

    fn size(&mut self, received: &mut BytesMut) -> Result<Option<u64>, Malformed> {
        let line = &received[..received.len().min(LINE_BYTES)];
        let Some(feed) = memchr::memchr(b'\n', line) else {
            return if line.len() < LINE_BYTES {
                Ok(None)
            } else {
                Err(Malformed("a chunk size that is too long"))
            };
        };
        let line =
            line[..feed].strip_suffix(b"\r").ok_or(Malformed("a chunk size that does not end with CR LF"))?;
        let digits = line.iter().position(|byte| !byte.is_ascii_hexdigit()).unwrap_or(line.len());
        let extension = &line[digits..];
        self.extension_bytes += extension.len();
        let is_extension = extension.first().is_none_or(|first| *first == b';')
            && extension.iter().all(|byte| *byte == b'\t' || !byte.is_ascii_control());
        if !is_extension || self.extension_bytes > EXTENSION_BYTES {
            return Err(Malformed("a bad chunk extension"));
        }
        let size = size_of(&line[..digits])?;
        received.advance(feed + 1);
        Ok(Some(size))
    }

    fn trailers(&mut self, received: &mut BytesMut) -> Result<Piece, Malformed> {
        let end = fields::end(received, &mut self.searched)?;
        if end.unwrap_or(received.len()) > TRAILER_BYTES {
            return Err(Malformed("trailers that are too large"));
        }
        let Some(end) = end else { return Ok(Piece::Incomplete) };
        let section = received.split_to(end).freeze();
        self.state = State::Ended;
        if end == 2 {
            return Ok(Piece::End);
        }
        fields::with_room(|room| {
            let parsed = httparse::parse_headers(&section, room)?;
            match parsed {
                httparse::Status::Complete((length, parsed)) if length == section.len() => {
                    Ok(fields::to_map(&section, parsed).map(Piece::Trailers))
                }
                _ => Err(httparse::Error::NewLine),
            }
        })
        .map_err(fields::refusal)?
    }
}

/// A chunk's size: 1 to 16 hexadecimal digits, without sign, prefix or separators.
fn size_of(digits: &[u8]) -> Result<u64, Malformed> {
    if !(1..=16).contains(&digits.len()) {
        return Err(Malformed("a bad chunk size"));
    }
    let value = |digit: &u8| char::from(*digit).to_digit(16).map_or(0, u64::from);
    Ok(digits.iter().fold(0, |size, digit| size << 4 | value(digit)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The content, the trailers as text, and whether the end was seen; `None` if it is refused.
    fn read(pieces: impl Iterator<Item = u8>, at_once: bool) -> Option<(String, String, bool)> {
        let (mut chunked, mut received) = (Chunked::default(), BytesMut::new());
        let (mut content, mut trailers) = (Vec::new(), String::new());
        let all: Vec<u8> = pieces.collect();
        let steps = if at_once { vec![&all[..]] } else { all.chunks(1).collect() };
        for step in steps {
            received.extend_from_slice(step);
            loop {
                match chunked.next(&mut received).ok()? {
                    Piece::Data(data) => content.extend_from_slice(&data),
                    Piece::Trailers(map) => trailers = format!("{map:?}"),
                    Piece::End | Piece::Incomplete => break,
                }
            }
        }
        assert!(chunked.has_ended() || received.len() < LINE_BYTES);
        Some((String::from_utf8(content).expect("text"), trailers, chunked.has_ended()))
    }

    #[test]
    fn bodies_are_read_alike_whole_and_byte_by_byte() {
        for (body, content, trailers, has_ended) in [
            ("0\r\n\r\n", "", "", true),
            ("5\r\nhello\r\n0\r\n\r\n", "hello", "", true),
            ("5;a=\"b\"\r\nhello\r\n00A\r\n0123456789\r\n0;x\r\n\r\n", "hello0123456789", "", true),
            ("1\r\na\r\n0\r\nA-B: c\r\nd: \r\n\r\n", "a", r#"{"a-b": "c", "d": ""}"#, true),
            ("5\r\nhel", "hel", "", false),
            ("5\r\nhello\r\n0\r\n", "hello", "", false),
        ] {
            for at_once in [true, false] {
                let (read_content, read_trailers, ended) = read(body.bytes(), at_once).expect(body);
                assert_eq!((&*read_content, &*read_trailers), (content, trailers), "{body:?}");
                assert_eq!(ended, has_ended, "{body:?}");
            }
        }
    }

    #[test]
    fn what_others_may_read_otherwise_is_refused() {
        let long = format!("5;{}\r\nhello\r\n0\r\n\r\n", "a".repeat(LINE_BYTES));
        for body in [
            "\r\n",
            "g\r\n",
            "-1\r\n",
            "+5\r\nhello\r\n",
            "0x5\r\nhello\r\n",
            " 5\r\nhello\r\n",
            "5 \r\nhello\r\n",
            "5\nhello\r\n",
            "5\r\nhello0\r\n",
            "5\r\nhello\n0\r\n",
            "5\r\nhello\r0\r\n",
            "5\rhello\r\n",
            "00000000000000005\r\nhello\r\n",
            "5;a\rb\r\nhello\r\n",
            "5;\0\r\nhello\r\n",
            "5,5\r\nhello\r\n",
            "0\r\na: b\n\r\n",
            "0\r\na : b\r\n\r\n",
            "0\r\n b\r\n\r\n",
            "0\r\na: b\r\n c\r\n\r\n",
            "0\r\na\r\n\r\n",
            "0\r\na: \0\r\n\r\n",
            &long,
        ] {
            assert_eq!(read(body.bytes(), true), None, "{body:?}");
            assert_eq!(read(body.bytes(), false), None, "{body:?} byte by byte");
        }
    }

    #[test]
    fn extensions_and_trailers_have_bounds() {
        let extension = "a".repeat(LINE_BYTES - 10);
        let chunk = format!("1;{extension}\r\na\r\n");
        let chunks = EXTENSION_BYTES / (extension.len() + 1);
        assert!(read(chunk.repeat(chunks).bytes(), true).is_some());
        assert_eq!(read(chunk.repeat(chunks + 1).bytes(), true), None);
        let trailers = |length| format!("0\r\na: {}\r\n\r\n", "b".repeat(length));
        assert!(read(trailers(TRAILER_BYTES - 7).bytes(), true).is_some());
        assert_eq!(read(trailers(TRAILER_BYTES - 6).bytes(), true), None);
        assert_eq!(read(trailers(TRAILER_BYTES * 2).bytes().take(TRAILER_BYTES + 4), true), None);
        let fields = |count: usize| format!("0\r\n{}\r\n", "a: b\r\n".repeat(count));
        assert!(read(fields(fields::MOST).bytes(), true).is_some());
        assert_eq!(read(fields(fields::MOST + 1).bytes(), true), None);
    }

    #[test]
    fn an_end_that_is_here_already_is_taken_with_the_content() {
        for (body, ends) in
            [("1\r\na\r\n0\r\n\r\n", true), ("1\r\na\r\n0\r\n", false), ("1\r\na\r\n0\r\n\r\nX", false)]
        {
            let (mut chunked, mut received) = (Chunked::default(), BytesMut::from(body));
            assert_eq!(chunked.next(&mut received), Ok(Piece::Data(Bytes::from_static(b"a"))));
            chunked.end_with(&mut received);
            assert_eq!(chunked.has_ended(), ends, "{body:?}");
        }
    }
}
