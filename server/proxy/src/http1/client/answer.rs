//! Heads of answers, as they are received.

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING, UPGRADE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use crate::http1::{Malformed, fields};

/// The head of an answer.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    is_http11: bool,
}

/// What tells where an answer's body ends (RFC 9112 §6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// It has none.
    Bodiless,
    /// It has so many bytes.
    Length(u64),
    /// Its last chunk.
    Chunked,
    /// The end of the connection.
    UntilClose,
}

impl Head {
    /// Reads a whole head, its empty line included.
    ///
    /// # Errors
    /// It is none, or could be read otherwise.
    pub(super) fn parse(head: &Bytes) -> Result<Self, Malformed> {
        // The parser would skip empty lines in front of it.
        if !head.starts_with(b"HTTP/") {
            return Err(Malformed("an answer that does not begin with HTTP/"));
        }
        fields::with_room(|room| {
            let mut parsed = httparse::Response::new(room);
            let length = parsed.parse(head)?;
            if length != httparse::Status::Complete(head.len()) {
                return Err(httparse::Error::NewLine);
            }
            Ok(Self::of(head, &parsed))
        })
        .map_err(fields::refusal)?
    }

    fn of(head: &Bytes, parsed: &httparse::Response<'_, '_>) -> Result<Self, Malformed> {
        let status = parsed.code.filter(|code| (100..=599).contains(code));
        let status =
            status.and_then(|code| StatusCode::from_u16(code).ok()).ok_or(Malformed("a bad status"))?;
        let headers = fields::to_map(head, parsed.headers)?;
        Ok(Self { status, headers, is_http11: parsed.version == Some(1) })
    }

    /// Where the body of such an answer to a request of this method ends.
    ///
    /// # Errors
    /// It says that it ends at two places, or at one that we cannot tell.
    pub(super) fn framing(&self, method: &Method) -> Result<Framing, Malformed> {
        let length = content_length(&self.headers)?;
        let is_chunked = self.is_chunked()?;
        if is_chunked && length.is_some() {
            return Err(Malformed("both Transfer-Encoding and Content-Length"));
        }
        let is_bodiless = *method == Method::HEAD
            || self.status.is_informational()
            || matches!(self.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        Ok(match length {
            _ if is_bodiless => Framing::Bodiless,
            Some(0) => Framing::Bodiless,
            Some(length) => Framing::Length(length),
            None if is_chunked => Framing::Chunked,
            None => Framing::UntilClose,
        })
    }

    fn is_chunked(&self) -> Result<bool, Malformed> {
        let mut codings = self.headers.get_all(TRANSFER_ENCODING).iter();
        match (codings.next(), codings.next()) {
            (None, _) => Ok(false),
            (Some(_), _) if !self.is_http11 => Err(Malformed("Transfer-Encoding in an answer of HTTP/1.0")),
            (Some(coding), None) if coding.as_bytes().eq_ignore_ascii_case(b"chunked") => Ok(true),
            _ => Err(Malformed("a Transfer-Encoding that is not chunked")),
        }
    }

    /// Whether the connection can be used for another request (RFC 9112 §9.3).
    pub(super) fn keeps_connection(&self) -> bool {
        let closes = |value| tokens(value).any(|token| token.eq_ignore_ascii_case(b"close"));
        // A node that announces content where there is none (RFC 9110 §8.6) may send it, and it would be taken for the
        // next answer.
        let may_go_on = self.status == StatusCode::NO_CONTENT
            && (self.headers.contains_key(TRANSFER_ENCODING)
                || !matches!(content_length(&self.headers), Ok(None | Some(0))));
        self.is_http11 && !may_go_on && !self.headers.get_all(CONNECTION).iter().any(closes)
    }

    /// Whether it changes to a protocol that a request with such fields asks for.
    pub(super) fn changes_as_asked(&self, request: &HeaderMap) -> bool {
        let is_asked = |to: &[u8]| {
            request.get_all(UPGRADE).iter().flat_map(tokens).any(|asked| asked.eq_ignore_ascii_case(to))
        };
        let mut changed = self.headers.get_all(UPGRADE).iter().flat_map(tokens).peekable();
        changed.peek().is_some() && changed.all(is_asked)
    }
}

fn content_length(headers: &HeaderMap) -> Result<Option<u64>, Malformed> {
    let mut lengths = headers.get_all(CONTENT_LENGTH).iter();
    let Some(length) = lengths.next() else { return Ok(None) };
    if lengths.next().is_some() {
        return Err(Malformed("more than one Content-Length"));
    }
    let digits = length.as_bytes();
    let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    let number = is_number.then(|| length.to_str().ok()?.parse().ok()).flatten();
    number.map(Some).ok_or(Malformed("a bad Content-Length"))
}

/// The members of a list (RFC 9110 §5.6.1).
fn tokens(list: &HeaderValue) -> impl Iterator<Item = &[u8]> {
    list.as_bytes().split(|byte| *byte == b',').map(<[u8]>::trim_ascii).filter(|token| !token.is_empty())
}

#[cfg(test)]
mod tests;
