//! HTTP/1.1 (RFC 9112) by ourselves: nothing stands between a request's task and its connections, and nothing is
//! understood that another could understand otherwise.

pub(crate) mod chunked;
pub(crate) mod client;
pub(crate) mod fields;
pub(crate) mod server;
pub(crate) mod spare;

/// Why a message is refused, in words for operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Malformed(pub(crate) &'static str);
