use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::rc::Rc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use domain::Timeouts;
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
use crate::node::{FailureStage, NodeTarget};

/// What a node that speaks HTTP/2 has seen, and how it behaves.
struct Seen {
    requests: RefCell<Vec<String>>,
    in_progress: Cell<usize>,
    connections: Cell<usize>,
    /// As many requests as this has permits are answered.
    may_answer: Semaphore,
}

impl Seen {
    fn new(answers: usize) -> Rc<Self> {
        Rc::new(Self {
            requests: RefCell::default(),
            in_progress: Cell::new(0),
            connections: Cell::new(0),
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
        let seen = Rc::clone(self);
        let service = service_fn(move |request| Rc::clone(&seen).answer(request));
        spawn_local(async move {
            let mut builder = http2::Builder::new(Local);
            // The client may be gone before it is done.
            let _ =
                builder.max_concurrent_streams(streams).serve_connection(TokioIo::new(stream), service).await;
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
    while !is_so() {
        tokio::task::yield_now().await;
    }
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
        let forgets = until(|| {
            client.sweep(Instant::now());
            client.pools.is_empty()
        });
        tokio::time::timeout(Duration::from_secs(10), forgets).await.expect("seen to be gone");
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
