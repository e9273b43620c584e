//! Nodes that speak HTTP/2: gRPC, and whatever else is spoken over it.

use std::io;

use bytes::Bytes;
use domain::{Scheme, Upstream, UpstreamTls};
use futures_util::stream;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Frame, Incoming};
use tls::{NodeRoots, NodeTls, NodeTlsRules, TrustAnchors};

use crate::support::client::{Body, Client, empty, full};
use crate::support::forwarding::upstream;
use crate::support::gateway::Bench;
use crate::support::hyper_node::HyperNode;
use crate::support::node::{Node, acceptor};
use crate::support::pki::Authority;
use crate::support::soon;

/// Content and trailers.
fn with_trailers(content: &'static str, trailers: &[(&'static str, &'static str)]) -> Body {
    let field = |(name, value): &(&'static str, &'static str)| {
        (name.parse().expect("a name"), value.parse().expect("a value"))
    };
    let trailers: HeaderMap = trailers.iter().map(field).collect();
    let frames: [io::Result<Frame<Bytes>>; 2] =
        [Ok(Frame::data(Bytes::from_static(content.as_bytes()))), Ok(Frame::trailers(trailers))];
    BodyExt::boxed(StreamBody::new(stream::iter(frames)))
}

/// Answers as gRPC does, and tells in its trailers of the request's.
async fn call(request: Request<Incoming>) -> Response<Body> {
    let is_as_asked = request.uri().path() == "/pkg.Service/Method"
        && request.uri().authority().is_some_and(|host| host == "test.com")
        && request.headers().get("te").is_some_and(|te| te == "trailers")
        && request.headers().get("content-type").is_some_and(|kind| kind == "application/grpc");
    let collected = request.into_body().collect().await.expect("a whole request");
    let heard = collected.trailers().is_some_and(|fields| fields.get("x-sum").is_some_and(|sum| sum == "7"));
    let is_whole = collected.to_bytes() == "question";
    let status = if is_as_asked && is_whole { "0" } else { "13" };
    let heard = if heard { "yes" } else { "no" };
    let trailers = [("grpc-status", status), ("x-heard", heard)];
    let mut response = Response::new(with_trailers("answer", &trailers));
    response.headers_mut().insert("content-type", "application/grpc".parse().expect("a value"));
    response
}

fn grpc_call() -> Request<Body> {
    Request::post("https://test.com/pkg.Service/Method")
        .header("te", "trailers")
        .header("content-type", "application/grpc")
        .body(with_trailers("question", &[("x-sum", "7")]))
        .expect("a request")
}

#[tokio::test]
async fn a_call_goes_through_with_its_trailers_over_tls_or_not() {
    let authority = Authority::root("Nodes");
    let tls = acceptor(&authority.server(&["node.test"]), "h2", None);
    let anchors = TrustAnchors::load(&authority.pem()).expect("an anchor");
    let roots = Some(NodeRoots::of(&[anchors]).expect("one at least"));
    let rules = NodeTls::new(NodeTlsRules { roots, identity: None, http2: true }).expect("rules");
    let mut bench = Bench::forwarding(&[]).await;
    for (scheme, tls, rules) in [(Scheme::Grpc, None, None), (Scheme::Grpcs, Some(tls), Some(rules))] {
        let node = HyperNode::http2(tls, call).await;
        let server_name = scheme.is_tls().then(|| "node.test".parse().expect("a name"));
        let to_node = Upstream {
            scheme,
            tls: UpstreamTls { server_name, ..UpstreamTls::default() },
            ..upstream(&[node.address])
        };
        bench.forward(to_node, rules).await;
        let http = Client::new(&bench).http2().open("test.com").await;
        for _ in 0..2 {
            let response = http.exchange(grpc_call()).await.expect("an answer");
            assert_eq!(response.status(), 200);
            assert_eq!(response.headers()["content-type"], "application/grpc");
            let collected = soon(response.into_body().collect()).await.expect("a whole answer");
            let trailers = collected.trailers().expect("trailers").clone();
            assert_eq!(trailers["grpc-status"], "0", "{scheme:?}");
            assert_eq!(trailers["x-heard"], "yes", "{scheme:?}");
            assert_eq!(collected.to_bytes(), "answer");
        }
    }
}

/// What would be a forgery in a head is one behind a body too.
#[tokio::test]
async fn trailers_forge_nothing() {
    async fn list(request: Request<Incoming>) -> Response<Body> {
        let collected = request.into_body().collect().await.expect("a whole request");
        let names =
            collected.trailers().map(|trailers| trailers.keys().map(|name| name.to_string()).collect());
        let names: Vec<String> = names.unwrap_or_default();
        Response::new(full(&names.join(",")))
    }
    let node = HyperNode::http2(None, list).await;
    let mut bench = Bench::forwarding(&[]).await;
    bench.forward(Upstream { scheme: Scheme::Grpc, ..upstream(&[node.address]) }, None).await;
    let trailers = [
        ("x-ssl-client-verify", "SUCCESS"),
        ("client-cert", ":Zm9yZ2Vk:"),
        ("x_forwarded_client_cert", "forged"),
        ("x-forwarded-for", "192.0.2.1"),
        ("host", "forged"),
        ("authorization", "forged"),
        ("x-sum", "7"),
    ];
    let http = Client::new(&bench).http2().open("test.com").await;
    let request = Request::post("https://test.com/a").body(with_trailers("a", &trailers));
    let answer = http.send(request.expect("a request")).await.expect("an answer");
    assert_eq!(answer.body, "x-sum");
}

#[tokio::test]
async fn http1_clients_reach_such_nodes_too() {
    async fn tell(request: Request<Incoming>) -> Response<Body> {
        let line = format!("{} {} {:?}", request.method(), request.uri(), request.version());
        let content = request.into_body().collect().await.expect("a whole request").to_bytes();
        Response::new(full(&format!("{line} {}", String::from_utf8_lossy(&content))))
    }
    let node = HyperNode::http2(None, tell).await;
    let mut bench = Bench::forwarding(&[]).await;
    bench.forward(Upstream { scheme: Scheme::Grpc, ..upstream(&[node.address]) }, None).await;
    let http = Client::new(&bench).open("test.com").await;
    let request = Request::post("/a?b=c").header("host", "test.com").body(full("content"));
    let answer = http.send(request.expect("a request")).await.expect("an answer");
    assert_eq!(answer.body, "POST http://test.com/a?b=c HTTP/2.0 content");
}

#[tokio::test]
async fn an_http2_answer_that_breaks_off_never_looks_whole() {
    async fn break_off(_: Request<Incoming>) -> Response<Body> {
        let frames: [io::Result<Frame<Bytes>>; 2] =
            [Ok(Frame::data(Bytes::from_static(b"half"))), Err(io::ErrorKind::BrokenPipe.into())];
        Response::new(BodyExt::boxed(StreamBody::new(stream::iter(frames))))
    }
    let node = HyperNode::http2(None, break_off).await;
    let mut bench = Bench::forwarding(&[]).await;
    bench.forward(Upstream { scheme: Scheme::Grpc, ..upstream(&[node.address]) }, None).await;
    for client in [Client::new(&bench), Client::new(&bench).http2()] {
        let answer = client.open("test.com").await.get("test.com", "/a").await;
        // The answer's head may be overtaken by what ended it.
        assert!(answer.as_ref().map_or(true, |answer| answer.status == 502), "{answer:?}");
        assert!(bench.request().await.failure.is_some());
    }
    bench.nodes_are_free().await;
}

#[tokio::test]
async fn a_node_that_speaks_no_http2_gives_502() {
    let node = Node::start().await;
    let mut bench = Bench::forwarding(&[]).await;
    bench.forward(Upstream { scheme: Scheme::Grpc, ..upstream(&[node.address]) }, None).await;
    let http = Client::new(&bench).http2().open("test.com").await;
    let request = Request::post("https://test.com/a").body(empty()).expect("a request");
    let (answer, ()) = tokio::join!(http.send(request), async {
        let mut link = node.accept().await;
        link.head().await;
        link.say("HTTP/1.1 400 Bad Request\r\n\r\n").await;
    });
    assert_eq!(answer.expect("an answer").status, 502);
    assert_eq!(bench.request().await.node, Some(node.address.to_string()));
}
