//! Tunnels that end although neither side wants it: in silence, or by a change of what let them through.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use domain::{Method, Timeouts, Upstream};
use proxy::Change;
use tls::Enforcement;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use crate::support::client::{Client, read_until};
use crate::support::forwarding::{route, upstream};
use crate::support::gateway::{Bench, Clients, Guard, group};
use crate::support::node::{Link, Node};
use crate::support::pki::Authority;
use crate::support::{PATIENCE, soon};

/// Longer than a round trip takes on a busy machine.
const IDLE: Duration = Duration::from_secs(1);
/// Within which a change must have reached a connection.
const PROMISE: Duration = Duration::from_secs(1);

/// An upstream whose tunnels may be silent for so long.
fn letting_be_silent(nodes: &[SocketAddr], idle: Duration) -> Upstream {
    let own = upstream(nodes);
    let read = u32::try_from(idle.as_millis()).expect("less than a day");
    Upstream { timeouts: Timeouts { read, ..own.timeouts }, ..own }
}

/// One whose tunnels do not end in silence within a test.
fn patient(nodes: &[SocketAddr]) -> Upstream {
    letting_be_silent(nodes, PATIENCE * 3)
}

/// Both ends of a tunnel through the gateway.
struct Tunnel {
    client: TlsStream<TcpStream>,
    node: Link,
}

impl Tunnel {
    /// Of a request for `host` and `path` on a connection that was made for `test.com`.
    async fn open(client: &Client, host: &str, path: &str, node: &Node) -> Self {
        let mut client = client.connect("test.com").await.expect("let in");
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
        client.write_all(request.as_bytes()).await.expect("sent");
        let switched = "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n";
        let (node, _) = node.serve_one(switched).await;
        read_until(&mut client, "\r\n\r\n").await;
        Self { client, node }
    }

    /// Says something each way.
    async fn is_used(&mut self) {
        self.client.write_all(b"ping;").await.expect("sent");
        assert_eq!(self.node.hear(";").await, "ping;");
        self.node.say("pong;").await;
        assert_eq!(read_until(&mut self.client, ";").await, "pong;");
    }

    /// Waits until it is gone at both ends.
    async fn ends(mut self) {
        let mut rest = Vec::new();
        // A connection that is cut off ends without the TLS goodbye.
        let _ = soon(self.client.read_to_end(&mut rest)).await;
        assert_eq!(rest, b"");
        assert_eq!(self.node.rest().await, b"");
    }
}

#[tokio::test]
async fn a_silent_tunnel_ends_and_a_busy_one_does_not() {
    let node = Node::start().await;
    let mut bench = Bench::forwarding(&[node.address]).await;
    bench.forward(letting_be_silent(&[node.address], IDLE), None).await;
    let client = Client::new(&bench);
    let mut busy = Tunnel::open(&client, "test.com", "/busy", &node).await;
    let silent = Tunnel::open(&client, "test.com", "/silent", &node).await;
    let since = Instant::now();
    let mut ending = std::pin::pin!(silent.ends());
    while futures_util::poll!(&mut ending).is_pending() {
        busy.is_used().await;
        assert!(since.elapsed() < IDLE * 20, "the silent one lives on");
    }
    assert_eq!(bench.in_progress(), 1, "the busy one");
    // It has been open for longer than it may be silent.
    busy.is_used().await;
    // Until its end nothing is in the log.
    assert_eq!(bench.request().await.line.path, "/silent");
    assert!(bench.records.requests.try_recv().is_err(), "the busy one is still going on");
    drop(busy);
    let record = bench.request().await;
    assert_eq!((record.line.path.as_str(), record.status), ("/busy", 101));
    bench.nodes_are_free().await;
}

/// Changes of the route of one tunnel, while the other one's stays as it is.
#[tokio::test]
async fn a_tunnel_ends_with_what_let_it_through() {
    let node = Node::start().await;
    let other = Node::start().await;
    let mut bench = Bench::forwarding(&[other.address]).await;
    let client = Client::new(&bench);
    bench.forward(patient(&[other.address]), None).await;
    let mut stays = Tunnel::open(&client, "test.com", "/other", &other).await;
    type Act = fn(&mut Vec<Change>, &Node);
    let acts: [(&str, Act); 5] = [
        ("made strict", |changes, node| {
            let (_, mut rules) = route("own", &["/own/*"], patient(&[node.address]));
            rules.requires_client_certificate = true;
            changes.push(put("own", rules));
        }),
        ("taken away", |changes, _| {
            changes.push(Change::RouteRemoved { group: group(), id: "own".parse().expect("an id") });
        }),
        ("moved", |changes, node| {
            changes.push(put("own", route("own", &["/moved/*"], patient(&[node.address])).1));
        }),
        ("for other methods", |changes, node| {
            let (_, mut rules) = route("own", &["/own/*"], patient(&[node.address]));
            rules.methods = vec![Method::Post];
            changes.push(put("own", rules));
        }),
        ("behind another", |changes, node| {
            let (upstream, rules) = route("exact", &["/own/a"], patient(&[node.address]));
            changes.extend([upstream, put("exact", rules)]);
        }),
    ];
    for (what, act) in acts {
        bench.route("own", route("own", &["/own/*"], patient(&[node.address]))).await;
        let mut tunnel = Tunnel::open(&client, "test.com", "/own/a", &node).await;
        // Another upstream drains; it does not cut off.
        bench.route("own", route("own", &["/own/*"], patient(&[other.address]))).await;
        tunnel.is_used().await;

        let mut changes = Vec::new();
        act(&mut changes, &node);
        let since = Instant::now();
        bench.apply(changes).await;
        tunnel.ends().await;
        assert!(since.elapsed() < PROMISE, "{what}: after {:?}", since.elapsed());
        stays.is_used().await;
    }
}

fn put(id: &str, route: proxy::RouteRules) -> Change {
    Change::Route { group: group(), id: id.parse().expect("an id"), route }
}

/// The rules change while the node thinks about it.
#[tokio::test]
async fn a_tunnel_that_was_asked_for_under_earlier_rules_is_none() {
    let node = Node::start().await;
    let mut bench = Bench::forwarding(&[node.address]).await;
    bench.route("own", route("own", &["/own"], patient(&[node.address]))).await;
    let mut client = Client::new(&bench).connect("test.com").await.expect("let in");
    let request = "GET /own HTTP/1.1\r\nHost: test.com\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n";
    client.write_all(request.as_bytes()).await.expect("sent");
    let mut link = node.accept().await;
    link.head().await;
    bench.apply(vec![Change::RouteRemoved { group: group(), id: "own".parse().expect("an id") }]).await;
    link.say("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n").await;
    let _ = soon(client.read_to_end(&mut Vec::new())).await;
    assert_eq!(link.rest().await, b"");
}

/// A path that was exempt.
#[tokio::test]
async fn a_tunnel_ends_when_its_path_wants_more_of_its_client() {
    let authority = Authority::root("Partners");
    let node = Node::start().await;
    let mut bench = Bench::forwarding(&[node.address]).await;
    bench.forward(patient(&[node.address]), None).await;
    let guard = Guard::of(&[&authority]);
    bench.guard("open", &["test.com"], &guard.clone().exempting(&["^/own$", "^/kept$"])).await;
    let client = Client::new(&bench);
    let tunnel = Tunnel::open(&client, "test.com", "/own", &node).await;
    let mut kept = Tunnel::open(&client, "test.com", "/kept", &node).await;
    bench.guard("open", &["test.com"], &guard.clone().exempting(&["^/kept$"])).await;
    tunnel.ends().await;
    kept.is_used().await;

    bench.guard("open", &["test.com"], &guard.enforcing(Enforcement::Required)).await;
    kept.ends().await;
}

/// A host that every connection could be used for.
#[tokio::test]
async fn a_tunnel_ends_when_its_host_wants_a_connection_of_its_own() {
    let authority = Authority::root("Partners");
    let node = Node::start().await;
    let mut bench = Bench::forwarding(&[node.address]).await;
    bench.forward(patient(&[node.address]), None).await;
    bench.serve("second", &["second.test"], &Clients::All).await;
    let client = Client::new(&bench);
    let tunnel = Tunnel::open(&client, "second.test", "/own", &node).await;
    let mut kept = Tunnel::open(&client, "test.com", "/kept", &node).await;
    bench.guard("second", &["second.test"], &Guard::of(&[&authority])).await;
    tunnel.ends().await;
    kept.is_used().await;
}
