//! Where HTTP/1.1 requests begin and end (RFC 9112).
//!
//! Follows the framing of a connection in whatever pieces its bytes arrive, and stops at the first place where two
//! parsers might disagree: every line is judged as soon as it is there. Nothing behind it looks for the end of anything
//! once more. Pure: no io, no clock, and no bytes of its own.

mod line;

use std::ops::Range;

use memchr::{memchr, memchr2};

use self::line::{Framed, chunk_size, field, length, request_line};

/// Bytes of a chunk's size line, extensions included (RFC 9112 §7.1.1 asks for a bound).
const CHUNK_LINE_BYTES: usize = 256;

/// Follows the requests of one connection.
#[derive(Debug)]
pub(crate) struct Framing {
    state: State,
    /// Bytes of the lines of an unfinished head, or of unfinished trailers, that were judged.
    judged: usize,
    /// Bytes behind them that were searched for the end of a line.
    searched: usize,
    most_bytes: usize,
    most_fields: usize,
    first_line: FirstLine,
    fields: Vec<FieldAt>,
}

/// What comes next.
#[derive(Debug)]
enum State {
    /// The first line of a request, or empty lines before it (RFC 9112 §2.2).
    RequestLine,
    /// A header field, or the end of the head.
    Field(Head),
    /// So many bytes of a body whose length was announced; at least 1.
    Body(u64),
    /// The size of a chunk.
    ChunkSize,
    /// So many bytes of a chunk; at least 1.
    ChunkData(u64),
    /// The line end after a chunk.
    ChunkEnd,
    /// A trailer field, or the end of the request.
    Trailer,
}

/// What a head has said so far.
#[derive(Debug, Clone, Copy, Default)]
struct Head {
    has_host: bool,
    length: Option<u64>,
    is_chunked: bool,
}

/// A part of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece {
    /// So many bytes that only say where others begin and end: a chunk's size, an empty line before a request.
    Filler(usize),
    /// A whole head. Until the next call, [`Framing::first_line`] and [`Framing::fields`] say what stands where in it.
    Head(usize),
    /// Content, at least one byte.
    Data(usize),
    /// All trailers. Until the next call, [`Framing::fields`] says what stands where in them.
    Trailers(usize),
}

/// What follows a head, or what is left of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyLength {
    /// Nothing.
    Zero,
    /// So many bytes, at least one.
    Known(u64),
    Chunked,
}

/// Why there is no sure way to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    /// The request can be read in two ways, or in none.
    #[error("{0}")]
    Ambiguous(&'static str),
    /// The head or the trailers have too many bytes or fields, or a chunk's size line does not end within its bound.
    #[error("too large")]
    TooLarge,
}

/// Where the parts of a head's first line stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct FirstLine {
    /// Where the method ends; it begins at 0.
    pub(crate) method_end: usize,
    /// Where the target ends; it begins one byte behind the method.
    pub(crate) target_end: usize,
    /// Otherwise it is HTTP/1.1.
    pub(crate) is_http_1_0: bool,
}

/// Where a field stands in its section. A section has at most 1 MiB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FieldAt {
    name: Range<u32>,
    value: Range<u32>,
}

impl FieldAt {
    /// The field's name and where its value is.
    pub(crate) fn of<'a>(&self, section: &'a [u8]) -> (&'a [u8], Range<usize>) {
        let range = |range: &Range<u32>| range.start as usize..range.end as usize;
        (&section[range(&self.name)], range(&self.value))
    }
}

impl Framing {
    /// `most_bytes` and `most_fields`: of a request's head, and of its trailers.
    pub(crate) fn new(most_bytes: usize, most_fields: usize) -> Self {
        Self {
            state: State::RequestLine,
            judged: 0,
            searched: 0,
            most_bytes,
            most_fields,
            first_line: FirstLine::default(),
            fields: Vec::new(),
        }
    }

    /// Whether the head of a request has begun and not ended.
    pub(crate) fn is_in_head(&self) -> bool {
        match self.state {
            State::RequestLine => self.searched > 0,
            State::Field(_) => true,
            State::Body(_) | State::ChunkSize | State::ChunkData(_) | State::ChunkEnd | State::Trailer => {
                false
            }
        }
    }

    /// What is still to come of the present request's body.
    pub(crate) fn body_left(&self) -> BodyLength {
        match self.state {
            State::RequestLine | State::Field(_) => BodyLength::Zero,
            State::Body(left) => BodyLength::Known(left),
            State::ChunkSize | State::ChunkData(_) | State::ChunkEnd | State::Trailer => BodyLength::Chunked,
        }
    }

    pub(crate) fn first_line(&self) -> FirstLine {
        self.first_line
    }

    pub(crate) fn fields(&self) -> &[FieldAt] {
        &self.fields
    }

    /// What `bytes` begin with. `None`: the same bytes are wanted once more, with more behind them; otherwise what is
    /// behind the piece. After an error there is nothing more to follow.
    ///
    /// # Errors
    /// The bytes are no requests, or not surely these.
    pub(crate) fn next(&mut self, bytes: &[u8]) -> Result<Option<Piece>, Fault> {
        match &mut self.state {
            State::Body(_) | State::ChunkData(_) if bytes.is_empty() => Ok(None),
            State::Body(left) => {
                let taken = take(left, bytes);
                if *left == 0 {
                    self.state = State::RequestLine;
                }
                Ok(Some(Piece::Data(taken)))
            }
            State::ChunkData(left) => {
                let taken = take(left, bytes);
                if *left == 0 {
                    self.state = State::ChunkEnd;
                }
                Ok(Some(Piece::Data(taken)))
            }
            _ => self.follow_lines(bytes),
        }
    }

    /// Judges line after line, until one of them ends something.
    fn follow_lines(&mut self, bytes: &[u8]) -> Result<Option<Piece>, Fault> {
        loop {
            let room = self.room();
            let rest = &bytes[self.judged..];
            let visible = &rest[..rest.len().min(room)];
            let Some(feed) = memchr(b'\n', &visible[self.searched..]) else {
                if visible.len() == room {
                    return Err(Fault::TooLarge);
                }
                self.searched = visible.len();
                return Ok(None);
            };
            let raw = &visible[..=self.searched + feed];
            self.searched = 0;
            if let Some(piece) = self.end_line(raw)? {
                self.judged = 0;
                return Ok(Some(piece));
            }
            self.judged += raw.len();
        }
    }

    /// How many bytes the present line may have.
    fn room(&self) -> usize {
        match self.state {
            State::ChunkSize | State::ChunkEnd => CHUNK_LINE_BYTES,
            _ => self.most_bytes - self.judged,
        }
    }

    /// Judges a line, given with its line feed: what it ends, if it ends anything.
    fn end_line(&mut self, raw: &[u8]) -> Result<Option<Piece>, Fault> {
        let line = raw.strip_suffix(b"\r\n").ok_or(Fault::Ambiguous("a line that ends with a bare LF"))?;
        if let Some(at) = memchr2(b'\r', b'\0', line) {
            return Err(Fault::Ambiguous(if line[at] == 0 { "a NUL" } else { "a bare CR" }));
        }
        let end = self.judged + raw.len();
        let (state, piece) = match self.state {
            State::RequestLine if line.is_empty() => (State::RequestLine, Some(Piece::Filler(end))),
            State::RequestLine => {
                self.first_line = request_line(line).map_err(Fault::Ambiguous)?;
                self.fields.clear();
                (State::Field(Head::default()), None)
            }
            State::Field(head) if line.is_empty() => {
                (head.end(self.first_line.is_http_1_0).map_err(Fault::Ambiguous)?, Some(Piece::Head(end)))
            }
            State::Field(head) => {
                let (framed, value) = self.add_field(line)?;
                (State::Field(head.with(framed, value).map_err(Fault::Ambiguous)?), None)
            }
            State::ChunkSize => match chunk_size(line).map_err(Fault::Ambiguous)? {
                0 => {
                    self.fields.clear();
                    (State::Trailer, Some(Piece::Filler(end)))
                }
                size => (State::ChunkData(size), Some(Piece::Filler(end))),
            },
            State::ChunkEnd if line.is_empty() => (State::ChunkSize, Some(Piece::Filler(end))),
            State::ChunkEnd => return Err(Fault::Ambiguous("a chunk longer than its size")),
            State::Trailer if line.is_empty() => (State::RequestLine, Some(Piece::Trailers(end))),
            State::Trailer => match self.add_field(line)? {
                (None, _) => (State::Trailer, None),
                (Some(_), _) => return Err(Fault::Ambiguous("a trailer that frames the message")),
            },
            State::Body(_) | State::ChunkData(_) => unreachable!("bodies are followed by their length"),
        };
        self.state = state;
        Ok(piece)
    }

    /// Takes down where the field on a line stands; answers what it is, and its value.
    fn add_field<'a>(&mut self, line: &'a [u8]) -> Result<(Option<Framed>, &'a [u8]), Fault> {
        let (name, value) = field(line).map_err(Fault::Ambiguous)?;
        if self.fields.len() == self.most_fields {
            return Err(Fault::TooLarge);
        }
        let at = |offset: usize| u32::try_from(self.judged + offset).map_err(|_| Fault::TooLarge);
        let name_at = at(0)?..at(name)?;
        let value_at = at(value.start)?..at(value.end)?;
        self.fields.push(FieldAt { name: name_at, value: value_at });
        Ok((Framed::by(&line[..name]), &line[value]))
    }
}

/// Takes as much as there is of what is left.
fn take(left: &mut u64, bytes: &[u8]) -> usize {
    let taken = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
    *left -= taken as u64;
    taken
}

impl Head {
    /// What the head says with one more field.
    fn with(mut self, framed: Option<Framed>, value: &[u8]) -> Result<Self, &'static str> {
        match framed {
            None => {}
            Some(Framed::Host) if self.has_host => return Err("two Hosts"),
            Some(Framed::Host) => self.has_host = true,
            Some(Framed::Length) if self.length.is_some() => return Err("two Content-Lengths"),
            Some(Framed::Length) => self.length = Some(length(value)?),
            Some(Framed::Encoding) if self.is_chunked => return Err("two Transfer-Encodings"),
            Some(Framed::Encoding) if value.eq_ignore_ascii_case(b"chunked") => self.is_chunked = true,
            Some(Framed::Encoding) => return Err("a Transfer-Encoding other than chunked"),
        }
        Ok(self)
    }

    /// What follows the head (RFC 9112 §6.3).
    fn end(self, is_http_1_0: bool) -> Result<State, &'static str> {
        match (self.is_chunked, self.length) {
            (true, Some(_)) => Err("both Transfer-Encoding and Content-Length"),
            // RFC 9112 §6.1: an intermediary that knows only HTTP/1.0 would not have seen it.
            (true, None) if is_http_1_0 => Err("Transfer-Encoding in HTTP/1.0"),
            (true, None) => Ok(State::ChunkSize),
            (false, None | Some(0)) => Ok(State::RequestLine),
            (false, Some(length)) => Ok(State::Body(length)),
        }
    }
}

#[cfg(test)]
mod tests;
