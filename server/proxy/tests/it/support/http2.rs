//! HTTP/2 by hand (RFC 9113), for a client that behaves as no library would.

use tokio::io::{AsyncRead, AsyncReadExt};

use super::soon;

/// The connection preface and empty SETTINGS (§3.4).
pub(crate) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
/// The header field `:status: 200` (RFC 7541, index 8 of the static table).
pub(crate) const STATUS_200: u8 = 0x88;

const HEADERS: u8 = 1;
const END_STREAM_AND_HEADERS: u8 = 5;

/// A GET in one HEADERS frame.
pub(crate) fn request(stream: u8, host: &str, path: &str) -> Vec<u8> {
    // `:method: GET`, `:scheme: https`; then `:path` and `:authority` with values of their own.
    let mut fields = vec![0x82, 0x87];
    for (name, value) in [(4, path), (1, host)] {
        fields.extend([name, u8::try_from(value.len()).expect("short")]);
        fields.extend(value.as_bytes());
    }
    frame(HEADERS, END_STREAM_AND_HEADERS, stream, &fields)
}

/// A frame (§4.1).
pub(crate) fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).expect("short");
    [&[0, 0, length, kind, flags, 0, 0, 0, stream], payload].concat()
}

/// The first byte of the answer's header fields, which stands for its status; `None` if there is no answer. Frames of
/// other kinds and streams are read, and not answered.
pub(crate) async fn answer(connection: &mut (impl AsyncRead + Unpin), stream: u8) -> Option<u8> {
    let answer = async {
        loop {
            let mut head = [0; 9];
            connection.read_exact(&mut head).await.ok()?;
            let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
            let mut payload = vec![0; usize::try_from(length).expect("24 bits")];
            connection.read_exact(&mut payload).await.ok()?;
            if head[3] == HEADERS && head[8] == stream {
                return payload.first().copied();
            }
        }
    };
    soon(answer).await
}
