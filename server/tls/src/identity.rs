use domain::{CertificateType, Chain, Fault, FieldError, FieldWarning, Secret, Sni, UnixTime};
use rustls_pki_types::CertificateDer;

/// A certificate (or several, one per key type) with keys: what makes an SSL certificate.
#[derive(Debug)]
pub struct Identity {
    /// One for each key, the first leaf of the upload first.
    pub pairs: Vec<KeyPair>,
    /// The hosts that the certificates name: SAN dNSNames, else the subject's CN.
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
        _certificate: &[u8],
        _private_key: &Secret,
        _certificate_type: CertificateType,
        _now: UnixTime,
    ) -> Result<Self, Vec<FieldError>> {
        unimplemented!()
    }
}

/// One chain and the key of its leaf.
#[derive(Debug)]
pub struct KeyPair {
    _private: (),
}

impl KeyPair {
    /// Reads back what [`KeyPair::certificate_pem`] and [`KeyPair::private_key_pem`] gave. Expiry is not looked at.
    ///
    /// # Errors
    /// It cannot be used any more (say, by a newer TLS library).
    pub fn load(_certificate_pem: &str, _private_key_pem: &Secret) -> Result<Self, Fault> {
        unimplemented!()
    }

    /// The chain, leaf first: byte for byte as sent if that was one clean PEM text in this order, else written anew.
    /// Never holds a key.
    pub fn certificate_pem(&self) -> &str {
        unimplemented!()
    }

    /// The key in PEM, for the seal.
    pub fn private_key_pem(&self) -> &Secret {
        unimplemented!()
    }

    /// The chain, leaf first, in DER.
    pub fn chain(&self) -> &[CertificateDer<'static>] {
        unimplemented!()
    }

    /// What the chain's certificates say.
    pub fn facts(&self) -> &Chain {
        unimplemented!()
    }
}
