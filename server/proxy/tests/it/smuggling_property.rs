//! Random bytes that look like requests: a node sees the very requests that the gateway saw, whatever a client writes.

use std::env;
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use crate::support::client::Client;
use crate::support::gateway::Bench;
use crate::support::judge::{Received, judge_cut};
use crate::support::recorder::Recorder;
use crate::support::soon;

/// Cases, unless `PROPTEST_CASES` says otherwise.
const CASES: usize = 1_000;
/// Ends the connection, unless something is taken for the end of a body.
const END: &[u8] = b"GET /end HTTP/1.1\r\nHost: test.com\r\nConnection: close\r\n\r\n";
/// For so long the gateway may say nothing before it is told that nothing more comes.
const QUIET: Duration = Duration::from_millis(300);

/// Pieces of requests, each of which is in order or nearly so.
fn request() -> impl Strategy<Value = String> {
    let line = select(vec![
        "GET /a HTTP/1.1\r\n",
        "POST /b HTTP/1.1\r\n",
        "POST /c?d HTTP/1.1\r\n",
        "PUT https://test.com/e HTTP/1.1\r\n",
        "HEAD /f HTTP/1.1\r\n",
        "GET /g HTTP/1.0\r\n",
    ]);
    let field = select(vec![
        "Content-Length: 5\r\n",
        "Content-Length: 0\r\n",
        "Content-Length: 47\r\n",
        "Content-Length : 5\r\n",
        "Content_Length: 47\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer_Encoding: chunked\r\n",
        "Transfer-Encoding\n: chunked\r\n",
        "Connection: keep-alive\r\n",
        "Connection: Transfer-Encoding\r\n",
        "Expect: 100-continue\r\n",
        "TE: trailers\r\n",
        "X: a\r\n",
        "X: a\n",
        " Y: b\r\n",
        "\r\n",
    ]);
    let body = select(vec![
        "",
        "12345",
        "0\r\n\r\n",
        "5\r\n12345\r\n0\r\n\r\n",
        "5;x\r\n12345\r\n0\r\nT: u\r\n\r\n",
        "5\r\n123456\r\n0\r\n\r\n",
        "2f\r\nGET /smuggled HTTP/1.1\r\nHost: test.com\r\nX: abc\r\n0\r\n\r\n",
        "GET /smuggled HTTP/1.1\r\nHost: test.com\r\nX: abc",
        "GET /smuggled HTTP/1.1\r\nHost: test.com\r\n\r\n",
    ]);
    (line, vec(field, 0..3), body)
        .prop_map(|(line, fields, body)| format!("{line}Host: test.com\r\n{}\r\n{body}", fields.concat()))
}

/// A few of them in a row, with bytes put in or taken out here and there.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let odd = select(b"\r\n\0 \t:;,05a\x7f\xff".to_vec());
    let slips = vec((any::<prop::sample::Index>(), prop::option::of(odd)), 0..3);
    (vec(request(), 1..4), slips).prop_map(|(requests, slips)| {
        let mut bytes = requests.concat().into_bytes();
        for (place, slip) in slips {
            let place = place.index(bytes.len());
            match slip {
                Some(byte) => bytes.insert(place, byte),
                None => drop(bytes.remove(place)),
            }
        }
        bytes
    })
}

/// Method and path of each request, as the gateway has recorded them.
#[derive(Debug, Default)]
struct Recorded {
    /// The node's answer was passed on.
    answered: Vec<String>,
    /// The client gave it up, or its body was no body; the node may have received it before.
    given_up: Vec<String>,
}

impl Recorded {
    fn take(bench: &mut Bench) -> Self {
        let mut recorded = Self::default();
        while let Ok(record) = bench.records.requests.try_recv() {
            let line = format!("{} {}", record.line.method, record.line.path);
            match record.status {
                200 => recorded.answered.push(line),
                499 => recorded.given_up.push(line),
                _ if record.failure.is_some() => recorded.given_up.push(line),
                _ => {}
            }
        }
        recorded
    }

    /// Whether a node that received these has seen each answered request once, and nothing that the gateway has not seen.
    fn explains(&self, received: &[String]) -> bool {
        let mut left = received.to_vec();
        let mut take =
            |line: &String| left.iter().position(|other| other == line).map(|at| left.swap_remove(at));
        let are_all_there = self.answered.iter().all(|line| take(line).is_some());
        for line in &self.given_up {
            take(line);
        }
        are_all_there && left.is_empty()
    }
}

/// Method and path of each whole request that the node has received.
fn received(recorder: &Recorder) -> Result<Vec<String>, String> {
    let mut lines = Vec::new();
    for bytes in recorder.take() {
        let (whole, _) = judge_cut(&bytes)?;
        lines.extend(whole.iter().map(line));
    }
    Ok(lines)
}

fn line(request: &Received) -> String {
    let line = request.line.trim_end_matches(" HTTP/1.1");
    line.split_once('?').map_or(line, |(line, _)| line).to_owned()
}

#[tokio::test]
async fn nodes_see_the_requests_that_the_gateway_saw() {
    let (recorder, mut bench) = Recorder::start().await;
    let client = Client::new(&bench);
    let (mut runner, strategy) = (TestRunner::deterministic(), bytes());
    let cases = env::var("PROPTEST_CASES").map_or(CASES, |cases| cases.parse().expect("a number"));
    let mut passed_on = 0;
    for _ in 0..cases {
        let sent = strategy.new_tree(&mut runner).expect("a value").current();
        let mut stream = client.connect("test.com").await.expect("let in");
        // The gateway may have had enough before all of it is sent.
        let _ = stream.write_all(&[&sent, END].concat()).await;
        let mut answers = Vec::new();
        if timeout(QUIET, stream.read_to_end(&mut answers)).await.is_err() {
            // It waits for more of a body.
            let _ = stream.shutdown().await;
            let _ = soon(stream.read_to_end(&mut answers)).await;
        }
        bench.nodes_are_free().await;
        let recorded = Recorded::take(&mut bench);
        passed_on += recorded.answered.len();
        let received = received(&recorder).unwrap_or_else(|wrong| panic!("{wrong}\n{}", sent.escape_ascii()));
        assert!(recorded.explains(&received), "{recorded:?} {received:?}\n{}", sent.escape_ascii());
    }
    assert!(passed_on > cases / 4, "most cases were in vain: {passed_on} requests");
}
