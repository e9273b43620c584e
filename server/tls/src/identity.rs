//! A certificate with its key, from an upload or from the store.

mod examine;
mod warnings;

use std::fmt;
use std::sync::Arc;

use domain::{CertificateType, Chain, Fault, Field, FieldError, FieldWarning, Secret, Sni, UnixTime};
use rustls::sign::CertifiedKey;
use rustls_pki_types::CertificateDer;

pub(crate) use self::examine::examine;
pub(crate) use self::warnings::{validity_warning, version_warning, weak_signature};
use crate::facts::facts;
use crate::material::{Material, is_blank};
use crate::pem;
use crate::private_key::PrivateKey;
use crate::x509::Parsed;

/// A certificate (or several, one per key type) with keys: what makes an SSL certificate.
#[derive(Debug)]
pub struct Identity {
    /// One for each key, the first leaf of the upload first.
    pub pairs: Vec<KeyPair>,
    /// The hosts that the certificates name: SAN dNSNames, else the subject's CN. Empty for type client, and where
    /// neither names a host: whether that is a fault depends on the SNIs that the operator gives.
    pub snis: Vec<Sni>,
    /// What is worth knowing.
    pub warnings: Vec<FieldWarning>,
}

impl Identity {
    /// Reads an upload, checks it, puts its chain in order and matches keys and leaves.
    ///
    /// # Errors
    /// Every reason why it cannot be used, each at its field.
    pub fn read(
        certificate: &[u8],
        private_key: &Secret,
        certificate_type: CertificateType,
        now: UnixTime,
    ) -> Result<Self, Vec<FieldError>> {
        let mut examination = examine(certificate, private_key, certificate_type, now);
        if is_blank(certificate) {
            examination.errors.insert(0, FieldError::new(Field::Certificate, Fault::Required));
        }
        if examination.errors.is_empty() && examination.pairs.is_empty() {
            examination.errors.push(FieldError::new(Field::PrivateKey, Fault::Required));
        }
        if examination.errors.is_empty() {
            Ok(Self { pairs: examination.pairs, snis: examination.snis, warnings: examination.warnings })
        } else {
            Err(examination.errors)
        }
    }
}

/// One chain and the key of its leaf.
pub struct KeyPair {
    certified: Arc<CertifiedKey>,
    certificate_pem: String,
    private_key_pem: Secret,
    facts: Chain,
}

impl KeyPair {
    /// Reads back what [`KeyPair::certificate_pem`] and [`KeyPair::private_key_pem`] gave. Expiry is not looked at.
    ///
    /// # Errors
    /// It cannot be used any more (say, by a newer TLS library).
    pub fn load(certificate_pem: &str, private_key_pem: &Secret) -> Result<Self, Fault> {
        let material = Material::read(certificate_pem.as_bytes())?;
        let chain = material.parsed();
        let key_material = Material::read(private_key_pem.expose())?;
        let found = key_material.keys.first().ok_or_else(|| key_material.no_private_key())?;
        let key = PrivateKey::load(found)?;
        let leaf = chain.first().ok_or_else(|| material.no_certificate())?;
        if leaf.raw.spki != key.spki {
            return Err(Fault::KeyMismatch { belongs_to: None });
        }
        Ok(Self::new(&chain.iter().collect::<Vec<_>>(), &key, material.text.clone()))
    }

    /// `text` is what to keep of the chain, if it is good as it was sent.
    fn new(chain: &[&Parsed<'_>], key: &PrivateKey, text: Option<String>) -> Self {
        let certificates =
            chain.iter().map(|certificate| CertificateDer::from(certificate.der.to_vec())).collect();
        let written =
            || chain.iter().map(|it| pem::write("CERTIFICATE", it.der).as_str().to_owned()).collect();
        Self {
            certified: Arc::new(CertifiedKey::new(certificates, Arc::clone(&key.signing))),
            certificate_pem: text.unwrap_or_else(written),
            private_key_pem: key.pem.clone(),
            facts: chain.iter().map(|certificate| facts(certificate)).collect(),
        }
    }

    /// The chain, leaf first: byte for byte as sent if that was one clean PEM text in this order, else written anew.
    /// Never holds a key.
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// The key in PEM, for the seal.
    pub fn private_key_pem(&self) -> &Secret {
        &self.private_key_pem
    }

    /// The chain, leaf first, in DER.
    pub fn chain(&self) -> &[CertificateDer<'static>] {
        &self.certified.cert
    }

    /// What the chain's certificates say.
    pub fn facts(&self) -> &Chain {
        &self.facts
    }

    /// For the handshake.
    pub(crate) fn certified(&self) -> &Arc<CertifiedKey> {
        &self.certified
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyPair").field("chain", &self.facts).finish_non_exhaustive()
    }
}
