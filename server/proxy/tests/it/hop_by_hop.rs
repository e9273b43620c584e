//! Header fields that end at the gateway, where they stand for something else.

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};

use crate::support::client::{Client, raw};
use crate::support::gateway::{Bench, Clients};
use crate::support::http2::{PREFACE, STATUS_200, frame, request};
use crate::support::soon;

const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
/// `:method: GET`, `:scheme: https`, and `:path` with a value of its own (RFC 7541, appendix A).
const GET_IP: &[u8] = b"\x82\x87\x04\x03/ip";

async fn bench() -> Bench {
    let mut bench = Bench::start().await;
    bench.serve("open", &["test.com"], &Clients::All).await;
    bench
}

#[tokio::test]
async fn connection_names_nothing_that_is_meant_for_the_service() {
    let bench = bench().await;
    for (options, status) in [
        ("close", "200 OK"),
        ("close, TE", "200 OK"),
        ("close, Host", "400 Bad Request"),
        ("close, Content-Length", "400 Bad Request"),
        ("close, authorization", "400 Bad Request"),
        ("close, X-SSL-Client-Verify", "400 Bad Request"),
        ("close\r\nConnection: Client-Cert", "400 Bad Request"),
    ] {
        let mut stream = Client::new(&bench).connect("test.com").await.expect("let in");
        let request = format!("GET /ip HTTP/1.1\r\nHost: test.com\r\nConnection: {options}\r\n\r\n");
        let answer = raw(&mut stream, &request).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{options}: {answer}");
    }
}

/// RFC 9113 §8.2.2: a request with such fields is malformed.
#[tokio::test]
async fn http2_has_no_fields_of_the_connection() {
    let bench = bench().await;
    for (name, value, is_good) in [
        ("te", "trailers", true),
        ("te", "gzip", false),
        ("connection", "keep-alive", false),
        ("keep-alive", "timeout=5", false),
        ("proxy-connection", "keep-alive", false),
        ("transfer-encoding", "chunked", false),
        ("upgrade", "h2c", false),
    ] {
        let mut stream = Client::new(&bench).http2().connect("test.com").await.expect("let in");
        let mut fields = GET_IP.to_vec();
        fields.extend([1, 8]);
        fields.extend(b"test.com");
        // A literal field that is not indexed, with a new name (RFC 7541 §6.2.2).
        fields.push(0);
        for text in [name, value] {
            fields.push(u8::try_from(text.len()).expect("short"));
            fields.extend(text.as_bytes());
        }
        let malformed = frame(HEADERS, 5, 1, &fields);
        let sent = [PREFACE, &malformed, &request(3, "test.com", "/ip")].concat();
        stream.write_all(&sent).await.expect("sent");
        let (first, second) = soon(outcomes(&mut stream)).await;
        assert_eq!(first, if is_good { Outcome::Ok } else { Outcome::Reset }, "{name}: {value}");
        assert_eq!(second, Outcome::Ok, "the connection goes on after {name}: {value}");
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Ok,
    OtherStatus,
    Reset,
}

/// What becomes of the streams 1 and 3.
async fn outcomes(connection: &mut (impl AsyncRead + Unpin)) -> (Outcome, Outcome) {
    let (mut first, mut third) = (None, None);
    while first.is_none() || third.is_none() {
        let mut head = [0; 9];
        connection.read_exact(&mut head).await.expect("a frame");
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut payload = vec![0; usize::try_from(length).expect("24 bits")];
        connection.read_exact(&mut payload).await.expect("the frame's payload");
        let outcome = match head[3] {
            HEADERS if payload.first() == Some(&STATUS_200) => Outcome::Ok,
            HEADERS => Outcome::OtherStatus,
            RST_STREAM => Outcome::Reset,
            _ => continue,
        };
        let stream = if head[8] == 1 { &mut first } else { &mut third };
        stream.get_or_insert(outcome);
    }
    first.zip(third).expect("both are there")
}
