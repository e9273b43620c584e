//! Heads of requests, as they are sent.

use bytes::BytesMut;
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::request::Parts;
use http::{HeaderMap, Method};

use super::sending::Framing;

/// Writes the head of a request that is sent with such a body. What its fields say of the body's framing is not written:
/// only we know.
pub(super) fn write(parts: &Parts, framing: Framing, to: &mut BytesMut) {
    to.extend_from_slice(parts.method.as_str().as_bytes());
    to.extend_from_slice(b" ");
    to.extend_from_slice(parts.uri.path_and_query().map_or("/", |target| target.as_str()).as_bytes());
    to.extend_from_slice(b" HTTP/1.1\r\n");
    write_fields(&parts.headers, to);
    match framing {
        Framing::Bodiless if expects_body(&parts.method) => to.extend_from_slice(b"content-length: 0\r\n"),
        Framing::Bodiless => {}
        Framing::Length(length) => {
            to.extend_from_slice(b"content-length: ");
            write_number(length, 10, to);
            to.extend_from_slice(b"\r\n");
        }
        Framing::Chunked => to.extend_from_slice(b"transfer-encoding: chunked\r\n"),
    }
    to.extend_from_slice(b"\r\n");
}

/// Writes fields, one a line, but for those that frame bodies.
pub(super) fn write_fields(fields: &HeaderMap, to: &mut BytesMut) {
    for (name, value) in fields {
        if *name == CONTENT_LENGTH || *name == TRANSFER_ENCODING {
            continue;
        }
        to.extend_from_slice(name.as_str().as_bytes());
        to.extend_from_slice(b": ");
        to.extend_from_slice(value.as_bytes());
        to.extend_from_slice(b"\r\n");
    }
}

/// Writes a number in base 10 or 16, without leading zeros.
pub(super) fn write_number(mut number: u64, base: u64, to: &mut BytesMut) {
    let mut digits = [0; 20];
    let mut first = digits.len();
    loop {
        first -= 1;
        digits[first] = b"0123456789abcdef"[(number % base) as usize];
        number /= base;
        if number == 0 {
            break;
        }
    }
    to.extend_from_slice(&digits[first..]);
}

/// Whether a request of this method says that it has no content, where it has none (RFC 9110 §8.6).
fn expects_body(method: &Method) -> bool {
    matches!(*method, Method::POST | Method::PUT | Method::PATCH)
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn written(request: Request<()>, framing: Framing) -> String {
        let mut head = BytesMut::new();
        write(&request.into_parts().0, framing, &mut head);
        String::from_utf8(head.to_vec()).expect("text")
    }

    #[test]
    fn bodies_are_framed_by_us_alone() {
        let request = |method| {
            Request::builder()
                .method(method)
                .uri("/a?b=c")
                .header("Host", "example.com")
                .header("content-length", "7")
                .header("transfer-encoding", "gzip, chunked")
                .header("X-One", "1")
                .body(())
                .expect("a request")
        };
        for (method, framing, line) in [
            (Method::GET, Framing::Bodiless, ""),
            (Method::DELETE, Framing::Bodiless, ""),
            (Method::POST, Framing::Bodiless, "content-length: 0\r\n"),
            (Method::PUT, Framing::Bodiless, "content-length: 0\r\n"),
            (Method::GET, Framing::Length(12), "content-length: 12\r\n"),
            (Method::POST, Framing::Length(u64::MAX), "content-length: 18446744073709551615\r\n"),
            (Method::POST, Framing::Chunked, "transfer-encoding: chunked\r\n"),
        ] {
            let head = written(request(method.clone()), framing);
            let expected = format!("{method} /a?b=c HTTP/1.1\r\nhost: example.com\r\nx-one: 1\r\n{line}\r\n");
            assert_eq!(head, expected, "{method} {framing:?}");
        }
    }

    #[test]
    fn numbers_are_written_without_leading_zeros() {
        for (number, base, text) in
            [(0, 10, "0"), (10, 10, "10"), (0, 16, "0"), (255, 16, "ff"), (u64::MAX, 16, "ffffffffffffffff")]
        {
            let mut written = BytesMut::new();
            write_number(number, base, &mut written);
            assert_eq!(&written[..], text.as_bytes());
        }
    }
}
