//! HTTP/2 requests that would be others in HTTP/1.1: what a node receives is what was checked, or nothing.

use tokio::io::AsyncWriteExt;

use crate::support::client::Client;
use crate::support::http2::{PREFACE, answer, frame, request};
use crate::support::judge::judge;
use crate::support::recorder::Recorder;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// Fields as literals that are not indexed (RFC 7541 §6.2.2).
fn literal(fields: &[(&str, &str)]) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in fields {
        block.push(0);
        for text in [name, value] {
            block.push(u8::try_from(text.len()).expect("short"));
            block.extend(text.as_bytes());
        }
    }
    block
}

const METHOD: (&str, &str) = (":method", "POST");
const SCHEME: (&str, &str) = (":scheme", "https");
const PATH: (&str, &str) = (":path", "/a");
const AUTHORITY: (&str, &str) = (":authority", "test.com");

#[tokio::test]
async fn malformed_http2_requests_go_nowhere() {
    let (recorder, bench) = Recorder::start().await;
    for fields in [
        &[METHOD, SCHEME, AUTHORITY][..],
        &[SCHEME, PATH, AUTHORITY],
        &[METHOD, METHOD, SCHEME, PATH, AUTHORITY],
        &[METHOD, SCHEME, PATH, (":path", "/smuggled"), AUTHORITY],
        &[METHOD, SCHEME, PATH, AUTHORITY, (":authority", "other.com")],
        &[METHOD, SCHEME, PATH, AUTHORITY, ("host", "other.com")],
        &[METHOD, SCHEME, PATH, AUTHORITY, ("host", "test.com"), ("host", "test.com")],
        &[METHOD, SCHEME, PATH, ("x", "a"), AUTHORITY],
        &[METHOD, SCHEME, PATH, AUTHORITY, (":status", "200")],
        &[METHOD, SCHEME, PATH, AUTHORITY, (":odd", "a")],
        &[METHOD, SCHEME, PATH, AUTHORITY, (":protocol", "websocket")],
        &[(":method", "CONNECT"), AUTHORITY],
        &[(":method", "GET / HTTP/1.1\r\nHost: x\r\n\r\nGET"), SCHEME, PATH, AUTHORITY],
        &[(":method", "G T"), SCHEME, PATH, AUTHORITY],
        &[(":method", ""), SCHEME, PATH, AUTHORITY],
        &[METHOD, SCHEME, (":path", ""), AUTHORITY],
        &[METHOD, SCHEME, (":path", "a"), AUTHORITY],
        &[METHOD, SCHEME, (":path", "*"), AUTHORITY],
        &[METHOD, SCHEME, (":path", "/a b"), AUTHORITY],
        &[METHOD, SCHEME, (":path", "/a HTTP/1.1\r\nHost: x\r\n\r\nGET /smuggled"), AUTHORITY],
        &[METHOD, SCHEME, (":path", "/a\r\nX: b"), AUTHORITY],
        &[METHOD, SCHEME, (":path", "/a\0"), AUTHORITY],
        &[METHOD, SCHEME, (":path", "/../a"), AUTHORITY],
        &[METHOD, SCHEME, PATH, (":authority", "test.com\r\nX: b")],
        &[METHOD, SCHEME, PATH, (":authority", "user@test.com")],
        &[METHOD, SCHEME, PATH, (":authority", "")],
        &[METHOD, SCHEME, PATH],
        &[METHOD, SCHEME, PATH, AUTHORITY, ("transfer-encoding", "chunked")],
        &[METHOD, SCHEME, PATH, AUTHORITY, ("connection", "close")],
        &[METHOD, SCHEME, PATH, AUTHORITY, ("upgrade", "websocket")],
        &[METHOD, SCHEME, PATH, AUTHORITY, ("X-Upper", "a")],
        &[METHOD, SCHEME, PATH, AUTHORITY, ("x", "a\r\ny: b")],
        &[METHOD, SCHEME, PATH, AUTHORITY, ("x", "a\nb")],
        &[METHOD, SCHEME, PATH, AUTHORITY, ("x", "a\0")],
        &[METHOD, SCHEME, PATH, AUTHORITY, ("x: a\r\ny", "b")],
        &[METHOD, SCHEME, PATH, AUTHORITY, ("x y", "b")],
        &[METHOD, SCHEME, PATH, AUTHORITY, ("", "b")],
        &[METHOD, SCHEME, PATH, AUTHORITY, ("content-length", "5"), ("content-length", "6")],
        &[METHOD, SCHEME, PATH, AUTHORITY, ("content-length", "5")],
        &[METHOD, SCHEME, PATH, AUTHORITY, ("content-length", "+0")],
    ] {
        let mut stream = Client::new(&bench).http2().connect("test.com").await.expect("let in");
        let block = frame(HEADERS, END_STREAM | END_HEADERS, 1, &literal(fields));
        // Answers come in order of their streams' ends only by chance; the second one shows that the first was dealt with.
        let good = request(3, "test.com", "/good");
        stream.write_all(&[PREFACE, &block, &good].concat()).await.expect("sent");
        let _ = answer(&mut stream, 3).await;
        drop(stream);
        bench.nodes_are_free().await;
        let others = recorder.requests().into_iter().filter(|request| request.line != "GET /good HTTP/1.1");
        assert_eq!(others.collect::<Vec<_>>(), [], "{fields:?}");
        recorder.forget();
    }
}

#[tokio::test]
async fn http2_bodies_of_another_length_than_they_say_never_look_whole() {
    let (recorder, bench) = Recorder::start().await;
    for (length, body) in [("5", "1234"), ("5", "123456"), ("4", "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n")]
    {
        let mut stream = Client::new(&bench).http2().connect("test.com").await.expect("let in");
        let fields = literal(&[METHOD, SCHEME, PATH, AUTHORITY, ("content-length", length)]);
        let head = frame(HEADERS, END_HEADERS, 1, &fields);
        let data = frame(DATA, END_STREAM, 1, body.as_bytes());
        let good = request(3, "test.com", "/good");
        stream.write_all(&[PREFACE, &head, &data, &good].concat()).await.expect("sent");
        let _ = answer(&mut stream, 3).await;
        drop(stream);
        bench.nodes_are_free().await;
        for bytes in recorder.take() {
            let whole = judge(&bytes).unwrap_or_default();
            assert!(
                whole.iter().all(|request| request.line == "GET /good HTTP/1.1"),
                "{length} {body}: {whole:?}"
            );
        }
    }
}

#[tokio::test]
async fn http2_requests_arrive_in_the_same_form() {
    let (recorder, bench) = Recorder::start().await;
    let http = Client::new(&bench).http2().open("test.com").await;
    assert_eq!(http.get("test.com", "/a/../b?c").await.expect("an answer").status, 200);
    let request = recorder.requests().remove(0);
    assert_eq!((request.line.as_str(), request.all("host")), ("GET /b?c HTTP/1.1", vec!["test.com"]));
}
