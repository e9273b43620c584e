//! No client can hold the gateway up, or fill it.

use std::sync::Arc;
use std::time::Duration;

use domain::ReasonCode;
use http::Request;
use rustls::ClientConnection;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::support::client::{Client, empty, full, raw};
use crate::support::gateway::{Bench, Clients, reason};
use crate::support::soon;

const SHORT: Duration = Duration::from_millis(200);

/// Reads until the gateway closes, in whatever way.
async fn end(socket: &mut TcpStream) {
    let _ = soon(socket.read_to_end(&mut Vec::new())).await;
}

#[tokio::test]
async fn half_a_client_hello_is_not_waited_for() {
    let bench = Bench::start_with(|options| options.client_hello_timeout = SHORT).await;
    for (number, sent) in [&b""[..], b"\x16\x03\x01\x02\x00\x01\x00"].into_iter().enumerate() {
        let mut socket = TcpStream::connect(bench.address).await.expect("connected");
        socket.write_all(sent).await.expect("sent");
        end(&mut socket).await;
        assert_eq!(reason(&bench.event(number + 1).await), ReasonCode::HandshakeTimeout);
    }
}

#[tokio::test]
async fn half_a_handshake_is_not_waited_for() {
    let mut bench = Bench::start_with(|options| options.handshake_timeout = SHORT).await;
    bench.serve("open", &["test.com"], &Clients::All).await;
    let name = ServerName::try_from("test.com").expect("a host name");
    let mut session = ClientConnection::new(Arc::new(Client::new(&bench).config()), name).expect("a session");
    let mut hello = Vec::new();
    session.write_tls(&mut hello).expect("written");
    let mut socket = TcpStream::connect(bench.address).await.expect("connected");
    socket.write_all(&hello).await.expect("sent");
    end(&mut socket).await;
    let event = bench.event(1).await;
    assert_eq!(reason(&event), ReasonCode::HandshakeTimeout);
    assert_eq!(event.server_name.expect("known").as_str(), "test.com");
    assert_eq!(event.ssl_certificate.expect("known").as_str(), "open");
}

async fn impatient() -> Bench {
    let mut bench = Bench::start_with(|options| options.header_timeout = SHORT).await;
    bench.serve("open", &["test.com"], &Clients::All).await;
    bench
}

#[tokio::test]
async fn a_slow_or_idle_http1_client_is_closed() {
    let bench = impatient().await;
    for sent in ["", "GET /ip HTTP/1.1\r\nHost: te", "GET /ip HTTP/1.1\r\nHost: test.com\r\n\r\n"] {
        let mut stream = Client::new(&bench).connect("test.com").await.expect("let in");
        stream.write_all(sent.as_bytes()).await.expect("sent");
        let _ = soon(stream.read_to_end(&mut Vec::new())).await;
    }
}

#[tokio::test]
async fn an_idle_http2_client_is_closed() {
    let bench = impatient().await;
    let unused = Client::new(&bench).http2().open("test.com").await;
    let used = Client::new(&bench).http2().open("test.com").await;
    assert_eq!(used.get("test.com", "/ip").await.expect("an answer").status, 200);
    used.closed().await;
    unused.closed().await;
    // One that does not even begin to speak HTTP/2.
    let mut silent = Client::new(&bench).http2().connect("test.com").await.expect("let in");
    let _ = soon(silent.read_to_end(&mut Vec::new())).await;
}

#[tokio::test]
async fn a_full_gateway_makes_clients_wait() {
    let mut bench = Bench::start_with(|options| options.connections = 1).await;
    bench.serve("open", &["test.com"], &Clients::All).await;
    let first = Client::new(&bench).connect("test.com").await.expect("let in");
    let client = Client::new(&bench);
    let mut second = std::pin::pin!(client.connect("test.com"));
    assert!(timeout(SHORT, second.as_mut()).await.is_err(), "let in although the gateway is full");
    assert_eq!(bench.events().len(), 1);
    drop(first);
    second.await.expect("let in");
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
