use proptest::prelude::*;

use super::*;

const MOST: usize = 200;

/// As many fields as fit.
const FIELDS: usize = MOST;

/// Follows a whole connection in the given pieces: why it was cut, or in what state it ended.
fn verdict(bytes: &[u8], splits: &[usize]) -> Result<bool, Fault> {
    let mut framing = Framing::new(MOST, FIELDS);
    let mut begin = 0;
    let mut ends: Vec<usize> = splits.iter().map(|split| split % (bytes.len() + 1)).collect();
    ends.sort_unstable();
    ends.push(bytes.len());
    for end in ends {
        begin += follow(&mut framing, &bytes[begin..end])?;
    }
    Ok(framing.is_in_head())
}

/// Takes every piece that is there; answers how many bytes that is.
fn follow(framing: &mut Framing, bytes: &[u8]) -> Result<usize, Fault> {
    let mut at = 0;
    while let Some(piece) = framing.next(&bytes[at..])? {
        at += match piece {
            Piece::Filler(length) | Piece::Head(length) | Piece::Data(length) | Piece::Trailers(length) => {
                length
            }
        };
    }
    Ok(at)
}

/// The reason for which a connection is cut.
fn fault(text: &str) -> Option<&'static str> {
    match verdict(text.as_bytes(), &[]) {
        Ok(_) => None,
        Err(Fault::Ambiguous(why)) => Some(why),
        Err(Fault::TooLarge) => Some("too large"),
    }
}

#[test]
fn requests_that_can_be_read_in_one_way_only_pass() {
    for text in [
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: b\r\n\r\n",
        "POST / HTTP/1.1\r\nHost:a\r\ncontent-length:\t5 \r\n\r\n\r\n\0\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n\n\r\0\r\nA;x=y\r\n0123456789\r\n0\r\nX: y\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n",
    ] {
        assert_eq!(fault(text), None, "{text:?}");
    }
}

#[test]
fn requests_that_can_be_read_in_two_ways_are_cut() {
    for (fields, why) in [
        ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "both Transfer-Encoding and Content-Length"),
        ("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n", "both Transfer-Encoding and Content-Length"),
        ("Transfer-Encoding: gzip, chunked\r\n", "a Transfer-Encoding other than chunked"),
        ("Transfer-Encoding: chunked, chunked\r\n", "a Transfer-Encoding other than chunked"),
        ("Transfer-Encoding: \x0bchunked\r\n", "a Transfer-Encoding other than chunked"),
        ("Transfer-Encoding: identity\r\n", "a Transfer-Encoding other than chunked"),
        ("Transfer-Encoding:\r\n", "a Transfer-Encoding other than chunked"),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n", "two Transfer-Encodings"),
        ("Content-Length: 5\r\nContent-Length: 5\r\n", "two Content-Lengths"),
        ("Content-Length: 5, 5\r\n", "a Content-Length that is not one number"),
        ("Content-Length: +5\r\n", "a Content-Length that is not one number"),
        ("Content-Length: -0\r\n", "a Content-Length that is not one number"),
        ("Content-Length: 0x5\r\n", "a Content-Length that is not one number"),
        ("Content-Length: 5\x0b\r\n", "a Content-Length that is not one number"),
        ("Content-Length:\r\n", "a Content-Length that is not one number"),
        ("Content-Length: 18446744073709551616\r\n", "a Content-Length that is not one number"),
        ("X: a\r\n b\r\n", "a folded header field"),
        ("\tX: a\r\n", "a folded header field"),
        ("X: a\n", "a line that ends with a bare LF"),
        ("X: a\rContent-Length: 5\r\n", "a bare CR"),
        ("X: a\r\r\n", "a bare CR"),
        ("X: a\0\r\n", "a NUL"),
        ("Content-Length : 5\r\n", "space before a colon"),
        ("Content-Length\t: 5\r\n", "space before a colon"),
        ("Content Length: 5\r\n", "a header field without a proper name"),
        ("Content-Length\x0b: 5\r\n", "a header field without a proper name"),
        (": 5\r\n", "a header field without a proper name"),
        ("Content-Length\r\n", "a header field without a colon"),
        ("hOST: b\r\n", "two Hosts"),
    ] {
        let text = format!("POST / HTTP/1.1\r\nHost: a\r\n{fields}\r\n");
        assert_eq!(fault(&text), Some(why), "{fields:?}");
        // Nor does it slip in behind a request that is in order.
        let text = format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n\r\n{text}");
        assert_eq!(fault(&text), Some(why), "{fields:?}, pipelined");
    }
}

#[test]
fn request_lines_have_three_parts() {
    for (line, why) in [
        ("GET / HTTP/1.1\n", "a line that ends with a bare LF"),
        ("GET  / HTTP/1.1\r\n", "a request line that does not have three parts"),
        ("GET /\r\n", "a request line that does not have three parts"),
        ("GET / x HTTP/1.1\r\n", "a request line that does not have three parts"),
        (" / HTTP/1.1\r\n", "a request line with an empty part"),
        ("GET\t/ HTTP/1.1\r\n", "a control character in the request line"),
        ("GET / HTTP/1.2\r\n", "a version other than HTTP/1.1 and HTTP/1.0"),
        ("GET / HTTP/1.1 \r\n", "a request line that does not have three parts"),
        ("PRI * HTTP/2.0\r\n", "a version other than HTTP/1.1 and HTTP/1.0"),
    ] {
        assert_eq!(fault(&format!("{line}Host: a\r\n\r\n")), Some(why), "{line:?}");
    }
    let old = "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert_eq!(fault(old), Some("Transfer-Encoding in HTTP/1.0"));
}

#[test]
fn chunks_are_followed_to_their_end() {
    for (body, why) in [
        ("5\r\n12345\r\n", None),
        ("5\r\n123456\r\n", Some("a chunk longer than its size")),
        ("5\r\n12345\n", Some("a line that ends with a bare LF")),
        ("5\n", Some("a line that ends with a bare LF")),
        ("5;a\rb\r\n", Some("a bare CR")),
        ("\r\n", Some("a chunk without a proper size")),
        (" 5\r\n", Some("a chunk without a proper size")),
        ("5 \r\n", Some("a chunk without a proper size")),
        ("0x5\r\n", Some("a chunk without a proper size")),
        ("00000000000000005\r\n", Some("a chunk without a proper size")),
        ("0\r\nContent-Length: 5\r\n", Some("a trailer that frames the message")),
        ("0\r\nX : 5\r\n", Some("space before a colon")),
        ("0\r\n\r\nGET / HTTP/1.1\n", Some("a line that ends with a bare LF")),
    ] {
        let text = format!("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{body}");
        assert_eq!(fault(&text), why, "{body:?}");
    }
}

#[test]
fn heads_trailers_and_chunk_lines_are_bounded() {
    let head = |value: usize| format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(value));
    let fitting = head(MOST - head(0).len());
    assert_eq!(verdict(fitting.as_bytes(), &[]), Ok(false));
    let larger = head(MOST - head(0).len() + 1);
    assert_eq!(verdict(larger.as_bytes(), &[]), Err(Fault::TooLarge));
    // Each request has the bound to itself.
    assert_eq!(verdict(format!("{fitting}\r\n{fitting}").as_bytes(), &[]), Ok(false));
    for body in [format!("1;{}\r\n", "x".repeat(300)), format!("0\r\n{}", "X: y\r\n".repeat(40))] {
        let text = format!("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n{body}");
        assert_eq!(fault(&text), Some("too large"), "{body}");
    }
}

#[test]
fn fields_are_counted_in_heads_and_in_trailers() {
    for (fields, is_good) in [(2, true), (3, false)] {
        let fields = "X: y\r\n".repeat(fields);
        for text in [
            format!("GET / HTTP/1.1\r\n{fields}\r\n"),
            format!("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n{fields}\r\n"),
        ] {
            let followed = follow(&mut Framing::new(MOST, 2), text.as_bytes());
            assert_eq!(followed, if is_good { Ok(text.len()) } else { Err(Fault::TooLarge) }, "{text:?}");
        }
    }
}

#[test]
fn what_stands_where_in_a_head_is_known() {
    let text = b"\r\nPOST /a?b HTTP/1.0\r\nHost:a\r\nX-Empty: \t\r\nx: \ty z \r\n\r\n";
    let mut framing = Framing::new(MOST, FIELDS);
    assert_eq!(framing.next(text), Ok(Some(Piece::Filler(2))));
    let head = &text[2..];
    assert_eq!(framing.next(head), Ok(Some(Piece::Head(head.len()))));
    assert_eq!(framing.first_line(), FirstLine { method_end: 4, target_end: 9, is_http_1_0: true });
    let fields: Vec<_> = framing.fields().iter().map(|field| field.of(head)).collect();
    let fields: Vec<_> = fields.into_iter().map(|(name, value)| (name, &head[value])).collect();
    assert_eq!(fields, [(&b"Host"[..], &b"a"[..]), (b"X-Empty", b""), (b"x", b"y z")]);
}

#[test]
fn it_is_known_when_a_head_is_arriving() {
    for (text, arriving) in [
        ("", false),
        ("\r\n", false),
        ("G", true),
        ("GET / HTTP/1.1\r\n", true),
        ("GET / HTTP/1.1\r\nHost: a\r\n\r", true),
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", false),
        ("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n1", false),
        ("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n12P", true),
    ] {
        assert_eq!(verdict(text.as_bytes(), &[]), Ok(arriving), "{text:?}");
    }
}

/// Pieces of requests, so that arbitrary sequences of them get deep into the states.
fn connection() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just("POST / HTTP/1.1\r\n"),
        Just("Host: a\r\n"),
        Just("Content-Length: 7\r\n"),
        Just("Transfer-Encoding: chunked\r\n"),
        Just("\r\n"),
        Just("7\r\n1234567\r\n"),
        Just("1234567"),
        Just("0\r\n\r\n"),
        Just("X: y\r\n"),
        Just("\n"),
        Just("\r"),
        Just("\0"),
        Just(" "),
        Just(":"),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    #[test]
    fn the_verdict_does_not_depend_on_how_the_bytes_arrive(
        bytes in connection(),
        splits in prop::collection::vec(any::<usize>(), 0..20),
    ) {
        let every_byte: Vec<usize> = (0..bytes.len()).collect();
        let whole = verdict(&bytes, &[]);
        prop_assert_eq!(verdict(&bytes, &splits), whole);
        prop_assert_eq!(verdict(&bytes, &every_byte), whole);
    }

    #[test]
    fn any_bytes_are_followed_within_the_bounds(bytes in prop::collection::vec(any::<u8>(), 0..1_000)) {
        let mut framing = Framing::new(MOST, FIELDS);
        let mut kept = Vec::new();
        for byte in bytes {
            kept.push(byte);
            let Ok(taken) = follow(&mut framing, &kept) else { break };
            kept.drain(..taken);
            prop_assert!(kept.len() <= MOST.max(CHUNK_LINE_BYTES));
        }
    }
}
