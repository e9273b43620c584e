//! Requests made to be read in two ways: what a node receives is exactly what was checked, in one way, or nothing.

use crate::support::client::{Client, raw};
use crate::support::gateway::Bench;
use crate::support::judge::judge;
use crate::support::recorder::Recorder;

/// What an attacker wants a node to take for a request.
const SMUGGLED: &str = "GET /smuggled HTTP/1.1\r\nHost: test.com\r\n\r\n";

/// Sends bytes on a connection of their own; gives the answer.
async fn send(bench: &Bench, bytes: &str) -> String {
    let mut stream = Client::new(bench).connect("test.com").await.expect("let in");
    raw(&mut stream, bytes).await
}

#[tokio::test]
async fn what_could_be_framed_in_two_ways_goes_nowhere() {
    let (recorder, bench) = Recorder::start().await;
    for fields in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: 5\r\nContent-Length: 5\r\n",
        "Content-Length: 5, 5\r\n",
        "Content-Length: 0x5\r\n",
        "Content-Length: 5 5\r\n",
        "Content-Length: -0\r\n",
        "Content-Length: 18446744073709551616\r\n",
        "Content-Length:\r\n",
        "Content_Length: 5\r\nTransfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: identity, chunked\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: \u{b}chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        "Transfer-Encoding:\r\n chunked\r\n",
        "Transfer-Encoding : chunked\r\n",
        "Transfer-Encoding\t: chunked\r\n",
        " Transfer-Encoding: chunked\r\n",
        "X: a\r\n\tContent-Length: 5\r\n",
        "X: a\nContent-Length: 5\r\n",
        "X: a\rContent-Length: 5\r\n",
        "X: a\0b\r\n",
        "X\0: a\r\n",
        ": a\r\n",
        "X\r\n",
        "X y: a\r\n",
        "Host: test.com\r\n",
        "Connection: close, Content-Length\r\nContent-Length: 5\r\n",
        "Connection: close, Host\r\n",
        "Connection: close, x-forwarded-for\r\n",
        "Connection: close, X_Forwarded_For\r\n",
        "Connection: close, x-ssl-client-verify\r\n",
    ] {
        let bytes = format!("POST /a HTTP/1.1\r\nHost: test.com\r\n{fields}\r\n0\r\n\r\n{SMUGGLED}");
        let answer = send(&bench, &bytes).await;
        assert!(answer.starts_with("HTTP/1.1 4"), "{fields:?}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{fields:?}: {answer}");
        assert_eq!(recorder.requests(), [], "{fields:?}");
    }
}

#[tokio::test]
async fn odd_request_lines_go_nowhere() {
    let (recorder, bench) = Recorder::start().await;
    for line in [
        "GET  /a HTTP/1.1",
        "GET /a  HTTP/1.1",
        "GET /a HTTP/1.1 ",
        " GET /a HTTP/1.1",
        "GET\t/a\tHTTP/1.1",
        "GET /a b HTTP/1.1",
        "GET /a",
        "GET /a HTTP/1.10",
        "GET /a HTTP/0.9",
        "GET /a http/1.1",
        "GET a HTTP/1.1",
        "GET * HTTP/1.1",
        "GET /a\u{7f} HTTP/1.1",
        "GET /a\0 HTTP/1.1",
        "GET /a\\b HTTP/1.1",
        "GET /a/%2e%2e/b HTTP/1.1",
        "GET /../a HTTP/1.1",
        "GET /%00 HTTP/1.1",
        "GET /%zz HTTP/1.1",
        "GET https://other.com/a HTTP/1.1",
        "GET https://test.com@other.com/a HTTP/1.1",
        "G\u{e9}T /a HTTP/1.1",
        "G(T /a HTTP/1.1",
        "CONNECT test.com:443 HTTP/1.1",
        "CONNECT /a HTTP/1.1",
        "PRI * HTTP/2.0",
    ] {
        let answer =
            send(&bench, &format!("{line}\r\nHost: test.com\r\nConnection: close\r\n\r\n{SMUGGLED}")).await;
        assert!(answer.starts_with("HTTP/1.1 4") || answer.starts_with("HTTP/1.1 5"), "{line:?}: {answer}");
        assert_eq!(recorder.requests(), [], "{line:?}");
    }
}

/// What is well-formed arrives as what it is, in a form of the gateway's own.
#[tokio::test]
async fn what_is_odd_but_clear_arrives_in_one_form() {
    let (recorder, bench) = Recorder::start().await;
    let chunked = "Transfer-Encoding: chunked\r\n";
    for (method_and_target, fields, body, line, content) in [
        ("GET https://TEST.com/a?b", "", "", "GET /a?b", ""),
        ("GET https://test.com", "", "", "GET /", ""),
        ("ODD-METHOD /a", "", "", "ODD-METHOD /a", ""),
        ("GET /a", "Content-Length: 2\r\n", "ab", "GET /a", "ab"),
        ("POST /a", "Content-Length: 0002\r\n", "ab", "POST /a", "ab"),
        ("POST /a", "cOnTeNt-LeNgTh:\t2 \r\n", "ab", "POST /a", "ab"),
        ("POST /a", chunked, "2;x=\"y\"\r\nab\r\n0;z\r\n\r\n", "POST /a", "ab"),
        ("POST /a", "Transfer-Encoding: CHUNKED\r\n", "0002\r\nab\r\n0\r\n\r\n", "POST /a", "ab"),
        ("POST /a", chunked, "1\r\na\r\nA\r\n0123456789\r\n0\r\n\r\n", "POST /a", "a0123456789"),
        ("POST /a", chunked, "2\r\n\r\n\r\n0\r\n\r\n", "POST /a", "\r\n"),
        ("POST /a", chunked, "2\r\nab\r\n0\r\nX: y\r\n\r\n", "POST /a", "ab"),
        ("GET /a/./b//c/../d?../e", "", "", "GET /a/b/d?../e", ""),
        ("GET /a%2Fb%20c", "", "", "GET /a%2Fb%20c", ""),
        ("GET /a?b=c%0d%0aHost:%20x", "", "", "GET /a?b=c%0d%0aHost:%20x", ""),
    ] {
        let head =
            format!("{method_and_target} HTTP/1.1\r\nHost: test.com\r\nConnection: close\r\n{fields}\r\n");
        let answer = send(&bench, &format!("{head}{body}{SMUGGLED}")).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{method_and_target} {fields}{body}: {answer}");
        let requests = recorder.requests();
        let [request] = &requests[..] else { panic!("{head}{body} became {requests:?}") };
        assert_eq!(request.line, format!("{line} HTTP/1.1"), "{head}{body}");
        assert_eq!(request.body, content.as_bytes(), "{head}{body}");
        recorder.forget();
    }
}

#[tokio::test]
async fn chunks_that_are_none_never_end_a_request() {
    let (recorder, bench) = Recorder::start().await;
    for body in [
        "5\r\n123456\r\n0\r\n\r\n",
        "5\n12345\r\n0\r\n\r\n",
        "5\r\n12345\n0\r\n\r\n",
        "5\r\n1234567\r\n",
        "+5\r\n12345\r\n0\r\n\r\n",
        "0x5\r\n12345\r\n0\r\n\r\n",
        " 5\r\n12345\r\n0\r\n\r\n",
        "5;a\nb\r\n12345\r\n0\r\n\r\n",
        "5;a\rb\r\n12345\r\n0\r\n\r\n",
        "fffffffffffffffff\r\n12345\r\n0\r\n\r\n",
        "-1\r\n\r\n0\r\n\r\n",
        "\r\n0\r\n\r\n",
        "g\r\n0\r\n\r\n",
        "0\r\nX: a\n\r\n\r\n",
        "0\r\nX : a\r\n\r\n",
        "0\r\n X: a\r\n\r\n",
        "0\r\nX\r\n\r\n",
        "0\r\nHost: other.com\r\n\r\n",
        "0\r\nContent-Length: 5\r\n\r\n",
        "0\n\n",
    ] {
        let head = "POST /a HTTP/1.1\r\nHost: test.com\r\nTransfer-Encoding: chunked\r\n\r\n";
        let answer = send(&bench, &format!("{head}{body}{SMUGGLED}")).await;
        assert!(!answer.contains(" 200 "), "{body:?}: {answer}");
        bench.nodes_are_free().await;
        for bytes in recorder.take() {
            // The head may have arrived, and the beginning of the body, but no end and nothing behind it.
            assert!(
                !judge(&bytes).is_ok_and(|requests| !requests.is_empty()),
                "{body:?}: {}",
                bytes.escape_ascii()
            );
            assert!(memchr::memmem::find(&bytes, b"smuggled").is_none(), "{body:?}");
        }
    }
}

#[tokio::test]
async fn what_nodes_are_not_to_hear_in_any_spelling_ends_here() {
    let (recorder, bench) = Recorder::start().await;
    let fields = "Connection: close, x-private\r\nX-Private: a\r\nKeep-Alive: timeout=5\r\nTE: gzip;q=1\r\n\
                  Proxy-Connection: keep-alive\r\nProxy-Authorization: Basic YTpi\r\nTransfer_Encoding: chunked\r\n\
                  Content_Length: 7\r\nX-Forwarded-For: 192.0.2.1\r\nX_Forwarded_For: 192.0.2.1\r\n\
                  Forwarded: for=192.0.2.1\r\nX-Real-IP: 192.0.2.1\r\nX-Original-URL: /admin\r\nX-Kept: b\r\n";
    send(&bench, &format!("GET /a HTTP/1.1\r\nHost: test.com\r\n{fields}\r\n")).await;
    let request = recorder.requests().remove(0);
    let mut names: Vec<&str> = request.fields.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    let expected = [
        "host",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-port",
        "x-forwarded-proto",
        "x-kept",
        "x-real-ip",
    ];
    assert_eq!(names, expected, "{request:?}");
    assert_eq!(request.all("x-forwarded-for"), ["127.0.0.1"]);
    assert_eq!(request.all("x-forwarded-proto"), ["https"]);
    assert_eq!(request.all("x-forwarded-host"), ["test.com"]);
    assert_eq!(request.all("x-forwarded-port"), [bench.address.port().to_string()]);
}
