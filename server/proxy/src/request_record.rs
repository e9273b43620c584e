use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

use domain::{ConnectionId, GatewayGroupId, UnixTime};
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
    /// When the answer was ready.
    pub at: UnixTime,
    /// The group.
    pub group: GatewayGroupId,
    /// The client's address.
    pub client: SocketAddr,
    /// What was asked for.
    #[serde(flatten)]
    pub line: RequestLine,
    /// The answer's status.
    pub status: u16,
    /// Bytes of the answer's body.
    pub bytes: u64,
    /// Microseconds from the end of the request's head to the answer.
    pub duration_us: u64,
    /// What to call the client, if its certificate was verified; escaped.
    pub identity: Option<String>,
    /// The connection's TLS version (`TLSv1.3`).
    pub tls_version: Option<String>,
    /// Whether the connection resumed an earlier session.
    pub resumed: bool,
}

/// What a request asks for, as the client wrote it; each field is cut to 1,024 characters.
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
    text.chars().take(CHARACTERS).collect()
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
