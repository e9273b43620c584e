use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::rc::Rc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use domain::{Keepalive, Timeouts};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use http::{HeaderMap, Method, Request, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Semaphore;
use tokio::task::spawn_local;

use super::support::{
    Node, TestBody, client, data, failure, forever, get, local, read, request, send, trailers,
};
use super::tls::{Identity, name};
use crate::node::pool::CONNECTIONS;
use crate::node::{FailureStage, NodeClient, NodeTarget};

/// What a node that speaks HTTP/2 has seen, and how it behaves.
struct Seen {
    requests: RefCell<Vec<String>>,
    in_progress: Cell<usize>,
    connections: Cell<usize>,
    /// Connections that have not ended, and the most of them at a time.
    open: Cell<usize>,
    most_open: Cell<usize>,
    /// As many requests as this has permits are answered.
    may_answer: Semaphore,
}

impl Seen {
    fn new(answers: usize) -> Rc<Self> {
        Rc::new(Self {
            requests: RefCell::default(),
            in_progress: Cell::new(0),
            connections: Cell::new(0),
            open: Cell::new(0),
            most_open: Cell::new(0),
            may_answer: Semaphore::new(answers),
        })
    }

    /// Echoes the body, and its trailers.
    async fn answer(self: Rc<Self>, request: Request<Incoming>) -> Result<Response<TestBody>, Infallible> {
        let authority = request.uri().authority().map(ToString::to_string).unwrap_or_default();
        let seen =
            format!("{} {authority} {}", request.method(), request.uri().path_and_query().expect("a path"));
        assert!(!request.headers().contains_key("host"));
        self.requests.borrow_mut().push(seen);
        self.in_progress.update(|count| count + 1);
        self.may_answer.acquire().await.expect("open").forget();
        let body = request.into_body().collect().await.expect("a body");
        let fields = body.trailers().cloned();
        let content = body.to_bytes();
        let frames = [
            Some(Ok(hyper::body::Frame::data(content))),
            Some(Ok(hyper::body::Frame::trailers(fields.unwrap_or_default()))),
        ];
        Ok(Response::new(TestBody::new(None, frames)))
    }

    fn serve(self: &Rc<Self>, stream: impl AsyncRead + AsyncWrite + Unpin + 'static, streams: u32) {
        self.connections.update(|count| count + 1);
        self.open.update(|count| count + 1);
        self.most_open.update(|most| most.max(self.open.get()));
        let (seen, open) = (Rc::clone(self), Rc::clone(self));
        let service = service_fn(move |request| Rc::clone(&seen).answer(request));
        spawn_local(async move {
            let mut builder = http2::Builder::new(Local);
            // The client may be gone before it is done.
            let _ =
                builder.max_concurrent_streams(streams).serve_connection(TokioIo::new(stream), service).await;
            open.open.update(|count| count - 1);
        });
    }

    fn accept_all(self: &Rc<Self>, node: &Rc<Node>, streams: u32) {
        let (seen, node) = (Rc::clone(self), Rc::clone(node));
        spawn_local(async move {
            loop {
                seen.serve(node.accept().await.stream, streams);
            }
        });
    }
}

async fn until(is_so: impl Fn() -> bool) {
    let comes = async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), comes).await.expect("it comes to be so");
}

#[derive(Clone)]
struct Local;

impl<F: Future<Output: 'static> + 'static> hyper::rt::Executor<F> for Local {
    fn execute(&self, future: F) {
        spawn_local(future);
    }
}

#[tokio::test]
async fn requests_and_answers_keep_their_content_and_trailers() {
    local(async {
        let (node, client, seen) = (Rc::new(Node::start().await), client(), Seen::new(2));
        seen.accept_all(&node, 100);
        let target = NodeTarget { http2: true, ..node.target() };
        let body = TestBody::new(None, [data("hello"), trailers(&[("grpc-status", "0")])]);
        let answer = send(&client, &target, request(Method::POST, body)).await;
        let answer = answer.expect("an answer");
        let (content, trailers, end) = read(answer.response.into_body()).await;
        end.expect("a whole answer");
        assert_eq!((&content[..], trailers["grpc-status"].as_bytes()), (&b"hello"[..], &b"0"[..]));
        let answer = send(&client, &target, get()).await.expect("an answer");
        assert_eq!(read(answer.response.into_body()).await.1, HeaderMap::new());
        assert_eq!(*seen.requests.borrow(), ["POST h /a?b", "GET h /a?b"]);
        assert_eq!(seen.connections.get(), 1);
    })
    .await;
}

#[tokio::test]
async fn many_requests_share_a_connection_up_to_what_the_node_allows() {
    local(async {
        let (node, client, seen) = (Rc::new(Node::start().await), client(), Seen::new(1));
        seen.accept_all(&node, 2);
        let target = NodeTarget { http2: true, ..node.target() };
        // The node has said how many it allows when it has answered once.
        let warm = send(&client, &target, get()).await.expect("an answer");
        read(warm.response.into_body()).await.2.expect("a whole answer");
        seen.in_progress.set(0);
        let all = futures_util::future::join_all((0..3).map(|_| send(&client, &target, get())));
        let answers = async {
            until(|| seen.in_progress.get() == 3).await;
            seen.may_answer.add_permits(3);
        };
        let (sent, ()) = tokio::join!(all, answers);
        assert!(sent.iter().all(Result::is_ok));
        assert_eq!(seen.connections.get(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_connection_that_is_gone_is_replaced() {
    local(async {
        let (node, client, seen) = (Rc::new(Node::start().await), client(), Seen::new(2));
        let target = NodeTarget { http2: true, ..node.target() };
        let answers_one = async {
            let stream = node.accept().await.stream;
            let one = Rc::clone(&seen);
            let service = service_fn(move |request| Rc::clone(&one).answer(request));
            let mut connection =
                std::pin::pin!(http2::Builder::new(Local).serve_connection(TokioIo::new(stream), service));
            tokio::select! {
                _ = connection.as_mut() => return,
                () = until(|| seen.in_progress.get() > 0) => connection.as_mut().graceful_shutdown(),
            }
            // The client may be gone before it is done.
            let _ = connection.await;
        };
        let (first, ()) = tokio::join!(
            async {
                let answer = send(&client, &target, get()).await.expect("an answer");
                read(answer.response.into_body()).await.2
            },
            answers_one
        );
        assert!(first.is_ok());
        until(|| {
            client.sweep(Instant::now());
            client.pools.is_empty()
        })
        .await;
        seen.accept_all(&node, 100);
        let answer = send(&client, &target, get()).await.expect("an answer");
        assert_eq!(answer.response.status(), 200);
        assert_eq!(seen.requests.borrow().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn idle_connections_are_closed() {
    local(async {
        let (node, client, seen) = (Node::start().await, client(), Seen::new(1));
        let target = NodeTarget { http2: true, ..node.target() };
        let (answer, ended) = tokio::join!(
            async {
                let answer = send(&client, &target, get()).await.expect("an answer");
                // It is in use until its body has been read.
                client.sweep(Instant::now() + Duration::from_secs(3_600));
                let end = read(answer.response.into_body()).await.2;
                client.sweep(Instant::now() + Duration::from_secs(3_600));
                end
            },
            async {
                let stream = node.accept().await.stream;
                let seen = Rc::clone(&seen);
                let service = service_fn(move |request| Rc::clone(&seen).answer(request));
                http2::Builder::new(Local).serve_connection(TokioIo::new(stream), service).await
            }
        );
        assert!(answer.is_ok());
        assert!(ended.is_ok());
    })
    .await;
}

/// Accepts connections that nothing can be asked on, and counts those whose client knows that.
fn allow_no_streams(seen: &Rc<Seen>, node: &Rc<Node>) {
    // SETTINGS with MAX_CONCURRENT_STREAMS 0, and what acknowledges the other end's (RFC 9113 §6.5).
    const NO_STREAMS: &str = "\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\0";
    const ACKNOWLEDGED: &str = "\0\0\0\x04\x01\0\0\0\0";
    let (seen, node) = (Rc::clone(seen), Rc::clone(node));
    spawn_local(async move {
        loop {
            let (seen, mut peer) = (Rc::clone(&seen), node.accept().await);
            spawn_local(async move {
                peer.say(NO_STREAMS).await;
                peer.say(ACKNOWLEDGED).await;
                peer.hear_bytes(ACKNOWLEDGED.as_bytes()).await;
                seen.connections.update(|count| count + 1);
                seen.open.update(|count| count + 1);
                assert!(peer.hears_the_end().await);
                seen.open.update(|count| count - 1);
            });
        }
    });
}

#[tokio::test]
async fn a_node_that_allows_no_streams_does_not_get_ever_more_connections() {
    local(async {
        let (node, client, seen) = (Rc::new(Node::start().await), client(), Seen::new(0));
        allow_no_streams(&seen, &node);
        let timeouts = Timeouts { connect: 60_000, send: 60_000, read: 60_000 };
        let target = NodeTarget { http2: true, timeouts, ..node.target() };
        let (mut waiting, mut refused) = (FuturesUnordered::new(), 0);
        for number in 1..=300 {
            waiting.push(send(&client, &target, get()));
            tokio::select! {
                Some(sent) = waiting.next() => {
                    let failure = failure(sent);
                    assert_eq!((failure.stage, failure.request.is_some()), (FailureStage::Connect, true));
                    assert!(failure.reason.contains("takes no more requests"), "{}", failure.reason);
                    refused += 1;
                }
                () = until(|| seen.connections.get() == number) => {}
            }
        }
        assert_eq!((seen.connections.get(), seen.open.get()), (CONNECTIONS, CONNECTIONS));
        assert_eq!(refused, 300 - CONNECTIONS);
        drop(waiting);
        until(|| seen.open.get() == 0).await;
    })
    .await;
}

#[tokio::test]
async fn only_so_many_connections_are_open() {
    local(async {
        let (node, client, seen) = (Rc::new(Node::start().await), client(), Seen::new(0));
        seen.accept_all(&node, 1);
        let keepalive = Keepalive { requests: 1, ..Keepalive::default() };
        let target = NodeTarget { http2: true, keepalive, ..node.target() };
        let all = futures_util::future::join_all((0..300).map(|_| send(&client, &target, get())));
        let answers = async {
            until(|| seen.in_progress.get() == CONNECTIONS).await;
            seen.may_answer.add_permits(CONNECTIONS);
        };
        let (sent, ()) = tokio::join!(all, answers);
        assert_eq!(sent.iter().filter(|sent| sent.is_ok()).count(), CONNECTIONS);
        for failure in sent.into_iter().filter(Result::is_err).map(failure) {
            assert_eq!((failure.stage, failure.request.is_some()), (FailureStage::Connect, true));
        }
        // There is room again.
        until(|| seen.open.get() == 0).await;
        seen.may_answer.add_permits(1);
        send(&client, &target, get()).await.expect("an answer");
        assert_eq!(seen.most_open.get(), CONNECTIONS);
    })
    .await;
}

#[tokio::test]
async fn connections_are_closed_with_their_last_stream_if_no_others_can_follow_or_enough_are_idle() {
    local(async {
        let kept = Keepalive::default();
        for (keepalive, left) in [
            (Keepalive { size: 0, ..kept }, 0),
            (Keepalive { size: 2, ..kept }, 2),
            (Keepalive { requests: 1, ..kept }, 0),
            (kept, 5),
        ] {
            let (node, client, seen) = (Rc::new(Node::start().await), client(), Seen::new(5));
            seen.accept_all(&node, 1);
            let target = NodeTarget { http2: true, keepalive, ..node.target() };
            let mut answers = Vec::new();
            for _ in 0..5 {
                answers.push(send(&client, &target, get()).await.expect("an answer"));
            }
            assert_eq!(seen.open.get(), 5);
            for answer in answers {
                read(answer.response.into_body()).await.2.expect("a whole answer");
            }
            until(|| seen.open.get() == left).await;
            assert_eq!(seen.connections.get(), 5, "{keepalive:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_connection_that_is_too_old_ends_with_its_streams() {
    local(async {
        let (node, seen) = (Rc::new(Node::start().await), Seen::new(2));
        let client = NodeClient::with_greatest_age(Duration::ZERO);
        seen.accept_all(&node, 100);
        let target = NodeTarget { http2: true, ..node.target() };
        let first = send(&client, &target, get()).await.expect("an answer");
        let second = send(&client, &target, get()).await.expect("an answer");
        assert_eq!(seen.connections.get(), 2);
        client.sweep(Instant::now());
        for answer in [first, second] {
            read(answer.response.into_body()).await.2.expect("a whole answer");
        }
        until(|| seen.open.get() == 0).await;
    })
    .await;
}

#[tokio::test]
async fn nodes_that_stand_still_are_not_waited_for_for_ever() {
    local(async {
        let piece = Bytes::from(vec![0; 64 * 1024]);
        let flood = std::iter::repeat_with(move || Some(Ok(hyper::body::Frame::data(piece.clone()))));
        for (body, stage) in [
            (TestBody::empty(), FailureStage::ReadTimeout),
            (TestBody::new(None, flood), FailureStage::SendTimeout),
        ] {
            let (node, client, seen) = (Rc::new(Node::start().await), client(), Seen::new(0));
            seen.accept_all(&node, 100);
            let timeouts = Timeouts { connect: 5_000, send: 50, read: 50 };
            let target = NodeTarget { http2: true, timeouts, ..node.target() };
            assert_eq!(failure(send(&client, &target, request(Method::POST, body)).await).stage, stage);
        }
    })
    .await;
}

#[tokio::test]
async fn a_client_that_is_waited_for_is_not_the_nodes_fault() {
    local(async {
        let (node, client, seen) = (Rc::new(Node::start().await), client(), Seen::new(0));
        seen.accept_all(&node, 100);
        let timeouts = Timeouts { connect: 5_000, send: 10, read: 10 };
        let target = NodeTarget { http2: true, timeouts, ..node.target() };
        let body = TestBody::new(None, forever());
        let sent = tokio::time::timeout(
            Duration::from_millis(200),
            send(&client, &target, request(Method::POST, body)),
        );
        assert!(sent.await.is_err());
    })
    .await;
}

#[tokio::test]
async fn a_client_that_fails_fails_the_request() {
    local(async {
        let (node, client, seen) = (Rc::new(Node::start().await), client(), Seen::new(1));
        seen.accept_all(&node, 100);
        let target = NodeTarget { http2: true, ..node.target() };
        let body = TestBody::new(None, [data("a"), Some(Err(std::io::ErrorKind::ConnectionReset.into()))]);
        assert_eq!(
            failure(send(&client, &target, request(Method::POST, body)).await).stage,
            FailureStage::Client
        );
    })
    .await;
}

#[tokio::test]
async fn with_tls_http2_is_agreed_upon() {
    local(async {
        for (protocols, is_spoken) in [(&["h2"][..], true), (&[], false), (&["http/1.1"], false)] {
            let (node, client, identity) = (Rc::new(Node::start().await), client(), Identity::new(protocols));
            let (rules, seen) = (identity.rules(true), Seen::new(1));
            let target = NodeTarget { http2: true, tls: Some((&rules, name("node.test"))), ..node.target() };
            let accepts = async {
                if let Ok(stream) = identity.accept(&node).await {
                    seen.serve(stream, 100);
                }
            };
            let (sent, ()) = tokio::join!(send(&client, &target, get()), accepts);
            match sent {
                Ok(_) => assert!(is_spoken, "{protocols:?}"),
                Err(failure) => {
                    assert!(!is_spoken, "{protocols:?}: {}", failure.reason);
                    assert_eq!(failure.stage, FailureStage::Connect);
                    assert_eq!(failure.request.expect("the request").uri(), "/a?b");
                }
            }
        }
    })
    .await;
}
