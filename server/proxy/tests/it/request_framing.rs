//! Requests that two parsers could read in two ways get 400, and nothing behind them is read.

use tokio::io::AsyncWriteExt;

use crate::support::client::{Client, raw, read_until};
use crate::support::gateway::{Bench, Clients};

async fn bench() -> Bench {
    let mut bench = Bench::start().await;
    bench.serve("open", &["test.com"], &Clients::All).await;
    bench
}

/// What an attacker wants to be answered as a request of its own.
const SMUGGLED: &str = "GET /status/418 HTTP/1.1\r\nHost: test.com\r\n\r\n";

#[tokio::test]
async fn ambiguous_requests_are_answered_with_400_and_closed() {
    let bench = bench().await;
    let client = Client::new(&bench);
    for fields in [
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: identity\r\n",
        "Content-Length: 5\r\nContent-Length: 5\r\n",
        "Content-Length: 5, 5\r\n",
        "Content-Length: +5\r\n",
        "X: a\r\n Content-Length: 5\r\n",
        "X: a\nContent-Length: 5\r\n",
        "X: a\rContent-Length: 5\r\n",
        "X: a\0\r\n",
        "Content-Length : 5\r\n",
        "Host: test.com\r\n",
        "X: a\r\n\n",
    ] {
        let request = format!("POST /anything HTTP/1.1\r\nHost: test.com\r\n{fields}\r\n0\r\n\r\n{SMUGGLED}");
        let mut stream = client.connect("test.com").await.expect("let in");
        let answer = raw(&mut stream, &request).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{fields:?}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{fields:?}: {answer}");
        assert_eq!(bench.gateway.report().await.requests.len(), 0, "{fields:?} came to a service");
    }
}

#[tokio::test]
async fn ambiguous_request_lines_are_answered_with_400_and_closed() {
    let bench = bench().await;
    let client = Client::new(&bench);
    for line in [
        "GET /ip HTTP/1.1\n",
        "GET  /ip HTTP/1.1\r\n",
        "GET /ip HTTP/1.1 \r\n",
        "GET /ip\r\n",
        "GET\t/ip HTTP/1.1\r\n",
        "GET /ip HTTP/1.2\r\n",
        "GET /ip HTTP/2.0\r\n",
        "GET /ip\0 HTTP/1.1\r\n",
    ] {
        let mut stream = client.connect("test.com").await.expect("let in");
        let answer = raw(&mut stream, &format!("{line}Host: test.com\r\n\r\n{SMUGGLED}")).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{line:?}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{line:?}: {answer}");
    }
    let mut stream = client.connect("test.com").await.expect("let in");
    let old = "POST /anything HTTP/1.0\r\nHost: test.com\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    let answer = raw(&mut stream, &format!("{old}{SMUGGLED}")).await;
    assert!(answer.starts_with("HTTP/1.1 400 ") || answer.starts_with("HTTP/1.0 400 "), "{answer}");
    assert_eq!(answer.matches("HTTP/1.").count(), 1, "{answer}");
}

#[tokio::test]
async fn nothing_slips_in_behind_a_request_that_is_in_order() {
    let bench = bench().await;
    let good = "POST /status/201 HTTP/1.1\r\nHost: test.com\r\nContent-Length: 5\r\n\r\n12345";
    let bad = "POST /anything HTTP/1.1\r\nHost: test.com\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n";
    let mut stream = Client::new(&bench).connect("test.com").await.expect("let in");
    let answer = raw(&mut stream, &format!("{good}{bad}0\r\n\r\n{SMUGGLED}")).await;
    let statuses: Vec<_> = answer.split("HTTP/1.1 ").skip(1).map(|answer| &answer[..3]).collect();
    assert_eq!(statuses, ["201", "400"], "{answer}");
}

#[tokio::test]
async fn a_body_that_does_not_keep_to_its_chunks_is_the_last() {
    let bench = bench().await;
    for body in
        ["5\r\n123456\r\n0\r\n\r\n", "5\n12345\r\n0\r\n\r\n", "0\r\nContent-Length: 9\r\n\r\n", "5;a\rb\r\n"]
    {
        let head = "POST /anything HTTP/1.1\r\nHost: test.com\r\nTransfer-Encoding: chunked\r\n\r\n";
        let mut stream = Client::new(&bench).connect("test.com").await.expect("let in");
        let answer = raw(&mut stream, &format!("{head}{body}{SMUGGLED}")).await;
        assert!(!answer.contains("HTTP/1.1 200 "), "{body:?}: {answer}");
        assert!(!answer.contains("HTTP/1.1 418 "), "{body:?}: {answer}");
    }
}

#[tokio::test]
async fn requests_in_order_may_come_in_any_pieces() {
    let bench = bench().await;
    let mut stream = Client::new(&bench).connect("test.com").await.expect("let in");
    let requests = [
        "\r\nGET /status/201 HTTP/1.1\r\nHost: test.com\r\n\r\n",
        "POST /status/202 HTTP/1.1\r\nHost: test.com\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\n12345\r\n0\r\nX: y\r\n\r\n",
        "POST /status/203 HTTP/1.1\r\nHost:test.com\r\nContent-Length: 4\r\n\r\n\r\n\0\n",
        "GET /status/204 HTTP/1.1\r\nHost: test.com\r\nConnection: close\r\n\r\n",
    ]
    .concat();
    for byte in requests.as_bytes().chunks(1) {
        stream.write_all(byte).await.expect("sent");
        stream.flush().await.expect("sent");
    }
    for status in ["201", "202", "203", "204"] {
        let answer = read_until(&mut stream, "\r\n\r\n").await;
        assert!(answer.contains(&format!("HTTP/1.1 {status} ")), "{status}: {answer}");
    }
}
