//! What one uploaded field holds: certificates, keys, or something else, from PEM or DER.

use domain::{Fault, Limit};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use zeroize::Zeroizing;

use crate::pem::{self, Block};
use crate::private_key::Pkcs8;
use crate::text::{NAME_LIMIT, escape};
use crate::x509::Parsed;
use crate::{FIELD_LIMIT, algorithm, der};

/// The greatest number of certificates, and of keys, in one field.
const ENTRY_LIMIT: usize = 64;

/// A private key as it was found.
pub(crate) enum FoundKey {
    /// Its outer form is known.
    Der(Zeroizing<PrivateKeyDer<'static>>),
    /// It needs a passphrase.
    Encrypted,
    /// It says that it is a key, but has none of the known forms.
    Unreadable,
}

/// The contents of one field.
pub(crate) struct Material {
    /// The certificates in order, each once, all readable.
    pub(crate) certificates: Vec<CertificateDer<'static>>,
    /// The keys in order.
    pub(crate) keys: Vec<FoundKey>,
    /// The labels of all PEM blocks, or what the DER is, escaped.
    pub(crate) labels: Vec<String>,
    /// The text as sent, if it is one clean PEM text of these certificates.
    pub(crate) text: Option<String>,
}

impl Material {
    /// Reads a field.
    ///
    /// # Errors
    /// Over a limit, neither PEM nor DER, a broken block, or a certificate that cannot be read.
    pub(crate) fn read(field: &[u8]) -> Result<Self, Fault> {
        if field.len() > FIELD_LIMIT {
            return Err(Fault::TooLarge(Limit::Bytes(FIELD_LIMIT as u64)));
        }
        let Some(pem) = pem::read(field)? else {
            return Self::from_der(field);
        };
        let mut material =
            Self { certificates: Vec::new(), keys: Vec::new(), labels: Vec::new(), text: None };
        let mut number = 0;
        for block in &pem.blocks {
            material.take(block, &mut number)?;
        }
        if pem.only_certificates && material.certificates.len() == number {
            material.text = std::str::from_utf8(field).ok().map(str::to_owned);
        }
        Ok(material)
    }

    /// The certificates, taken apart.
    pub(crate) fn parsed(&self) -> Vec<Parsed<'_>> {
        let read = |der| Parsed::read(der).expect("only readable certificates were taken in");
        self.certificates.iter().map(|der| read(der)).collect()
    }

    /// Whether a private key, of whatever kind, stands in the field.
    pub(crate) fn has_key(&self) -> bool {
        !self.keys.is_empty() || self.labels.iter().any(|label| label.ends_with("PRIVATE KEY"))
    }

    /// The fault of a field that should hold a certificate and holds none.
    pub(crate) fn no_certificate(&self) -> Fault {
        Fault::NoCertificate { found: self.labels.clone() }
    }

    /// The fault of a field that should hold a key and holds none.
    pub(crate) fn no_private_key(&self) -> Fault {
        Fault::NoPrivateKey { found: self.labels.clone() }
    }

    fn take(&mut self, block: &Block, number: &mut usize) -> Result<(), Fault> {
        match block.label.as_str() {
            "CERTIFICATE" | "X509 CERTIFICATE" => self.add_certificate(&block.contents, number)?,
            "TRUSTED CERTIFICATE" => {
                // OpenSSL's own form: the certificate, then what it is trusted for, which is not ours to believe.
                let certificate =
                    der::take(&block.contents, der::SEQUENCE).map_or(&block.contents[..], |it| it.whole);
                self.add_certificate(certificate, number)?;
            }
            "ENCRYPTED PRIVATE KEY" => self.add_key(FoundKey::Encrypted)?,
            "PRIVATE KEY" | "RSA PRIVATE KEY" | "EC PRIVATE KEY" => {
                let key = match key_of(&block.contents) {
                    _ if block.encrypted => FoundKey::Encrypted,
                    Some(key) => FoundKey::Der(key),
                    None => FoundKey::Unreadable,
                };
                self.add_key(key)?;
            }
            _ => {}
        }
        if self.labels.len() < ENTRY_LIMIT {
            self.labels.push(escape(&block.label, NAME_LIMIT));
        }
        Ok(())
    }

    fn add_certificate(&mut self, der: &[u8], number: &mut usize) -> Result<(), Fault> {
        *number += 1;
        if self.certificates.len() == ENTRY_LIMIT {
            return Err(Fault::TooLarge(Limit::Entries(ENTRY_LIMIT as u64)));
        }
        Parsed::read(der).map_err(|reason| Fault::UnreadableCertificate {
            number: *number,
            reason: escape(&reason, NAME_LIMIT),
        })?;
        if !self.certificates.iter().any(|known| known.as_ref() == der) {
            self.certificates.push(CertificateDer::from(der.to_vec()));
        }
        Ok(())
    }

    fn add_key(&mut self, key: FoundKey) -> Result<(), Fault> {
        if self.keys.len() == ENTRY_LIMIT {
            return Err(Fault::TooLarge(Limit::Entries(ENTRY_LIMIT as u64)));
        }
        self.keys.push(key);
        Ok(())
    }

    /// One DER file: a certificate, else a key, else an encrypted key.
    fn from_der(field: &[u8]) -> Result<Self, Fault> {
        let holding = |certificates, keys, label: &str| Self {
            certificates,
            keys,
            labels: vec![label.to_owned()],
            text: None,
        };
        if Parsed::read(field).is_ok() {
            return Ok(holding(vec![CertificateDer::from(field.to_vec())], Vec::new(), "CERTIFICATE"));
        }
        if is_encrypted_key(field) {
            return Ok(holding(Vec::new(), vec![FoundKey::Encrypted], "ENCRYPTED PRIVATE KEY"));
        }
        match key_of(field) {
            Some(key) => Ok(holding(Vec::new(), vec![FoundKey::Der(key)], "PRIVATE KEY")),
            None => Err(Fault::NotPem),
        }
    }
}

/// Whether nothing was given: no bytes, or white space only.
pub(crate) fn is_blank(field: &[u8]) -> bool {
    field.trim_ascii().is_empty()
}

/// A key in PKCS#8, PKCS#1 or SEC 1, told apart by its contents, as some tools write the wrong label.
fn key_of(der: &[u8]) -> Option<Zeroizing<PrivateKeyDer<'static>>> {
    let whole = der::take(der, der::SEQUENCE).filter(|value| value.rest.is_empty())?;
    let key = PrivateKeyDer::try_from(whole.whole).ok()?;
    // A PKCS#12 file begins like a PKCS#8 key.
    let is_one = match &key {
        PrivateKeyDer::Pkcs8(key) => Pkcs8::read(key.secret_pkcs8_der()).is_some(),
        _ => true,
    };
    is_one.then(|| Zeroizing::new(key.clone_key()))
}

/// `EncryptedPrivateKeyInfo` (RFC 5958 §3): an algorithm of PKCS#5 or PKCS#12, then the encrypted bytes.
fn is_encrypted_key(der: &[u8]) -> bool {
    let Some(info) = der::take(der, der::SEQUENCE).filter(|value| value.rest.is_empty()) else {
        return false;
    };
    let Some(algorithm) = der::take(info.contents, der::SEQUENCE) else { return false };
    let Some(oid) = der::take(algorithm.contents, der::OBJECT_IDENTIFIER) else { return false };
    let oid = algorithm::dotted(oid.contents);
    let is_password_based =
        oid.starts_with("1.2.840.113549.1.5.") || oid.starts_with("1.2.840.113549.1.12.1.");
    is_password_based && der::take(algorithm.rest, der::OCTET_STRING).is_some()
}
