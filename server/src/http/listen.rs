//! Accepts the dashboard's connections, with or without TLS.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

/// Connections to the dashboard at once.
const CONNECTIONS: usize = 512;
/// From accept to the end of the TLS handshake, and from there to the end of a request's head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// After an accept that failed (most likely: no file descriptor is free).
const ACCEPT_BACK_OFF: Duration = Duration::from_millis(100);

/// Where a request comes from; stands in its extensions.
#[derive(Debug, Clone, Copy)]
pub(super) struct ClientAddress(pub(super) SocketAddr);

/// The dashboard's bound socket.
#[derive(Debug)]
pub(crate) struct Listener {
    pub(crate) socket: TcpListener,
    pub(crate) tls: Option<Arc<rustls::ServerConfig>>,
}

/// Serves until `stop` is cancelled; then lets what is being answered finish within `grace`.
pub(crate) async fn serve(listener: Listener, app: Router, stop: CancellationToken, grace: Duration) {
    let acceptor = listener.tls.map(TlsAcceptor::from);
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let connections = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = accept(&listener.socket, &places) => accepted,
        };
        let Some((stream, client, place)) = accepted else { continue };
        let (acceptor, app, stop) = (acceptor.clone(), app.clone(), stop.clone());
        connections.spawn(async move {
            let _place = place;
            let app = app.layer(axum::Extension(ClientAddress(client)));
            match acceptor {
                None => answer(stream, app, &stop).await,
                Some(acceptor) => match tokio::time::timeout(HEAD_TIMEOUT, acceptor.accept(stream)).await {
                    Ok(Ok(stream)) => answer(stream, app, &stop).await,
                    Ok(Err(error)) => {
                        tracing::debug!(%client, %error, "a TLS handshake with the dashboard failed")
                    }
                    Err(_) => tracing::debug!(%client, "a TLS handshake with the dashboard took too long"),
                },
            }
        });
    }
    drop(listener.socket);
    connections.close();
    if tokio::time::timeout(grace, connections.wait()).await.is_err() {
        tracing::info!("dashboard connections were still open and are closed now");
    }
}

async fn accept(
    socket: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match socket.accept().await {
        Ok((stream, client)) => {
            // Answers are small: waiting for more to send only delays them. Without it they are late, no worse.
            let _ = stream.set_nodelay(true);
            Some((stream, client, place))
        }
        Err(error) => {
            tracing::warn!(%error, "the dashboard cannot accept a connection");
            tokio::time::sleep(ACCEPT_BACK_OFF).await;
            None
        }
    }
}

async fn answer<S>(stream: S, app: Router, stop: &CancellationToken)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = hyper::service::service_fn(move |request: http::Request<Incoming>| {
        app.clone().oneshot(request.map(Body::new))
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(HEAD_TIMEOUT)
        .max_concurrent_streams(64)
        .max_header_list_size(32 * 1024);
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let result = tokio::select! {
        result = connection.as_mut() => result,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "a connection to the dashboard ended early");
    }
}
