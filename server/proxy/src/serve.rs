//! HTTP on a connection whose client was let in.

use std::convert::Infallible;
use std::fmt::Debug;
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::time::Duration;

use domain::Protection;
use http::Request;
use hyper::body::Incoming;
use hyper::rt::Executor;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

use crate::body::RequestBody;
use crate::budget::seconds;
use crate::connection::Connection;
use crate::http1::server::{Http1Body, converse};
use crate::interim::Interim;
use crate::request::{Context, answer};
use crate::steady_body::SteadyBody;
use crate::watched::Watched;

/// Streams that may be reset for the client's errors (CVE-2025-8671, "made you reset").
const LOCAL_RESETS: usize = 100;
/// How often an HTTP/2 client is asked whether it is still there.
const PING_INTERVAL: Duration = Duration::from_secs(30);
/// How long it may take to answer.
const PING_TIMEOUT: Duration = Duration::from_secs(10);

/// Answers requests until either side has enough.
pub(crate) async fn serve<S>(context: &Rc<Context>, connection: &Rc<Connection>, stream: S)
where
    S: AsyncRead + AsyncWrite + Unpin + 'static,
{
    if connection.is_http2() {
        let patience = seconds(connection.pace().protection().body_seconds);
        let service = service_fn(|request: Request<Incoming>| {
            let (context, connection) = (Rc::clone(context), Rc::clone(connection));
            let request = request.map(|body| RequestBody::Http2(SteadyBody::new(body, patience)));
            async move {
                Ok::<_, Infallible>(answer(&context, &connection, request, Interim::none()).await.response)
            }
        });
        let io = TokioIo::new(Watched::new(stream, connection));
        let http = http2(connection.pace().protection()).serve_connection(io, service);
        run(connection, pin!(http), |http| http.graceful_shutdown()).await;
    } else {
        let handler = |request: Request<Http1Body>, interim| {
            answer(context, connection, request.map(RequestBody::Http1), interim)
        };
        let http = converse(connection, &*context.shared.options.clock, stream, handler);
        // It sees by itself that the connection is to be closed.
        run(connection, pin!(http), |_| ()).await;
    }
}

fn http2(protection: &Protection) -> http2::Builder<LocalExecutor> {
    let mut http2 = http2::Builder::new(LocalExecutor);
    http2
        .timer(TokioTimer::new())
        .keep_alive_interval(PING_INTERVAL)
        .keep_alive_timeout(PING_TIMEOUT)
        .max_header_list_size(protection.header_bytes)
        .max_concurrent_streams(protection.http2_streams)
        .max_pending_accept_reset_streams(protection.http2_resets as usize)
        .max_local_error_reset_streams(LOCAL_RESETS);
    http2
}

/// Runs the connection until it ends by itself, or for as long as it is given once it is told to close.
async fn run<C, E>(connection: &Connection, mut http: Pin<&mut C>, tell: impl FnOnce(Pin<&mut C>))
where
    C: Future<Output = Result<(), E>>,
    E: Debug,
{
    let grace = tokio::select! {
        biased;
        grace = connection.closing() => grace,
        end = http.as_mut() => return log_end(connection, end),
    };
    tell(http.as_mut());
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
