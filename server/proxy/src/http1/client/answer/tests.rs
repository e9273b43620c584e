use super::*;

fn parse(head: &str) -> Result<Head, Malformed> {
    Head::parse(&Bytes::copy_from_slice(head.as_bytes()))
}

fn framing(fields: &str, method: &Method) -> Result<Framing, Malformed> {
    parse(&format!("HTTP/1.1 200 OK\r\n{fields}\r\n"))?.framing(method)
}

#[test]
fn heads_are_read() {
    let head = parse("HTTP/1.1 404 Not  Found\r\nA-B:  c d \r\na-b:\r\nE: \u{e9}\r\n\r\n").expect("a head");
    assert_eq!(head.status, 404);
    let fields: Vec<_> = head.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    assert_eq!(fields, [("a-b", &b"c d"[..]), ("a-b", b""), ("e", "\u{e9}".as_bytes())]);
    for line in ["HTTP/1.1 200", "HTTP/1.1 200 ", "HTTP/1.0 200 OK", "HTTP/1.1 599 \u{e9}\ta"] {
        assert!(parse(&format!("{line}\r\n\r\n")).is_ok(), "{line:?}");
    }
}

#[test]
fn values_are_parts_of_what_was_received() {
    let received = Bytes::from_static(b"HTTP/1.1 200 OK\r\na: bcd\r\n\r\n");
    let head = Head::parse(&received).expect("a head");
    let range = received.as_ptr_range();
    assert!(range.contains(&head.headers["a"].as_bytes().as_ptr()));
}

#[test]
fn what_is_no_head_is_refused() {
    for line in [
        "",
        "\r\n",
        "HTTP/1.1",
        "HTTP/1.1 ",
        "HTTP/1.1 20",
        "HTTP/1.1 2000 OK",
        "HTTP/1.1  200 OK",
        "HTTP/1.1 099 A",
        "HTTP/1.1 600 A",
        "HTTP/1.1 999 A",
        "HTTP/1.1 +20 A",
        "HTTP/1.1 2 0 A",
        "HTTP/2 200 OK",
        "HTTP/2.0 200 OK",
        "HTTP/1.2 200 OK",
        "http/1.1 200 OK",
        "ICY 200 OK",
        "HTTP/1.1\t200 OK",
        "HTTP/1.1 200 O\0K",
        "HTTP/1.1 200 O\rK",
        " HTTP/1.1 200 OK",
        "\r\nHTTP/1.1 200 OK",
    ] {
        assert!(parse(&format!("{line}\r\n\r\n")).is_err(), "{line:?}");
    }
}

#[test]
fn fields_that_could_be_read_otherwise_are_refused() {
    for field in [
        "a : b",
        " a: b",
        "a: b\r\n c",
        "a: b\r\n\tc",
        "a",
        ": b",
        "a b: c",
        "a: b\rc",
        "a: b\0",
        "a: \u{7f}",
        "a: \u{1}",
        "a\t: b",
        "\u{e9}: b",
        "a(: b",
    ] {
        assert!(parse(&format!("HTTP/1.1 200 OK\r\nx: y\r\n{field}\r\n\r\n")).is_err(), "{field:?}");
    }
}

#[test]
fn there_are_at_most_128_fields() {
    let head = |count: usize| format!("HTTP/1.1 200 OK\r\n{}\r\n", "a: b\r\n".repeat(count));
    for count in [31, 32, 33, 127, 128] {
        assert_eq!(parse(&head(count)).expect("a head").headers.len(), count);
    }
    assert!(parse(&head(129)).is_err());
}

#[test]
fn bodies_end_at_one_place() {
    for (fields, expected) in [
        ("", Some(Framing::UntilClose)),
        ("Content-Length: 0\r\n", Some(Framing::Bodiless)),
        ("Content-Length: 5\r\n", Some(Framing::Length(5))),
        ("content-length:\t005\r\n", Some(Framing::Length(5))),
        ("Content-Length: 18446744073709551615\r\n", Some(Framing::Length(u64::MAX))),
        ("Content-Length: 18446744073709551616\r\n", None),
        ("Content-Length: 5\r\nContent-Length: 5\r\n", None),
        ("Content-Length: 5\r\nContent-Length: 6\r\n", None),
        ("Content-Length: 5, 5\r\n", None),
        ("Content-Length: +5\r\n", None),
        ("Content-Length: -5\r\n", None),
        ("Content-Length: 5 5\r\n", None),
        ("Content-Length: 0x5\r\n", None),
        ("Content-Length: 5.0\r\n", None),
        ("Content-Length:\r\n", None),
        ("Transfer-Encoding: chunked\r\n", Some(Framing::Chunked)),
        ("Transfer-Encoding: Chunked\r\n", Some(Framing::Chunked)),
        ("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", None),
        ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", None),
        ("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", None),
        ("Transfer-Encoding: gzip, chunked\r\n", None),
        ("Transfer-Encoding: chunked, chunked\r\n", None),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", None),
        ("Transfer-Encoding: identity\r\n", None),
        ("Transfer-Encoding: chunked;a=b\r\n", None),
        ("Transfer-Encoding: \"chunked\"\r\n", None),
        ("Transfer-Encoding: xchunked\r\n", None),
        ("Transfer-Encoding:\r\n", None),
    ] {
        assert_eq!(framing(fields, &Method::GET).ok(), expected, "{fields:?}");
        // An answer without a body is no better a disguise.
        let bodiless = expected.map(|_| Framing::Bodiless);
        assert_eq!(framing(fields, &Method::HEAD).ok(), bodiless, "{fields:?} to HEAD");
    }
    assert!(
        parse("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            .expect("a head")
            .framing(&Method::GET)
            .is_err()
    );
}

#[test]
fn some_answers_have_no_body_whatever_they_say() {
    for status in [100, 103, 204, 304] {
        for field in ["Content-Length: 5", "Transfer-Encoding: chunked"] {
            let head = parse(&format!("HTTP/1.1 {status} A\r\n{field}\r\n\r\n")).expect("a head");
            assert_eq!(head.framing(&Method::GET), Ok(Framing::Bodiless), "{status}");
        }
    }
}

#[test]
fn connections_are_kept_unless_the_node_says_otherwise() {
    for (head, keeps) in [
        ("HTTP/1.1 200 OK\r\n\r\n", true),
        ("HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n\r\n", true),
        ("HTTP/1.1 200 OK\r\nConnection: foo, CLOSE\r\n\r\n", false),
        ("HTTP/1.1 200 OK\r\nConnection: foo\r\nConnection: close\r\n\r\n", false),
        ("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n", false),
        ("HTTP/1.1 204 No Content\r\n\r\n", true),
        ("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", true),
        ("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", false),
        ("HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n", false),
    ] {
        assert_eq!(parse(head).expect("a head").keeps_connection(), keeps, "{head:?}");
    }
}

#[test]
fn only_what_was_asked_for_is_changed_to() {
    for (upgrade, asked, expected) in [
        ("Upgrade: WebSocket\r\n", &["websocket"][..], true),
        ("Upgrade: b\r\n", &["a, b"], true),
        ("Upgrade: b\r\n", &["a", "b"], true),
        ("Upgrade: h2c\r\n", &["websocket"], false),
        ("Upgrade: websocket, h2c\r\n", &["websocket"], false),
        ("Upgrade: websocket\r\n", &[], false),
        ("Upgrade:\r\n", &["websocket"], false),
        ("", &["websocket"], false),
    ] {
        let head = parse(&format!("HTTP/1.1 101 A\r\n{upgrade}\r\n")).expect("a head");
        let asked: HeaderMap = asked.iter().map(|text| (UPGRADE, HeaderValue::from_static(text))).collect();
        assert_eq!(head.changes_as_asked(&asked), expected, "{upgrade:?} {asked:?}");
    }
}
