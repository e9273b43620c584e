use std::cell::Cell;
use std::rc::Rc;

use bytes::Bytes;
use http::Method;
use hyper::body::Frame;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::support::{Node, TestBody, client, data, read, request, send, trailers};

const PIECE: usize = 64 * 1024;
const PIECES: usize = 1_600;

#[tokio::test]
async fn requests_are_sent_in_as_few_words_as_their_bodies_allow() {
    let head = |method: &Method| format!("{method} /a?b HTTP/1.1\r\nhost: h\r\n");
    let chunked = "transfer-encoding: chunked\r\n\r\n";
    for (method, body, expected) in [
        (Method::GET, TestBody::empty(), "\r\n".to_owned()),
        (Method::POST, TestBody::empty(), "content-length: 0\r\n\r\n".to_owned()),
        (Method::POST, TestBody::whole("hello"), "content-length: 5\r\n\r\nhello".to_owned()),
        (Method::GET, TestBody::whole("hello"), "content-length: 5\r\n\r\nhello".to_owned()),
        (Method::PUT, TestBody::new(None, []), format!("{chunked}0\r\n\r\n")),
        (
            Method::PUT,
            TestBody::new(None, [data("hello"), data(""), data("0123456789")]),
            format!("{chunked}5\r\nhello\r\na\r\n0123456789\r\n0\r\n\r\n"),
        ),
        (
            Method::PUT,
            TestBody::new(None, [data("a"), trailers(&[("b", "c"), ("content-length", "7"), ("host", "x")])]),
            format!("{chunked}1\r\na\r\n0\r\nb: c\r\n\r\n"),
        ),
    ] {
        let (node, client) = (Node::start().await, client());
        let target = node.target();
        let expected = head(&method) + &expected;
        let hears = async {
            let mut peer = node.accept().await;
            let heard = peer.hear(&expected).await;
            peer.say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
            heard
        };
        let (answer, heard) = tokio::join!(send(&client, &target, request(method, body)), hears);
        assert!(answer.is_ok());
        assert_eq!(heard, expected);
    }
}

/// 100 MB, and how many pieces of it were read.
fn large() -> (TestBody, Rc<Cell<usize>>) {
    let read = Rc::new(Cell::new(0));
    let (piece, counter) = (Bytes::from(vec![b'a'; PIECE]), Rc::clone(&read));
    let pieces = (0..PIECES).map(move |number| {
        counter.set(number + 1);
        Some(Ok(Frame::data(piece.clone())))
    });
    (TestBody::new(Some((PIECE * PIECES) as u64), pieces), read)
}

#[tokio::test]
async fn a_large_body_arrives_whole() {
    let (node, client) = (Node::start().await, client());
    let target = node.target();
    let (body, _) = large();
    let hears = async {
        let mut peer = node.accept().await;
        peer.hear_head().await;
        let mut left = PIECE * PIECES - peer.take_rest().len();
        let mut buffer = vec![0; PIECE];
        while left > 0 {
            left -= peer.stream.read(&mut buffer).await.expect("bytes");
        }
        peer.say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    };
    let (answer, ()) =
        tokio::join!(async { send(&client, &target, request(Method::PUT, body)).await.map(drop) }, hears);
    assert!(answer.is_ok());
}

#[tokio::test]
async fn a_refusal_stops_the_upload() {
    for closes in [false, true] {
        let (node, client) = (Node::start().await, client());
        let target = node.target();
        let (body, pieces) = large();
        let refuses = async {
            let mut peer = node.accept().await;
            peer.hear_head().await;
            peer.say("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nno!").await;
            if closes {
                peer.stream.shutdown().await.expect("sent");
            }
            peer
        };
        let (answer, peer) = tokio::join!(send(&client, &target, request(Method::PUT, body)), refuses);
        let answer = answer.expect("an answer");
        assert_eq!(answer.response.status(), 413);
        assert_eq!(read(answer.response.into_body()).await.0, b"no!");
        assert!(pieces.get() < PIECES, "all of it was sent");
        assert!(peer.hears_the_end().await, "the connection was kept");
    }
}

#[tokio::test]
async fn request_and_answer_flow_at_the_same_time() {
    let (node, client) = (Node::start().await, client());
    let target = node.target();
    let (body, pieces) = large();
    let echoes = async {
        let mut peer = node.accept().await;
        peer.hear_head().await;
        peer.say("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n").await;
        let mut buffer = peer.take_rest();
        let mut left = PIECE * PIECES;
        loop {
            peer.stream.write_all(&buffer).await.expect("sent");
            left -= buffer.len();
            if left == 0 {
                return;
            }
            buffer.resize(PIECE, 0);
            let length = peer.stream.read(&mut buffer).await.expect("bytes");
            buffer.truncate(length);
        }
    };
    let asks = async {
        let answer = send(&client, &target, request(Method::PUT, body)).await;
        let answer = answer.expect("an answer");
        read(answer.response.into_body()).await.0.len()
    };
    let (received, ()) = tokio::join!(asks, echoes);
    assert_eq!(received, PIECE * PIECES);
    assert_eq!(pieces.get(), PIECES);
}

#[tokio::test]
async fn a_client_that_reads_nothing_slows_the_node_down() {
    let (node, client) = (Node::start().await, client());
    let target = node.target();
    let sent = Cell::new(0);
    let floods = async {
        let mut peer = node.accept().await;
        peer.hear_head().await;
        peer.say("HTTP/1.1 200 OK\r\n\r\n").await;
        let piece = vec![0; PIECE];
        while sent.get() < PIECES {
            peer.stream.write_all(&piece).await.expect("sent");
            sent.set(sent.get() + 1);
        }
    };
    let waits = async {
        let answer = send(&client, &target, request(Method::GET, TestBody::empty())).await;
        let body = answer.expect("an answer").response.into_body();
        // The node goes on until the kernel's buffers are full.
        let mut before = usize::MAX;
        while before != sent.get() {
            before = sent.get();
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        assert!(before < PIECES, "the answer was taken without anybody asking for it");
        read(body).await.0.len()
    };
    let (received, ()) = tokio::join!(waits, floods);
    assert_eq!(received, PIECE * PIECES);
}
