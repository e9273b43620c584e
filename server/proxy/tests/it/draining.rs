//! Changes of upstreams and the gateway's end, while nodes answer.

use std::sync::Arc;
use std::time::Duration;

use http::Request;
use http_body_util::BodyExt;

use crate::support::client::{Client, empty};
use crate::support::forwarding::upstream;
use crate::support::gateway::Bench;
use crate::support::node::{Node, OK};
use crate::support::{PATIENCE, soon};

/// The first half of an answer.
const HALF: &str = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf";

fn get() -> Request<crate::support::client::Body> {
    Request::get("https://test.com/a").header("host", "test.com").body(empty()).expect("a request")
}

#[tokio::test]
async fn a_node_that_is_replaced_finishes_what_it_does() {
    for is_http2 in [false, true] {
        let (old, new) = (Node::start().await, Node::start().await);
        let mut bench = Bench::forwarding(&[old.address]).await;
        let client = Client::new(&bench);
        let client = if is_http2 { client.http2() } else { client };
        let http = client.open("test.com").await;
        let (download, (mut link, _)) = tokio::join!(http.exchange(get()), old.serve_one(HALF));
        let download = download.expect("an answer");

        bench.forward(upstream(&[new.address]), None).await;
        let other = client.open("test.com").await;
        let (answer, _link) = tokio::join!(other.get("test.com", "/b"), new.serve_one(OK));
        assert_eq!(answer.expect("an answer").status, 200);
        assert!(old.is_untouched().await);

        link.say("half").await;
        let whole = soon(download.into_body().collect()).await.expect("a whole answer").to_bytes();
        assert_eq!(whole, "halfhalf");
    }
}

#[tokio::test]
async fn what_was_accepted_is_answered_before_the_end() {
    for is_http2 in [false, true] {
        let node = Node::start().await;
        let bench = Bench::forwarding(&[node.address]).await;
        let client = Client::new(&bench);
        let client = if is_http2 { client.http2() } else { client };
        let (begun, waiting) = (client.open("test.com").await, client.open("test.com").await);
        let (download, (mut first, _)) = tokio::join!(begun.exchange(get()), node.serve_one(HALF));
        let answer = tokio::spawn(async move { waiting.get("test.com", "/b").await });
        let mut second = node.accept().await;
        second.head().await;

        let gateway = Arc::clone(&bench.gateway);
        let mut shutdown = tokio::spawn(async move { gateway.shutdown(PATIENCE).await });
        let address = bench.address;
        crate::support::until("nobody listens", || std::net::TcpStream::connect(address).is_err()).await;
        assert!(futures_util::poll!(&mut shutdown).is_pending(), "two requests are still being answered");
        first.say("half").await;
        second.say(OK).await;
        let whole = soon(download.expect("an answer").into_body().collect()).await.expect("whole").to_bytes();
        assert_eq!(whole, "halfhalf");
        assert_eq!(soon(answer).await.expect("no panic").expect("an answer").body, "ok");
        soon(shutdown).await.expect("no panic");
    }
}

#[tokio::test]
async fn what_does_not_finish_in_time_is_cut_off_at_the_node_too() {
    let node = Node::start().await;
    let bench = Bench::forwarding(&[node.address]).await;
    let http = Client::new(&bench).http2().open("test.com").await;
    let (download, (link, _)) = tokio::join!(http.exchange(get()), node.serve_one(HALF));
    soon(bench.gateway.shutdown(Duration::from_millis(100))).await;
    assert!(soon(download.expect("an answer").into_body().collect()).await.is_err());
    assert_eq!(link.rest().await, b"");
}
