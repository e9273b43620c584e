//! The head of an answer, and how the answer's end is told (RFC 9112 §6).

use std::io::Write;

use domain::UnixTime;
use http::header::{CONNECTION, CONTENT_LENGTH, DATE, HeaderName, HeaderValue, TRANSFER_ENCODING};
use http::response::Parts;
use http::{HeaderMap, StatusCode};

use super::date;
use super::head::{Terms, names};

/// RFC 9110 §7.6.1: what `Connection` was before HTTP/1.1 had it.
const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");

/// How the client learns where the answer ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Length {
    /// The head is all of it: it answers HEAD, or its status says so.
    Bodiless,
    /// So many bytes follow.
    Known(u64),
    Chunked,
    /// The connection ends with it.
    UntilClose,
}

impl Length {
    /// For a body of so many bytes, if that is known.
    pub(super) fn of(status: StatusCode, exact: Option<u64>, terms: &Terms) -> Self {
        let is_bodiless = terms.is_head
            || status.is_informational()
            || status == StatusCode::NO_CONTENT
            || status == StatusCode::NOT_MODIFIED;
        match exact {
            _ if is_bodiless => Self::Bodiless,
            Some(length) => Self::Known(length),
            None if terms.is_http_1_0 => Self::UntilClose,
            None => Self::Chunked,
        }
    }
}

/// What is said about an answer beside its own fields.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manner {
    pub(super) length: Length,
    pub(super) is_http_1_0: bool,
    /// Nothing follows on this connection.
    pub(super) closes: bool,
    pub(super) now: UnixTime,
}

/// Whether an answer wants its connection to be closed: it says so, or gives up on the request's body (RFC 9110
/// §15.5.9).
pub(super) fn wants_close(head: &Parts) -> bool {
    head.status == StatusCode::REQUEST_TIMEOUT || names(&head.headers, &CONNECTION, "close")
}

/// Writes the head of a final answer. The fields that frame it are ours.
pub(super) fn write(text: &mut Vec<u8>, head: &Parts, manner: Manner) {
    status_line(text, head.status, manner.is_http_1_0);
    let switches = head.status == StatusCode::SWITCHING_PROTOCOLS;
    // RFC 9110 §8.6: what GET would have been answered with, or what the client has already.
    let keeps_length =
        manner.length == Length::Bodiless && !switches && head.status != StatusCode::NO_CONTENT;
    let mut has_date = false;
    for (name, value) in &head.headers {
        let is_ours = match *name {
            CONTENT_LENGTH => !keeps_length,
            CONNECTION => !switches,
            TRANSFER_ENCODING => true,
            _ => *name == KEEP_ALIVE,
        };
        if !is_ours {
            has_date |= *name == DATE;
            field(text, name, value);
        }
    }
    match manner.length {
        Length::Known(length) => {
            // Writing to memory does not fail.
            let _ = write!(text, "content-length: {length}\r\n");
        }
        Length::Chunked => text.extend_from_slice(b"transfer-encoding: chunked\r\n"),
        Length::Bodiless | Length::UntilClose => {}
    }
    if !switches {
        if manner.closes {
            text.extend_from_slice(b"connection: close\r\n");
        } else if manner.is_http_1_0 {
            text.extend_from_slice(b"connection: keep-alive\r\n");
        }
    }
    if !has_date {
        text.extend_from_slice(b"date: ");
        date::write(text, manner.now);
        text.extend_from_slice(b"\r\n");
    }
    text.extend_from_slice(b"\r\n");
}

/// Writes an interim answer (RFC 9110 §15.2).
pub(super) fn write_interim(text: &mut Vec<u8>, status: StatusCode, headers: &HeaderMap) {
    status_line(text, status, false);
    fields(text, headers);
}

/// Writes the last chunk, and trailers behind it (RFC 9112 §7.1.2).
pub(super) fn write_trailers(text: &mut Vec<u8>, trailers: &HeaderMap) {
    text.extend_from_slice(b"0\r\n");
    fields(text, trailers);
}

/// Writes all fields of a section but those that would frame it, and its end.
fn fields(text: &mut Vec<u8>, headers: &HeaderMap) {
    for (name, value) in headers {
        if !matches!(*name, CONTENT_LENGTH | CONNECTION | TRANSFER_ENCODING) && *name != KEEP_ALIVE {
            field(text, name, value);
        }
    }
    text.extend_from_slice(b"\r\n");
}

fn status_line(text: &mut Vec<u8>, status: StatusCode, is_http_1_0: bool) {
    text.extend_from_slice(if is_http_1_0 { b"HTTP/1.0 " } else { b"HTTP/1.1 " });
    text.extend_from_slice(status.as_str().as_bytes());
    text.push(b' ');
    text.extend_from_slice(status.canonical_reason().unwrap_or_default().as_bytes());
    text.extend_from_slice(b"\r\n");
}

fn field(text: &mut Vec<u8>, name: &HeaderName, value: &HeaderValue) {
    text.extend_from_slice(name.as_str().as_bytes());
    text.extend_from_slice(b": ");
    text.extend_from_slice(value.as_bytes());
    text.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;

    const TERMS: Terms = Terms {
        is_http_1_0: false,
        is_head: false,
        keeps_alive: true,
        expects_continue: false,
        takes_trailers: false,
    };

    #[test]
    fn the_length_follows_from_request_status_and_body() {
        let head = Terms { is_head: true, ..TERMS };
        let old = Terms { is_http_1_0: true, ..TERMS };
        for (status, exact, terms, expected) in [
            (200, Some(5), TERMS, Length::Known(5)),
            (200, Some(0), TERMS, Length::Known(0)),
            (200, None, TERMS, Length::Chunked),
            (200, None, old, Length::UntilClose),
            (200, Some(5), old, Length::Known(5)),
            (200, Some(5), head, Length::Bodiless),
            (204, Some(0), TERMS, Length::Bodiless),
            (304, None, TERMS, Length::Bodiless),
            (101, None, TERMS, Length::Bodiless),
        ] {
            let status = StatusCode::from_u16(status).expect("a status");
            assert_eq!(Length::of(status, exact, &terms), expected, "{status} {exact:?} {terms:?}");
        }
    }

    fn written(
        status: u16,
        fields: &[(&str, &str)],
        length: Length,
        is_http_1_0: bool,
        closes: bool,
    ) -> String {
        let mut response = Response::builder().status(status).header("date", "now");
        for (name, value) in fields {
            response = response.header(*name, *value);
        }
        let (head, ()) = response.body(()).expect("a response").into_parts();
        let mut text = Vec::new();
        write(&mut text, &head, Manner { length, is_http_1_0, closes, now: UnixTime(0) });
        String::from_utf8(text).expect("text")
    }

    #[test]
    fn heads_say_how_they_are_framed_and_nothing_else_does() {
        let theirs = [
            ("content-length", "7"),
            ("transfer-encoding", "gzip"),
            ("keep-alive", "x"),
            ("connection", "upgrade"),
            ("x", "y"),
        ];
        for (status, length, is_http_1_0, closes, expected) in [
            (
                200,
                Length::Known(5),
                false,
                false,
                "HTTP/1.1 200 OK\r\ndate: now\r\nx: y\r\ncontent-length: 5\r\n",
            ),
            (
                200,
                Length::Chunked,
                false,
                true,
                "HTTP/1.1 200 OK\r\ndate: now\r\nx: y\r\ntransfer-encoding: chunked\r\nconnection: close\r\n",
            ),
            (
                200,
                Length::UntilClose,
                true,
                true,
                "HTTP/1.0 200 OK\r\ndate: now\r\nx: y\r\nconnection: close\r\n",
            ),
            (
                200,
                Length::Known(0),
                true,
                false,
                "HTTP/1.0 200 OK\r\ndate: now\r\nx: y\r\ncontent-length: 0\r\nconnection: keep-alive\r\n",
            ),
            (
                200,
                Length::Bodiless,
                false,
                false,
                "HTTP/1.1 200 OK\r\ndate: now\r\ncontent-length: 7\r\nx: y\r\n",
            ),
            (204, Length::Bodiless, false, false, "HTTP/1.1 204 No Content\r\ndate: now\r\nx: y\r\n"),
            (
                299,
                Length::Bodiless,
                false,
                false,
                "HTTP/1.1 299 \r\ndate: now\r\ncontent-length: 7\r\nx: y\r\n",
            ),
            (
                101,
                Length::Bodiless,
                false,
                false,
                "HTTP/1.1 101 Switching Protocols\r\ndate: now\r\nconnection: upgrade\r\nx: y\r\n",
            ),
        ] {
            let text = written(status, &theirs, length, is_http_1_0, closes);
            assert_eq!(text, format!("{expected}\r\n"));
        }
    }

    #[test]
    fn a_date_is_added_where_there_is_none() {
        let (head, ()) = Response::new(()).into_parts();
        let mut text = Vec::new();
        let manner = Manner { length: Length::Known(0), is_http_1_0: false, closes: false, now: UnixTime(0) };
        write(&mut text, &head, manner);
        let text = String::from_utf8(text).expect("text");
        assert!(text.contains("\r\ndate: Thu, 01 Jan 1970 00:00:00 GMT\r\n"), "{text}");
    }

    #[test]
    fn trailers_and_interim_answers_frame_nothing() {
        let headers: HeaderMap =
            [(CONTENT_LENGTH, "5"), (TRANSFER_ENCODING, "x"), (CONNECTION, "x"), (DATE, "now")]
                .map(|(name, value)| (name, HeaderValue::from_static(value)))
                .into_iter()
                .collect();
        let mut text = Vec::new();
        write_trailers(&mut text, &headers);
        write_interim(&mut text, StatusCode::EARLY_HINTS, &headers);
        let expected = "0\r\ndate: now\r\n\r\nHTTP/1.1 103 Early Hints\r\ndate: now\r\n\r\n";
        assert_eq!(str::from_utf8(&text), Ok(expected));
    }
}
