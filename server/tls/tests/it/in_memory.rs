//! A rustls client that presents any chain and believes every server, and its handshake with a [`HostConfig`] in memory.

use std::sync::Arc;

use domain::{ReasonCode, UnixTime};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ClientConnection, ResolvesClientCert};
use rustls::crypto::aws_lc_rs::{default_provider, sign::any_supported_type};
use rustls::sign::CertifiedKey;
use rustls::{
    AlertDescription, ClientConfig, DigitallySignedStruct, Error, ServerConfig, ServerConnection,
    SignatureScheme, SupportedProtocolVersion,
};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tls::{Clock, HostConfig, Observed, observe};

use crate::support::{Made, chain, fixture};

/// The versions that a listener speaks.
pub(crate) const VERSIONS: [&SupportedProtocolVersion; 2] =
    [&rustls::version::TLS13, &rustls::version::TLS12];

/// A clock that stands still.
#[derive(Debug)]
pub(crate) struct FixedClock(pub(crate) UnixTime);

impl Clock for FixedClock {
    fn now(&self) -> UnixTime {
        self.0
    }
}

/// A client with this certificate and key, if any, that speaks one version and believes every server.
pub(crate) fn client(
    version: &'static SupportedProtocolVersion,
    certificate: Option<CertifiedKey>,
) -> ClientConfig {
    client_with_schemes(
        version,
        certificate,
        default_provider().signature_verification_algorithms.supported_schemes(),
    )
}

/// The same, which takes these signature schemes of a server.
pub(crate) fn client_with_schemes(
    version: &'static SupportedProtocolVersion,
    certificate: Option<CertifiedKey>,
    schemes: Vec<SignatureScheme>,
) -> ClientConfig {
    let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(&[version])
        .expect("a version of the provider")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AnyServer(schemes)));
    let mut config = match certificate {
        Some(certificate) => builder.with_client_cert_resolver(Arc::new(AlwaysThis(Arc::new(certificate)))),
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config
}

/// A chain to present, leaf first, with the key in PEM that the client proves to have.
pub(crate) fn certified(certificates: Vec<CertificateDer<'static>>, key: &[u8]) -> CertifiedKey {
    let key = PrivateKeyDer::from_pem_slice(key).expect("a key");
    CertifiedKey::new(certificates, any_supported_type(&key).expect("a usable key"))
}

/// The client certificate `name` below `tests/fixtures`.
pub(crate) fn fixture_client(name: &str) -> CertifiedKey {
    certified(chain(&[&format!("{name}.crt")]), &fixture(&format!("{name}.key")))
}

/// A client certificate that was made here, presented alone.
pub(crate) fn made_client(made: &Made) -> CertifiedKey {
    certified(vec![made.der()], &made.key())
}

/// What came of a handshake.
pub(crate) struct Outcome {
    pub(crate) client: ClientConnection,
    pub(crate) server: ServerConnection,
    pub(crate) server_error: Option<Error>,
    pub(crate) client_error: Option<Error>,
    pub(crate) observed: Option<Observed>,
}

impl Outcome {
    #[track_caller]
    pub(crate) fn assert_accepted(&self) {
        assert_eq!((&self.server_error, &self.client_error), (&None, &None));
        assert!(!self.server.is_handshaking() && !self.client.is_handshaking());
    }

    #[track_caller]
    pub(crate) fn assert_refused(&self, alert: AlertDescription, reason: ReasonCode) {
        assert!(self.server_error.is_some(), "the server finished the handshake");
        assert_eq!(self.client_error, Some(Error::AlertReceived(alert)));
        let seen = self.observed.as_ref().expect("the verifier was called");
        assert_eq!(seen.refusal.as_ref().map(|refusal| refusal.reason), Some(reason));
    }
}

/// Shakes hands until both sides have no more to say.
pub(crate) fn shake_hands(host: &HostConfig, client: &Arc<ClientConfig>) -> Outcome {
    shake_hands_as(ServerName::try_from("test.com").expect("a host"), host.server_config(), client)
}

/// The same with any server, which is asked for under this name.
pub(crate) fn shake_hands_as(
    name: ServerName<'static>,
    server: &Arc<ServerConfig>,
    client: &Arc<ClientConfig>,
) -> Outcome {
    let mut client = ClientConnection::new(Arc::clone(client), name).expect("a client");
    let mut server = ServerConnection::new(Arc::clone(server)).expect("a server");
    let (mut server_error, mut client_error, mut observed) = (None, None, None);
    while client.wants_write() || server.wants_write() {
        let sent = take_output(|buffer| client.write_tls(buffer));
        let mut unread = sent.as_slice();
        // What is longer than rustls' buffer is read in several pieces.
        while !unread.is_empty() && server_error.is_none() {
            server.read_tls(&mut unread).expect("memory does not fail");
            let (result, seen) = observe(|| server.process_new_packets());
            server_error = result.err();
            observed = observed.or(seen);
        }
        let sent = take_output(|buffer| server.write_tls(buffer));
        let mut unread = sent.as_slice();
        while !unread.is_empty() && client_error.is_none() {
            client.read_tls(&mut unread).expect("memory does not fail");
            client_error = client.process_new_packets().err();
        }
        if server_error.is_some() && client_error.is_some() {
            break;
        }
    }
    Outcome { client, server, server_error, client_error, observed }
}

fn take_output(mut write: impl FnMut(&mut Vec<u8>) -> std::io::Result<usize>) -> Vec<u8> {
    let mut output = Vec::new();
    while write(&mut output).expect("memory does not fail") > 0 {}
    output
}

/// Presents this chain, whatever is asked for.
#[derive(Debug)]
struct AlwaysThis(Arc<CertifiedKey>);

impl ResolvesClientCert for AlwaysThis {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }

    fn has_certs(&self) -> bool {
        true
    }
}

/// Believes every server; takes these signature schemes.
#[derive(Debug)]
pub(crate) struct AnyServer(pub(crate) Vec<SignatureScheme>);

impl ServerCertVerifier for AnyServer {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: rustls_pki_types::UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.clone()
    }
}
