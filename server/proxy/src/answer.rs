//! What a request is answered with.

use std::time::Duration;

use bytes::Bytes;
use http::Response;
use tokio::io::{AsyncRead, AsyncWrite};

/// An answer, and what follows it on a connection that is no longer HTTP.
pub(crate) struct Answer<B> {
    pub(crate) response: Response<B>,
    /// Only with status 101 (RFC 9110 §15.2.2).
    pub(crate) tunnel: Option<Tunnel>,
}

impl<B> From<Response<B>> for Answer<B> {
    fn from(response: Response<B>) -> Self {
        Self { response, tunnel: None }
    }
}

/// The other end of a connection that was upgraded.
pub(crate) struct Tunnel {
    pub(crate) stream: Box<dyn TunnelStream>,
    /// What was read from the stream behind the head of its answer.
    pub(crate) read_ahead: Bytes,
    /// How long nothing may move in it, and how long either side may take nothing of what there is for it.
    pub(crate) idle: Duration,
}

/// Anything that bytes can be copied to and from.
pub(crate) trait TunnelStream: AsyncRead + AsyncWrite + Unpin {}

impl<S: AsyncRead + AsyncWrite + Unpin> TunnelStream for S {}
