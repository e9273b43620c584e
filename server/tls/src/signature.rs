//! The signature of one certificate by one key, verified with the TLS library's own algorithms.

use rustls_pki_types::SubjectPublicKeyInfoDer;

use crate::provider::signature_algorithms;
use crate::x509::Parsed;

/// Why a signature was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignatureFault {
    /// The key did not make it.
    Invalid,
    /// An algorithm that is too old or unknown to be verified at all.
    Unsupported,
}

/// Whether the key `issuer_spki` (subject public key info in DER) signed `certificate`.
///
/// At most one public-key operation: algorithms are told apart by their identifiers first.
pub(crate) fn verify(certificate: &Parsed<'_>, issuer_spki: &[u8]) -> Result<(), SignatureFault> {
    let raw = &certificate.raw;
    if raw.signature_algorithm != raw.signed_algorithm {
        return Err(SignatureFault::Invalid);
    }
    let spki = SubjectPublicKeyInfoDer::from(issuer_spki);
    let key = webpki::RawPublicKeyEntity::try_from(&spki).map_err(|_| SignatureFault::Invalid)?;
    let mut fault = SignatureFault::Unsupported;
    for algorithm in signature_algorithms().all {
        if algorithm.signature_alg_id().as_ref() != raw.signature_algorithm {
            continue;
        }
        match key.verify_signature(*algorithm, raw.tbs, raw.signature) {
            Ok(()) => return Ok(()),
            // The same signature algorithm is listed once for each curve.
            Err(webpki::Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_)) => {
                fault = SignatureFault::Invalid;
            }
            Err(_) => return Err(SignatureFault::Invalid),
        }
    }
    Err(fault)
}

/// Whether it is self-signed: subject and issuer are the same name, and its own key made the signature.
pub(crate) fn verify_self(certificate: &Parsed<'_>) -> Result<(), SignatureFault> {
    if !certificate.is_self_issued() {
        return Err(SignatureFault::Invalid);
    }
    verify(certificate, certificate.raw.spki)
}
