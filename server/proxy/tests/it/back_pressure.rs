//! Who does not read stops who writes: the gateway holds no more than its buffers.

use std::time::Duration;

use bytes::Bytes;
use domain::Protection;
use http::Request;
use http_body_util::BodyExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use crate::support::client::{Client, streamed};
use crate::support::gateway::Bench;
use crate::support::node::Node;
use crate::support::soon;

const PIECE: usize = 64 * 1024;
/// What the buffers of two connections may hold, the system's included, which grow to several MiB each.
const MOST_BYTES: usize = 48 << 20;
/// Who gets no byte further for so long is stuck.
const QUIET: Duration = Duration::from_millis(500);

/// Does something again and again until it gets stuck; how many bytes were moved by then.
async fn until_stuck(mut move_piece: impl AsyncFnMut()) -> usize {
    let mut bytes = 0;
    while timeout(QUIET, move_piece()).await.is_ok() {
        bytes += PIECE;
        assert!(bytes < MOST_BYTES, "nothing stops it");
    }
    bytes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_stops_reading_stops_the_client() {
    let node = Node::start().await;
    let bench = Bench::forwarding(&[node.address]).await;
    for http in Client::new(&bench).open_both("test.com").await {
        let (pieces, body) = streamed();
        let request = Request::post("https://test.com/a").header("host", "test.com").body(body);
        let answer = tokio::spawn(async move { http.send(request.expect("a request")).await });
        let mut link = node.accept().await;
        link.head().await;
        let piece = Bytes::from(vec![7; PIECE]);
        let sent = until_stuck(async || pieces.send(Ok(piece.clone())).await.expect("wanted")).await;
        // It was stuck and not broken: once the node reads, everything arrives.
        drop(pieces);
        let mut received = 0;
        let mut buffer = vec![0; PIECE];
        while received < sent {
            received += soon(link.stream.read(&mut buffer)).await.expect("more");
        }
        link.say("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").await;
        assert_eq!(answer.await.expect("no panic").expect("an answer").status, 200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_stops_reading_stops_the_node() {
    let node = Node::start().await;
    let bench = Bench::forwarding(&[node.address]).await;
    for http in Client::new(&bench).open_both("test.com").await {
        let request = Request::get("https://test.com/a").header("host", "test.com");
        let request = request.body(crate::support::client::empty()).expect("a request");
        let (answer, (mut link, _)) = tokio::join!(
            http.exchange(request),
            node.serve_one("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        );
        let mut body = answer.expect("an answer").into_body();
        let piece = vec![7; PIECE];
        let sent = until_stuck(async || link.stream.write_all(&piece).await.expect("wanted")).await;
        let finishing = async {
            link.stream.shutdown().await.expect("closed");
            link
        };
        let reading = async {
            let mut received = 0;
            while let Some(frame) = body.frame().await {
                received += frame.expect("a whole answer").data_ref().map_or(0, Bytes::len);
            }
            received
        };
        let (_link, received) = soon(async { tokio::join!(finishing, reading) }).await;
        // The piece at which it got stuck may have gone in part.
        assert!((sent..=sent + PIECE).contains(&received), "{sent} bytes became {received}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_never_takes_its_answer_frees_the_node() {
    let node = Node::start().await;
    let mut bench = Bench::forwarding(&[node.address]).await;
    bench.protect(Protection { body_seconds: 1, ..Protection::default() }).await;
    for http in Client::new(&bench).open_both("test.com").await {
        let request = Request::get("https://test.com/a").header("host", "test.com");
        let request = request.body(crate::support::client::empty()).expect("a request");
        let (answer, (mut link, _)) = tokio::join!(
            http.exchange(request),
            node.serve_one("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        );
        // Nobody reads the body, and the connection is kept open.
        let _unread = answer.expect("an answer").into_body();
        let piece = vec![7; PIECE];
        let pushing = async { while link.stream.write_all(&piece).await.is_ok() {} };
        soon(pushing).await;
        bench.nodes_are_free().await;
    }
}
