//! Accepts the dashboard's connections, with or without TLS.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use socket2::SockRef;
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
/// The greatest head of a request, in bytes: addresses of forms that come back hold what was typed.
const HEAD_LIMIT: usize = 64 * 1024;
/// A client that takes none of an answer for so long is gone (RFC 5482).
const UNACKNOWLEDGED: Duration = Duration::from_secs(30);
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
            let socket = SockRef::from(&stream);
            // Answers are small: waiting for more to send only delays them. Without it they are late, no worse.
            let _ = socket.set_tcp_nodelay(true);
            if let Err(error) = socket.set_tcp_user_timeout(Some(UNACKNOWLEDGED)) {
                tracing::warn!(%error, "a connection to the dashboard cannot be bounded in time, and is closed");
                return None;
            }
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
    // HTTP/1.1 only: hyper waits for the end of each head under a deadline, from the first byte that is missing on. With
    // HTTP/2 a client that answers pings and asks nothing could stay for ever.
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(HEAD_LIMIT)
        .serve_connection(TokioIo::new(stream), service);
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
