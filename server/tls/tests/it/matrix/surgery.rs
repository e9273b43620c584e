//! Certificates that no tool makes: a good one is taken apart, changed, put together, and signed again.

use rustls_pki_types::CertificateDer;

use crate::der::{split, value};
use crate::support::Made;

/// The fields of a `TBSCertificate` (RFC 5280 §4.1), each with tag and length.
#[derive(Debug, Clone)]
pub(super) struct Fields {
    /// `[0]` with the version; absent in version 1.
    pub(super) version: Option<Vec<u8>>,
    /// The serial number.
    pub(super) serial: Vec<u8>,
    /// The algorithm that the issuer signs with.
    pub(super) algorithm: Vec<u8>,
    /// The issuer's name.
    pub(super) issuer: Vec<u8>,
    /// The validity.
    pub(super) validity: Vec<u8>,
    /// The subject's name.
    pub(super) subject: Vec<u8>,
    /// The subject public key info.
    pub(super) key: Vec<u8>,
    /// What follows: unique identifiers, and `[3]` with the extensions.
    pub(super) rest: Vec<Vec<u8>>,
}

impl Fields {
    /// Of a version 3 certificate.
    fn of(certificate: &[u8]) -> Self {
        let [tbs, _, _] = parts(certificate);
        let mut fields = values(split(&tbs).0).into_iter();
        let mut next = || fields.next().expect("rcgen writes all fields");
        Self {
            version: Some(next()),
            serial: next(),
            algorithm: next(),
            issuer: next(),
            validity: next(),
            subject: next(),
            key: next(),
            rest: fields.collect(),
        }
    }

    fn write(&self) -> Vec<u8> {
        let fields = [&self.serial, &self.algorithm, &self.issuer, &self.validity, &self.subject, &self.key];
        let all: Vec<u8> = self
            .version
            .iter()
            .chain(fields)
            .chain(&self.rest)
            .flat_map(|field| field.iter().copied())
            .collect();
        value(0x30, &all)
    }
}

/// What `issuer` would have issued, had it written `certificate` with these changes.
pub(super) fn reissued(
    issuer: &Made,
    certificate: &Made,
    change: impl FnOnce(&mut Fields),
) -> CertificateDer<'static> {
    let der = certificate.der();
    let [_, algorithm, _] = parts(&der);
    let mut fields = Fields::of(&der);
    change(&mut fields);
    let tbs = fields.write();
    let signature = [&[0][..], &issuer.sign(&tbs)].concat();
    assemble(&[tbs, algorithm, value(0x03, &signature)])
}

/// The certificate with other bytes in one of its parts, and the signature that it had.
pub(super) fn altered(
    certificate: &CertificateDer<'_>,
    change: impl FnOnce(&mut [Vec<u8>; 3]),
) -> CertificateDer<'static> {
    let mut parts = parts(certificate);
    change(&mut parts);
    assemble(&parts)
}

/// Replaces one stretch of bytes by another of the same length.
pub(super) fn replace(bytes: &mut [u8], old: &[u8], new: &[u8]) {
    assert_eq!(old.len(), new.len());
    let place = bytes.windows(old.len()).position(|window| window == old).expect("the bytes are there");
    bytes[place..place + new.len()].copy_from_slice(new);
}

/// The `TBSCertificate`, algorithm and signature of a certificate.
fn parts(certificate: &[u8]) -> [Vec<u8>; 3] {
    values(split(certificate).0).try_into().expect("a certificate has three parts")
}

fn assemble(parts: &[Vec<u8>; 3]) -> CertificateDer<'static> {
    CertificateDer::from(value(0x30, &parts.concat()))
}

/// The values that stand in `bytes` one after the other.
fn values(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut values = Vec::new();
    while !bytes.is_empty() {
        let (_, rest) = split(bytes);
        values.push(bytes[..bytes.len() - rest.len()].to_vec());
        bytes = rest;
    }
    values
}
