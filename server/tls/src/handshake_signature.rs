//! The proof that a peer has the key of its certificate: its signature of the handshake.

use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{verify_tls12_signature, verify_tls13_signature, verify_tls13_signature_with_raw_key};
use rustls::{CertificateError, DigitallySignedStruct, Error, PeerMisbehaved};
use rustls_pki_types::{CertificateDer, SubjectPublicKeyInfoDer};

use crate::provider::signature_algorithms;
use crate::x509::Parsed;

/// rustls verifies signatures by version 3 leaves; of older ones, which it cannot read, we take out the bare key.
pub(crate) fn verify_tls13(
    message: &[u8],
    certificate: &CertificateDer<'_>,
    signature: &DigitallySignedStruct,
) -> Result<HandshakeSignatureValid, Error> {
    let algorithms = signature_algorithms();
    if is_v3(certificate) {
        return verify_tls13_signature(message, certificate, signature, algorithms);
    }
    let parsed = read(certificate)?;
    let key = SubjectPublicKeyInfoDer::from(parsed.raw.spki);
    verify_tls13_signature_with_raw_key(message, &key, signature, algorithms)
}

/// The same for TLS 1.2, where rustls has no way with the bare key. There a scheme does not fix the curve (RFC 5246
/// §7.4.1.4.1), so each algorithm of the scheme is tried that fits the key; at most one does.
pub(crate) fn verify_tls12(
    message: &[u8],
    certificate: &CertificateDer<'_>,
    signature: &DigitallySignedStruct,
) -> Result<HandshakeSignatureValid, Error> {
    let algorithms = signature_algorithms();
    if is_v3(certificate) {
        return verify_tls12_signature(message, certificate, signature, algorithms);
    }
    let parsed = read(certificate)?;
    let (_, candidates) = algorithms
        .mapping
        .iter()
        .find(|(scheme, _)| *scheme == signature.scheme)
        .ok_or(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme)?;
    let spki = SubjectPublicKeyInfoDer::from(parsed.raw.spki);
    let key = webpki::RawPublicKeyEntity::try_from(&spki)
        .map_err(|_| Error::InvalidCertificate(CertificateError::BadEncoding))?;
    if candidates.iter().any(|it| key.verify_signature(*it, message, signature.signature()).is_ok()) {
        Ok(HandshakeSignatureValid::assertion())
    } else {
        Err(Error::InvalidCertificate(CertificateError::BadSignature))
    }
}

/// Whether webpki, and so rustls, can read it.
fn is_v3(certificate: &CertificateDer<'_>) -> bool {
    !matches!(webpki::EndEntityCert::try_from(certificate), Err(webpki::Error::UnsupportedCertVersion))
}

fn read<'a>(certificate: &'a CertificateDer<'_>) -> Result<Parsed<'a>, Error> {
    Parsed::read(certificate).map_err(|_| Error::InvalidCertificate(CertificateError::BadEncoding))
}
