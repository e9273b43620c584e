//! Names of algorithms, and what is known of them.

use domain::{KeyAlgorithm, PublicKey};
use x509_parser::asn1_rs::Oid;
use x509_parser::prelude::FromDer;
use x509_parser::x509::{AlgorithmIdentifier, SubjectPublicKeyInfo};

use crate::der;

/// The least size of an RSA key, in bits, that the TLS library uses.
pub(crate) const RSA_LEAST_BITS: u32 = 2048;
/// The greatest size of an RSA key, in bits, that the TLS library uses.
pub(crate) const RSA_MOST_BITS: u32 = 8192;

/// A signature algorithm in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignatureName {
    /// Such as `SHA-256 with RSA`.
    pub(crate) name: String,
    /// Its digest can be forged: SHA-1 and older.
    pub(crate) weak: bool,
}

/// What to call the algorithm of a certificate's signature.
pub(crate) fn signature_name(algorithm: &AlgorithmIdentifier<'_>) -> SignatureName {
    let oid = oid_text(&algorithm.algorithm);
    let (name, weak) = match oid.as_str() {
        "1.2.840.113549.1.1.2" => ("MD2 with RSA", true),
        "1.2.840.113549.1.1.3" => ("MD4 with RSA", true),
        "1.2.840.113549.1.1.4" => ("MD5 with RSA", true),
        "1.2.840.113549.1.1.5" | "1.3.14.3.2.29" => ("SHA-1 with RSA", true),
        "1.2.840.113549.1.1.10" => return pss_name(algorithm),
        "1.2.840.113549.1.1.11" => ("SHA-256 with RSA", false),
        "1.2.840.113549.1.1.12" => ("SHA-384 with RSA", false),
        "1.2.840.113549.1.1.13" => ("SHA-512 with RSA", false),
        "1.2.840.113549.1.1.14" => ("SHA-224 with RSA", false),
        "1.2.840.10045.4.1" => ("SHA-1 with ECDSA", true),
        "1.2.840.10045.4.3.1" => ("SHA-224 with ECDSA", false),
        "1.2.840.10045.4.3.2" => ("SHA-256 with ECDSA", false),
        "1.2.840.10045.4.3.3" => ("SHA-384 with ECDSA", false),
        "1.2.840.10045.4.3.4" => ("SHA-512 with ECDSA", false),
        "1.2.840.10040.4.3" => ("SHA-1 with DSA", true),
        "2.16.840.1.101.3.4.3.2" => ("SHA-256 with DSA", false),
        "1.3.101.112" => ("Ed25519", false),
        "1.3.101.113" => ("Ed448", false),
        "2.16.840.1.101.3.4.3.17" => ("ML-DSA-44", false),
        "2.16.840.1.101.3.4.3.18" => ("ML-DSA-65", false),
        "2.16.840.1.101.3.4.3.19" => ("ML-DSA-87", false),
        other => (other, false),
    };
    SignatureName { name: name.to_owned(), weak }
}

/// RSASSA-PSS carries its digest in the parameters; without one it is SHA-1 (RFC 4055 §3.1).
fn pss_name(algorithm: &AlgorithmIdentifier<'_>) -> SignatureName {
    let digest = algorithm
        .parameters
        .as_ref()
        .and_then(|parameters| der::take(parameters.data, der::CONTEXT_0))
        .and_then(|hash| der::take(hash.contents, der::SEQUENCE))
        .and_then(|hash| der::take(hash.contents, der::OBJECT_IDENTIFIER))
        .map_or_else(|| "1.3.14.3.2.26".to_owned(), |oid| dotted(oid.contents));
    let (digest, weak) = match digest.as_str() {
        "1.3.14.3.2.26" => ("SHA-1", true),
        "2.16.840.1.101.3.4.2.1" => ("SHA-256", false),
        "2.16.840.1.101.3.4.2.2" => ("SHA-384", false),
        "2.16.840.1.101.3.4.2.3" => ("SHA-512", false),
        other => (other, false),
    };
    SignatureName { name: format!("{digest} with RSA-PSS"), weak }
}

/// The kind and size of the key in a subject public key info.
pub(crate) fn public_key(info: &SubjectPublicKeyInfo<'_>) -> PublicKey {
    let curve =
        info.algorithm.parameters.as_ref().and_then(|parameters| Oid::try_from(parameters.clone()).ok());
    let algorithm =
        key_algorithm(&oid_text(&info.algorithm.algorithm), curve.map(|oid| oid_text(&oid)).as_deref());
    let bits = match algorithm {
        KeyAlgorithm::Rsa => der::take(&info.subject_public_key.data, der::SEQUENCE)
            .and_then(|key| der::take(key.contents, der::INTEGER))
            .map_or(0, |modulus| der::bit_length(modulus.contents)),
        KeyAlgorithm::EcP256 | KeyAlgorithm::Ed25519 => 256,
        KeyAlgorithm::EcP384 => 384,
        KeyAlgorithm::EcP521 => 521,
        KeyAlgorithm::Other(_) => 0,
    };
    PublicKey { algorithm, bits }
}

/// The kind and size of the key in a subject public key info in DER.
pub(crate) fn public_key_of_spki(spki: &[u8]) -> Option<PublicKey> {
    SubjectPublicKeyInfo::from_der(spki).ok().map(|(_, info)| public_key(&info))
}

/// The kind of key by its object identifier and, for elliptic curves, its curve's.
pub(crate) fn key_algorithm(oid: &str, curve: Option<&str>) -> KeyAlgorithm {
    let other = |name: &str| KeyAlgorithm::Other(name.to_owned());
    match (oid, curve) {
        ("1.2.840.113549.1.1.1", _) => KeyAlgorithm::Rsa,
        ("1.2.840.10045.2.1", Some("1.2.840.10045.3.1.7")) => KeyAlgorithm::EcP256,
        ("1.2.840.10045.2.1", Some("1.3.132.0.34")) => KeyAlgorithm::EcP384,
        ("1.2.840.10045.2.1", Some("1.3.132.0.35")) => KeyAlgorithm::EcP521,
        ("1.2.840.10045.2.1", Some("1.3.132.0.10")) => other("ECDSA secp256k1"),
        ("1.2.840.10045.2.1", Some(curve)) => KeyAlgorithm::Other(format!("ECDSA on curve {curve}")),
        ("1.2.840.10045.2.1", None) => other("ECDSA on an unnamed curve"),
        ("1.3.101.112", _) => KeyAlgorithm::Ed25519,
        ("1.3.101.113", _) => other("Ed448"),
        ("1.3.101.110", _) => other("X25519"),
        ("1.2.840.10040.4.1", _) => other("DSA"),
        ("1.2.840.113549.1.1.10", _) => other("RSA-PSS"),
        ("2.16.840.1.101.3.4.3.17", _) => other("ML-DSA-44"),
        ("2.16.840.1.101.3.4.3.18", _) => other("ML-DSA-65"),
        ("2.16.840.1.101.3.4.3.19", _) => other("ML-DSA-87"),
        (oid, _) => other(oid),
    }
}

/// An object identifier as `1.2.840`.
pub(crate) fn oid_text(oid: &Oid<'_>) -> String {
    dotted(oid.as_bytes())
}

/// An object identifier's contents as `1.2.840`. One that is longer than any real one is not spelled out, as the cost
/// of writing a number grows with the square of its length.
pub(crate) fn dotted(oid: &[u8]) -> String {
    const LONGEST: usize = 32;
    if oid.is_empty() || oid.len() > LONGEST {
        return "unknown".to_owned();
    }
    Oid::new(oid.into()).to_id_string()
}
