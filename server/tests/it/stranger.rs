//! A TLS client that presents a certificate whose key it does not have. Honest programs refuse to do so.

use std::io::Read as _;
use std::net::TcpStream;
use std::sync::Arc;

use rustls::client::ResolvesClientCert;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, Error, SignatureScheme, Stream,
    SupportedProtocolVersion,
};

use crate::support::Postern;

/// Makes a handshake for `host` with this certificate and this key; gives the error that it ends with.
pub(crate) fn handshake(
    postern: &Postern,
    host: &str,
    certificate: &str,
    key: &str,
    version: &'static SupportedProtocolVersion,
) -> String {
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let certificate = CertificateDer::from_pem_file(postern.dir().join(certificate)).expect("a certificate");
    let key = PrivateKeyDer::from_pem_file(postern.dir().join(key)).expect("a key");
    let key = provider.key_provider.load_private_key(key).expect("a key");
    let thief = Thief(Arc::new(CertifiedKey::new(vec![certificate], key)));
    let config = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&[version])
        .expect("a version")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AnyServer))
        .with_client_cert_resolver(Arc::new(thief));
    let name = ServerName::try_from(host.to_owned()).expect("a host name");
    let mut session = ClientConnection::new(Arc::new(config), name).expect("a client");
    let mut socket = TcpStream::connect(("127.0.0.1", postern.gateway_port())).expect("connected");
    let mut stream = Stream::new(&mut session, &mut socket);
    // In TLS 1.3 the client learns of the refusal when it reads.
    let read = stream.read(&mut [0; 1]);
    read.expect_err("the handshake was let through").to_string()
}

#[derive(Debug)]
struct Thief(Arc<CertifiedKey>);

impl ResolvesClientCert for Thief {
    fn resolve(&self, _hints: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }

    fn has_certs(&self) -> bool {
        true
    }
}

/// Trusts every server: it is the client that is on trial.
#[derive(Debug)]
struct AnyServer;

impl ServerCertVerifier for AnyServer {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = rustls::crypto::aws_lc_rs::default_provider().signature_verification_algorithms;
        algorithms.supported_schemes()
    }
}
