//! Field sections as they arrive (RFC 9112 §2.1, §5), told apart from what could be read in two ways.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::http1::Malformed;

/// The most fields of a section.
pub(crate) const MOST: usize = 128;
/// How many are looked for at first: room for more is seldom needed, and takes time to make.
const FEW: usize = 32;
/// Room for what is added to a section on its way.
const MORE: usize = 4;

/// Finds where a head or a trailer section ends: behind its first empty line. `searched` says how far earlier calls for
/// the same bytes have come, 0 at first.
///
/// # Errors
/// A line ends without CR (RFC 9112 §2.2 lets recipients take that; two of them then see two different messages).
pub(crate) fn end(bytes: &[u8], searched: &mut usize) -> Result<Option<usize>, Malformed> {
    let from = *searched;
    for feed in memchr::memchr_iter(b'\n', &bytes[from..]) {
        let feed = from + feed;
        if feed == 0 || bytes[feed - 1] != b'\r' {
            return Err(Malformed("a line that does not end with CR LF"));
        }
        if feed == 1 || bytes[feed - 2] == b'\n' {
            return Ok(Some(feed + 1));
        }
    }
    *searched = bytes.len();
    Ok(None)
}

/// Lets `parse` have room for as many fields as it needs, at most [`MOST`].
///
/// # Errors
/// What `parse` answers.
pub(crate) fn with_room<'b, T>(
    parse: impl Fn(&mut [httparse::Header<'b>]) -> Result<T, httparse::Error>,
) -> Result<T, httparse::Error> {
    match parse(&mut [httparse::EMPTY_HEADER; FEW]) {
        Err(httparse::Error::TooManyHeaders) => parse(&mut [httparse::EMPTY_HEADER; MOST]),
        result => result,
    }
}

/// The fields that were parsed of `section`. Their values are parts of it, not copies.
///
/// # Errors
/// None that the parser lets pass; a name or a value that is none.
pub(crate) fn to_map(section: &Bytes, fields: &[httparse::Header<'_>]) -> Result<HeaderMap, Malformed> {
    let mut map = HeaderMap::with_capacity(fields.len() + MORE);
    for field in fields {
        let name =
            HeaderName::from_bytes(field.name.as_bytes()).map_err(|_| Malformed("a bad field name"))?;
        let value = HeaderValue::from_maybe_shared(section.slice_ref(field.value))
            .map_err(|_| Malformed("a bad field value"))?;
        map.append(name, value);
    }
    Ok(map)
}

/// Why the parser refuses a section.
pub(crate) fn refusal(error: httparse::Error) -> Malformed {
    Malformed(match error {
        httparse::Error::HeaderName => "a bad field name",
        httparse::Error::HeaderValue => "a bad field value",
        httparse::Error::NewLine => "a line that does not end with CR LF",
        httparse::Error::Status => "a bad status",
        httparse::Error::Token => "a bad first line",
        httparse::Error::TooManyHeaders => "too many fields",
        httparse::Error::Version => "a version that is not HTTP/1.0 or HTTP/1.1",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_ends_with_its_first_empty_line_however_it_arrives() {
        for (text, end_at) in [
            ("\r\n", Some(2)),
            ("\r\nmore", Some(2)),
            ("a: b\r\n\r\n", Some(8)),
            ("a: b\r\n\r\n\r\n", Some(8)),
            ("a: b\r\nc: d\r\n", None),
            ("a: b\r\n\r", None),
            ("", None),
        ] {
            assert_eq!(end(text.as_bytes(), &mut 0), Ok(end_at), "{text:?}");
            let mut searched = 0;
            let found = (0..=text.len())
                .find_map(|length| end(&text.as_bytes()[..length], &mut searched).expect("well formed"));
            assert_eq!(found, end_at, "{text:?} byte by byte");
        }
    }

    #[test]
    fn a_line_needs_both_of_its_ends() {
        for text in ["\n", "a: b\n", "a: b\n\r\n", "a: b\r\n\n", "a\r\r\n\n"] {
            assert!(end(text.as_bytes(), &mut 0).is_err(), "{text:?}");
        }
    }
}
