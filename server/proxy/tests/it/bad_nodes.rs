//! Nodes that fail: what their clients are told, what operators are told, and what other nodes are asked.

use std::net::SocketAddr;

use domain::{Timeouts, Upstream};
use http::{Request, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::client::{Client, Http, full, raw};
use crate::support::forwarding::{route, upstream};
use crate::support::gateway::Bench;
use crate::support::node::{Link, Node, OK};
use crate::support::soon;

/// Short enough to wait for.
const QUICK: Timeouts = Timeouts { connect: 300, send: 300, read: 300 };

async fn both(bench: &Bench) -> [Http; 2] {
    let client = Client::new(bench);
    [client.open("test.com").await, client.http2().open("test.com").await]
}

/// What a node does once it has read a request's head.
enum Deed {
    /// Says this, and closes.
    Say(&'static str),
    /// Says this, and resets the connection.
    SayAndReset(&'static str),
    /// Says this, and nothing more; the connection stays open.
    SayAndWait(&'static str),
}

/// Does it; gives what stays open.
async fn do_once(node: &Node, deed: &Deed) -> Option<Link> {
    let mut link = node.accept().await;
    link.head().await;
    let (Deed::Say(text) | Deed::SayAndReset(text) | Deed::SayAndWait(text)) = deed;
    link.say(text).await;
    match deed {
        Deed::Say(_) => None,
        Deed::SayAndReset(_) => {
            link.reset();
            None
        }
        Deed::SayAndWait(_) => Some(link),
    }
}

#[tokio::test]
async fn a_node_without_a_proper_answer_gives_502_or_504() {
    let node = Node::start().await;
    let mut bench = Bench::forwarding(&[]).await;
    bench.forward(Upstream { timeouts: QUICK, ..upstream(&[node.address]) }, None).await;
    for (deed, status) in [
        (Deed::Say(""), 502),
        (Deed::SayAndReset(""), 502),
        (Deed::SayAndReset("HTTP/1.1 200 OK\r\nContent-"), 502),
        (Deed::Say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"), 502),
        (Deed::Say("SSH-2.0-OpenSSH_9.9\r\n\r\n"), 502),
        (Deed::Say("\0\u{1}\u{2}\r\n\r\n"), 502),
        (Deed::Say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok"), 502),
        (Deed::Say("HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok"), 502),
        (
            Deed::Say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n"),
            502,
        ),
        (Deed::Say("HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n"), 502),
        (Deed::Say("HTTP/1.1 200 OK\r\nX : a\r\n\r\n"), 502),
        (Deed::Say("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"), 502),
        (Deed::SayAndWait(""), 504),
        (Deed::SayAndWait("HTTP/1.1 200 OK\r\nX: "), 504),
    ] {
        for http in both(&bench).await {
            let (answer, _link) = tokio::join!(http.get("test.com", "/a"), do_once(&node, &deed));
            let answer = answer.expect("an answer");
            let (Deed::Say(text) | Deed::SayAndReset(text) | Deed::SayAndWait(text)) = deed;
            assert_eq!(answer.status, status, "{text:?}");
            assert!(!answer.body.contains("ok"), "{text:?}: {}", answer.body);
            let record = bench.request().await;
            assert_eq!((record.status, record.node), (status, Some(node.address.to_string())), "{text:?}");
            assert!(record.failure.is_some_and(|reason| !reason.is_empty()), "{text:?}");
        }
    }
    assert!(node.is_untouched().await, "nothing was asked once more");
    bench.nodes_are_free().await;
}

#[tokio::test]
async fn a_node_that_cannot_be_connected_to_gives_502() {
    let nowhere = Node::nowhere().await;
    let mut bench = Bench::forwarding(&[nowhere]).await;
    for http in both(&bench).await {
        assert_eq!(http.get("test.com", "/a").await.expect("an answer").status, 502);
        let record = bench.request().await;
        assert_eq!((record.status, record.node), (502, Some(nowhere.to_string())));
        let reason = record.failure.expect("a reason");
        assert!(reason.to_lowercase().contains("refused"), "{reason}");
    }
}

/// The upstream would wait for a day.
#[tokio::test]
async fn a_route_may_have_less_patience_than_its_upstream() {
    let node = Node::start().await;
    let mut bench = Bench::forwarding(&[node.address]).await;
    let patient = Timeouts { read: Timeouts::MOST, ..Timeouts::default() };
    let (change, mut rules) =
        route("quick", &["/quick"], Upstream { timeouts: patient, ..upstream(&[node.address]) });
    rules.timeouts = Some(QUICK);
    bench.route("quick", (change, rules)).await;
    for http in both(&bench).await {
        let (answer, _link) =
            tokio::join!(http.get("test.com", "/quick"), do_once(&node, &Deed::SayAndWait("")));
        assert_eq!(answer.expect("an answer").status, 504);
    }
}

#[tokio::test]
async fn an_upstream_without_nodes_gives_503() {
    let mut bench = Bench::forwarding(&[]).await;
    for http in both(&bench).await {
        assert_eq!(http.get("test.com", "/a").await.expect("an answer").status, 503);
        let record = bench.request().await;
        assert_eq!((record.status, record.node), (503, None));
    }
}

/// Beginnings of answers that break off.
const BROKEN: [&str; 3] = [
    "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nxyz\r\n",
];

#[tokio::test]
async fn an_answer_that_breaks_off_never_looks_whole() {
    let node = Node::start().await;
    let mut bench = Bench::forwarding(&[]).await;
    bench.forward(Upstream { timeouts: QUICK, ..upstream(&[node.address]) }, None).await;
    for broken in BROKEN {
        for deed in [Deed::Say(broken), Deed::SayAndReset(broken), Deed::SayAndWait(broken)] {
            for http in both(&bench).await {
                let (answer, _link) = tokio::join!(http.get("test.com", "/a"), do_once(&node, &deed));
                assert!(answer.is_err(), "{broken:?} became {answer:?}");
                let record = bench.request().await;
                assert!(matches!(record.status, 200 | 502), "{broken:?}: {}", record.status);
                assert!(record.failure.is_some(), "{broken:?}");
            }
        }
    }
    bench.nodes_are_free().await;
}

/// In HTTP/1.1 that is a body without its end, and a connection that carries no second answer.
#[tokio::test]
async fn a_broken_answer_has_no_last_chunk() {
    let node = Node::start().await;
    let bench = Bench::forwarding(&[node.address]).await;
    for broken in BROKEN {
        let mut stream = Client::new(&bench).connect("test.com").await.expect("let in");
        let request = "GET /a HTTP/1.1\r\nHost: test.com\r\n\r\nGET /b HTTP/1.1\r\nHost: test.com\r\n\r\n";
        let deed = Deed::Say(broken);
        let (answer, _link) = tokio::join!(raw(&mut stream, request), do_once(&node, &deed));
        assert!(answer.starts_with("HTTP/1.1 "), "{answer}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer}");
        assert!(!answer.ends_with("0\r\n\r\n"), "{answer}");
    }
}

#[tokio::test]
async fn an_answer_without_a_length_ends_with_its_connection() {
    let node = Node::start().await;
    let bench = Bench::forwarding(&[node.address]).await;
    for http in both(&bench).await {
        let deed = Deed::Say("HTTP/1.0 200 OK\r\n\r\nall of it");
        let (answer, _link) = tokio::join!(http.get("test.com", "/a"), do_once(&node, &deed));
        assert_eq!(answer.expect("an answer").body, "all of it");
    }
}

#[tokio::test]
async fn a_node_that_has_finished_speaking_still_hears_the_request() {
    let node = Node::start().await;
    let bench = Bench::forwarding(&[node.address]).await;
    let mut stream = Client::new(&bench).connect("test.com").await.expect("let in");
    let upload = "POST /a HTTP/1.1\r\nHost: test.com\r\nConnection: close\r\nContent-Length: 8\r\n\r\nhalf";
    stream.write_all(upload.as_bytes()).await.expect("sent");
    let mut link = node.accept().await;
    link.head().await;
    link.say("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nearly").await;
    link.stream.shutdown().await.expect("half closed");
    let answer = raw(&mut stream, "half").await;
    assert!(answer.ends_with("early"), "{answer}");
}

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
        for http in both(&bench).await {
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
