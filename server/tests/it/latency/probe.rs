//! A client that comes again and again until it is refused.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::client::Resumption;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, HandshakeKind, RootCertStore, StreamOwned};

use crate::support::Postern;

/// Who is not refused by then will not be.
const PATIENCE: Duration = Duration::from_secs(10);

/// A client at one host.
#[derive(Clone)]
pub(super) struct Probe {
    config: Arc<ClientConfig>,
    port: u16,
    host: &'static str,
}

/// A connection of it.
pub(super) struct Connection {
    stream: StreamOwned<ClientConnection, TcpStream>,
    host: &'static str,
}

impl Probe {
    /// With the certificate `name`; it takes up no sessions.
    pub(super) fn new(postern: &Postern, host: &'static str, name: &str) -> Self {
        let certificate = |name: &str| {
            CertificateDer::from_pem_file(postern.dir().join(format!("{name}.crt"))).expect("a certificate")
        };
        let mut roots = RootCertStore::empty();
        roots.add(certificate("ca")).expect("a root");
        let key = PrivateKeyDer::from_pem_file(postern.dir().join(format!("{name}.key"))).expect("a key");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the provider's versions")
            .with_root_certificates(roots)
            .with_client_auth_cert(vec![certificate(name)], key)
            .expect("a certificate and its key");
        config.resumption = Resumption::disabled();
        Self { config: Arc::new(config), port: postern.gateway_port(), host }
    }

    /// The same client, with a session to take up.
    pub(super) fn with_session(&self) -> Self {
        let mut config = ClientConfig::clone(&self.config);
        config.resumption = Resumption::in_memory_sessions(16);
        let probe = Self { config: Arc::new(config), ..self.clone() };
        probe.open();
        probe
    }

    /// A connection that is let in, and has had an answer.
    pub(super) fn open(&self) -> Connection {
        let mut connection = self.connect().expect("connected");
        connection.ask().expect("let in");
        connection
    }

    /// When a new handshake is refused first.
    pub(super) fn refused_anew(&self) -> Instant {
        self.refused(HandshakeKind::Full)
    }

    /// When a session is not taken up first.
    pub(super) fn refused_to_resume(&self) -> Instant {
        self.refused(HandshakeKind::Resumed)
    }

    fn refused(&self, kind: HandshakeKind) -> Instant {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            let mut connection = self.connect().expect("connected");
            let answer = connection.ask();
            let refused = Instant::now();
            let handshake = connection.stream.conn.handshake_kind();
            let is_of_kind = handshake == Some(kind)
                || (kind == HandshakeKind::Full
                    && handshake == Some(HandshakeKind::FullWithHelloRetryRequest));
            assert!(is_of_kind, "wanted {kind:?}, was {handshake:?}: {answer:?}");
            if answer.is_err() {
                return refused;
            }
        }
        panic!("never refused: {kind:?}");
    }

    fn connect(&self) -> io::Result<Connection> {
        let socket = TcpStream::connect(("127.0.0.1", self.port))?;
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        let name = ServerName::try_from(self.host).expect("a host name");
        let session = ClientConnection::new(Arc::clone(&self.config), name).expect("a client");
        Ok(Connection { stream: StreamOwned::new(session, socket), host: self.host })
    }
}

impl Connection {
    /// Makes a request, which is answered with 200, or else the client is refused.
    fn ask(&mut self) -> io::Result<()> {
        // In one piece: each would be a record of its own.
        let request = format!("GET /ip HTTP/1.1\r\nHost: {}\r\n\r\n", self.host);
        self.stream.write_all(request.as_bytes())?;
        let mut status = [0; 12];
        self.stream.read_exact(&mut status)?;
        if &status == b"HTTP/1.1 200" { Ok(()) } else { Err(io::Error::other("refused by status")) }
    }

    /// Waits until the gateway closes the connection; gives when that was.
    pub(super) fn closed(&mut self) -> Instant {
        let end = self.stream.read_to_end(&mut Vec::new());
        // The gateway may close without TLS's goodbye, but not because this side has waited for too long.
        let is_overdue = end.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock);
        assert!(!is_overdue, "never closed");
        Instant::now()
    }
}
