//! HTTP/2 clients that make work and want no answer.

use domain::Protection;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use crate::support::client::Client;
use crate::support::gateway::Bench;
use crate::support::http2::{self, PREFACE, STATUS_200, frame};
use crate::support::soon;

const DATA: u8 = 0;
const PRIORITY: u8 = 2;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;

async fn open(bench: &Bench) -> TlsStream<TcpStream> {
    let mut stream = Client::new(bench).http2().connect("test.com").await.expect("let in");
    stream.write_all(PREFACE).await.expect("sent");
    stream
}

/// Whether the connection still answers a request after `frames`.
async fn survives(bench: &Bench, frames: &[u8]) -> bool {
    let mut stream = open(bench).await;
    // It may be over before all of it is sent.
    let _ = stream.write_all(frames).await;
    let _ = stream.write_all(&http2::request(1, "test.com", "/ip")).await;
    http2::answer(&mut stream, 1).await == Some(STATUS_200)
}

/// CVE-2019-9512 (PING), CVE-2019-9515 (SETTINGS), CVE-2019-9513 (PRIORITY), CVE-2019-9518 (empty frames).
#[tokio::test]
async fn cve_2019_9512_floods_of_control_frames_end_the_connection() {
    let bench = Bench::protected(Protection { http2_control_frames: 100, ..Protection::default() }).await;
    for (name, frame) in [
        ("PING", frame(PING, 0, 0, &[0; 8])),
        ("PING answers", frame(PING, 1, 0, &[0; 8])),
        ("SETTINGS", frame(SETTINGS, 0, 0, &[])),
        ("PRIORITY", frame(PRIORITY, 0, 3, &[0, 0, 0, 0, 1])),
        ("an unknown type", frame(77, 0, 0, b"x")),
    ] {
        assert!(survives(&bench, &frame.repeat(50)).await, "50 of {name}");
        assert!(!survives(&bench, &frame.repeat(150)).await, "150 of {name}");
    }
    let window = frame(WINDOW_UPDATE, 0, 0, &[0, 0, 0, 1]);
    assert!(survives(&bench, &window.repeat(900)).await, "as in a fast download");
    assert!(!survives(&bench, &window.repeat(1_100)).await, "far more than a download needs");
}

#[tokio::test]
async fn cve_2019_9518_empty_data_frames_end_the_connection() {
    let bench = Bench::protected(Protection { http2_control_frames: 100, ..Protection::default() }).await;
    for (number, survives) in [(50, true), (150, false)] {
        let mut stream = open(&bench).await;
        let mut post = http2::request(1, "test.com", "/anything");
        // `:method: POST`, and no END_STREAM.
        post[9] = 0x83;
        post[4] = 4;
        let empty = frame(DATA, 0, 1, &[]).repeat(number);
        let sent = [post, empty, frame(DATA, 1, 1, b"end")].concat();
        let _ = stream.write_all(&sent).await;
        let answered = http2::answer(&mut stream, 1).await == Some(STATUS_200);
        assert_eq!(answered, survives, "{number} empty frames");
    }
}

#[tokio::test]
async fn cve_2023_44487_rapid_resets_end_the_connection() {
    let bench = Bench::protected(Protection { http2_resets: 5, ..Protection::default() }).await;
    let mut stream = open(&bench).await;
    let cancelled = |number: u8| {
        let stream = 2 * number + 1;
        [http2::request(stream, "test.com", "/ip"), frame(RST_STREAM, 0, stream, &[0, 0, 0, 8])].concat()
    };
    let flood: Vec<u8> = (0..100).flat_map(cancelled).collect();
    let _ = stream.write_all(&flood).await;
    let mut answer = Vec::new();
    let _ = soon(stream.read_to_end(&mut answer)).await;
    let enhance_your_calm = [0, 0, 0, 11];
    assert!(frames(&answer).any(|(kind, payload)| kind == GOAWAY && payload[4..8] == enhance_your_calm));
}

#[tokio::test]
async fn a_group_says_how_many_streams_there_may_be() {
    let mut bench = Bench::protected(Protection { http2_streams: 7, ..Protection::default() }).await;
    assert_eq!(announced_streams(&bench).await, 7);
    // New connections follow at once.
    bench.protect(Protection { http2_streams: 9, ..Protection::default() }).await;
    assert_eq!(announced_streams(&bench).await, 9);
}

/// `SETTINGS_MAX_CONCURRENT_STREAMS` (RFC 9113 §6.5.2) as the gateway sends it first of all.
async fn announced_streams(bench: &Bench) -> u32 {
    let mut stream = open(bench).await;
    let mut head = [0; 9];
    soon(stream.read_exact(&mut head)).await.expect("SETTINGS");
    assert_eq!(head[3], SETTINGS);
    let mut settings = vec![0; usize::from(head[2])];
    soon(stream.read_exact(&mut settings)).await.expect("SETTINGS");
    let streams = settings.chunks(6).find(|setting| setting[..2] == [0, 3]).expect("a bound");
    u32::from_be_bytes(streams[2..].try_into().expect("4 bytes"))
}

/// Kind and payload of frames one after the other.
fn frames(mut bytes: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    std::iter::from_fn(move || {
        let (head, rest) = bytes.split_first_chunk::<9>()?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
        let (payload, rest) = rest.split_at_checked(length)?;
        bytes = rest;
        Some((head[3], payload))
    })
}
