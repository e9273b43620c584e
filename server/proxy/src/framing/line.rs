//! Single lines of requests, each judged by itself.

use std::ops::Range;

use memchr::memchr;

use super::FirstLine;

/// `GET /ip HTTP/1.1` (RFC 9112 §3).
pub(super) fn request_line(line: &[u8]) -> Result<FirstLine, &'static str> {
    if line.iter().any(u8::is_ascii_control) {
        return Err("a control character in the request line");
    }
    let parts = "a request line that does not have three parts";
    let method_end = memchr(b' ', line).ok_or(parts)?;
    let target = method_end + 1;
    let target_end = target + memchr(b' ', &line[target..]).ok_or(parts)?;
    let version = &line[target_end + 1..];
    if version.contains(&b' ') {
        return Err(parts);
    }
    if method_end == 0 || target == target_end {
        return Err("a request line with an empty part");
    }
    let is_http_1_0 = match version {
        b"HTTP/1.1" => false,
        b"HTTP/1.0" => true,
        _ => return Err("a version other than HTTP/1.1 and HTTP/1.0"),
    };
    Ok(FirstLine { method_end, target_end, is_http_1_0 })
}

/// Header fields that say whose the request is and where it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framed {
    Host,
    Length,
    Encoding,
}

impl Framed {
    pub(super) fn by(name: &[u8]) -> Option<Self> {
        let (known, framed): (&[u8], Self) = match name.len() {
            4 => (b"host", Self::Host),
            14 => (b"content-length", Self::Length),
            17 => (b"transfer-encoding", Self::Encoding),
            _ => return None,
        };
        name.eq_ignore_ascii_case(known).then_some(framed)
    }
}

/// Where the name of a field line ends, and where its value is (RFC 9112 §5).
pub(super) fn field(line: &[u8]) -> Result<(usize, Range<usize>), &'static str> {
    if let [b' ' | b'\t', ..] = line {
        return Err("a folded header field");
    }
    let colon = memchr(b':', line).ok_or("a header field without a colon")?;
    let name = &line[..colon];
    if let [.., b' ' | b'\t'] = name {
        return Err("space before a colon");
    }
    if name.is_empty() || !name.iter().all(|byte| IS_TOKEN[usize::from(*byte)]) {
        return Err("a header field without a proper name");
    }
    Ok((colon, trim(line, colon + 1)))
}

/// The characters of tokens (RFC 9110 §5.6.2).
const IS_TOKEN: [bool; 256] = {
    let mut is_token = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        is_token[byte as usize] = byte.is_ascii_alphanumeric();
        byte += 1;
    }
    let marks = b"!#$%&'*+-.^_`|~";
    let mut mark = 0;
    while mark < marks.len() {
        is_token[marks[mark] as usize] = true;
        mark += 1;
    }
    is_token
};

/// Where the value is without the optional space around it, which is SP and HTAB and nothing else (RFC 9110 §5.6.3).
fn trim(line: &[u8], mut start: usize) -> Range<usize> {
    let is_space = |byte: u8| matches!(byte, b' ' | b'\t');
    let mut end = line.len();
    while start < end && is_space(line[start]) {
        start += 1;
    }
    while start < end && is_space(line[end - 1]) {
        end -= 1;
    }
    start..end
}

pub(super) fn length(value: &[u8]) -> Result<u64, &'static str> {
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
pub(super) fn chunk_size(line: &[u8]) -> Result<u64, &'static str> {
    const FAULT: &str = "a chunk without a proper size";
    let digits = &line[..memchr(b';', line).unwrap_or(line.len())];
    if digits.is_empty() || digits.len() > 16 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return Err(FAULT);
    }
    let digits = str::from_utf8(digits).map_err(|_| FAULT)?;
    u64::from_str_radix(digits, 16).map_err(|_| FAULT)
}
