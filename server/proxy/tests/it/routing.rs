//! Which node answers which request, as clients see it.

use domain::{Method, PassHost, ReasonCode, Upstream};
use http::{Request, Response};
use hyper::body::Incoming;
use tls::Enforcement;

use crate::support::client::{Answer, Body, Client, Http, empty, full};
use crate::support::forwarding::{route, upstream};
use crate::support::gateway::{Bench, Clients, Guard, reason};
use crate::support::hyper_node::HyperNode;
use crate::support::pki::Authority;

/// A node that says who it is, and what it was asked.
async fn named(name: &'static str) -> HyperNode {
    HyperNode::http1(move |request: Request<Incoming>| async move {
        let host = request.headers()["host"].to_str().expect("text");
        Response::<Body>::new(full(&format!("{name} {} {} {host}", request.method(), request.uri())))
    })
    .await
}

async fn ask(http: &Http, method: &str, host: &str, path: &str) -> Answer {
    let request = Request::builder().method(method).uri(format!("https://{host}{path}")).header("host", host);
    http.send(request.body(empty()).expect("a request")).await.expect("an answer")
}

/// Routes by path, method and priority to nodes of their own; all else to none.
async fn routed() -> (Bench, Vec<HyperNode>) {
    let mut bench = Bench::start_with(|options| options.access_log = true).await;
    bench.serve("open", &["test.com", "other.test"], &Clients::All).await;
    let mut nodes = Vec::new();
    for (id, paths, methods, hosts, priority) in [
        ("exact", &["/api/exact"][..], &[][..], "", 0),
        ("prefix", &["/api/*"], &[], "", 0),
        ("deeper", &["/api/deep/*"], &[], "", 0),
        ("post", &["/api/deep/*"], &[Method::Post], "", 1),
        ("host", &["/api/*"], &[], "other.test", 0),
    ] {
        let node = named(id).await;
        let (change, mut rules) = route(id, paths, upstream(&[node.address]));
        rules.methods = methods.to_vec();
        rules.priority = priority;
        rules.hosts = hosts.split_whitespace().map(|host| host.parse().expect("a host")).collect();
        bench.route(id, (change, rules)).await;
        nodes.push(node);
    }
    bench.without_default_route().await;
    (bench, nodes)
}

#[tokio::test]
async fn the_most_exact_route_decides() {
    let (mut bench, _nodes) = routed().await;
    for (method, host, path, name) in [
        ("GET", "test.com", "/api/exact", "exact"),
        ("GET", "test.com", "/api/exact?a=b", "exact"),
        ("GET", "test.com", "/api/%65xact", "exact"),
        ("GET", "test.com", "/api/other", "prefix"),
        ("GET", "test.com", "/api/exact/", "prefix"),
        ("GET", "test.com", "/api/deep/a", "deeper"),
        ("POST", "test.com", "/api/deep/a", "post"),
        ("GET", "other.test", "/api/exact", "host"),
        ("GET", "test.com", "/x/../api/./exact", "exact"),
        ("GET", "test.com", "//api//exact", "exact"),
    ] {
        for http in Client::new(&bench).open_both(host).await {
            let answer = ask(&http, method, host, path).await;
            assert!(answer.body.starts_with(&format!("{name} ")), "{method} {host}{path}: {answer:?}");
            let record = bench.request().await;
            assert_eq!(record.route, Some(name.parse().expect("an id")), "{method} {host}{path}");
        }
    }
}

#[tokio::test]
async fn nodes_get_paths_without_detours_and_with_their_escapes() {
    let (bench, _nodes) = routed().await;
    for http in Client::new(&bench).open_both("test.com").await {
        for (path, forwarded) in [
            ("/api/a/../b", "/api/b"),
            ("/api/./a//b/", "/api/a/b/"),
            ("/x/../api/a?../b//c", "/api/a?../b//c"),
            ("/api/a%20b%2Fc", "/api/a%20b%2Fc"),
            ("/api/a;v=1", "/api/a;v=1"),
        ] {
            let answer = ask(&http, "GET", "test.com", path).await;
            assert_eq!(answer.body, format!("prefix GET {forwarded} test.com"), "{path}");
        }
    }
}

#[tokio::test]
async fn what_no_route_is_for_is_not_found() {
    let (mut bench, _nodes) = routed().await;
    for http in Client::new(&bench).open_both("test.com").await {
        for (method, path) in
            [("GET", "/"), ("GET", "/ap"), ("GET", "/api"), ("GET", "/API/a"), ("GET", "/api/../a")]
        {
            let answer = ask(&http, method, "test.com", path).await;
            assert_eq!(answer.status, 404, "{method} {path}");
            assert_eq!(answer.body, "{\"error_msg\":\"404 Route Not Found\"}\n", "{method} {path}");
            assert_eq!(answer.headers["content-type"], "application/json");
            let record = bench.request().await;
            assert_eq!((record.status, record.route, record.node), (404, None, None));
        }
    }
}

/// Paths that lead one reader to one route, and another one to another.
#[tokio::test]
async fn what_leads_to_two_routes_is_bad() {
    let (bench, _nodes) = routed().await;
    for http in Client::new(&bench).open_both("test.com").await {
        for path in [
            "/api/deep%2Fa",
            "/api%2Fexact",
            "/api/deep;/a",
            "/api/exact;v=1",
            "/api/exact%3Bv",
            "/api/exact%3Fa",
            "/api/%252e%252e/exact",
            "/api/deep/%2e%2e/exact",
            "/api/deep/..%2Fexact",
            "/api/deep/..;/exact",
            "/api/deep%5Ca",
            "/../api/exact",
        ] {
            let answer = ask(&http, "GET", "test.com", path).await;
            assert_eq!(answer.status, 400, "{path}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn nodes_are_told_the_host_that_their_upstream_says() {
    let node = named("node").await;
    let mut bench = Bench::forwarding(&[]).await;
    let own = node.address.to_string();
    for (host, told) in [
        (PassHost::Pass, "test.com"),
        (PassHost::Node, own.as_str()),
        (PassHost::Rewrite("inner.test:81".parse().expect("an address")), "inner.test:81"),
    ] {
        bench.forward(Upstream { host, ..upstream(&[node.address]) }, None).await;
        for http in Client::new(&bench).open_both("test.com").await {
            assert_eq!(ask(&http, "GET", "test.com", "/a").await.body, format!("node GET /a {told}"));
        }
    }
    bench.forward(upstream(&[node.address]), None).await;
    for http in Client::new(&bench).open_both("test.com").await {
        let answer = ask(&http, "GET", "test.com:8443", "/a").await;
        assert_eq!(answer.body, "node GET /a test.com:8443");
    }
}

/// A host that lets everybody in, with one route that does not.
#[tokio::test]
async fn a_route_may_require_a_certificate() {
    let (authority, stranger) = (Authority::root("Partners"), Authority::root("Strangers"));
    let node = named("node").await;
    let mut bench = Bench::forwarding(&[node.address]).await;
    let guard = Guard::of(&[&authority]);
    bench.guard("open", &["test.com"], &guard.clone().enforcing(Enforcement::Optional)).await;
    bench.guard("lax", &["lax.test"], &guard.enforcing(Enforcement::ReportOnly)).await;
    let (change, mut rules) = route("private", &["/private/*"], upstream(&[node.address]));
    rules.requires_client_certificate = true;
    bench.route("private", (change, rules)).await;

    let mut expected_events = 0;
    for (host, client, private) in [
        ("test.com", Client::new(&bench), 400),
        ("test.com", Client::of(&bench, &authority.client("device")), 200),
        ("lax.test", Client::new(&bench), 400),
        ("lax.test", Client::of(&bench, &stranger.client("stranger")), 400),
    ] {
        for client in [client.clone(), client.http2()] {
            let http = client.open(host).await;
            expected_events += 1;
            assert_eq!(ask(&http, "GET", host, "/public").await.status, 200);
            for path in ["/private/a", "/x/..//private/a", "/%70rivate/a"] {
                let answer = ask(&http, "GET", host, path).await;
                assert_eq!(answer.status, private, "{path}: {}", answer.body);
            }
            if private == 400 {
                expected_events += 1;
                let event = bench.event(expected_events).await;
                assert_eq!(reason(&event), ReasonCode::PathRequiresCert);
                // One for each request, unless the connection has told of it before.
                expected_events = bench.events().len();
            }
        }
    }
}
