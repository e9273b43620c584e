//! Private keys: loading them into the TLS library, and saying in words why one cannot be used. No byte of a key
//! leaves here but in a [`Secret`].

use std::fmt;
use std::sync::Arc;

use domain::{Fault, KeyAlgorithm, PublicKey, Secret};
use rustls::sign::SigningKey;
use rustls_pki_types::PrivateKeyDer;

use crate::algorithm::{self, RSA_LEAST_BITS, RSA_MOST_BITS, dotted, key_algorithm};
use crate::material::FoundKey;
use crate::provider::provider;
use crate::{der, pem};

/// A key that the TLS library can sign with.
pub(crate) struct PrivateKey {
    /// Signs handshakes.
    pub(crate) signing: Arc<dyn SigningKey>,
    /// Its public half, a subject public key info in DER: what a certificate must hold to belong to it.
    pub(crate) spki: Vec<u8>,
    /// The kind and size of it.
    pub(crate) public_key: PublicKey,
    /// The key in PEM.
    pub(crate) pem: Secret,
}

impl PrivateKey {
    /// Loads a key that was found in an upload.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub(crate) fn load(found: &FoundKey) -> Result<Self, Fault> {
        let key = match found {
            FoundKey::Der(key) => key,
            FoundKey::Encrypted => return Err(Fault::EncryptedKey),
            FoundKey::Unreadable => return Err(Fault::UnreadableKey),
        };
        if let Some(fault) = fault_of(key) {
            return Err(fault);
        }
        let signing =
            provider().key_provider.load_private_key(key.clone_key()).map_err(|_| Fault::UnreadableKey)?;
        let spki = signing.public_key().ok_or(Fault::UnreadableKey)?.as_ref().to_vec();
        let public_key = algorithm::public_key_of_spki(&spki).ok_or(Fault::UnreadableKey)?;
        let label = match **key {
            PrivateKeyDer::Pkcs1(_) => "RSA PRIVATE KEY",
            PrivateKeyDer::Sec1(_) => "EC PRIVATE KEY",
            _ => "PRIVATE KEY",
        };
        let pem = Secret::new(pem::write(label, key.secret_der()).as_bytes().to_vec());
        Ok(Self { signing, spki, public_key, pem })
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({}, ..)", self.public_key)
    }
}

/// What is wrong with the kind or size of a key; the library would only say that it cannot read it.
fn fault_of(key: &PrivateKeyDer<'_>) -> Option<Fault> {
    let algorithm = match key {
        PrivateKeyDer::Pkcs1(key) => return rsa_size_fault(key.secret_pkcs1_der()),
        PrivateKeyDer::Sec1(key) => {
            key_algorithm(EC_PUBLIC_KEY, sec1_curve(key.secret_sec1_der()).as_deref())
        }
        PrivateKeyDer::Pkcs8(key) => {
            let info = Pkcs8::read(key.secret_pkcs8_der())?;
            let algorithm = key_algorithm(&info.algorithm, info.curve.as_deref());
            if algorithm == KeyAlgorithm::Rsa {
                return rsa_size_fault(info.key);
            }
            algorithm
        }
        _ => return Some(Fault::UnreadableKey),
    };
    match algorithm {
        KeyAlgorithm::Other(algorithm) => Some(Fault::UnsupportedAlgorithm { algorithm }),
        _ => None,
    }
}

const EC_PUBLIC_KEY: &str = "1.2.840.10045.2.1";

/// The size of the modulus of an `RSAPrivateKey` (RFC 8017 §A.1.2).
fn rsa_size_fault(der: &[u8]) -> Option<Fault> {
    let key = der::take(der, der::SEQUENCE)?;
    let version = der::take(key.contents, der::INTEGER)?;
    let modulus = der::take(version.rest, der::INTEGER)?;
    match der::bit_length(modulus.contents) {
        bits if bits < RSA_LEAST_BITS => Some(Fault::KeyTooSmall { bits }),
        bits if bits > RSA_MOST_BITS => {
            Some(Fault::UnsupportedAlgorithm { algorithm: format!("RSA with {bits} bits") })
        }
        _ => None,
    }
}

/// The curve that an `ECPrivateKey` names (RFC 5915 §3).
fn sec1_curve(der: &[u8]) -> Option<String> {
    let key = der::take(der, der::SEQUENCE)?;
    let version = der::take(key.contents, der::INTEGER)?;
    let secret = der::take(version.rest, der::OCTET_STRING)?;
    let parameters = der::take(secret.rest, der::CONTEXT_0)?;
    der::take(parameters.contents, der::OBJECT_IDENTIFIER).map(|oid| dotted(oid.contents))
}

/// The front of a `PrivateKeyInfo` (RFC 5958 §2).
pub(crate) struct Pkcs8<'a> {
    algorithm: String,
    curve: Option<String>,
    key: &'a [u8],
}

impl<'a> Pkcs8<'a> {
    /// `None` if `der` has another form.
    pub(crate) fn read(der: &'a [u8]) -> Option<Self> {
        let info = der::take(der, der::SEQUENCE)?;
        let version = der::take(info.contents, der::INTEGER)?;
        let identifier = der::take(version.rest, der::SEQUENCE)?;
        let oid = der::take(identifier.contents, der::OBJECT_IDENTIFIER)?;
        let key = der::take(identifier.rest, der::OCTET_STRING)?;
        Some(Self {
            algorithm: dotted(oid.contents),
            curve: der::take(oid.rest, der::OBJECT_IDENTIFIER).map(|curve| dotted(curve.contents)),
            key: key.contents,
        })
    }
}
