//! Connections that are open while policies change.

use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::{ReasonCode, UnixTime, Verdict};
use proxy::PolicyState;
use rustls::ClientConnection;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::client::{Client, Http, raw, read_until};
use crate::support::gateway::{Bench, Clients, reason};
use crate::support::http2;
use crate::support::pki::{Authority, Day};
use crate::support::soon;

/// Within which a change must have reached a connection.
const PROMISE: Duration = Duration::from_secs(1);

/// A gateway with a client of two authorities each, over both versions of HTTP.
struct Open {
    bench: Bench,
    first: Authority,
    second: Authority,
    of_first: [Http; 2],
    of_second: [Http; 2],
}

async fn open() -> Open {
    let (first, second) = (Authority::root("FIRST"), Authority::root("SECOND"));
    let mut bench = Bench::start().await;
    bench.serve("guide", &["test.com"], &Clients::Of(&[&first, &second], 1)).await;
    let of_first = both(&Client::of(&bench, &first.client("ONE"))).await;
    let of_second = both(&Client::of(&bench, &second.client("TWO"))).await;
    Open { bench, first, second, of_first, of_second }
}

async fn both(client: &Client) -> [Http; 2] {
    let connections = [client.open("test.com").await, client.clone().http2().open("test.com").await];
    for http in &connections {
        works(http).await;
    }
    connections
}

async fn works(http: &Http) {
    assert_eq!(http.get("test.com", "/ip").await.expect("an answer").status, 200);
}

/// Checks that connections are closed in time, without any doing of their clients.
async fn closed(connections: impl IntoIterator<Item = Http>, since: Instant) {
    for http in connections {
        http.closed().await;
        assert!(since.elapsed() < PROMISE, "closed after {:?}", since.elapsed());
    }
}

/// The reasons of the events from the fifth on: the four before let the clients in.
fn reasons(bench: &Bench) -> Vec<ReasonCode> {
    bench.events()[4..].iter().map(reason).collect()
}

#[tokio::test]
async fn clients_of_a_ca_that_is_removed_are_sent_away_and_others_stay() {
    let Open { mut bench, first, of_first, of_second, .. } = open().await;
    let since = Instant::now();
    bench.serve("guide", &["test.com"], &Clients::Of(&[&first], 1)).await;
    closed(of_second, since).await;
    for http in &of_first {
        works(http).await;
        assert!(http.is_open());
    }
    assert_eq!(reasons(&bench), [ReasonCode::IssuerUnknown; 2]);
    let event = bench.event(5).await;
    let let_in = bench.events().into_iter().find(|earlier| earlier.connection == event.connection);
    assert_eq!(let_in.expect("recorded").verdict, Verdict::Accepted);
    assert!(event.revision > bench.event(1).await.revision, "the new policy decided");
    assert_eq!(event.peer_chain.len(), 1);
}

#[tokio::test]
async fn a_removed_certificate_takes_its_connections_along() {
    let Open { mut bench, of_first, of_second, .. } = open().await;
    let since = Instant::now();
    bench.remove("guide").await;
    closed(of_first, since).await;
    closed(of_second, since).await;
    assert_eq!(reasons(&bench), [ReasonCode::UnknownHost; 4]);
    assert_eq!(bench.event(5).await.ssl_certificate, None);
}

#[tokio::test]
async fn a_policy_that_breaks_lets_nobody_stay() {
    let Open { mut bench, of_first, of_second, .. } = open().await;
    let since = Instant::now();
    let broken = bench.policy("guide", &["test.com"], PolicyState::Broken("no CA".to_owned()));
    bench.apply(vec![broken]).await;
    closed(of_first, since).await;
    closed(of_second, since).await;
    assert_eq!(reasons(&bench), [ReasonCode::PolicyBroken; 4]);
}

#[tokio::test]
async fn verification_switched_on_sends_clients_without_certificate_away() {
    let clients = Authority::root("ROOTCA");
    let mut bench = Bench::start().await;
    bench.serve("guide", &["test.com"], &Clients::All).await;
    let anonymous = both(&Client::new(&bench)).await;
    let since = Instant::now();
    bench.serve("guide", &["test.com"], &Clients::Of(&[&clients], 1)).await;
    closed(anonymous, since).await;
    assert_eq!(bench.events()[2..].iter().map(reason).collect::<Vec<_>>(), [ReasonCode::NoClientCert; 2]);
}

#[tokio::test]
async fn verification_switched_off_lets_everybody_stay() {
    let Open { mut bench, of_first, of_second, first, second } = open().await;
    bench.serve("guide", &["test.com"], &Clients::All).await;
    for http in of_first.iter().chain(&of_second) {
        works(http).await;
    }
    // The chain of the handshake is still known when verification is switched on again.
    bench.serve("guide", &["test.com"], &Clients::Of(&[&second, &first], 1)).await;
    for http in of_first.iter().chain(&of_second) {
        works(http).await;
        assert!(http.is_open());
    }
    assert_eq!(bench.events().len(), 4);
}

#[tokio::test]
async fn a_more_exact_certificate_takes_connections_over() {
    let (few, all) = (Authority::root("FEW"), Authority::root("ALL"));
    let mut bench = Bench::start().await;
    bench.serve("wildcard", &["*.test.com"], &Clients::Of(&[&all], 1)).await;
    let client = Client::of(&bench, &all.client("CLIENT"));
    let (here, there) = (client.open("a.test.com").await, client.open("b.test.com").await);
    let since = Instant::now();
    bench.serve("exact", &["a.test.com"], &Clients::Of(&[&few], 1)).await;
    closed([here], since).await;
    assert_eq!(there.get("b.test.com", "/ip").await.expect("an answer").status, 200);
    assert_eq!(there.get("a.test.com", "/ip").await.expect("an answer").status, 421);
}

#[tokio::test]
async fn a_connection_that_moves_on_is_judged_by_its_new_policy() {
    let (first, second) = (Authority::root("FIRST"), Authority::root("SECOND"));
    let mut bench = Bench::start().await;
    bench.serve("a", &["a.com", "b.com", "c.com"], &Clients::Of(&[&first], 1)).await;
    let http = Client::of(&bench, &first.client("CLIENT")).open("a.com").await;
    assert_eq!(http.get("b.com", "/ip").await.expect("an answer").status, 200);
    // b.com gets a policy of its own: the connection follows a.com's.
    let changes = vec![
        bench.serving("a", &["a.com", "c.com"], &Clients::Of(&[&first], 1)),
        bench.serving("b", &["b.com"], &Clients::Of(&[&second], 1)),
    ];
    bench.apply(changes).await;
    assert_eq!(http.get("a.com", "/ip").await.expect("an answer").status, 200);
    assert_eq!(http.get("b.com", "/ip").await.expect("an answer").status, 421);
    assert_eq!(http.get("c.com", "/ip").await.expect("an answer").status, 200);
}

/// A client that does not answer the question behind a GOAWAY may go on opening streams while the connection is drained.
#[tokio::test]
async fn nothing_is_answered_once_the_change_is_made() {
    let clients = Authority::root("ROOTCA");
    let mut bench = Bench::start().await;
    bench.serve("guide", &["test.com"], &Clients::All).await;
    let mut stream = Client::new(&bench).http2().connect("test.com").await.expect("let in");
    stream.write_all(http2::PREFACE).await.expect("sent");
    stream.write_all(&http2::request(1, "test.com", "/ip")).await.expect("sent");
    assert_eq!(http2::answer(&mut stream, 1).await, Some(http2::STATUS_200));

    bench.serve("guide", &["test.com"], &Clients::Of(&[&clients], 1)).await;
    // The connection may be gone before the request arrives.
    let _ = stream.write_all(&http2::request(3, "test.com", "/ip")).await;
    assert_ne!(http2::answer(&mut stream, 3).await, Some(http2::STATUS_200));
}

/// A connection that is between its ClientHello and its Finished while the policy changes.
#[tokio::test]
async fn a_handshake_that_was_under_way_is_judged_when_it_ends() {
    let clients = Authority::root("ROOTCA");
    let mut bench = Bench::start().await;
    bench.serve("guide", &["test.com"], &Clients::All).await;
    let name = ServerName::try_from("test.com").expect("a host name");
    let mut session = ClientConnection::new(Arc::new(Client::new(&bench).config()), name).expect("a session");
    let mut sent = Vec::new();
    session.write_tls(&mut sent).expect("written");
    let mut socket = TcpStream::connect(bench.address).await.expect("connected");
    socket.write_all(&sent).await.expect("sent");
    while session.is_handshaking() {
        let mut read = [0; 4096];
        let length = soon(socket.read(&mut read)).await.expect("the gateway's half");
        session.read_tls(&mut &read[..length]).expect("read");
        session.process_new_packets().expect("in order");
    }

    bench.serve("guide", &["test.com"], &Clients::Of(&[&clients], 1)).await;
    sent.clear();
    session.write_tls(&mut sent).expect("written");
    socket.write_all(&sent).await.expect("sent");
    let _ = soon(socket.read_to_end(&mut Vec::new())).await;
    assert_eq!(bench.event(1).await.verdict, Verdict::Accepted);
    let event = bench.event(2).await;
    assert_eq!(reason(&event), ReasonCode::NoClientCert);
    assert!(event.duration_us < 1_000_000, "sent away at once: {} \u{b5}s", event.duration_us);
}

const UPLOAD: &str =
    "POST /anything HTTP/1.1\r\nHost: test.com\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n";

#[tokio::test]
async fn an_answer_that_was_begun_is_finished() {
    let (mut bench, clients) = Bench::of_the_guide().await;
    let mut stream = Client::of(&bench, &clients.client("CLIENT")).connect("test.com").await.expect("let in");
    stream.write_all(UPLOAD.as_bytes()).await.expect("sent");
    // Only a service that has begun to read asks for the rest.
    read_until(&mut stream, "100 Continue\r\n\r\n").await;
    bench.remove("guide").await;
    let answer = raw(&mut stream, "rest").await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("connection: close"), "{answer}");
}

#[tokio::test]
async fn an_answer_that_never_ends_is_cut_off() {
    let (mut bench, clients) = Bench::of_the_guide().await;
    let mut stream = Client::of(&bench, &clients.client("CLIENT")).connect("test.com").await.expect("let in");
    stream.write_all(UPLOAD.as_bytes()).await.expect("sent");
    read_until(&mut stream, "100 Continue\r\n\r\n").await;
    let since = Instant::now();
    bench.remove("guide").await;
    let mut answer = Vec::new();
    let _ = soon(stream.read_to_end(&mut answer)).await;
    assert!(answer.is_empty());
    assert!(since.elapsed() < PROMISE, "closed after {:?}", since.elapsed());
}

#[tokio::test]
async fn a_client_certificate_that_expires_ends_its_connections() {
    let (bench, clients) = Bench::of_the_guide().await;
    let end = Day(2026, 7, 1);
    let of_short = both(&Client::of(&bench, &clients.client_until("SHORT", end))).await;
    let of_long = both(&Client::of(&bench, &clients.client("LONG"))).await;
    bench.set_clock(UnixTime::from(end).plus_seconds(1));
    for http in of_short {
        http.closed().await;
    }
    assert_eq!(reasons(&bench), [ReasonCode::Expired; 2]);
    for http in &of_long {
        works(http).await;
        assert!(http.is_open());
    }
}

#[tokio::test]
async fn a_ca_that_expires_ends_the_connections_of_its_clients() {
    let end = Day(2026, 7, 1);
    let (short, long) = (Authority::root_until("SHORT", end), Authority::root("LONG"));
    let mut bench = Bench::start().await;
    bench.serve("guide", &["test.com"], &Clients::Of(&[&short, &long], 1)).await;
    let of_short = both(&Client::of(&bench, &short.client("CLIENT"))).await;
    let of_long = both(&Client::of(&bench, &long.client("CLIENT"))).await;
    bench.set_clock(UnixTime::from(end).plus_seconds(1));
    for http in of_short {
        http.closed().await;
    }
    assert_eq!(reasons(&bench), [ReasonCode::Expired; 2]);
    for http in &of_long {
        works(http).await;
        assert!(http.is_open());
    }
}
