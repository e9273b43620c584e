//! Clients that go away: nothing is kept for them at the node.

use http::Request;
use tokio::io::AsyncWriteExt;

use crate::support::client::{Client, empty, streamed};
use crate::support::gateway::Bench;
use crate::support::node::Node;
use crate::support::until;

#[tokio::test]
async fn a_client_that_goes_away_while_it_waits_frees_the_node() {
    let node = Node::start().await;
    let mut bench = Bench::forwarding(&[node.address]).await;
    for http in Client::new(&bench).open_both("test.com").await {
        let waiting =
            tokio::spawn(async move { http.get("test.com", "/a").await.map(|answer| answer.status) });
        let mut link = node.accept().await;
        link.head().await;
        assert_eq!(bench.in_progress(), 1);
        waiting.abort();
        assert_eq!(link.rest().await, b"");
        bench.nodes_are_free().await;
        assert_eq!(bench.request().await.status, 499);
    }
}

#[tokio::test]
async fn a_client_that_goes_away_while_it_sends_frees_the_node() {
    let node = Node::start().await;
    let bench = Bench::forwarding(&[node.address]).await;
    for http in Client::new(&bench).open_both("test.com").await {
        let (pieces, body) = streamed();
        let request = Request::post("https://test.com/a").header("host", "test.com").body(body);
        let sending = tokio::spawn(async move { http.send(request.expect("a request")).await.map(|_| ()) });
        pieces.send(Ok("half".into())).await.expect("wanted");
        let mut link = node.accept().await;
        link.hear("4\r\nhalf\r\n").await;
        sending.abort();
        // No last chunk: the node cannot take it for the whole.
        assert_eq!(link.rest().await, b"");
        bench.nodes_are_free().await;
    }
}

#[tokio::test]
async fn a_client_that_goes_away_while_it_is_answered_frees_the_node() {
    let node = Node::start().await;
    let bench = Bench::forwarding(&[node.address]).await;
    for http in Client::new(&bench).open_both("test.com").await {
        let request = Request::get("https://test.com/a").header("host", "test.com").body(empty());
        let half = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf";
        let (answer, (link, _)) =
            tokio::join!(http.exchange(request.expect("a request")), node.serve_one(half));
        let answer = answer.expect("an answer");
        assert_eq!(bench.in_progress(), 1);
        drop((answer, http));
        assert_eq!(link.rest().await, b"");
        bench.nodes_are_free().await;
    }
}

/// One stream of HTTP/2 ends, the others go on.
#[tokio::test]
async fn a_request_that_is_given_up_disturbs_no_other() {
    let node = Node::start().await;
    let bench = Bench::forwarding(&[node.address]).await;
    let http = Client::new(&bench).http2().open("test.com").await;
    let mut given_up = Box::pin(http.get("test.com", "/given-up"));
    let mut first = tokio::select! {
        _ = &mut given_up => panic!("answered"),
        link = node.accept() => link,
    };
    let kept = http.get("test.com", "/kept");
    let served = async {
        let mut second = node.accept().await;
        second.head().await;
        first.head().await;
        drop(given_up);
        assert_eq!(first.rest().await, b"");
        until("one is left", || bench.in_progress() == 1).await;
        second.say("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nkept").await;
        second.stream.flush().await.expect("sent");
        second
    };
    let (answer, _link) = tokio::join!(kept, served);
    assert_eq!(answer.expect("an answer").body, "kept");
}
