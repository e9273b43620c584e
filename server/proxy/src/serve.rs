//! HTTP on a connection whose client was let in.

use std::convert::Infallible;
use std::fmt::Debug;
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use hyper::rt::Executor;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulConnection;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::server::TlsStream;

use crate::connection::Connection;
use crate::request::answer;
use crate::shared::Shared;

/// Bytes of a request's head, in either version of HTTP: as good as 64 KiB.
const HEAD_BYTES: u16 = u16::MAX;
/// Header fields of an HTTP/1.1 request; HTTP/2 bounds their size only.
const HEADERS: usize = 100;
/// Requests at once on an HTTP/2 connection.
const STREAMS: u32 = 100;
/// Streams that a client may reset before they were looked at (CVE-2023-44487, "rapid reset").
const PENDING_RESETS: usize = 20;
/// Streams that may be reset for the client's errors (CVE-2025-8671, "made you reset").
const LOCAL_RESETS: usize = 100;
/// How often an HTTP/2 client is asked whether it is still there.
const PING_INTERVAL: Duration = Duration::from_secs(30);
/// How long it may take to answer.
const PING_TIMEOUT: Duration = Duration::from_secs(10);

/// How to speak HTTP; made once for each worker.
#[derive(Debug)]
pub(crate) struct Http {
    http1: http1::Builder,
    http2: http2::Builder<LocalExecutor>,
}

impl Http {
    /// `header_timeout`: see [`crate::Options`].
    pub(crate) fn new(header_timeout: Duration) -> Self {
        let mut http1 = http1::Builder::new();
        http1
            .timer(TokioTimer::new())
            .header_read_timeout(header_timeout)
            .max_headers(HEADERS)
            .max_header_size(HEAD_BYTES.into());
        let mut http2 = http2::Builder::new(LocalExecutor);
        http2
            .timer(TokioTimer::new())
            .keep_alive_interval(PING_INTERVAL)
            .keep_alive_timeout(PING_TIMEOUT)
            .max_header_list_size(HEAD_BYTES.into())
            .max_concurrent_streams(STREAMS)
            .max_pending_accept_reset_streams(PENDING_RESETS)
            .max_local_error_reset_streams(LOCAL_RESETS);
        Self { http1, http2 }
    }

    /// How to speak HTTP/1.1, for those that speak nothing else.
    pub(crate) fn http1(&self) -> &http1::Builder {
        &self.http1
    }

    /// Answers requests until either side has enough.
    pub(crate) async fn serve(
        &self,
        shared: &Arc<Shared>,
        connection: &Rc<Connection>,
        stream: TlsStream<TcpStream>,
    ) {
        let service = service_fn(|request| {
            let (shared, connection) = (Arc::clone(shared), Rc::clone(connection));
            async move { Ok::<_, Infallible>(answer(&shared, &connection, request).await) }
        });
        let io = TokioIo::new(stream);
        if connection.is_http2() {
            run(connection, self.http2.serve_connection(io, service)).await;
        } else {
            run(connection, self.http1.serve_connection(io, service)).await;
        }
    }
}

/// Runs the connection until it ends by itself, or for as long as it is given once it is told to close.
async fn run<C>(connection: &Connection, http: C)
where
    C: GracefulConnection,
    C::Error: Debug,
{
    let mut http = pin!(http);
    let grace = tokio::select! {
        biased;
        grace = connection.closing() => grace,
        end = http.as_mut() => return log_end(connection, end),
    };
    http.as_mut().graceful_shutdown();
    match timeout(grace, http).await {
        Ok(end) => log_end(connection, end),
        Err(_) => tracing::debug!(connection = %connection.attempt().connection, "connection cut off"),
    }
}

fn log_end<E: Debug>(connection: &Connection, end: Result<(), E>) {
    if let Err(error) = end {
        // The client went away, was silent for too long, or broke the protocol.
        tracing::debug!(connection = %connection.attempt().connection, ?error, "connection ended early");
    }
}

/// Runs the streams of an HTTP/2 connection beside it, on the same thread.
#[derive(Debug, Clone, Copy)]
struct LocalExecutor;

impl<F> Executor<F> for LocalExecutor
where
    F: Future<Output: 'static> + 'static,
{
    fn execute(&self, future: F) {
        tokio::task::spawn_local(future);
    }
}
