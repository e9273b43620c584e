//! What a certificate says of itself, as far as people and policies ask.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::UnixTime;

/// The facts of one X.509 certificate. Holds no key and nothing that is secret.
///
/// All texts are escaped: a control character in a name stands as `\u{..}`, so that none of them can break a line, a
/// header or a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// The whole subject name (`CN=test.com,O=Example`), empty if it has none.
    pub subject: String,
    /// The subject's last common name.
    pub common_name: Option<String>,
    /// The whole issuer name.
    pub issuer: String,
    /// The issuer's last common name.
    pub issuer_common_name: Option<String>,
    /// The serial number in lower-case hex, bytes separated by colons.
    pub serial: String,
    /// The version of its format.
    pub version: X509Version,
    /// The first second at which it is valid.
    pub not_before: UnixTime,
    /// The last second at which it is valid.
    pub not_after: UnixTime,
    /// The SAN's dNSNames, as written, in order.
    pub dns_names: Vec<String>,
    /// The SAN's other names that people know clients by, each with its kind in front: `uri:`, `email:`, `ip:`.
    pub other_names: Vec<String>,
    /// The kind and size of its public key.
    pub public_key: PublicKey,
    /// The algorithm of the issuer's signature, in words (`SHA-256 with RSA`).
    pub signature_algorithm: String,
    /// SHA-256 of the whole certificate in DER.
    pub fingerprint: Fingerprint,
    /// SHA-256 of the subject public key info in DER.
    pub public_key_fingerprint: Fingerprint,
    /// Subject and issuer are the same name.
    pub self_issued: bool,
    /// basicConstraints says CA:TRUE, or it is a self-issued X.509 v1 certificate.
    pub is_ca: bool,
}

impl Certificate {
    /// What to call it in a sentence: the common name, else the subject, else the fingerprint.
    pub fn display_name(&self) -> String {
        match &self.common_name {
            Some(name) => name.clone(),
            None if !self.subject.is_empty() => self.subject.clone(),
            None => self.fingerprint.to_string(),
        }
    }

    /// What to call its issuer.
    pub fn issuer_display_name(&self) -> &str {
        self.issuer_common_name.as_deref().unwrap_or(&self.issuer)
    }

    /// Whole days from `now` until it expires; negative once it has.
    pub fn days_left(&self, now: UnixTime) -> i64 {
        self.not_after.seconds_since(now).div_euclid(UnixTime::DAY)
    }
}

/// The version of the certificate format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum X509Version {
    /// No extensions: cannot name hosts, nor be limited to a use.
    V1,
    /// With unique identifiers; no extensions either.
    V2,
    /// With extensions (RFC 5280).
    V3,
}

impl fmt::Display for X509Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V1 => "v1",
            Self::V2 => "v2",
            Self::V3 => "v3",
        })
    }
}

/// Kind and size of a public key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKey {
    /// The kind of key.
    pub algorithm: KeyAlgorithm,
    /// Its size in bits.
    pub bits: u32,
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.algorithm {
            KeyAlgorithm::Rsa => write!(f, "RSA {}", self.bits),
            KeyAlgorithm::EcP256 => f.write_str("ECDSA P-256"),
            KeyAlgorithm::EcP384 => f.write_str("ECDSA P-384"),
            KeyAlgorithm::EcP521 => f.write_str("ECDSA P-521"),
            KeyAlgorithm::Ed25519 => f.write_str("Ed25519"),
            KeyAlgorithm::Other(name) => f.write_str(name),
        }
    }
}

/// The kind of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyAlgorithm {
    /// RSA.
    Rsa,
    /// ECDSA on NIST P-256.
    EcP256,
    /// ECDSA on NIST P-384.
    EcP384,
    /// ECDSA on NIST P-521.
    EcP521,
    /// Ed25519 (RFC 8410).
    Ed25519,
    /// One that Postern cannot use, by name or object identifier.
    Other(String),
}

/// A SHA-256 digest; displayed as lower-case hex.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Fingerprint(pub [u8; 32]);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Why a text is not a fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a fingerprint has 64 hexadecimal digits")]
pub struct FingerprintError;

impl FromStr for Fingerprint {
    type Err = FingerprintError;

    /// Takes upper-case digits and colons between bytes too, as OpenSSL prints them.
    fn from_str(text: &str) -> Result<Self, FingerprintError> {
        let digits: Vec<u8> = text.bytes().filter(|byte| *byte != b':').collect();
        if digits.len() != 64 {
            return Err(FingerprintError);
        }
        let mut sum = [0; 32];
        for (byte, pair) in sum.iter_mut().zip(digits.chunks_exact(2)) {
            let value = |digit: u8| char::from(digit).to_digit(16).ok_or(FingerprintError);
            *byte = u8::try_from(value(pair[0])? * 16 + value(pair[1])?).map_err(|_| FingerprintError)?;
        }
        Ok(Self(sum))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
