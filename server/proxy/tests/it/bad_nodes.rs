//! Nodes that fail: what their clients are told, and what operators are told.

use domain::{Timeouts, Upstream};
use tokio::io::AsyncWriteExt;

use crate::support::client::{Client, raw};
use crate::support::deed::{Deed, QUICK, do_once};
use crate::support::forwarding::{route, upstream};
use crate::support::gateway::Bench;
use crate::support::node::Node;

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
        for http in Client::new(&bench).open_both("test.com").await {
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
    for http in Client::new(&bench).open_both("test.com").await {
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
    for http in Client::new(&bench).open_both("test.com").await {
        let (answer, _link) =
            tokio::join!(http.get("test.com", "/quick"), do_once(&node, &Deed::SayAndWait("")));
        assert_eq!(answer.expect("an answer").status, 504);
    }
}

#[tokio::test]
async fn an_upstream_without_nodes_gives_503() {
    let mut bench = Bench::forwarding(&[]).await;
    for http in Client::new(&bench).open_both("test.com").await {
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
            for http in Client::new(&bench).open_both("test.com").await {
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
    for http in Client::new(&bench).open_both("test.com").await {
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
