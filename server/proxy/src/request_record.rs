use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

use domain::{ConnectionId, GatewayGroupId, RouteId, UnixTime};
use http::Request;
use serde::Serialize;
use tokio::sync::mpsc;

use crate::request::authority;

/// Records that may wait for their keeper.
const QUEUE: usize = 8_192;
/// Characters of what a client wrote.
const CHARACTERS: usize = 1_024;

/// A request and its answer: one line of the access log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RequestRecord {
    /// The connection, as in its handshake's event.
    pub connection: ConnectionId,
    /// When the answer was over.
    pub at: UnixTime,
    /// The group.
    pub group: GatewayGroupId,
    /// The client's address.
    pub client: SocketAddr,
    /// What was asked for.
    #[serde(flatten)]
    pub line: RequestLine,
    /// The answer's status; 499 if the client went away before there was one.
    pub status: u16,
    /// Bytes of the answer's body that were sent.
    pub bytes: u64,
    /// Microseconds from the end of the request's head to the end of the answer's body.
    pub duration_us: u64,
    /// The route.
    pub route: Option<RouteId>,
    /// The node that answered, or was asked last.
    pub node: Option<String>,
    /// Why no node could answer, or why its answer broke off; escaped.
    pub failure: Option<String>,
    /// What to call the client, if its certificate was verified; escaped.
    pub identity: Option<String>,
    /// The connection's TLS version (`TLSv1.3`).
    pub tls_version: Option<String>,
    /// Whether the connection resumed an earlier session.
    pub resumed: bool,
}

/// What a request asks for, as the client wrote it, in visible ASCII: any other byte stands percent-encoded, so that no
/// terminal that shows the log obeys it. Each field is cut to 1,024 characters of what was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RequestLine {
    /// The host that the request names; empty if it names none, or several.
    pub host: String,
    /// The method.
    pub method: String,
    /// The path, without the query: that is where secrets are.
    pub path: String,
    /// `HTTP/1.1`, `HTTP/2.0`.
    pub http_version: String,
}

impl RequestLine {
    pub(crate) fn of<B>(request: &Request<B>) -> Self {
        let host = authority(request.version(), request.uri(), request.headers()).unwrap_or_default();
        Self {
            host: cut(host),
            method: cut(request.method().as_str()),
            path: cut(request.uri().path()),
            http_version: format!("{:?}", request.version()),
        }
    }
}

fn cut(text: &str) -> String {
    let end = text.char_indices().nth(CHARACTERS).map_or(text.len(), |(end, _)| end);
    let mut visible = String::with_capacity(end);
    for byte in text.as_bytes()[..end].iter().copied() {
        if byte.is_ascii_graphic() {
            visible.push(char::from(byte));
        } else {
            visible.push_str(&format!("%{byte:02X}"));
        }
    }
    visible
}

/// The way of request records to their keeper.
#[derive(Debug)]
pub(crate) struct AccessLog {
    keeper: mpsc::Sender<RequestRecord>,
    dropped: Mutex<HashMap<GatewayGroupId, u64>>,
}

impl AccessLog {
    pub(crate) fn new() -> (Self, mpsc::Receiver<RequestRecord>) {
        let (keeper, records) = mpsc::channel(QUEUE);
        (Self { keeper, dropped: Mutex::default() }, records)
    }

    /// Hands a record on. Never waits: what the keeper has no room for is dropped and counted.
    pub(crate) fn record(&self, record: RequestRecord) {
        if let Err(mpsc::error::TrySendError::Full(record)) = self.keeper.try_send(record) {
            let mut dropped = self.dropped.lock().unwrap_or_else(PoisonError::into_inner);
            *dropped.entry(record.group).or_default() += 1;
        }
    }

    /// How many records of each group never reached the keeper.
    pub(crate) fn dropped(&self) -> HashMap<GatewayGroupId, u64> {
        self.dropped.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_is_written() {
        assert_eq!(cut("/a%20b?"), "/a%20b?");
        assert_eq!(
            cut("/\u{9b}31m\u{202e}\u{2028}\u{1b}[0m é"),
            "/%C2%9B31m%E2%80%AE%E2%80%A8%1B[0m%20%C3%A9"
        );
        assert_eq!(cut(&"x".repeat(2_000)).len(), CHARACTERS);
    }
}
