//! Bodies arrive as they were sent, whatever their size.

use bytes::Bytes;
use domain::{Scheme, Upstream};
use http::{Request, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::client::{Body, Client, Http, read_until, streamed, whole};
use crate::support::forwarding::upstream;
use crate::support::gateway::Bench;
use crate::support::hyper_node::HyperNode;
use crate::support::node::{Node, OK};
use crate::support::process::resident_bytes;
use crate::support::soon;

/// Around the sizes of buffers and windows.
const SIZES: [usize; 7] = [0, 1, 16 * 1024, 64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, 1024 * 1024];
const LARGE: usize = 10 * 1024 * 1024;

/// Content in which a piece that is missing, twice there or misplaced shows.
fn content(length: usize) -> Bytes {
    (0..length).map(|index| (index % 251) as u8 ^ (index / 8192) as u8).collect()
}

/// Sends it back while it comes.
async fn echo(request: Request<Incoming>) -> Response<Body> {
    let length = request.headers().get("content-length").cloned();
    let mut response = Response::new(request.into_body().map_err(std::io::Error::other).boxed());
    if let Some(length) = length {
        response.headers_mut().insert("x-length", length);
    }
    response
}

/// Gateways to a node of either version of HTTP.
async fn benches() -> [(Bench, HyperNode); 2] {
    let (one, two) = (HyperNode::http1(echo).await, HyperNode::http2(None, echo).await);
    let of_one = Bench::forwarding(&[one.address]).await;
    let mut of_two = Bench::forwarding(&[]).await;
    of_two.forward(Upstream { scheme: Scheme::Grpc, ..upstream(&[two.address]) }, None).await;
    [(of_one, one), (of_two, two)]
}

async fn come_back(http: &Http, body: Body, expected: &Bytes) {
    let request = Request::post("https://test.com/a").header("host", "test.com").body(body);
    let response = http.exchange(request.expect("a request")).await.expect("an answer");
    assert_eq!(response.status(), 200, "{} bytes", expected.len());
    if let Some(length) = response.headers().get("x-length") {
        assert_eq!(length, &expected.len().to_string());
    }
    let back = soon(response.into_body().collect()).await.expect("a whole answer").to_bytes();
    assert!(back == *expected, "{} bytes became {}", expected.len(), back.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_of_every_size_go_both_ways() {
    for (bench, _node) in benches().await {
        for http in Client::new(&bench).open_both("test.com").await {
            for length in SIZES.into_iter().chain([LARGE]) {
                let sent = content(length);
                come_back(&http, whole(sent.clone()), &sent).await;
            }
        }
        bench.nodes_are_free().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_of_unknown_length_go_both_ways() {
    for (bench, _node) in benches().await {
        for http in Client::new(&bench).open_both("test.com").await {
            for length in SIZES {
                let sent = content(length);
                let (pieces, body) = streamed();
                let whole = sent.clone();
                let sending = async move {
                    for start in (0..whole.len()).step_by(10_000) {
                        let piece = whole.slice(start..whole.len().min(start + 10_000));
                        pieces.send(Ok(piece)).await.expect("taken");
                    }
                };
                tokio::join!(sending, come_back(&http, body, &sent));
            }
        }
    }
}

#[tokio::test]
async fn answers_to_head_and_those_without_a_body_have_none() {
    let node = Node::start().await;
    let bench = Bench::forwarding(&[node.address]).await;
    let mut links = Vec::new();
    for http in Client::new(&bench).open_both("test.com").await {
        for (method, head) in [
            ("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n"),
            ("GET", "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"),
            ("GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nConnection: close\r\n\r\n"),
            ("GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
        ] {
            let request =
                Request::builder().method(method).uri("https://test.com/a").header("host", "test.com");
            let request = request.body(whole(Bytes::new())).expect("a request");
            let (answer, (link, _)) = tokio::join!(http.send(request), node.serve_one(head));
            let answer = answer.expect("an answer");
            assert_eq!(answer.body, "", "{method} {head}");
            let length =
                answer.headers.get("content-length").map(|length| length.to_str().expect("a number"));
            let expected = if head.contains("Length: 5") { Some("5") } else { length };
            assert_eq!(length, expected, "{method} {head}");
            links.push(link);
        }
    }
}

/// Bytes that are moved in each direction.
const HUGE: u64 = 1 << 30;
/// By how much memory may grow meanwhile.
const SLACK: u64 = 32 << 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "moves 2 GiB"]
async fn memory_does_not_grow_with_bodies() {
    let node = Node::start().await;
    let bench = Bench::forwarding(&[node.address]).await;
    let mut stream = Client::new(&bench).connect("test.com").await.expect("let in");
    let head = format!("POST /a HTTP/1.1\r\nHost: test.com\r\nContent-Length: {HUGE}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.expect("sent");
    let mut link = node.accept().await;
    link.head().await;
    let before = resident_bytes();
    let piece = vec![7; 64 * 1024];
    let uploading = async {
        for _ in 0..HUGE / piece.len() as u64 {
            stream.write_all(&piece).await.expect("sent");
        }
    };
    let taking = async { tokio::io::copy(&mut (&mut link.stream).take(HUGE), &mut tokio::io::sink()).await };
    let ((), taken) = tokio::join!(uploading, taking);
    assert_eq!(taken.expect("taken"), HUGE);
    link.say(&OK.replace("length: 2\r\n\r\nok", &format!("length: {HUGE}\r\n\r\n"))).await;
    read_until(&mut stream, "\r\n\r\n").await;
    let downloading = async {
        for _ in 0..HUGE / piece.len() as u64 {
            link.stream.write_all(&piece).await.expect("sent");
        }
    };
    let taking = async { tokio::io::copy(&mut (&mut stream).take(HUGE), &mut tokio::io::sink()).await };
    let ((), taken) = tokio::join!(downloading, taking);
    assert_eq!(taken.expect("taken"), HUGE);
    let after = resident_bytes();
    assert!(after < before + SLACK, "memory grew from {before} to {after}");
}
