//! Which requests come to the handler, and as what.

use super::*;

const GET: &str = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
const CHUNKED: &str =
    "POST /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nfoo\r\n4\r\nbarz\r\n0\r\n\r\n";
const LENGTH: &str = "PUT /c HTTP/1.1\r\nContent-Length: 6\r\n\r\nfoobar";
const TRAILERS: &str =
    "POST /d HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nX-Sum: 1\r\nx-sum: 2\r\n\r\n";
const LAST: &str = "GET /e HTTP/1.1\r\nConnection: close\r\n\r\n";

/// What [`mirror`] answers to all of them.
fn expected() -> Vec<String> {
    ["GET /a ", "POST /b foobarz", "PUT /c foobar", r#"POST /d x {"x-sum": "1", "x-sum": "2"}"#, "GET /e "]
        .map(|text| format!("{text}\n"))
        .to_vec()
}

/// The bodies of answers that are one line each.
fn bodies(answers: &str) -> Vec<String> {
    let bodies = answers.split("HTTP/1.1 200 OK\r\n").skip(1);
    bodies.filter_map(|answer| answer.split_once("\r\n\r\n")).map(|(_, body)| body.to_owned()).collect()
}

#[tokio::test]
async fn requests_that_come_at_once_are_answered_in_order() {
    let sent = [GET, CHUNKED, LENGTH, TRAILERS, LAST].concat();
    assert_eq!(bodies(&answers(mirror, &sent).await), expected());
}

#[tokio::test]
async fn requests_may_come_byte_by_byte() {
    let sent = ["\r\n", GET, CHUNKED, LENGTH, TRAILERS, LAST].concat();
    let mut answers = String::new();
    play(mirror, async |mut client: DuplexStream| {
        for byte in sent.bytes() {
            client.write_u8(byte).await.expect("sent");
            settle().await;
        }
        client.read_to_string(&mut answers).await.expect("text");
    })
    .await
    .expect("in order");
    assert_eq!(bodies(&answers), expected());
}

#[tokio::test]
async fn the_bounds_of_heads_are_the_groups() {
    let protection = || Protection { header_bytes: 1_024, headers: 8, ..Protection::default() };
    let head = |bytes: usize, fields: usize| {
        let start = format!("GET / HTTP/1.1\r\nConnection: close\r\n{}", "a: b\r\n".repeat(fields - 2));
        let length = bytes - start.len() - "x: \r\n\r\n".len();
        format!("{start}x: {}\r\n\r\n", "y".repeat(length))
    };
    for (sent, status) in [(head(1_024, 8), 200), (head(1_025, 8), 431), (head(500, 9), 431)] {
        let mut answer = String::new();
        let connection = connection(protection());
        play_on(&connection, mirror, async |mut client: DuplexStream| {
            client.write_all(sent.as_bytes()).await.expect("sent");
            client.read_to_string(&mut answer).await.expect("text");
        })
        .await
        .expect("in order");
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{sent}: {answer}");
    }
}

#[tokio::test]
async fn what_is_no_request_comes_to_nobody() {
    let never = async |request: Request<Http1Body>, _: Interim| -> Answer<AnyBody> { panic!("{request:?}") };
    for sent in [
        "GET / HTTP/1.1\n\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: a\x01b\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "G\u{e4}T / HTTP/1.1\r\n\r\n",
        "GET /\u{e4}\u{1f}HTTP/1.1\r\n\r\n",
    ] {
        let answer = answers(never, &format!("{sent}{LAST}")).await;
        let head =
            format!("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n{DATE}\r\n");
        assert_eq!(answer, head, "{sent:?}");
    }
}

#[tokio::test]
async fn nobody_is_kept_waiting_by_half_a_request() {
    for sent in ["", "GET / HTTP/1.1\r\nHo"] {
        let ended = play(mirror, async |mut client: DuplexStream| {
            client.write_all(sent.as_bytes()).await.expect("sent");
        })
        .await;
        ended.expect("a client may leave");
    }
}

#[tokio::test]
async fn a_connection_says_when_a_head_arrives_and_when_a_request_is_answered() {
    let protection = Protection {
        first_request_seconds: 100,
        header_seconds: 10,
        idle_seconds: 50,
        ..Protection::default()
    };
    let connection = connection(protection);
    let is_overdue =
        |seconds: u64| connection.pace().is_overdue(Instant::now() + Duration::from_secs(seconds));
    play_on(&connection, mirror, async |mut client: DuplexStream| {
        settle().await;
        assert!(!is_overdue(90) && is_overdue(110), "before the first request");
        client.write_all(b"POST / HT").await.expect("sent");
        settle().await;
        assert!(is_overdue(11), "within a head");
        client.write_all(b"TP/1.1\r\nContent-Length: 1\r\n\r\n").await.expect("sent");
        settle().await;
        assert!(!is_overdue(1_000), "while it is answered");
        client.write_all(b"x").await.expect("sent");
        read_until(&mut client, "POST / x\n").await;
        settle().await;
        assert!(!is_overdue(40) && is_overdue(60), "idle");
    })
    .await
    .expect("in order");
}
