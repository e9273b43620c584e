//! No client can hold the gateway up, or fill it.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use domain::{Protection, ReasonCode};
use http::Request;
use rustls::ClientConnection;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::support::client::{Client, empty, full, raw};
use crate::support::gateway::{Bench, Clients, group, reason};
use crate::support::{http2, soon};

const SHORT: Duration = Duration::from_millis(200);

/// Reads until the gateway closes, in whatever way.
async fn end(socket: &mut TcpStream) {
    let _ = soon(socket.read_to_end(&mut Vec::new())).await;
}

#[tokio::test]
async fn half_a_client_hello_is_not_waited_for() {
    let bench = Bench::protected(Protection { client_hello_seconds: 1, ..Protection::default() }).await;
    for (number, sent) in [&b""[..], b"\x16\x03\x01\x02\x00\x01\x00"].into_iter().enumerate() {
        let mut socket = TcpStream::connect(bench.address).await.expect("connected");
        socket.write_all(sent).await.expect("sent");
        end(&mut socket).await;
        assert_eq!(reason(&bench.event(number + 1).await), ReasonCode::HandshakeTimeout);
    }
}

/// A client that sends its ClientHello for `test.com`, and nothing more.
async fn half_a_handshake(bench: &Bench) -> TcpStream {
    let name = ServerName::try_from("test.com").expect("a host name");
    let mut session = ClientConnection::new(Arc::new(Client::new(bench).config()), name).expect("a session");
    let mut hello = Vec::new();
    session.write_tls(&mut hello).expect("written");
    let mut socket = TcpStream::connect(bench.address).await.expect("connected");
    socket.write_all(&hello).await.expect("sent");
    socket
}

#[tokio::test]
async fn half_a_handshake_is_not_waited_for() {
    let protection = Protection { client_hello_seconds: 1, handshake_seconds: 1, ..Protection::default() };
    let bench = Bench::protected(protection).await;
    end(&mut half_a_handshake(&bench).await).await;
    let event = bench.event(1).await;
    assert_eq!(reason(&event), ReasonCode::HandshakeTimeout);
    assert_eq!(event.server_name.expect("known").as_str(), "test.com");
    assert_eq!(event.ssl_certificate.expect("known").as_str(), "open");
}

#[tokio::test]
async fn handshakes_wait_for_their_turn() {
    let bench = Bench::protected(Protection { handshakes: 1, ..Protection::default() }).await;
    let mut first = half_a_handshake(&bench).await;
    // The gateway has answered, so the first client has its turn.
    soon(first.read_u8()).await.expect("a ServerHello");
    let client = Client::new(&bench);
    let mut second = pin!(client.connect("test.com"));
    assert!(timeout(SHORT, second.as_mut()).await.is_err(), "two handshakes at once");
    drop(first);
    second.await.expect("let in");
}

#[tokio::test]
async fn waiting_for_a_turn_takes_time_from_the_handshake() {
    let mut bench = Bench::protected(Protection { handshakes: 1, ..Protection::default() }).await;
    let mut first = half_a_handshake(&bench).await;
    soon(first.read_u8()).await.expect("a ServerHello");
    let limits =
        Protection { handshakes: 1, client_hello_seconds: 1, handshake_seconds: 1, ..Protection::default() };
    bench.protect(limits).await;
    Client::new(&bench).connect("test.com").await.expect_err("no turn");
    assert_eq!(reason(&bench.event(1).await), ReasonCode::HandshakeTimeout);
}

/// Limits of one second, one at a time: the others are longer than any test waits.
fn limits_of_a_second() -> [(&'static str, Protection); 3] {
    let patient = || Protection {
        first_request_seconds: 60,
        header_seconds: 60,
        idle_seconds: 60,
        ..Protection::default()
    };
    [
        ("before the first request", Protection { first_request_seconds: 1, ..patient() }),
        ("within a head", Protection { header_seconds: 1, ..patient() }),
        ("idle", Protection { idle_seconds: 1, ..patient() }),
    ]
}

#[tokio::test]
async fn a_slow_or_idle_http1_client_is_closed() {
    let sent = ["", "GET /ip HTTP/1.1\r\nHost: te", "GET /ip HTTP/1.1\r\nHost: test.com\r\n\r\n"];
    for ((phase, protection), sent) in limits_of_a_second().into_iter().zip(sent) {
        let bench = Bench::protected(protection).await;
        let mut stream = Client::new(&bench).connect("test.com").await.expect("let in");
        stream.write_all(sent.as_bytes()).await.expect("sent");
        let mut answer = Vec::new();
        let _ = soon(stream.read_to_end(&mut answer)).await;
        assert_eq!(answer.starts_with(b"HTTP/1.1 200 "), phase == "idle", "{phase}");
    }
}

#[tokio::test]
async fn a_slow_or_idle_http2_client_is_closed() {
    let request = http2::request(1, "test.com", "/ip");
    let sent = [&b""[..], &request[..12], &request];
    for ((phase, protection), sent) in limits_of_a_second().into_iter().zip(sent) {
        let bench = Bench::protected(protection).await;
        let mut stream = Client::new(&bench).http2().connect("test.com").await.expect("let in");
        stream.write_all(&[http2::PREFACE, sent].concat()).await.expect("sent");
        if phase == "idle" {
            assert_eq!(http2::answer(&mut stream, 1).await, Some(http2::STATUS_200));
        }
        let _ = soon(stream.read_to_end(&mut Vec::new())).await;
    }
    // One that does not even begin to speak HTTP/2.
    let [(_, protection), ..] = limits_of_a_second();
    let bench = Bench::protected(protection).await;
    let mut silent = Client::new(&bench).http2().connect("test.com").await.expect("let in");
    let _ = soon(silent.read_to_end(&mut Vec::new())).await;
}

#[tokio::test]
async fn a_body_has_to_get_on() {
    let bench = Bench::protected(Protection { body_seconds: 1, ..Protection::default() }).await;
    for framing in ["Content-Length: 10\r\n\r\nhalf", "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"] {
        let mut stream = Client::new(&bench).connect("test.com").await.expect("let in");
        let request = format!("POST /anything HTTP/1.1\r\nHost: test.com\r\n{framing}");
        let answer = raw(&mut stream, &request).await;
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    }
}

#[tokio::test]
async fn a_client_has_so_many_connections_and_others_have_theirs() {
    let limits = |connections_per_address| Protection { connections_per_address, ..Protection::default() };
    let mut bench = Bench::protected(limits(1)).await;
    let client = Client::new(&bench);
    let first = client.open("test.com").await;
    let mut second = TcpStream::connect(bench.address).await.expect("connected");
    end(&mut second).await;
    let turned_away = bench.gateway.report().await.turned_away;
    assert_eq!(turned_away.into_iter().collect::<Vec<_>>(), [(group(), 1)]);
    assert_eq!(bench.events().len(), 1, "only the first one came to a handshake");

    // Another address of this machine is another client.
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(SocketAddr::from(([127, 0, 0, 2], 0))).expect("an address of the loopback");
    let other = socket.connect(bench.address).await.expect("connected");
    client.handshake("test.com", other).await.expect("let in");

    // More is allowed at once, without a new socket.
    bench.protect(limits(2)).await;
    let second = client.open("test.com").await;
    assert!(first.is_open());
    assert_eq!(second.get("test.com", "/ip").await.expect("an answer").status, 200);
}

#[tokio::test]
async fn a_full_group_makes_clients_wait() {
    let protection = Protection { connections: 1, connections_per_address: 1, ..Protection::default() };
    let mut bench = Bench::protected(protection).await;
    let first = Client::new(&bench).connect("test.com").await.expect("let in");
    bench.protect(Protection { connections: 1, ..Protection::default() }).await;
    let client = Client::new(&bench);
    let mut second = pin!(client.connect("test.com"));
    assert!(timeout(SHORT, second.as_mut()).await.is_err(), "let in although the group is full");
    assert_eq!(bench.events().len(), 1);
    drop(first);
    second.await.expect("let in");
}

#[tokio::test]
async fn a_full_gateway_makes_clients_wait() {
    let mut bench = Bench::start_with(|options| options.connections = 1).await;
    bench.serve("open", &["test.com"], &Clients::All).await;
    let first = Client::new(&bench).connect("test.com").await.expect("let in");
    let client = Client::new(&bench);
    let mut second = pin!(client.connect("test.com"));
    assert!(timeout(SHORT, second.as_mut()).await.is_err(), "let in although the gateway is full");
    assert_eq!(bench.events().len(), 1);
    drop(first);
    second.await.expect("let in");
}

#[tokio::test]
async fn a_group_says_how_large_heads_may_be() {
    let protection = Protection { header_bytes: 1_024, headers: 8, ..Protection::default() };
    let bench = Bench::protected(protection).await;
    let client = Client::new(&bench);
    let field = |bytes: usize| format!("x-long: {}\r\n", "x".repeat(bytes));
    let fields = |number: usize| (0..number).map(|number| format!("x-{number}: y\r\n")).collect::<String>();
    for (fields, status) in [(field(500), 200), (field(1_100), 431), (fields(6), 200), (fields(8), 431)] {
        let mut stream = client.connect("test.com").await.expect("let in");
        let request = format!("GET /ip HTTP/1.1\r\nHost: test.com\r\nConnection: close\r\n{fields}\r\n");
        let answer = raw(&mut stream, &request).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{fields}: {answer}");

        let http = client.clone().http2().open("test.com").await;
        let mut request = Request::builder().uri("https://test.com/ip");
        // HTTP/1.1 has two fields that HTTP/2 has not.
        for line in fields.lines().chain(["x-a: y", "x-b: y"]) {
            let (name, value) = line.split_once(": ").expect("a field");
            request = request.header(name, value);
        }
        let answer = http.send(request.body(empty()).expect("a request")).await.expect("an answer");
        assert_eq!(answer.status, status, "{fields}");
    }
}

#[tokio::test]
async fn heads_and_bodies_are_bounded() {
    let mut bench = Bench::start().await;
    bench.serve("open", &["test.com"], &Clients::All).await;
    let client = Client::new(&bench);

    let long = format!("GET /ip HTTP/1.1\r\nHost: test.com\r\nX-Long: {}\r\n\r\n", "x".repeat(70_000));
    let many = format!("GET /ip HTTP/1.1\r\nHost: test.com\r\n{}\r\n", "X-Many: 1\r\n".repeat(101));
    for request in [long, many] {
        let mut stream = client.connect("test.com").await.expect("let in");
        let answer = raw(&mut stream, &request).await;
        assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    }
    let http = client.clone().http2().open("test.com").await;
    let request = Request::builder().uri("https://test.com/ip").header("x-long", "x".repeat(70_000));
    let answer = http.send(request.body(empty()).expect("a request")).await.expect("an answer");
    assert_eq!(answer.status, 431);

    let body = "x".repeat(64 * 1024);
    for (body, status) in [(body.clone(), 200), (body + "x", 413)] {
        let http = client.clone().http2().open("test.com").await;
        let request = Request::builder().method("POST").uri("https://test.com/anything").body(full(&body));
        let answer = http.send(request.expect("a request")).await.expect("an answer");
        assert_eq!(answer.status, status);
    }
    // A body whose length is not announced.
    let mut stream = client.connect("test.com").await.expect("let in");
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    let head = "POST /anything HTTP/1.1\r\nHost: test.com\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
    let answer = raw(&mut stream, &format!("{head}{chunk}1\r\nx\r\n0\r\n\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[tokio::test]
async fn events_are_bounded_too() {
    let mut bench = Bench::start_with(|options| options.events = 2).await;
    bench.serve("open", &["test.com"], &Clients::All).await;
    for host in ["a.com", "b.com", "c.com"] {
        Client::new(&bench).refusal(host).await;
    }
    let hosts: Vec<_> =
        bench.events().iter().map(|event| event.server_name.clone().expect("known")).collect();
    assert_eq!(hosts.iter().map(domain::ServerName::as_str).collect::<Vec<_>>(), ["b.com", "c.com"]);
}
