//! The signature of a certificate or a revocation list by one key, verified with the TLS library's own algorithms.

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

/// What somebody signed (RFC 5280 §4.1.1, §5.1.1). Algorithm identifiers are without their SEQUENCE header.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signed<'a> {
    /// The signed bytes.
    pub(crate) tbs: &'a [u8],
    /// The signature's algorithm identifier.
    pub(crate) signature_algorithm: &'a [u8],
    /// The same as stated inside of what was signed (§4.1.1.2, §5.1.1.2: must be equal).
    pub(crate) signed_algorithm: &'a [u8],
    /// The signature.
    pub(crate) signature: &'a [u8],
}

/// Whether the key `issuer_spki` (subject public key info in DER) signed `certificate`.
pub(crate) fn verify(certificate: &Parsed<'_>, issuer_spki: &[u8]) -> Result<(), SignatureFault> {
    verify_signed(&certificate.raw.signed, issuer_spki)
}

/// Whether the key `issuer_spki` made the signature.
///
/// At most one public-key operation: algorithms are told apart by their identifiers first.
pub(crate) fn verify_signed(raw: &Signed<'_>, issuer_spki: &[u8]) -> Result<(), SignatureFault> {
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
