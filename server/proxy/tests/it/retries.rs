//! What other nodes are asked when one fails, and what never.

use std::net::SocketAddr;

use domain::Upstream;
use http::{Request, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::client::{Client, full, raw};
use crate::support::deed::{Deed, QUICK, do_once};
use crate::support::forwarding::upstream;
use crate::support::gateway::Bench;
use crate::support::node::{Node, OK};
use crate::support::soon;

/// Nodes that are asked in turn: the first fails as it is told to, the second answers.
async fn first_fails(deed: &Deed, request: &str) -> (String, bool) {
    let (bad, good) = (Node::start().await, Node::start().await);
    let mut bench = Bench::forwarding(&[]).await;
    // Nodes of a lower priority are asked after those of a higher one.
    let mut upstream = Upstream { timeouts: QUICK, ..upstream(&[bad.address, good.address]) };
    upstream.nodes[1].priority = -1;
    bench.forward(upstream, None).await;
    let mut stream = Client::new(&bench).connect("test.com").await.expect("let in");
    let served = async {
        let _kept = do_once(&bad, deed).await;
        let mut link = good.accept().await;
        link.answer(OK).await;
        link.rest().await
    };
    tokio::select! {
        biased;
        answer = raw(&mut stream, request) => (answer, !good.is_untouched().await),
        _ = served => panic!("the gateway hung up first"),
    }
}

#[tokio::test]
async fn another_node_is_asked_what_may_be_asked_twice() {
    let deeds =
        [Deed::Say(""), Deed::SayAndReset("HTTP/1.1 2"), Deed::Say("what?\r\n\r\n"), Deed::SayAndWait("")];
    for deed in &deeds {
        for request in [
            "GET /a HTTP/1.1\r\nHost: test.com\r\nConnection: close\r\n\r\n",
            "DELETE /a HTTP/1.1\r\nHost: test.com\r\nConnection: close\r\n\r\n",
        ] {
            let (answer, _) = first_fails(deed, request).await;
            assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("ok"), "{request}{answer}");
        }
        for request in [
            "POST /a HTTP/1.1\r\nHost: test.com\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
            "POST /a HTTP/1.1\r\nHost: test.com\r\nConnection: close\r\nContent-Length: 2\r\n\r\nab",
            "PATCH /a HTTP/1.1\r\nHost: test.com\r\nConnection: close\r\n\r\n",
            "ODD /a HTTP/1.1\r\nHost: test.com\r\nConnection: close\r\n\r\n",
        ] {
            let (answer, was_asked) = first_fails(deed, request).await;
            assert!(answer.starts_with("HTTP/1.1 50"), "{request}{answer}");
            assert!(!was_asked, "{request} was sent twice");
        }
    }
}

#[tokio::test]
async fn another_node_is_asked_if_one_cannot_be_connected_to() {
    let node = Node::start().await;
    let nowhere = [Node::nowhere().await, Node::nowhere().await];
    for (retries, status) in
        [(None, StatusCode::OK), (Some(2), StatusCode::OK), (Some(1), StatusCode::BAD_GATEWAY)]
    {
        let mut bench = Bench::forwarding(&[]).await;
        let mut upstream = Upstream { retries, ..upstream(&[nowhere[0], nowhere[1], node.address]) };
        upstream.nodes[2].priority = -1;
        bench.forward(upstream, None).await;
        for http in Client::new(&bench).open_both("test.com").await {
            let request = Request::post("https://test.com/a").header("host", "test.com");
            let sent = http.send(request.body(full("four")).expect("a request"));
            let served = async {
                let mut link = node.accept().await;
                let head = link.head().await;
                assert!(head.contains("content-length: 4\r\n"), "{head}");
                assert_eq!(link.hear("four").await, "four");
                link.say(OK).await;
                link.rest().await
            };
            tokio::select! {
                biased;
                answer = sent => assert_eq!(answer.expect("an answer").status, status, "{retries:?}"),
                _ = served => panic!("the gateway hung up first"),
            }
            let record = bench.request().await;
            let last = record.node.expect("a node was asked");
            let was_reached = last == node.address.to_string();
            assert_eq!(was_reached, status.is_success(), "{retries:?}: {last}");
        }
    }
}

/// A kept connection that the node closed just when a request was sent says nothing of the request.
#[tokio::test]
async fn a_kept_connection_that_was_closed_is_replaced() {
    for (request, is_repeated) in [
        ("GET /b HTTP/1.1\r\nHost: test.com\r\nConnection: close\r\n\r\n", true),
        ("POST /b HTTP/1.1\r\nHost: test.com\r\nConnection: close\r\nContent-Length: 2\r\n\r\nab", false),
    ] {
        let node = Node::start().await;
        let bench = Bench::forwarding(&[node.address]).await;
        let mut stream = Client::new(&bench).connect("test.com").await.expect("let in");
        stream.write_all(b"GET /a HTTP/1.1\r\nHost: test.com\r\n\r\n").await.expect("sent");
        let (mut kept, _) = node.serve_one(OK).await;
        let mut answer = vec![0; 2048];
        while !answer.ends_with(b"ok") {
            answer.clear();
            soon(stream.read_buf(&mut answer)).await.expect("an answer");
        }
        let served = async {
            // The request arrives before the connection is found to be closed.
            kept.head().await;
            drop(kept);
            if is_repeated { Some(node.serve_one(OK).await) } else { None }
        };
        let (answer, _link) = tokio::join!(raw(&mut stream, request), served);
        let status = if is_repeated { "HTTP/1.1 200 " } else { "HTTP/1.1 502 " };
        assert!(answer.starts_with(status), "{request}{answer}");
        assert!(node.is_untouched().await, "{request} was sent again");
    }
}

#[tokio::test]
async fn a_connection_is_kept_for_later_requests() {
    let node = Node::start().await;
    let bench = Bench::forwarding(&[node.address]).await;
    let http = Client::new(&bench).open("test.com").await;
    let (answer, (mut link, _)) = tokio::join!(http.get("test.com", "/a"), node.serve_one(OK));
    answer.expect("an answer");
    for _ in 0..3 {
        let (answer, head) = tokio::join!(http.get("test.com", "/b"), link.answer(OK));
        assert_eq!(answer.expect("an answer").body, "ok");
        assert!(head.starts_with("GET /b HTTP/1.1\r\n"), "{head}");
    }
    assert!(node.is_untouched().await);
}

#[tokio::test]
async fn slow_nodes_cost_other_requests_nothing() {
    let (slow, quick) = (Node::start().await, Node::start().await);
    let addresses: [SocketAddr; 2] = [slow.address, quick.address];
    let bench = Bench::forwarding(&addresses).await;
    let client = Client::new(&bench).http2();
    let http = client.open("test.com").await;
    let (first, second) = (http.get("test.com", "/1"), http.get("test.com", "/2"));
    let served = async {
        let mut waiting = slow.accept().await;
        waiting.head().await;
        let (_link, _) = quick.serve_one(OK).await;
        (waiting, _link)
    };
    let mut first = std::pin::pin!(first);
    let mut second = std::pin::pin!(second);
    let both = async {
        tokio::select! {
            answer = &mut first => (answer, true),
            answer = &mut second => (answer, false),
        }
    };
    let ((answer, is_first), (mut waiting, _link)) = tokio::join!(both, served);
    assert_eq!(answer.expect("an answer").body, "ok");
    waiting.say(OK).await;
    let other = if is_first { second.await } else { first.await };
    assert_eq!(other.expect("an answer").body, "ok");
}
