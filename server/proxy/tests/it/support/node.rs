//! Nodes of upstreams that do, byte by byte, what a test says.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::pki::{Authority, Identity};
use super::soon;

/// The whole answer of a node that has nothing to say.
pub(crate) const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/// Where a node listens.
pub(crate) struct Node {
    listener: TcpListener,
    pub(crate) address: SocketAddr,
}

impl Node {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        Self { listener, address }
    }

    /// An address at which connections are refused.
    pub(crate) async fn nowhere() -> SocketAddr {
        Self::start().await.address
    }

    /// Waits for the gateway's next connection.
    pub(crate) async fn accept(&self) -> Link {
        let (stream, _) = soon(self.listener.accept()).await.expect("a connection");
        stream.set_nodelay(true).expect("an option");
        Link { stream, read: Vec::new() }
    }

    /// Waits for the gateway's next connection, and makes a handshake on it.
    pub(crate) async fn accept_tls(&self, acceptor: &TlsAcceptor) -> io::Result<Link<TlsStream<TcpStream>>> {
        let socket = self.accept().await.stream;
        Ok(Link { stream: soon(acceptor.accept(socket)).await?, read: Vec::new() })
    }

    /// Answers a request on a connection of its own, and gives the connection and the request's head.
    pub(crate) async fn serve_one(&self, answer: &str) -> (Link, String) {
        let mut link = self.accept().await;
        let head = link.head().await;
        link.say(answer).await;
        (link, head)
    }

    /// Whether the gateway has made no connection that was not accepted.
    pub(crate) async fn is_untouched(&self) -> bool {
        let accepting = std::pin::pin!(self.listener.accept());
        futures_util::poll!(accepting).is_pending()
    }
}

/// TLS as a node speaks it.
pub(crate) fn acceptor(identity: &Identity, protocol: &str, clients: Option<&Authority>) -> TlsAcceptor {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .expect("versions of the provider");
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(authority.der()).expect("a root");
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build().expect("a verifier"))
        }
    };
    let mut config =
        builder.with_single_cert(identity.chain.clone(), identity.key()).expect("a certificate and its key");
    config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
    TlsAcceptor::from(Arc::new(config))
}

/// The node's end of a connection.
pub(crate) struct Link<S = TcpStream> {
    pub(crate) stream: S,
    read: Vec<u8>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Link<S> {
    /// Reads a head, with the empty line.
    pub(crate) async fn head(&mut self) -> String {
        self.hear("\r\n\r\n").await
    }

    /// Reads up to and including `end`.
    pub(crate) async fn hear(&mut self, end: &str) -> String {
        loop {
            if let Some(at) = memchr::memmem::find(&self.read, end.as_bytes()) {
                let rest = self.read.split_off(at + end.len());
                let heard = std::mem::replace(&mut self.read, rest);
                return String::from_utf8(heard).expect("text");
            }
            assert_ne!(self.more().await.expect("more"), 0, "it ended before {end:?}");
        }
    }

    async fn more(&mut self) -> io::Result<usize> {
        soon(self.stream.read_buf(&mut self.read)).await
    }

    pub(crate) async fn say(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).await.expect("sent");
        self.stream.flush().await.expect("sent");
    }

    /// Answers the next request.
    pub(crate) async fn answer(&mut self, answer: &str) -> String {
        let head = self.head().await;
        self.say(answer).await;
        head
    }

    /// What comes until the gateway closes the connection, however it does.
    pub(crate) async fn rest(mut self) -> Vec<u8> {
        while self.more().await.is_ok_and(|length| length > 0) {}
        self.read
    }
}

impl Link {
    /// Closes the connection as the system does for a process that dies with unread bytes.
    pub(crate) fn reset(self) {
        socket2::SockRef::from(&self.stream).set_linger(Some(Duration::ZERO)).expect("an option");
    }
}
