//! Nodes that prove who they are, or fail to; and what the gateway shows them.

use std::net::SocketAddr;

use domain::{Scheme, Upstream, UpstreamTls};
use http::StatusCode;
use tls::{NodeRoots, NodeTls, NodeTlsRules, TrustAnchors};

use crate::support::client::Client;
use crate::support::forwarding::upstream;
use crate::support::gateway::Bench;
use crate::support::node::{Node, OK, acceptor};
use crate::support::pki::{Authority, Identity};

/// Nodes at an address which must prove to be `node.test`.
fn https(address: SocketAddr) -> Upstream {
    let name = Some("node.test".parse().expect("a name"));
    let tls = UpstreamTls { server_name: name, ..UpstreamTls::default() };
    Upstream { scheme: Scheme::Https, tls, ..upstream(&[address]) }
}

/// Rules by which this authority vouches for nodes.
fn vouched_by(authority: &Authority, identity: Option<&Identity>) -> NodeTls {
    let anchors = TrustAnchors::load(&authority.pem()).expect("an anchor");
    let roots = Some(NodeRoots::of(&[anchors]).expect("one at least"));
    let identity = identity.map(Identity::key_pair);
    NodeTls::new(NodeTlsRules { roots, identity, http2: false }).expect("rules")
}

#[tokio::test]
async fn a_node_that_proves_its_name_gets_requests() {
    let (node, authority) = (Node::start().await, Authority::root("Nodes"));
    let mut bench = Bench::forwarding(&[]).await;
    bench.forward(https(node.address), Some(vouched_by(&authority, None))).await;
    let acceptor = acceptor(&authority.server(&["node.test"]), "http/1.1", None);
    let http = Client::new(&bench).open("test.com").await;
    let (answer, name) = tokio::join!(http.get("test.com", "/a"), async {
        let mut link = node.accept_tls(&acceptor).await.expect("a handshake");
        link.answer(OK).await;
        link.stream.get_ref().1.server_name().map(str::to_owned)
    });
    assert_eq!(answer.expect("an answer").body, "ok");
    assert_eq!(name.as_deref(), Some("node.test"));
}

#[tokio::test]
async fn a_node_that_proves_nothing_gets_none() {
    let (right, wrong) = (Authority::root("Nodes"), Authority::root("Others"));
    let mut bench = Bench::forwarding(&[]).await;
    for (what, identity, reason) in [
        ("wrong name", right.server(&["other.test"]), "is not for node.test"),
        ("wrong CA", wrong.server(&["node.test"]), "none of the CAs that vouch"),
        ("a client's certificate", right.client("node.test"), "certificate"),
    ] {
        let node = Node::start().await;
        bench.forward(https(node.address), Some(vouched_by(&right, None))).await;
        let acceptor = acceptor(&identity, "http/1.1", None);
        let http = Client::new(&bench).open("test.com").await;
        let (answer, link) = tokio::join!(http.get("test.com", "/a"), async {
            let Ok(link) = node.accept_tls(&acceptor).await else { return Vec::new() };
            link.rest().await
        });
        assert_eq!(answer.expect("an answer").status, StatusCode::BAD_GATEWAY, "{what}");
        assert_eq!(link, b"", "{what}: the node was told something");
        let record = bench.request().await;
        assert_eq!(record.node, Some(node.address.to_string()), "{what}");
        let failure = record.failure.expect("a reason");
        assert!(failure.contains(reason), "{what}: {failure}");
    }
}

#[tokio::test]
async fn a_node_that_asks_is_shown_the_gateways_certificate() {
    let (node, authority) = (Node::start().await, Authority::root("Nodes"));
    let own = authority.client("gateway");
    let acceptor = acceptor(&authority.server(&["node.test"]), "http/1.1", Some(&authority));
    let mut bench = Bench::forwarding(&[]).await;
    for (identity, status) in [(Some(&own), StatusCode::OK), (None, StatusCode::BAD_GATEWAY)] {
        bench.forward(https(node.address), Some(vouched_by(&authority, identity))).await;
        let http = Client::new(&bench).open("test.com").await;
        let (answer, shown) = tokio::join!(http.get("test.com", "/a"), async {
            let mut link = node.accept_tls(&acceptor).await.ok()?;
            link.answer(OK).await;
            link.stream.get_ref().1.peer_certificates().map(|chain| chain[0].clone())
        });
        assert_eq!(answer.expect("an answer").status, status);
        assert_eq!(shown, identity.map(|identity| identity.chain[0].clone()));
    }
}

#[tokio::test]
async fn without_verification_any_node_will_do() {
    let (node, stranger) = (Node::start().await, Authority::root("Strangers"));
    let mut bench = Bench::forwarding(&[]).await;
    let rules = NodeTls::new(NodeTlsRules { roots: None, identity: None, http2: false }).expect("rules");
    bench.forward(https(node.address), Some(rules)).await;
    let acceptor = acceptor(&stranger.server(&["anybody.test"]), "http/1.1", None);
    let http = Client::new(&bench).open("test.com").await;
    let (answer, _link) = tokio::join!(http.get("test.com", "/a"), async {
        let mut link = node.accept_tls(&acceptor).await.expect("a handshake");
        link.answer(OK).await;
        link
    });
    assert_eq!(answer.expect("an answer").status, StatusCode::OK);
}
