//! Connections that become something else (WebSocket and its like), and answers before the answer.

use std::time::{Duration, Instant};

use tls::Enforcement;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use crate::support::client::{Client, raw, read_until};
use crate::support::forwarding::upstream;
use crate::support::gateway::{Bench, Guard};
use crate::support::node::{Link, Node, OK};
use crate::support::pki::Authority;
use crate::support::soon;

const UPGRADE: &str = "GET /chat HTTP/1.1\r\nHost: test.com\r\nConnection: keep-alive, Upgrade\r\n\
                       Upgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
                       Sec-WebSocket-Version: 13\r\n\r\n";
const SWITCHED: &str = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
/// Within which a change must have reached a connection.
const PROMISE: Duration = Duration::from_secs(1);

/// A client and a node with a tunnel between them; the node's first bytes came with its answer.
async fn tunnel(client: &Client, node: &Node) -> (TlsStream<TcpStream>, Link) {
    let mut stream = client.connect("test.com").await.expect("let in");
    stream.write_all(UPGRADE.as_bytes()).await.expect("sent");
    let mut link = node.accept().await;
    let head = link.head().await;
    for field in ["connection: upgrade", "upgrade: websocket", "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ=="]
    {
        assert!(
            head.to_lowercase().contains(&format!("\r\n{}\r\n", field.to_lowercase())),
            "{field}: {head}"
        );
    }
    link.say(&format!("{SWITCHED}welcome")).await;
    let answer = read_until(&mut stream, "\r\n\r\n").await.to_lowercase();
    assert!(answer.starts_with("http/1.1 101 "), "{answer}");
    for field in ["connection: upgrade", "upgrade: websocket", "sec-websocket-accept: s3pplmb"] {
        assert!(answer.contains(&format!("\r\n{field}")), "{field}: {answer}");
    }
    assert_eq!(read_until(&mut stream, "welcome").await, "welcome");
    (stream, link)
}

#[tokio::test]
async fn bytes_go_both_ways_until_both_have_ended() {
    let node = Node::start().await;
    let bench = Bench::forwarding(&[node.address]).await;
    let (mut stream, mut link) = tunnel(&Client::new(&bench), &node).await;
    for round in 0..3 {
        stream.write_all(format!("ping {round};").as_bytes()).await.expect("sent");
        assert_eq!(link.hear(";").await, format!("ping {round};"));
        link.say(&format!("pong {round};")).await;
        assert_eq!(read_until(&mut stream, ";").await, format!("pong {round};"));
    }
    // Who has said all may still listen.
    stream.shutdown().await.expect("half closed");
    assert_eq!(soon(link.stream.read(&mut [0; 1])).await.expect("an end"), 0);
    link.say("last words").await;
    drop(link);
    let mut rest = String::new();
    soon(stream.read_to_string(&mut rest)).await.expect("an end");
    assert_eq!(rest, "last words");
    bench.nodes_are_free().await;
}

#[tokio::test]
async fn a_tunnel_ends_when_its_client_is_no_longer_let_in() {
    let (authority, other) = (Authority::root("Partners"), Authority::root("Others"));
    let node = Node::start().await;
    let mut bench = Bench::forwarding(&[node.address]).await;
    let identity = authority.client("device");
    let guard = Guard::of(&[&authority]);
    // Where requests decide, the client is still let in, but not to what it has open.
    let per_request = |guard: Guard| guard.exempting(&["^/health$"]).enforcing(Enforcement::PerRequest);
    for (guard, refusing) in [
        (guard.clone(), guard.clone().denying(identity.deny_entry())),
        (guard.clone(), Guard::of(&[&other])),
        (per_request(guard.clone()), per_request(guard.clone().denying(identity.deny_entry()))),
    ] {
        bench.guard("open", &["test.com"], &guard).await;
        let (mut stream, link) = tunnel(&Client::of(&bench, &identity), &node).await;
        let since = Instant::now();
        bench.guard("open", &["test.com"], &refusing).await;
        let mut rest = Vec::new();
        let _ = soon(stream.read_to_end(&mut rest)).await;
        assert_eq!(rest, b"");
        assert_eq!(link.rest().await, b"");
        assert!(since.elapsed() < PROMISE, "closed after {:?}", since.elapsed());
        bench.nodes_are_free().await;
    }
}

#[tokio::test]
async fn a_tunnel_of_a_client_that_goes_away_is_closed_at_the_node() {
    let node = Node::start().await;
    let bench = Bench::forwarding(&[node.address]).await;
    let (stream, link) = tunnel(&Client::new(&bench), &node).await;
    drop(stream);
    assert_eq!(link.rest().await, b"");
    bench.nodes_are_free().await;
}

/// Whoever asks for what was not granted has asked an ordinary request.
#[tokio::test]
async fn a_node_may_decline() {
    let node = Node::start().await;
    let bench = Bench::forwarding(&[node.address]).await;
    let mut stream = Client::new(&bench).connect("test.com").await.expect("let in");
    stream.write_all(UPGRADE.as_bytes()).await.expect("sent");
    let (mut link, _) = node.serve_one(OK).await;
    read_until(&mut stream, "\r\n\r\nok").await;
    let again = "GET /again HTTP/1.1\r\nHost: test.com\r\nConnection: close\r\n\r\n";
    let (answer, head) = tokio::join!(raw(&mut stream, again), link.answer(OK));
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(head.starts_with("GET /again ") && !head.to_lowercase().contains("\r\nupgrade"), "{head}");
}

/// HTTP/2 in a tunnel would be requests that nobody checks.
#[tokio::test]
async fn some_protocols_are_never_asked_for() {
    let node = Node::start().await;
    let bench = Bench::forwarding(&[node.address]).await;
    for fields in [
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n",
        "Connection: Upgrade\r\nUpgrade: h2c, websocket\r\n",
        "Connection: Upgrade\r\nUpgrade: TLS/1.0\r\n",
        "Upgrade: websocket\r\n",
    ] {
        let mut stream = Client::new(&bench).connect("test.com").await.expect("let in");
        let request = format!("GET /a HTTP/1.1\r\nHost: test.com\r\n{fields}\r\n");
        stream.write_all(request.as_bytes()).await.expect("sent");
        let (_link, head) = node.serve_one(OK).await;
        let head = head.to_lowercase();
        assert!(!head.contains("upgrade") && !head.contains("http2-settings"), "{fields}{head}");
        read_until(&mut stream, "\r\n\r\nok").await;
    }
}

#[tokio::test]
async fn interim_answers_come_before_the_answer() {
    let node = Node::start().await;
    let bench = Bench::forwarding(&[node.address]).await;
    let mut stream = Client::new(&bench).connect("test.com").await.expect("let in");
    stream.write_all(b"GET /a HTTP/1.1\r\nHost: test.com\r\n\r\n").await.expect("sent");
    let (mut link, _) =
        node.serve_one("HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n").await;
    let hints = read_until(&mut stream, "\r\n\r\n").await;
    assert!(hints.starts_with("HTTP/1.1 103 "), "{hints}");
    assert!(hints.to_lowercase().contains("link: </a.css>; rel=preload\r\n"), "{hints}");
    link.say(OK).await;
    let answer = read_until(&mut stream, "\r\n\r\nok").await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

#[tokio::test]
async fn http2_clients_and_old_ones_get_the_answer_only() {
    let node = Node::start().await;
    let bench = Bench::forwarding(&[node.address]).await;
    let all = format!("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n{OK}");
    let http = Client::new(&bench).http2().open("test.com").await;
    let (answer, _link) = tokio::join!(http.get("test.com", "/a"), node.serve_one(&all));
    let answer = answer.expect("an answer");
    assert_eq!((answer.status.as_u16(), answer.headers.contains_key("link")), (200, false));
    bench.nodes_are_free().await;

    let node = Node::start().await;
    let mut bench = bench;
    bench.forward(upstream(&[node.address]), None).await;
    let mut stream = Client::new(&bench).connect("test.com").await.expect("let in");
    let old = raw(&mut stream, "GET /a HTTP/1.0\r\nHost: test.com\r\n\r\n");
    let (answer, _link) = tokio::join!(old, node.serve_one(&all));
    assert!(answer.contains(" 200 ") && !answer.contains(" 103 "), "{answer}");
}

const EXPECTING: &str =
    "POST /a HTTP/1.1\r\nHost: test.com\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n";

#[tokio::test]
async fn a_client_that_waits_is_told_to_go_on() {
    let node = Node::start().await;
    let bench = Bench::forwarding(&[node.address]).await;
    let mut stream = Client::new(&bench).connect("test.com").await.expect("let in");
    stream.write_all(EXPECTING.as_bytes()).await.expect("sent");
    let served = async {
        let mut link = node.accept().await;
        let head = link.head().await;
        if head.to_lowercase().contains("\r\nexpect: 100-continue\r\n") {
            link.say("HTTP/1.1 100 Continue\r\n\r\n").await;
        }
        assert_eq!(link.hear("four").await, "four");
        link.say(OK).await;
        link
    };
    let told = async {
        let interim = read_until(&mut stream, "\r\n\r\n").await;
        assert!(interim.starts_with("HTTP/1.1 100 "), "{interim}");
        stream.write_all(b"four").await.expect("sent");
        read_until(&mut stream, "\r\n\r\nok").await
    };
    let (answer, _link) = tokio::join!(told, served);
    // Once is enough.
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

#[tokio::test]
async fn a_node_that_does_not_answer_at_once_gets_the_body_all_the_same() {
    let node = Node::start().await;
    let bench = Bench::forwarding(&[node.address]).await;
    let mut stream = Client::new(&bench).connect("test.com").await.expect("let in");
    let request = format!("{}four", EXPECTING.replace("Host", "Connection: close\r\nHost"));
    let served = async {
        let mut link = node.accept().await;
        link.head().await;
        assert_eq!(link.hear("four").await, "four");
        link.say(OK).await;
        link
    };
    let (answer, _link) = tokio::join!(raw(&mut stream, &request), served);
    assert!(answer.contains("HTTP/1.1 200 ") && answer.ends_with("ok"), "{answer}");
}
