//! A second opinion on where HTTP/1.1 requests begin and end, stricter than the parser that answers them.
//!
//! Follows the framing of a connection (RFC 9112) in whatever pieces its bytes arrive, and finds the first place where
//! two parsers might disagree. Every line is judged before its end is passed on, so no parser behind this one ever
//! sees the whole head of a request that could be read two ways. Pure: no io, no clock.

use std::mem;

use memchr::{memchr, memchr2};

/// Bytes of a chunk's size line, extensions included (RFC 9112 §7.1.1 asks for a bound).
const CHUNK_LINE_BYTES: usize = 256;

/// Follows the requests of one connection.
#[derive(Debug)]
pub(crate) struct Framing {
    state: State,
    /// What has come of a line that has not ended.
    line: Vec<u8>,
    /// Bytes of the head or of the trailers so far.
    head_bytes: usize,
    most_head_bytes: usize,
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
    is_http_1_0: bool,
    has_host: bool,
    length: Option<u64>,
    is_chunked: bool,
}

/// Where the bytes of a connection stop making sense. Nothing from there on may reach a parser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cut {
    /// How many of the bytes just given come before.
    pub(crate) keep: usize,
    pub(crate) reason: CutReason,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CutReason {
    /// The request can be read in two ways, or in none. The byte at the cut is the line feed of the line that is to blame.
    Ambiguous(&'static str),
    /// The head, the trailers or a chunk's size line do not end within their bound.
    TooLarge,
}

impl Framing {
    /// `most_head_bytes`: of a request's head, and of its trailers.
    pub(crate) fn new(most_head_bytes: usize) -> Self {
        Self { state: State::RequestLine, line: Vec::new(), head_bytes: 0, most_head_bytes }
    }

    /// Whether the head of a request has begun and not ended.
    pub(crate) fn is_in_head(&self) -> bool {
        match self.state {
            State::RequestLine => !self.line.is_empty(),
            State::Field(_) => true,
            State::Body(_) | State::ChunkSize | State::ChunkData(_) | State::ChunkEnd | State::Trailer => {
                false
            }
        }
    }

    /// Follows what has arrived. After an error there is nothing more to follow.
    ///
    /// # Errors
    /// The bytes are no requests, or not surely these.
    pub(crate) fn follow(&mut self, bytes: &[u8]) -> Result<(), Cut> {
        let mut at = 0;
        while at < bytes.len() {
            let rest = &bytes[at..];
            at += match &mut self.state {
                State::Body(left) => {
                    let skipped = skip(left, rest);
                    if *left == 0 {
                        self.state = State::RequestLine;
                    }
                    skipped
                }
                State::ChunkData(left) => {
                    let skipped = skip(left, rest);
                    if *left == 0 {
                        self.state = State::ChunkEnd;
                    }
                    skipped
                }
                _ => self.follow_line(rest).map_err(|cut| Cut { keep: at + cut.keep, reason: cut.reason })?,
            };
        }
        Ok(())
    }

    /// Takes one line, or as much of it as has come; answers how many bytes that is.
    fn follow_line(&mut self, rest: &[u8]) -> Result<usize, Cut> {
        let room = self.room();
        let visible = &rest[..rest.len().min(room)];
        let Some(end) = memchr(b'\n', visible) else {
            if visible.len() == room {
                return Err(Cut { keep: room, reason: CutReason::TooLarge });
            }
            self.line.extend_from_slice(visible);
            return Ok(visible.len());
        };
        let taken = end + 1;
        let judged = if self.line.is_empty() {
            self.end_line(&visible[..taken])
        } else {
            let mut line = mem::take(&mut self.line);
            line.extend_from_slice(&visible[..taken]);
            let judged = self.end_line(&line);
            // Its memory is for the next line that comes in pieces.
            line.clear();
            self.line = line;
            judged
        };
        judged.map(|()| taken).map_err(|why| Cut { keep: end, reason: CutReason::Ambiguous(why) })
    }

    /// How many bytes the present line may still have.
    fn room(&self) -> usize {
        let most = match self.state {
            State::ChunkSize | State::ChunkEnd => CHUNK_LINE_BYTES,
            _ => self.most_head_bytes.saturating_sub(self.head_bytes),
        };
        most.saturating_sub(self.line.len())
    }

    /// Judges a line, given with its line feed.
    fn end_line(&mut self, raw: &[u8]) -> Result<(), &'static str> {
        let line = raw.strip_suffix(b"\r\n").ok_or("a line that ends with a bare LF")?;
        if let Some(at) = memchr2(b'\r', b'\0', line) {
            return Err(if line[at] == 0 { "a NUL" } else { "a bare CR" });
        }
        self.state = match self.state {
            State::RequestLine if line.is_empty() => return Ok(()),
            State::RequestLine => State::Field(request_line(line)?),
            State::Field(head) if line.is_empty() => head.end()?,
            State::Field(head) => State::Field(head.with(line)?),
            State::ChunkSize => match chunk_size(line)? {
                0 => State::Trailer,
                size => State::ChunkData(size),
            },
            State::ChunkEnd if line.is_empty() => State::ChunkSize,
            State::ChunkEnd => return Err("a chunk longer than its size"),
            State::Trailer if line.is_empty() => State::RequestLine,
            State::Trailer => {
                let (name, _) = field(line)?;
                match Framed::by(name) {
                    None => State::Trailer,
                    Some(_) => return Err("a trailer that frames the message"),
                }
            }
            State::Body(_) | State::ChunkData(_) => unreachable!("bodies are skipped by their length"),
        };
        match self.state {
            State::Field(_) | State::Trailer => self.head_bytes += raw.len(),
            _ => self.head_bytes = 0,
        }
        Ok(())
    }
}

fn skip(left: &mut u64, bytes: &[u8]) -> usize {
    let skipped = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
    *left -= skipped as u64;
    skipped
}

/// `GET /ip HTTP/1.1` (RFC 9112 §3).
fn request_line(line: &[u8]) -> Result<Head, &'static str> {
    if line.iter().any(|byte| byte.is_ascii_control()) {
        return Err("a control character in the request line");
    }
    let mut parts = line.split(|byte| *byte == b' ');
    let parts = [parts.next(), parts.next(), parts.next(), parts.next()];
    let [Some(method), Some(target), Some(version), None] = parts else {
        return Err("a request line that does not have three parts");
    };
    if method.is_empty() || target.is_empty() {
        return Err("a request line with an empty part");
    }
    match version {
        b"HTTP/1.1" => Ok(Head::default()),
        b"HTTP/1.0" => Ok(Head { is_http_1_0: true, ..Head::default() }),
        _ => Err("a version other than HTTP/1.1 and HTTP/1.0"),
    }
}

impl Head {
    /// What the head says with one more field line.
    fn with(mut self, line: &[u8]) -> Result<Self, &'static str> {
        let (name, value) = field(line)?;
        match Framed::by(name) {
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
    fn end(self) -> Result<State, &'static str> {
        match (self.is_chunked, self.length) {
            (true, Some(_)) => Err("both Transfer-Encoding and Content-Length"),
            // RFC 9112 §6.1: an intermediary that knows only HTTP/1.0 would not have seen it.
            (true, None) if self.is_http_1_0 => Err("Transfer-Encoding in HTTP/1.0"),
            (true, None) => Ok(State::ChunkSize),
            (false, None | Some(0)) => Ok(State::RequestLine),
            (false, Some(length)) => Ok(State::Body(length)),
        }
    }
}

/// Header fields that say whose the request is and where it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Framed {
    Host,
    Length,
    Encoding,
}

impl Framed {
    fn by(name: &[u8]) -> Option<Self> {
        let (known, framed): (&[u8], Self) = match name.len() {
            4 => (b"host", Self::Host),
            14 => (b"content-length", Self::Length),
            17 => (b"transfer-encoding", Self::Encoding),
            _ => return None,
        };
        name.eq_ignore_ascii_case(known).then_some(framed)
    }
}

/// Name and value of a field line (RFC 9112 §5).
fn field(line: &[u8]) -> Result<(&[u8], &[u8]), &'static str> {
    if let [b' ' | b'\t', ..] = line {
        return Err("a folded header field");
    }
    let colon = memchr(b':', line).ok_or("a header field without a colon")?;
    let name = &line[..colon];
    if let [.., b' ' | b'\t'] = name {
        return Err("space before a colon");
    }
    if name.is_empty() || !name.iter().all(|byte| is_token_character(*byte)) {
        return Err("a header field without a proper name");
    }
    Ok((name, trim(&line[colon + 1..])))
}

/// RFC 9110 §5.6.2.
fn is_token_character(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Without the optional space around it, which is SP and HTAB and nothing else (RFC 9110 §5.6.3).
fn trim(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

fn length(value: &[u8]) -> Result<u64, &'static str> {
    const FAULT: &str = "a Content-Length that is not one number";
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return Err(FAULT);
    }
    value
        .iter()
        .try_fold(0_u64, |length, digit| length.checked_mul(10)?.checked_add(u64::from(digit - b'0')))
        .ok_or(FAULT)
}

/// The size in a chunk's first line; extensions are passed over (RFC 9112 §7.1.1).
fn chunk_size(line: &[u8]) -> Result<u64, &'static str> {
    const FAULT: &str = "a chunk without a proper size";
    let digits = &line[..memchr(b';', line).unwrap_or(line.len())];
    if digits.is_empty() || digits.len() > 16 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return Err(FAULT);
    }
    let digits = str::from_utf8(digits).map_err(|_| FAULT)?;
    u64::from_str_radix(digits, 16).map_err(|_| FAULT)
}

#[cfg(test)]
mod tests;
