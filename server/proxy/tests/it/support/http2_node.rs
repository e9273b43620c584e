//! Nodes that speak HTTP/2, with hyper's server.

use std::convert::Infallible;
use std::net::SocketAddr;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::client::Body;

/// A node that answers every request in the same way, until it is dropped.
pub(crate) struct Http2Node {
    pub(crate) address: SocketAddr,
    _connections: JoinSet<()>,
}

impl Http2Node {
    /// One that answers with what `answer` gives; with TLS if it is told how.
    pub(crate) async fn start<F>(
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
                        None => serve(socket, answer).await,
                        Some(tls) => serve(tls.accept(socket).await.expect("a handshake"), answer).await,
                    }
                });
            }
        });
        Self { address, _connections: connections }
    }
}

async fn serve<S, F>(stream: S, answer: impl Fn(Request<Incoming>) -> F + Clone + Send + 'static)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    F: Future<Output = Response<Body>> + Send + 'static,
{
    let service = service_fn(move |request| {
        let answer = answer(request);
        async move { Ok::<_, Infallible>(answer.await) }
    });
    // How it ends is the client's to see.
    let _ = http2::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
}
