//! From a head, or trailers, that [`Framing`] has judged to values of the `http` crate.

use bytes::Bytes;
use http::header::{CONNECTION, EXPECT, HeaderName, HeaderValue, TE};
use http::{HeaderMap, Method, Request, Uri, Version};

use crate::framing::{FieldAt, Framing};

/// Fields that are added to a request on its way to a node, about: identity, forwarding.
const MORE_FIELDS: usize = 12;

/// What the connection has to know of a request whose head is with its handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Terms {
    pub(super) is_http_1_0: bool,
    pub(super) is_head: bool,
    /// Whether the client wants the connection to go on (RFC 9112 §9.3).
    pub(super) keeps_alive: bool,
    /// Whether it waits with its body until it is told to continue (RFC 9110 §10.1.1).
    pub(super) expects_continue: bool,
    /// Whether it understands trailers (RFC 9110 §6.5.1).
    pub(super) takes_trailers: bool,
}

/// The request that `head` is. The values of its fields are parts of `head`, not copies.
///
/// # Errors
/// A part of it has bytes that it must not have.
pub(super) fn request(head: &Bytes, framing: &Framing) -> Result<(Request<()>, Terms), &'static str> {
    let line = framing.first_line();
    let method = Method::from_bytes(&head[..line.method_end]).map_err(|_| "a method that is none")?;
    let target = head.slice(line.method_end + 1..line.target_end);
    let target = Uri::from_maybe_shared(target).map_err(|_| "a target that is none")?;
    let headers = fields(head, framing.fields(), MORE_FIELDS)?;
    let terms = Terms {
        is_http_1_0: line.is_http_1_0,
        is_head: method == Method::HEAD,
        keeps_alive: if line.is_http_1_0 {
            names(&headers, &CONNECTION, "keep-alive") && !names(&headers, &CONNECTION, "close")
        } else {
            !names(&headers, &CONNECTION, "close")
        },
        // RFC 9110 §10.1.1: from HTTP/1.0 it is not taken seriously.
        expects_continue: !line.is_http_1_0 && names(&headers, &EXPECT, "100-continue"),
        takes_trailers: names(&headers, &TE, "trailers"),
    };
    let mut request = Request::new(());
    *request.method_mut() = method;
    *request.uri_mut() = target;
    *request.version_mut() = if line.is_http_1_0 { Version::HTTP_10 } else { Version::HTTP_11 };
    *request.headers_mut() = headers;
    Ok((request, terms))
}

/// The fields of a section, with room for `more`.
///
/// # Errors
/// A value has bytes that no value has: control characters.
pub(super) fn fields(section: &Bytes, fields: &[FieldAt], more: usize) -> Result<HeaderMap, &'static str> {
    let mut map = HeaderMap::with_capacity(fields.len() + more);
    for field in fields {
        let (name, value) = field.of(section);
        let name = HeaderName::from_bytes(name).map_err(|_| "a header field without a proper name")?;
        let value = HeaderValue::from_maybe_shared(section.slice(value))
            .map_err(|_| "a header field without a proper value")?;
        map.append(name, value);
    }
    Ok(map)
}

/// Whether a field that is a list has this member (RFC 9110 §5.6.1).
pub(super) fn names(headers: &HeaderMap, field: &HeaderName, member: &str) -> bool {
    headers.get_all(field).iter().any(|value| {
        value
            .as_bytes()
            .split(|byte| *byte == b',')
            .any(|named| named.trim_ascii().eq_ignore_ascii_case(member.as_bytes()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framing::Piece;

    fn read(head: &str) -> Result<(Request<()>, Terms), &'static str> {
        let mut framing = Framing::new(10_000, 100);
        assert_eq!(framing.next(head.as_bytes()), Ok(Some(Piece::Head(head.len()))), "{head:?}");
        request(&Bytes::copy_from_slice(head.as_bytes()), &framing)
    }

    #[test]
    fn a_request_is_what_its_head_says() {
        let (request, _) =
            read("M-SEARCH /a?b=%20 HTTP/1.1\r\nHost: a\r\nX-A: 1\r\nx-a:\t2 \r\nX-B: caf\u{e9}\r\n\r\n")
                .expect("a request");
        assert_eq!((request.method().as_str(), request.version()), ("M-SEARCH", Version::HTTP_11));
        assert_eq!(request.uri().to_string(), "/a?b=%20");
        let values: Vec<_> = request.headers().get_all("x-a").iter().map(HeaderValue::as_bytes).collect();
        assert_eq!(values, [b"1", b"2"]);
        assert_eq!(request.headers()["x-b"].as_bytes(), "caf\u{e9}".as_bytes());
        let (request, _) = read("OPTIONS * HTTP/1.0\r\n\r\n").expect("a request");
        assert_eq!((request.uri().path(), request.version()), ("*", Version::HTTP_10));
        let (request, _) = read("GET http://a:80/b HTTP/1.1\r\n\r\n").expect("a request");
        assert_eq!(request.uri().authority().map(|authority| authority.as_str()), Some("a:80"));
    }

    #[test]
    fn what_no_request_has_is_refused() {
        for head in [
            "G\u{e4}T / HTTP/1.1\r\n\r\n",
            "G@T / HTTP/1.1\r\n\r\n",
            "GET /<> HTTP/1.1\r\n\r\n",
            "GET http:// HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nX: a\x07b\r\n\r\n",
            "GET / HTTP/1.1\r\nX: a\x7f\r\n\r\n",
        ] {
            assert!(read(head).is_err(), "{head:?}");
        }
    }

    #[test]
    fn the_terms_follow_from_version_and_fields() {
        for (version, fields, keeps_alive, expects_continue, takes_trailers) in [
            ("1.1", "", true, false, false),
            ("1.1", "Connection: close\r\n", false, false, false),
            ("1.1", "Connection: x\r\nConnection: TE , Close\r\nTE: trailers\r\n", false, false, true),
            ("1.1", "Expect: 100-Continue\r\nConnection: keep-alive\r\n", true, true, false),
            ("1.0", "Expect: 100-continue\r\n", false, false, false),
            ("1.0", "Connection: Keep-Alive\r\n", true, false, false),
            ("1.0", "Connection: keep-alive, close\r\n", false, false, false),
        ] {
            let (_, terms) = read(&format!("HEAD / HTTP/{version}\r\n{fields}\r\n")).expect("a request");
            let is_http_1_0 = version == "1.0";
            let expected =
                Terms { is_http_1_0, is_head: true, keeps_alive, expects_continue, takes_trailers };
            assert_eq!(terms, expected, "{version} {fields:?}");
        }
    }
}
