//! Load balancers that say for whom they connect, and everybody else, who is not believed.

use std::net::SocketAddr;

use domain::{HandshakeEvent, Protection, ReasonCode, Verdict};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::client::{Client, Http};
use crate::support::gateway::{Bench, reason};
use crate::support::soon;

const V1: &[u8] = b"PROXY TCP4 192.0.2.1 198.51.100.7 56224 9443\r\n";

/// Version 2 with IPv6 addresses, and an extension behind them.
fn v2() -> Vec<u8> {
    let mut header = b"\r\n\r\n\0\r\nQUIT\n\x21\x21\0\x28".to_vec();
    for address in ["2001:db8::1", "2001:db8::2"] {
        header.extend(address.parse::<std::net::Ipv6Addr>().expect("an address").octets());
    }
    header.extend([0xdb, 0xa0, 0x24, 0xe3, 4, 0, 1, 0]);
    header
}

/// Version 2, LOCAL: the proxy connects for itself.
const LOCAL: &[u8] = b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0";

fn trusting(ranges: &[&str]) -> Protection {
    let proxy_protocol = ranges.iter().map(|range| range.parse().expect("a range")).collect();
    Protection { proxy_protocol, ..Protection::default() }
}

/// Makes a handshake behind a header that is sent with the ClientHello or, if `apart`, in pieces before it.
async fn connect(bench: &Bench, header: &[u8], apart: bool) -> std::io::Result<(SocketAddr, Http)> {
    let mut socket = TcpStream::connect(bench.address).await?;
    socket.set_nodelay(true)?;
    let address = socket.local_addr()?;
    for piece in header.chunks(if apart { 1 } else { header.len() }) {
        socket.write_all(piece).await?;
    }
    let stream = Client::new(bench).handshake("test.com", socket).await?;
    Ok((address, Http::over(stream).await))
}

fn addresses(event: &HandshakeEvent) -> (String, Option<SocketAddr>, String) {
    (event.client.to_string(), event.proxy, event.local.to_string())
}

#[tokio::test]
async fn a_listed_proxy_says_for_whom_it_comes() {
    let bench = Bench::protected(trusting(&["127.0.0.0/8"])).await;
    let mut number = 0;
    for (header, client, local) in [
        (V1.to_vec(), "192.0.2.1:56224", "198.51.100.7:9443"),
        (v2(), "[2001:db8::1]:56224", "[2001:db8::2]:9443"),
    ] {
        for apart in [false, true] {
            let (proxy, http) = connect(&bench, &header, apart).await.expect("let in");
            number += 1;
            let event = bench.event(number).await;
            assert_eq!(event.verdict, Verdict::Accepted);
            assert_eq!(addresses(&event), (client.to_owned(), Some(proxy), local.to_owned()));
            let answer = http.get("test.com", "/ip").await.expect("an answer");
            let ip = client.parse::<SocketAddr>().expect("an address").ip();
            assert!(answer.body.contains(&format!("\"{ip}\"")), "{}", answer.body);
        }
    }
}

#[tokio::test]
async fn a_proxy_that_comes_for_itself_is_the_client() {
    let bench = Bench::protected(trusting(&["127.0.0.1"])).await;
    for (number, header) in [LOCAL, b"PROXY UNKNOWN\r\n"].into_iter().enumerate() {
        let (proxy, _http) = connect(&bench, header, false).await.expect("let in");
        let event = bench.event(number + 1).await;
        assert_eq!(addresses(&event), (proxy.to_string(), None, bench.address.to_string()));
    }
}

#[tokio::test]
async fn a_listed_proxy_has_to_say_it() {
    let bench = Bench::protected(Protection { client_hello_seconds: 1, ..trusting(&["127.0.0.1"]) }).await;
    Client::new(&bench).connect("test.com").await.expect_err("no header");
    let event = bench.event(1).await;
    assert_eq!(reason(&event), ReasonCode::ClientAborted);
    let Verdict::Refused { detail, .. } = &event.verdict else { unreachable!("it is a refusal") };
    assert!(detail.contains("no PROXY header"), "{detail}");

    // Half a header is waited for no longer than half a ClientHello.
    let mut socket = TcpStream::connect(bench.address).await.expect("connected");
    socket.write_all(&V1[..30]).await.expect("sent");
    let _ = soon(socket.read_to_end(&mut Vec::new())).await;
    assert_eq!(reason(&bench.event(2).await), ReasonCode::HandshakeTimeout);
}

#[tokio::test]
async fn from_everybody_else_it_is_not_understood() {
    for ranges in [&[][..], &["192.0.2.0/24", "::1"]] {
        let bench = Bench::protected(trusting(ranges)).await;
        for (number, header) in [V1, &v2()].into_iter().enumerate() {
            assert!(
                connect(&bench, header, false).await.is_err(),
                "taken for a proxy although {ranges:?} are"
            );
            let event = bench.event(number + 1).await;
            reason(&event);
            assert_eq!(event.client.ip(), bench.address.ip());
            assert_eq!(event.proxy, None);
        }
    }
}

#[tokio::test]
async fn a_proxys_clients_are_counted_one_by_one() {
    let limits = Protection { connections_per_address: 1, ..trusting(&["127.0.0.1"]) };
    let bench = Bench::protected(limits).await;
    let (_, first) = connect(&bench, V1, false).await.expect("let in");
    connect(&bench, V1, false).await.map(drop).expect_err("too many of one client");
    let (_, other) = connect(&bench, &v2(), false).await.expect("let in");
    assert!(first.is_open() && other.is_open());
    assert_eq!(bench.gateway.report().await.turned_away.into_values().sum::<u64>(), 1);
}

#[tokio::test]
async fn who_is_believed_can_be_changed_at_any_time() {
    let mut bench = Bench::protected(Protection::default()).await;
    Client::new(&bench).connect("test.com").await.expect("let in");
    bench.protect(trusting(&["127.0.0.1"])).await;
    connect(&bench, V1, false).await.expect("let in");
    assert_eq!(bench.event(2).await.client.to_string(), "192.0.2.1:56224");
    bench.protect(Protection::default()).await;
    Client::new(&bench).connect("test.com").await.expect("let in");
}
