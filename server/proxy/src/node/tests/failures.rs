use std::io;

use domain::Timeouts;
use http::Method;
use hyper::body::Frame;

use super::support::{Node, TestBody, client, data, failure, get, read, request, send};
use crate::node::{FailureStage, NodeTarget};

const SHORT: u32 = 50;

#[tokio::test]
async fn a_node_that_is_not_there_cannot_be_connected_to() {
    let (node, client) = (Node::start().await, client());
    let address = node.address.clone();
    let target = NodeTarget { address: &address, ..node.target() };
    let port = target.port;
    let (timeouts, keepalive) = (target.timeouts, target.keepalive);
    drop(node);
    let target = NodeTarget { address: &address, port, tls: None, http2: false, timeouts, keepalive };
    let failure = failure(send(&client, &target, request(Method::PUT, TestBody::whole("a"))).await);
    assert_eq!(failure.stage, FailureStage::Connect);
    assert!(failure.request.is_some());
}

#[tokio::test]
async fn a_node_that_dies_before_it_answers_fails_the_request() {
    for said in ["", "HTTP/1.1 200 OK\r\nA: b"] {
        for is_reset in [false, true] {
            let (node, client) = (Node::start().await, client());
            let target = node.target();
            let dies = async {
                let mut peer = node.accept().await;
                peer.hear_head().await;
                peer.say(said).await;
                if is_reset {
                    peer.reset();
                }
            };
            let (sent, ()) = tokio::join!(send(&client, &target, get()), dies);
            assert_eq!(failure(sent).stage, FailureStage::Answering, "{said:?}");
        }
    }
}

#[tokio::test]
async fn a_node_that_dies_in_its_answer_breaks_it() {
    for answer in ["Content-Length: 5\r\n\r\nhe", "Transfer-Encoding: chunked\r\n\r\n5\r\nhe", "\r\nhe"] {
        let (node, client) = (Node::start().await, client());
        let target = node.target();
        let says = async {
            let mut peer = node.accept().await;
            peer.hear_head().await;
            peer.say(&format!("HTTP/1.1 200 OK\r\n{answer}")).await;
            peer
        };
        let (answer, peer) = tokio::join!(send(&client, &target, get()), says);
        peer.reset();
        let (_, _, end) = read(answer.expect("an answer").response.into_body()).await;
        assert!(end.is_err());
    }
}

#[tokio::test]
async fn a_silent_node_is_not_waited_for_for_ever() {
    let (node, client) = (Node::start().await, client());
    let target = NodeTarget { timeouts: Timeouts { read: SHORT, ..node.target().timeouts }, ..node.target() };
    let (sent, _peer) = tokio::join!(send(&client, &target, get()), node.accept());
    assert_eq!(failure(sent).stage, FailureStage::ReadTimeout);
    let says = async {
        let mut peer = node.accept().await;
        peer.hear_head().await;
        peer.say("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe").await;
        peer
    };
    let (answer, _peer) = tokio::join!(send(&client, &target, get()), says);
    let (content, _, end) = read(answer.expect("an answer").response.into_body()).await;
    assert_eq!((&content[..], end.map_err(|error| error.kind())), (&b"he"[..], Err(io::ErrorKind::TimedOut)));
}

#[tokio::test]
async fn a_node_that_reads_nothing_is_not_waited_for_for_ever() {
    let (node, client) = (Node::start().await, client());
    let target = NodeTarget { timeouts: Timeouts { send: SHORT, ..node.target().timeouts }, ..node.target() };
    let piece = bytes::Bytes::from(vec![0; 64 * 1024]);
    let body = TestBody::new(None, std::iter::repeat_with(move || Some(Ok(Frame::data(piece.clone())))));
    let (sent, _peer) = tokio::join!(send(&client, &target, request(Method::PUT, body)), node.accept());
    let failure = failure(sent);
    assert_eq!(failure.stage, FailureStage::SendTimeout);
    assert!(failure.request.is_none());
}

#[tokio::test]
async fn a_client_that_fails_is_not_the_nodes_fault() {
    let broken = || Some(Err(io::ErrorKind::ConnectionReset.into()));
    for body in [
        TestBody::new(None, [data("a"), broken()]),
        TestBody::new(Some(5), [data("a"), broken()]),
        TestBody::new(Some(5), [data("a")]),
        TestBody::new(Some(1), [data("ab")]),
    ] {
        let (node, client) = (Node::start().await, client());
        let target = node.target();
        let hears = async { node.accept().await.hears_the_end().await };
        let (sent, _) = tokio::join!(send(&client, &target, request(Method::PUT, body)), hears);
        let failure = failure(sent);
        assert_eq!(failure.stage, FailureStage::Client);
        assert!(failure.request.is_none());
    }
}
