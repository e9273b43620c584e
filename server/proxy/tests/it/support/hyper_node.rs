//! Nodes with hyper's server.

use std::convert::Infallible;
use std::net::SocketAddr;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::client::Body;

/// A node that answers every request in the same way, until it is dropped.
pub(crate) struct HyperNode {
    pub(crate) address: SocketAddr,
    _connections: JoinSet<()>,
}

impl HyperNode {
    /// One that speaks HTTP/1.1, and answers with what `answer` gives.
    pub(crate) async fn http1<F>(answer: impl Fn(Request<Incoming>) -> F + Clone + Send + 'static) -> Self
    where
        F: Future<Output = Response<Body>> + Send + 'static,
    {
        Self::start(false, None, answer).await
    }

    /// One that speaks HTTP/2; with TLS if it is told how.
    pub(crate) async fn http2<F>(
        tls: Option<TlsAcceptor>,
        answer: impl Fn(Request<Incoming>) -> F + Clone + Send + 'static,
    ) -> Self
    where
        F: Future<Output = Response<Body>> + Send + 'static,
    {
        Self::start(true, tls, answer).await
    }

    async fn start<F>(
        is_http2: bool,
        tls: Option<TlsAcceptor>,
        answer: impl Fn(Request<Incoming>) -> F + Clone + Send + 'static,
    ) -> Self
    where
        F: Future<Output = Response<Body>> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let mut connections = JoinSet::new();
        connections.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((socket, _)) = listener.accept().await {
                let (tls, answer) = (tls.clone(), answer.clone());
                connections.spawn(async move {
                    match tls {
                        None => serve(is_http2, socket, answer).await,
                        Some(tls) => serve(is_http2, tls.accept(socket).await.expect("let in"), answer).await,
                    }
                });
            }
        });
        Self { address, _connections: connections }
    }
}

async fn serve<S, F>(
    is_http2: bool,
    stream: S,
    answer: impl Fn(Request<Incoming>) -> F + Clone + Send + 'static,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    F: Future<Output = Response<Body>> + Send + 'static,
{
    let service = service_fn(move |request| {
        let answer = answer(request);
        async move { Ok::<_, Infallible>(answer.await) }
    });
    let stream = TokioIo::new(stream);
    // How it ends is the client's to see.
    if is_http2 {
        let _ = http2::Builder::new(TokioExecutor::new()).serve_connection(stream, service).await;
    } else {
        let _ = http1::Builder::new().serve_connection(stream, service).await;
    }
}
