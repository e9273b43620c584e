//! The plain HTTP listener: it sends clients to TLS, and does nothing else.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use domain::{ListenerState, Protection};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::support::client::Client;
use crate::support::gateway::{Bench, Clients, group};
use crate::support::{PATIENCE, soon, until};

const ANY_PORT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

/// Where plain HTTP is answered.
fn address(bench: &Bench) -> SocketAddr {
    match bench.gateway.http_listener_state(&group()) {
        Some(ListenerState::Listening(address)) => address,
        other => panic!("not listening: {other:?}"),
    }
}

/// A gateway that answers plain HTTP, and serves `test.com` with peer verification.
async fn bench() -> Bench {
    let (mut bench, _) = Bench::of_the_guide().await;
    bench.set_http_listener(ANY_PORT).await;
    bench
}

/// Sends bytes, and reads what is answered until the gateway closes.
async fn talk(to: SocketAddr, sent: &str) -> String {
    let mut socket = TcpStream::connect(to).await.expect("connected");
    socket.write_all(sent.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    soon(socket.read_to_string(&mut answer)).await.expect("closed in order");
    answer
}

fn get(host: &str) -> String {
    format!("GET /ip?a=b HTTP/1.1\r\nHost: {host}\r\n\r\n")
}

fn location(answer: &str) -> Option<&str> {
    answer.lines().find_map(|line| line.strip_prefix("location: "))
}

#[tokio::test]
async fn a_host_with_peer_verification_is_redirected_and_never_served() {
    let bench = bench().await;
    let answer = talk(address(&bench), &get("Test.com")).await;
    assert!(answer.starts_with("HTTP/1.1 308 Permanent Redirect\r\n"), "{answer}");
    let expected = format!("https://test.com:{}/ip?a=b", bench.address.port());
    assert_eq!(location(&answer), Some(expected.as_str()));
    assert!(answer.contains("connection: close\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\n"), "a body: {answer}");
    assert_eq!(bench.events(), [], "no handshake was attempted");
}

#[tokio::test]
async fn a_host_that_everybody_may_reach_is_redirected_too() {
    let mut bench = bench().await;
    bench.serve("open", &["open.com"], &Clients::All).await;
    let answer = talk(address(&bench), &get("open.com")).await;
    assert!(answer.starts_with("HTTP/1.1 308 "), "{answer}");
    let redirected = location(&answer).and_then(|url| url.strip_prefix("https://")).expect("a location");
    let (authority, path) = redirected.split_once('/').expect("a path");
    let answer = Client::new(&bench).open("open.com").await.get(authority, &format!("/{path}")).await;
    assert_eq!(answer.expect("an answer").status, 200, "where the client is sent, it is served");
}

#[tokio::test]
async fn other_hosts_and_bad_requests_are_refused() {
    let bench = bench().await;
    let without_host = "GET /ip HTTP/1.1\r\n\r\n".to_owned();
    let two_hosts = "GET /ip HTTP/1.1\r\nHost: test.com\r\nHost: test.com\r\n\r\n".to_owned();
    let long = format!("GET /ip HTTP/1.1\r\nHost: test.com\r\nX-Long: {}\r\n\r\n", "x".repeat(70_000));
    let tls = "\u{16}\u{3}\u{1}\0\u{5}hello\r\n\r\n".to_owned();
    for (request, status) in [
        (get("nobody.com"), "404"),
        (get("127.0.0.1"), "400"),
        (get("a@test.com"), "400"),
        (without_host, "400"),
        (two_hosts, "400"),
        (tls, "400"),
        (long, "431"),
    ] {
        let answer = talk(address(&bench), &request).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{request:.60}: {answer}");
        assert_eq!(location(&answer), None);
    }
}

#[tokio::test]
async fn a_body_that_nobody_wants_does_not_lose_the_answer() {
    let bench = bench().await;
    let body = "x".repeat(48 * 1024);
    let head = format!("POST /anything HTTP/1.1\r\nHost: test.com\r\nContent-Length: {}\r\n\r\n", body.len());
    let answer = talk(address(&bench), &(head + &body)).await;
    assert!(answer.starts_with("HTTP/1.1 308 "), "{answer}");
}

#[tokio::test]
async fn one_connection_gets_one_answer() {
    let bench = bench().await;
    let answer = talk(address(&bench), &get("test.com").repeat(2)).await;
    assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer}");
}

#[tokio::test]
async fn a_client_that_says_nothing_is_not_waited_for() {
    let mut bench = Bench::protected(Protection { first_request_seconds: 1, ..Protection::default() }).await;
    bench.set_http_listener(ANY_PORT).await;
    for sent in ["", "GET /ip HTTP/1.1\r\nHost: te"] {
        let mut socket = TcpStream::connect(address(&bench)).await.expect("connected");
        socket.write_all(sent.as_bytes()).await.expect("sent");
        let _ = soon(socket.read_to_end(&mut Vec::new())).await;
    }
}

#[tokio::test]
async fn a_listed_proxy_says_here_too_for_whom_it_comes() {
    let proxy_protocol = vec!["127.0.0.1".parse().expect("a range")];
    let mut bench = Bench::protected(Protection { proxy_protocol, ..Protection::default() }).await;
    bench.set_http_listener(ANY_PORT).await;
    let header = "PROXY TCP4 192.0.2.1 198.51.100.7 56224 80\r\n";
    let answer = talk(address(&bench), &format!("{header}{}", get("test.com"))).await;
    assert!(answer.starts_with("HTTP/1.1 308 "), "{answer}");

    let mut socket = TcpStream::connect(address(&bench)).await.expect("connected");
    socket.write_all(get("test.com").as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    let _ = soon(socket.read_to_end(&mut answer)).await;
    assert!(answer.is_empty(), "answered without a header");
}

#[tokio::test]
async fn its_connections_count() {
    let mut bench = Bench::start_with(|options| options.connections = 1).await;
    bench.serve("open", &["test.com"], &Clients::All).await;
    bench.set_http_listener(ANY_PORT).await;
    let held = Client::new(&bench).connect("test.com").await.expect("let in");
    let mut waiting = TcpStream::connect(address(&bench)).await.expect("connected");
    waiting.write_all(get("test.com").as_bytes()).await.expect("sent");
    let mut answer = String::new();
    let early = timeout(Duration::from_millis(200), waiting.read_to_string(&mut answer)).await;
    assert!(early.is_err(), "answered although the gateway is full: {answer}");
    drop(held);
    soon(waiting.read_to_string(&mut answer)).await.expect("closed in order");
    assert!(answer.starts_with("HTTP/1.1 308 "), "{answer}");
}

#[tokio::test]
async fn a_port_that_is_taken_does_not_hold_up_the_rest() {
    let mut bench = bench().await;
    let before = address(&bench);
    let taken = TcpListener::bind(ANY_PORT).expect("bound");
    let wanted = taken.local_addr().expect("bound");
    bench.set_http_listener(wanted).await;
    let failed = ListenerState::Failed { address: wanted, reason: "address already in use".to_owned() };
    assert_eq!(bench.gateway.http_listener_state(&group()), Some(failed));
    assert_eq!(bench.gateway.listener_state(&group()), ListenerState::Listening(bench.address));
    TcpStream::connect(before).await.expect_err("nobody listens there any more");

    drop(taken);
    let listening = Some(ListenerState::Listening(wanted));
    until("the port is bound", || bench.gateway.http_listener_state(&group()) == listening).await;
    assert!(talk(wanted, &get("test.com")).await.starts_with("HTTP/1.1 308 "));
}

#[tokio::test]
async fn the_two_listeners_can_change_places() {
    let mut bench = bench().await;
    let (tls, http) = (bench.address, address(&bench));
    bench.address = http;
    bench.set_http_listener(tls).await;
    assert_eq!(bench.gateway.listener_state(&group()), ListenerState::Listening(http));
    let answer = talk(tls, &get("test.com")).await;
    assert_eq!(location(&answer), Some(format!("https://test.com:{}/ip?a=b", http.port()).as_str()));
}

#[tokio::test]
async fn it_ends_with_its_setting_and_with_the_gateway() {
    let mut bench = bench().await;
    let before = address(&bench);
    bench.set_default(None).await;
    assert_eq!(bench.gateway.http_listener_state(&group()), None);
    TcpStream::connect(before).await.expect_err("nobody listens there any more");

    bench.set_http_listener(before).await;
    let mut silent = TcpStream::connect(before).await.expect("connected");
    silent.write_all(b"GET").await.expect("sent");
    // Far sooner than the silent client's time is up.
    let ended = timeout(Duration::from_secs(5), bench.gateway.shutdown(PATIENCE)).await;
    assert!(ended.is_ok(), "a silent client holds the shutdown up");
    let _ = soon(silent.read_to_end(&mut Vec::new())).await;
    TcpStream::connect(before).await.expect_err("nobody listens any more");
}
