//! Clients: TLS as strict or as strange as a test needs, and HTTP upon it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{TryStreamExt, stream};
use http::{HeaderMap, Request, Response, StatusCode, Version};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Empty, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::client::Resumption;
use rustls::pki_types::ServerName;
use rustls::{AlertDescription, ClientConfig, HandshakeKind, RootCertStore, SupportedProtocolVersion};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::gateway::Bench;
use super::pki::Identity;
use super::soon;

/// How a client speaks TLS. A clone shares its sessions.
#[derive(Clone)]
pub(crate) struct Client {
    config: ClientConfig,
    address: SocketAddr,
}

impl Client {
    /// One that has no certificate, and offers HTTP/1.1 over either version of TLS.
    pub(crate) fn new(bench: &Bench) -> Self {
        Self::with(bench, None, rustls::ALL_VERSIONS)
    }

    /// One with a certificate.
    pub(crate) fn of(bench: &Bench, identity: &Identity) -> Self {
        Self::with(bench, Some(identity), rustls::ALL_VERSIONS)
    }

    pub(crate) fn with(
        bench: &Bench,
        identity: Option<&Identity>,
        versions: &[&'static SupportedProtocolVersion],
    ) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(bench.servers.der()).expect("a root");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .expect("versions of the provider")
            .with_root_certificates(roots);
        let mut config = match identity {
            Some(identity) => builder
                .with_client_auth_cert(identity.chain.clone(), identity.key())
                .expect("a certificate and its key"),
            None => builder.with_no_client_auth(),
        };
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Self { config, address: bench.address }
    }

    pub(crate) fn http2(mut self) -> Self {
        self.config.alpn_protocols = vec![b"h2".to_vec()];
        self
    }

    pub(crate) fn without_sni(mut self) -> Self {
        self.config.enable_sni = false;
        self
    }

    pub(crate) fn resuming(mut self, resumption: Resumption) -> Self {
        self.config.resumption = resumption;
        self
    }

    /// Goes to another gateway from now on.
    pub(crate) fn redirect(&mut self, bench: &Bench) {
        self.address = bench.address;
    }

    pub(crate) fn config(&self) -> ClientConfig {
        self.config.clone()
    }

    /// Makes a handshake.
    pub(crate) async fn connect(&self, host: &str) -> io::Result<TlsStream<TcpStream>> {
        let socket = soon(TcpStream::connect(self.address)).await?;
        self.handshake(host, socket).await
    }

    /// Makes a handshake on a socket of its own.
    pub(crate) async fn handshake(&self, host: &str, socket: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        let name = ServerName::try_from(host.to_owned()).expect("a host name");
        soon(TlsConnector::from(Arc::new(self.config.clone())).connect(name, socket)).await
    }

    /// Opens an HTTP connection to a host that lets the client in.
    pub(crate) async fn open(&self, host: &str) -> Http {
        Http::over(self.connect(host).await.expect("let in")).await
    }

    /// Opens a connection of each version of HTTP.
    pub(crate) async fn open_both(&self, host: &str) -> [Http; 2] {
        [self.open(host).await, self.clone().http2().open(host).await]
    }

    /// The alert with which the client is refused: in its handshake, or in TLS 1.3 when it first reads.
    pub(crate) async fn refusal(&self, host: &str) -> AlertDescription {
        let error = match self.connect(host).await {
            Err(error) => error,
            Ok(mut stream) => {
                // As clients do; it may be too late for it already.
                let _ = stream.write_all(b"GET /ip HTTP/1.1\r\nHost: test.com\r\n\r\n").await;
                soon(stream.read_u8()).await.expect_err("the client was answered")
            }
        };
        let error = error.get_ref().and_then(|source| source.downcast_ref::<rustls::Error>());
        match error {
            Some(rustls::Error::AlertReceived(alert)) => *alert,
            other => panic!("no alert, but {other:?}"),
        }
    }
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) version: Version,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

/// A body of a request.
pub(crate) type Body = BoxBody<Bytes, io::Error>;

/// An open HTTP connection.
pub(crate) struct Http {
    sender: Sender,
    /// Ends when the connection does.
    driver: JoinHandle<hyper::Result<()>>,
    /// Whether the TLS session was an earlier one.
    pub(crate) resumed: bool,
}

#[derive(Clone)]
enum Sender {
    One(Arc<tokio::sync::Mutex<http1::SendRequest<Body>>>),
    Two(http2::SendRequest<Body>),
}

impl Http {
    pub(crate) async fn over(stream: TlsStream<TcpStream>) -> Self {
        Self::begin(stream).await.expect("HTTP")
    }

    /// Begins to speak HTTP, where the gateway may be hanging up already.
    pub(crate) async fn begin(stream: TlsStream<TcpStream>) -> hyper::Result<Self> {
        let session = stream.get_ref().1;
        let resumed = session.handshake_kind() == Some(HandshakeKind::Resumed);
        let is_http2 = session.alpn_protocol() == Some(b"h2");
        let io = TokioIo::new(stream);
        let (sender, driver) = if is_http2 {
            let (sender, driver) = http2::handshake(TokioExecutor::new(), io).await?;
            (Sender::Two(sender), tokio::spawn(driver))
        } else {
            let (sender, driver) = http1::handshake(io).await?;
            (Sender::One(Arc::new(tokio::sync::Mutex::new(sender))), tokio::spawn(driver))
        };
        Ok(Self { sender, driver, resumed })
    }

    /// A GET as clients make it: the host stands in `Host`, or in HTTP/2 in `:authority`.
    pub(crate) async fn get(&self, host: &str, path: &str) -> hyper::Result<Answer> {
        let request = Request::builder().method("GET");
        let request = match &self.sender {
            Sender::One(_) => request.uri(path).header("host", host),
            Sender::Two(_) => request.uri(format!("https://{host}{path}")),
        };
        self.send(request.body(empty()).expect("a request")).await
    }

    /// Sends a request, and waits for the head of its answer.
    pub(crate) async fn exchange(&self, request: Request<Body>) -> hyper::Result<Response<Incoming>> {
        soon(async {
            match &self.sender {
                Sender::One(sender) => {
                    let mut sender = sender.lock().await;
                    sender.ready().await?;
                    sender.send_request(request).await
                }
                Sender::Two(sender) => sender.clone().send_request(request).await,
            }
        })
        .await
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> hyper::Result<Answer> {
        soon(async {
            let (head, body) = self.exchange(request).await?.into_parts();
            let body = body.collect().await?.to_bytes();
            Ok(Answer {
                status: head.status,
                version: head.version,
                headers: head.headers,
                body: String::from_utf8(body.to_vec()).expect("text"),
            })
        })
        .await
    }

    /// Whether the gateway is still there.
    pub(crate) fn is_open(&self) -> bool {
        !self.driver.is_finished()
    }

    /// Waits until the gateway closes the connection.
    pub(crate) async fn closed(self) {
        // How it was closed depends on what the client was doing.
        let _ = soon(self.driver).await.expect("the driver does not panic");
    }
}

pub(crate) fn empty() -> Body {
    Empty::new().map_err(|never| match never {}).boxed()
}

pub(crate) fn full(text: &str) -> Body {
    whole(Bytes::copy_from_slice(text.as_bytes()))
}

pub(crate) fn whole(content: Bytes) -> Body {
    Full::new(content).map_err(|never| match never {}).boxed()
}

/// A body of what is sent to it, without a length; it ends when the sender is dropped, unless an error is sent.
pub(crate) fn streamed() -> (mpsc::Sender<io::Result<Bytes>>, Body) {
    let (sender, mut pieces) = mpsc::channel(1);
    let frames = stream::poll_fn(move |context| pieces.poll_recv(context));
    (sender, BodyExt::boxed(StreamBody::new(frames.map_ok(Frame::data))))
}

/// Sends bytes as they are, and reads what is answered until the gateway closes.
pub(crate) async fn raw(stream: &mut TlsStream<TcpStream>, request: &str) -> String {
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    let end = soon(stream.read_to_end(&mut answer)).await;
    // A connection that is cut off ends here without the TLS goodbye.
    assert!(end.is_ok() || !answer.is_empty(), "no answer: {end:?}");
    String::from_utf8_lossy(&answer).into_owned()
}

/// Reads until `end` has been read.
pub(crate) async fn read_until(stream: &mut TlsStream<TcpStream>, end: &str) -> String {
    let mut read = String::new();
    while !read.ends_with(end) {
        let byte = soon(stream.read_u8()).await.expect("more");
        read.push(byte.into());
    }
    read
}
