use std::time::{Duration, Instant};

use domain::{Keepalive, NodeAddress};
use http::Method;

use super::support::{
    Node, TestBody, client, data, failure, first_roundtrip, forever, get, local, read, request, roundtrip,
    send,
};
use crate::node::{FailureStage, NodeClient, NodeTarget};

#[tokio::test]
async fn a_connection_serves_one_request_after_another() {
    let (node, client) = (Node::start().await, client());
    let target = node.target();
    let mut peer = first_roundtrip(&client, &node, &target).await;
    for _ in 0..10 {
        roundtrip(&client, &target, &mut peer).await;
    }
}

#[tokio::test]
async fn a_node_is_found_by_its_name() {
    local(async {
        let (node, client) = (Node::start().await, client());
        let address: NodeAddress = "localhost".parse().expect("a name");
        let target = NodeTarget { address: &address, ..node.target() };
        let mut peer = first_roundtrip(&client, &node, &target).await;
        roundtrip(&client, &target, &mut peer).await;
    })
    .await;
}

#[tokio::test]
async fn connections_that_are_too_old_are_not_used_again() {
    let (node, client) = (Node::start().await, NodeClient::with_greatest_age(Duration::ZERO));
    let target = node.target();
    for _ in 0..3 {
        let peer = first_roundtrip(&client, &node, &target).await;
        assert!(peer.hears_the_end().await);
    }
}

#[tokio::test]
async fn connections_grow_too_old_in_an_hour() {
    let (node, client) = (Node::start().await, client());
    let keepalive = Keepalive { idle_timeout: 24 * 3_600_000, ..Keepalive::default() };
    let target = NodeTarget { keepalive, ..node.target() };
    let mut peer = first_roundtrip(&client, &node, &target).await;
    client.sweep(Instant::now() + Duration::from_secs(3_500));
    roundtrip(&client, &target, &mut peer).await;
    client.sweep(Instant::now() + Duration::from_secs(3_600));
    assert!(peer.hears_the_end().await);
}

#[tokio::test]
async fn the_connection_that_was_used_last_is_used_first_and_only_so_many_are_kept() {
    let (node, client) = (Node::start().await, client());
    let keepalive = Keepalive { size: 2, ..Keepalive::default() };
    let target = NodeTarget { keepalive, ..node.target() };
    let mut peers = Vec::new();
    let mut bodies = Vec::new();
    for _ in 0..3 {
        let says = async {
            let mut peer = node.accept().await;
            peer.hear_head().await;
            peer.say("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
            peer
        };
        let (answer, peer) = tokio::join!(send(&client, &target, get()), says);
        bodies.push(answer.expect("an answer").response.into_body());
        peers.push(peer);
    }
    for body in bodies {
        read(body).await.2.expect("a whole answer");
    }
    // The first one had to make room.
    assert!(peers.remove(0).hears_the_end().await);
    let mut newest = peers.pop().expect("a connection");
    roundtrip(&client, &target, &mut newest).await;
    roundtrip(&client, &target, &mut newest).await;
}

#[tokio::test]
async fn a_connection_is_closed_after_its_last_request() {
    for (keepalive, served) in [
        (Keepalive { size: 0, ..Keepalive::default() }, 1),
        (Keepalive { requests: 1, ..Keepalive::default() }, 1),
        (Keepalive { requests: 3, ..Keepalive::default() }, 3),
    ] {
        let (node, client) = (Node::start().await, client());
        let target = NodeTarget { keepalive, ..node.target() };
        let mut peer = first_roundtrip(&client, &node, &target).await;
        for _ in 1..served {
            roundtrip(&client, &target, &mut peer).await;
        }
        assert!(peer.hears_the_end().await);
    }
}

#[tokio::test]
async fn connections_that_were_idle_for_too_long_are_closed() {
    let (node, client) = (Node::start().await, client());
    let target = node.target();
    let peer = first_roundtrip(&client, &node, &target).await;
    let limit = Duration::from_millis(target.keepalive.idle_timeout.into());
    client.sweep(Instant::now() + limit);
    assert!(peer.hears_the_end().await);
    let immediately = Keepalive { idle_timeout: 0, ..Keepalive::default() };
    let target = NodeTarget { keepalive: immediately, ..node.target() };
    first_roundtrip(&client, &node, &target).await;
    first_roundtrip(&client, &node, &target).await;
}

#[tokio::test]
async fn what_is_not_idle_any_more_is_not_used_again() {
    for said in ["", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"] {
        let (node, client) = (Node::start().await, client());
        let target = node.target();
        let mut peer = first_roundtrip(&client, &node, &target).await;
        peer.say(said).await;
        tokio::io::AsyncWriteExt::shutdown(&mut peer.stream).await.expect("sent");
        // The gateway closes it, as soon as it sees that.
        let sees = async {
            loop {
                client.sweep(Instant::now());
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            has_ended = peer.hears_the_end() => assert!(has_ended),
            () = sees => {}
        }
        first_roundtrip(&client, &node, &target).await;
    }
}

#[tokio::test]
async fn what_the_node_says_behind_an_answer_is_never_another_answer() {
    let (node, client) = (Node::start().await, client());
    let target = node.target();
    let says = async {
        let mut peer = node.accept().await;
        peer.hear_head().await;
        peer.say(
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
        )
        .await;
        peer
    };
    let (answer, _peer) = tokio::join!(send(&client, &target, get()), says);
    let (content, ..) = read(answer.expect("an answer").response.into_body()).await;
    assert_eq!(content, b"ok");
    first_roundtrip(&client, &node, &target).await;
}

#[tokio::test]
async fn a_connection_that_turns_out_to_be_closed_gives_the_request_back() {
    for is_reset in [false, true] {
        for (body, is_given_back) in
            [(TestBody::empty(), true), (TestBody::new(None, forever()), true), (TestBody::whole("a"), false)]
        {
            let (node, client) = (Node::start().await, client());
            let target = node.target();
            let mut peer = first_roundtrip(&client, &node, &target).await;
            let dies = async {
                peer.hear_head().await;
                if is_reset {
                    peer.reset();
                }
            };
            let (sent, ()) = tokio::join!(send(&client, &target, request(Method::PUT, body)), dies);
            let failure = failure(sent);
            assert_eq!(failure.stage, FailureStage::Stale);
            let given_back = failure.request.map(|request| request.uri().to_string());
            assert_eq!(given_back.as_deref(), is_given_back.then_some("/a?b"));
        }
    }
}

#[tokio::test]
async fn a_kept_connection_that_has_spoken_is_not_stale() {
    let (node, client) = (Node::start().await, client());
    let target = node.target();
    let mut peer = first_roundtrip(&client, &node, &target).await;
    let dies = async {
        peer.hear_head().await;
        peer.say("H").await;
        drop(peer);
    };
    let (sent, ()) = tokio::join!(send(&client, &target, get()), dies);
    assert_eq!(failure(sent).stage, FailureStage::Answering);
}

#[tokio::test]
async fn an_answer_that_nobody_reads_to_its_end_closes_its_connection() {
    let (node, client) = (Node::start().await, client());
    let target = node.target();
    let says = async {
        let mut peer = node.accept().await;
        peer.hear_head().await;
        peer.say("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe").await;
        peer
    };
    let (answer, peer) = tokio::join!(send(&client, &target, get()), says);
    drop(answer);
    assert!(peer.hears_the_end().await);
}

#[tokio::test]
async fn a_request_that_was_not_sent_to_its_end_closes_its_connection() {
    let (node, client) = (Node::start().await, client());
    let target = node.target();
    let says = async {
        let mut peer = node.accept().await;
        peer.hear_head().await;
        peer.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
        peer
    };
    let body = TestBody::new(Some(5), [data("hel")].into_iter().chain(forever()));
    let (answer, peer) = tokio::join!(send(&client, &target, request(Method::POST, body)), says);
    read(answer.expect("an answer").response.into_body()).await.2.expect("a whole answer");
    assert!(peer.hears_the_end().await);
}
