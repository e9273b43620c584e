use http::{HeaderValue, Method, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::support::{Node, TestBody, client, failure, get, read, request, send};
use crate::interim::Interim;
use crate::node::{FailureStage, NodeBody};

/// Sends a request, and answers it with these bytes, each in a segment of its own or all at once, and the end.
async fn answered(method: Method, answer: &str, at_once: bool) -> super::support::Sent {
    let (node, client) = (Node::start().await, client());
    let target = node.target();
    let says = async {
        let mut peer = node.accept().await;
        peer.hear_head().await;
        if at_once {
            // What is refused is refused before its end.
            let _ = peer.stream.write_all(answer.as_bytes()).await;
        } else {
            for byte in answer.as_bytes() {
                if peer.stream.write_all(&[*byte]).await.is_err() {
                    return;
                }
                tokio::task::yield_now().await;
            }
        }
        let _ = peer.stream.shutdown().await;
        peer.hears_the_end().await;
    };
    let reads = async {
        let mut answer = send(&client, &target, request(method, TestBody::empty())).await?;
        let body = std::mem::replace(answer.response.body_mut(), NodeBody::empty());
        let (content, trailers, end) = read(body).await;
        let text = String::from_utf8(content).expect("text");
        let headers = answer.response.headers_mut();
        headers.insert("x-content", text.parse().expect("a value"));
        headers.insert("x-trailers", format!("{trailers:?}").parse().expect("a value"));
        headers.insert("x-end", HeaderValue::from_static(if end.is_ok() { "whole" } else { "broken" }));
        client.sweep(std::time::Instant::now() + std::time::Duration::from_secs(3_600));
        Ok(answer)
    };
    let (sent, ()) = tokio::join!(reads, says);
    sent
}

#[tokio::test]
async fn every_framing_is_read_however_it_arrives() {
    const LENGTH: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    const CHUNKED: &str =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x\r\nllo\r\n0\r\n";
    let (get, head) = (Method::GET, Method::HEAD);
    let chunked = format!("{CHUNKED}\r\n");
    let trailers = format!("{CHUNKED}a: b\r\n\r\n");
    for (method, answer, content, trailers, end) in [
        (&get, LENGTH, "hello", "{}", "whole"),
        (&get, &chunked, "hello", "{}", "whole"),
        (&get, &trailers, "hello", r#"{"a": "b"}"#, "whole"),
        (&get, "HTTP/1.1 200 OK\r\n\r\nhello", "hello", "{}", "whole"),
        (&get, "HTTP/1.0 200 OK\r\n\r\nhello", "hello", "{}", "whole"),
        (&get, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "", "{}", "whole"),
        (&get, "HTTP/1.1 204 No Content\r\n\r\n", "", "{}", "whole"),
        (&get, "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "", "{}", "whole"),
        (&head, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "", "{}", "whole"),
        (&head, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "", "{}", "whole"),
        (&get, LENGTH.trim_end_matches("lo"), "hel", "{}", "broken"),
        (&get, CHUNKED, "hello", "{}", "broken"),
        (&get, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhex", "he", "{}", "broken"),
    ] {
        for at_once in [true, false] {
            let answer = answered(method.clone(), answer, at_once).await;
            let answer = answer.expect("an answer");
            let field = |name| answer.response.headers()[name].to_str().expect("text");
            let found = [field("x-content"), field("x-trailers"), field("x-end")];
            assert_eq!(found, [content, trailers, end], "at once: {at_once}");
        }
    }
}

#[tokio::test]
async fn what_could_be_read_otherwise_is_no_answer() {
    for answer in [
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello",
        "HTTP/1.1 200 OK\r\nA: b\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\0\r\n\r\n",
        "\r\nHTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 600 A\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\r\n",
        "hello",
    ] {
        for at_once in [true, false] {
            let failure = failure(answered(Method::GET, answer, at_once).await);
            assert_eq!(failure.stage, FailureStage::Answering, "{answer:?}");
            assert!(failure.request.is_some(), "{answer:?}");
        }
    }
}

#[tokio::test]
async fn heads_have_a_bound() {
    let head = |length| format!("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nA: {}\r\n\r\n", "b".repeat(length));
    let rest = head(0).len();
    assert!(answered(Method::GET, &head(64 * 1024 - rest), true).await.is_ok());
    assert_eq!(
        failure(answered(Method::GET, &head(64 * 1024 - rest + 1), true).await).stage,
        FailureStage::Answering
    );
    let endless = "HTTP/1.1 200 OK\r\nA: ".to_owned() + &"b".repeat(1024 * 1024);
    assert_eq!(failure(answered(Method::GET, &endless, true).await).stage, FailureStage::Answering);
}

#[tokio::test]
async fn interim_answers_are_passed_on_in_order() {
    const INTERIM: &str =
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\nConnection: close\r\n\r\n";
    for (expects, passed) in [(None, &[103][..]), (Some("100-Continue"), &[100, 103])] {
        let (node, client, interim) = (Node::start().await, client(), Interim::kept());
        let target = node.target();
        let mut request = get();
        if let Some(expects) = expects {
            request.headers_mut().insert("expect", HeaderValue::from_static(expects));
        }
        let says = async {
            let mut peer = node.accept().await;
            peer.hear_head().await;
            peer.say(&format!("{INTERIM}HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")).await;
        };
        let (sent, ()) = tokio::join!(client.send(&target, request, &interim), says);
        assert_eq!(sent.expect("an answer").response.status(), 200);
        let context = std::task::Context::from_waker(std::task::Waker::noop());
        for expected in passed {
            let std::task::Poll::Ready((status, headers)) = interim.poll_take(&context) else {
                panic!("{expected} was not passed on");
            };
            assert_eq!(status, *expected);
            assert!(!headers.contains_key("connection"));
            assert_eq!(headers.contains_key("link"), *expected == 103);
        }
        assert!(interim.poll_take(&context).is_pending());
    }
}

#[tokio::test]
async fn interim_answers_have_a_bound() {
    let answer = |count: usize| {
        format!("{}HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 102 A\r\n\r\n".repeat(count))
    };
    assert!(answered(Method::GET, &answer(16), true).await.is_ok());
    assert_eq!(failure(answered(Method::GET, &answer(17), true).await).stage, FailureStage::Answering);
}

#[tokio::test]
async fn a_change_of_protocol_that_was_asked_for_makes_a_tunnel() {
    let (node, client) = (Node::start().await, client());
    let target = node.target();
    let mut request = get();
    request.headers_mut().insert("connection", HeaderValue::from_static("upgrade"));
    request.headers_mut().insert("upgrade", HeaderValue::from_static("WebSocket"));
    let says = async {
        let mut peer = node.accept().await;
        assert!(peer.hear_head().await.contains("upgrade: WebSocket\r\n"));
        peer.say("HTTP/1.1 101 A\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nfirst").await;
        assert_eq!(peer.hear("!").await, "hello!");
        peer.say("second").await;
    };
    let asks = async {
        let answer = send(&client, &target, request).await.expect("an answer");
        assert_eq!(answer.response.status(), StatusCode::SWITCHING_PROTOCOLS);
        let mut tunnel = answer.tunnel.expect("a tunnel");
        tunnel.stream.write_all(b"hello!").await.expect("sent");
        let mut rest = String::new();
        tunnel.stream.read_to_string(&mut rest).await.expect("text");
        assert_eq!([&tunnel.read_ahead[..], rest.as_bytes()].concat(), b"firstsecond");
    };
    tokio::join!(asks, says);
}

#[tokio::test]
async fn a_change_of_protocol_that_was_not_asked_for_is_no_answer() {
    for upgrade in ["", "Upgrade: h2c\r\n"] {
        let answer = format!("HTTP/1.1 101 A\r\nConnection: upgrade\r\n{upgrade}\r\n");
        assert_eq!(failure(answered(Method::GET, &answer, true).await).stage, FailureStage::Answering);
    }
}
