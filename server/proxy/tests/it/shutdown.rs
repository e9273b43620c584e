//! The end of a gateway.

use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::{ListenerState, Revision};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::client::{Client, raw, read_until};
use crate::support::gateway::{Bench, Clients, group, settings};
use crate::support::{PATIENCE, soon, until};

const UPLOAD: &str =
    "POST /anything HTTP/1.1\r\nHost: test.com\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n";

async fn bench() -> Bench {
    let mut bench = Bench::start().await;
    bench.serve("open", &["test.com"], &Clients::All).await;
    bench
}

#[tokio::test]
async fn what_is_in_flight_finishes_and_the_rest_is_closed() {
    let bench = bench().await;
    let client = Client::new(&bench);
    let idle = [client.open("test.com").await, client.clone().http2().open("test.com").await];
    for http in &idle {
        http.get("test.com", "/ip").await.expect("an answer");
    }
    let mut busy = client.connect("test.com").await.expect("let in");
    busy.write_all(UPLOAD.as_bytes()).await.expect("sent");
    read_until(&mut busy, "100 Continue\r\n\r\n").await;

    let gateway = Arc::clone(&bench.gateway);
    let shutdown = tokio::spawn(async move { gateway.shutdown(PATIENCE).await });
    for http in idle {
        http.closed().await;
    }
    assert!(!shutdown.is_finished(), "one request is still being answered");
    let answer = raw(&mut busy, "rest").await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    soon(shutdown).await.expect("no panic");
    TcpStream::connect(bench.address).await.expect_err("nobody listens any more");
}

#[tokio::test]
async fn what_does_not_finish_in_time_is_cut_off() {
    let bench = bench().await;
    let mut busy = Client::new(&bench).connect("test.com").await.expect("let in");
    busy.write_all(UPLOAD.as_bytes()).await.expect("sent");
    read_until(&mut busy, "100 Continue\r\n\r\n").await;
    // Half a handshake is in flight too.
    let mut silent = TcpStream::connect(bench.address).await.expect("connected");

    let since = Instant::now();
    soon(bench.gateway.shutdown(Duration::from_millis(300))).await;
    assert!(since.elapsed() < PATIENCE / 2, "{:?}", since.elapsed());
    let mut answer = Vec::new();
    let _ = soon(busy.read_to_end(&mut answer)).await;
    let _ = soon(silent.read_to_end(&mut answer)).await;
    assert!(answer.is_empty());
}

#[tokio::test]
async fn nothing_can_be_started_again() {
    let bench = bench().await;
    soon(bench.gateway.shutdown(Duration::ZERO)).await;
    let listener = bench.address;
    soon(bench.gateway.apply(vec![settings(group(), listener)], Revision(9))).await;
    assert!(matches!(bench.gateway.listener_state(&group()), ListenerState::Failed { .. }));
    soon(bench.gateway.shutdown(Duration::ZERO)).await;
    TcpStream::connect(bench.address).await.expect_err("nobody listens any more");
}

#[tokio::test]
async fn a_gateway_that_is_dropped_leaves_nothing_behind() {
    let bench = bench().await;
    let http = Client::new(&bench).open("test.com").await;
    let address = bench.address;
    drop(bench);
    http.closed().await;
    until("the port is free", || std::net::TcpListener::bind(address).is_ok()).await;
}
