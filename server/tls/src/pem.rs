//! PEM as people send it (RFC 7468, RFC 1421 headers), read in one pass.
//!
//! Lenient where no meaning can be lost: text before, between and after blocks, any line ends and line lengths,
//! indentation, a UTF-8 byte order mark, and line breaks written out as `\n` or `\r` as in JSON and environment files.
//! Strict where it could be: a block must end under its own label and hold nothing but base64.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::Fault;
use zeroize::Zeroizing;

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";
/// The longest label that is read as one; real ones have at most 32 characters.
const LABEL_LIMIT: usize = 64;

/// What was between a `BEGIN` and its `END`.
pub(crate) struct Block {
    /// Such as `CERTIFICATE`.
    pub(crate) label: String,
    /// Its headers say that it is encrypted (RFC 1421 §4.6.1.1); it is not decoded then.
    pub(crate) encrypted: bool,
    /// The decoded bytes. May be a key: wiped when dropped.
    pub(crate) contents: Zeroizing<Vec<u8>>,
}

/// A text that has at least one block.
pub(crate) struct Pem {
    /// The blocks in order.
    pub(crate) blocks: Vec<Block>,
    /// It holds certificates, line breaks and nothing else, so that it can be kept byte for byte.
    pub(crate) only_certificates: bool,
}

/// Reads all blocks of `text`; `None` if it has none.
///
/// # Errors
/// [`Fault::BrokenPem`] with the line of the block that is broken.
pub(crate) fn read(text: &[u8]) -> Result<Option<Pem>, Fault> {
    let mut blocks = Vec::new();
    let mut only_certificates = true;
    let mut lines = LineCounter { text, at: 0, line: 1 };
    let mut at = 0;
    while let Some(begin) = find(text, at, BEGIN) {
        only_certificates &= text[at..begin].iter().all(|byte| matches!(byte, b'\r' | b'\n'));
        let line = lines.line_of(begin);
        let span = Span::read(text, begin).ok_or(Fault::BrokenPem { line })?;
        let body = Body::read(span.body).ok_or(Fault::BrokenPem { line })?;
        only_certificates &= span.label == "CERTIFICATE" && body.clean;
        at = span.end;
        blocks.push(Block {
            label: span.label.to_owned(),
            encrypted: body.encrypted,
            contents: body.contents,
        });
    }
    only_certificates &= text[at..].iter().all(|byte| matches!(byte, b'\r' | b'\n'));
    Ok((!blocks.is_empty()).then_some(Pem { blocks, only_certificates }))
}

/// One block as PEM: lines of 64 characters, each with a line feed (RFC 7468 §2).
pub(crate) fn write(label: &str, contents: &[u8]) -> Zeroizing<String> {
    let encoded_length = contents.len().div_ceil(3) * 4;
    // All room at once: a growing string would leave copies of a key behind.
    let mut encoded = Zeroizing::new(String::with_capacity(encoded_length));
    STANDARD.encode_string(contents, &mut encoded);
    let mut text =
        Zeroizing::new(String::with_capacity(encoded_length + encoded_length / 64 + 2 * label.len() + 48));
    text.push_str(&format!("-----BEGIN {label}-----\n"));
    let mut rest = encoded.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        text.push_str(line);
        text.push('\n');
        rest = after;
    }
    text.push_str(&format!("-----END {label}-----\n"));
    text
}

/// Where a block's label and body stand, and where the block ends.
struct Span<'a> {
    label: &'a str,
    body: &'a [u8],
    end: usize,
}

impl<'a> Span<'a> {
    fn read(text: &'a [u8], begin: usize) -> Option<Self> {
        let label_start = begin + BEGIN.len();
        let label_area = &text[label_start..text.len().min(label_start + LABEL_LIMIT + DASHES.len())];
        let label_length = find(label_area, 0, DASHES)?;
        let label = std::str::from_utf8(&label_area[..label_length]).ok()?;
        if !label.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) {
            return None;
        }
        let body_start = label_start + label_length + DASHES.len();
        let body_end = find(text, body_start, DASHES)?;
        let after =
            text[body_end..].strip_prefix(END)?.strip_prefix(label.as_bytes())?.strip_prefix(DASHES)?;
        Some(Self { label, body: &text[body_start..body_end], end: text.len() - after.len() })
    }
}

/// What a block holds.
struct Body {
    encrypted: bool,
    contents: Zeroizing<Vec<u8>>,
    /// Nothing but base64 and line breaks, on lines of its own.
    clean: bool,
}

impl Body {
    fn read(body: &[u8]) -> Option<Self> {
        let text = with_real_line_breaks(body);
        let mut base64 = Zeroizing::new(Vec::with_capacity(text.len()));
        let mut has_headers = false;
        for line in text.split(|byte| matches!(byte, b'\r' | b'\n')) {
            if base64.is_empty() && line.contains(&b':') {
                has_headers = true;
                if is_encryption_header(line) {
                    return Some(Self { encrypted: true, contents: Zeroizing::default(), clean: false });
                }
                continue;
            }
            base64.extend(line.iter().copied().filter(|byte| !byte.is_ascii_whitespace()));
        }
        let mut contents = Zeroizing::new(Vec::with_capacity(base64.len() / 4 * 3 + 3));
        STANDARD.decode_vec(base64.as_slice(), &mut contents).ok()?;
        let on_own_lines = matches!(body.first(), Some(b'\r' | b'\n')) && body.last() == Some(&b'\n');
        let only_base64 = body.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/=\r\n".contains(byte));
        Some(Self { encrypted: false, contents, clean: on_own_lines && only_base64 && !has_headers })
    }
}

fn is_encryption_header(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    line.len() > 10
        && line[..10].eq_ignore_ascii_case(b"proc-type:")
        && find(line, 10, b"ENCRYPTED").is_some()
}

/// Turns the two characters `\n` and `\r` into line breaks; base64 and headers hold no backslash.
fn with_real_line_breaks(body: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut text = Zeroizing::new(Vec::with_capacity(body.len()));
    let mut bytes = body.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if byte == b'\\' && bytes.next_if(|next| matches!(next, b'n' | b'r')).is_some() {
            text.push(b'\n');
        } else {
            text.push(byte);
        }
    }
    text
}

/// Counts lines as the reading goes on, so that every byte is looked at once.
struct LineCounter<'a> {
    text: &'a [u8],
    at: usize,
    line: usize,
}

impl LineCounter<'_> {
    fn line_of(&mut self, position: usize) -> usize {
        self.line += self.text[self.at..position].iter().filter(|byte| **byte == b'\n').count();
        self.at = position;
        self.line
    }
}

fn find(text: &[u8], from: usize, needle: &[u8]) -> Option<usize> {
    text.get(from..)?.windows(needle.len()).position(|window| window == needle).map(|offset| from + offset)
}
