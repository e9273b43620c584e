//! Revocation lists that no tool makes.

use domain::UnixTime;
use rcgen::{CertificateParams, KeyUsagePurpose};

use crate::der::{sequence, signed_parts, split, value};
use crate::support::{Made, NOW, as_ca};

/// A certificate that may issue others and sign revocation lists.
pub(crate) fn as_ca_with_lists(params: &mut CertificateParams) {
    as_ca(params);
    params.key_usages.push(KeyUsagePurpose::CrlSign);
}

/// A list by a CA, with what it says beside that.
pub(crate) struct List<'a> {
    issuer: &'a Made,
    is_v2: bool,
    this_update: UnixTime,
    next_update: Option<UnixTime>,
    entries: Vec<Vec<u8>>,
    extensions: Vec<Vec<u8>>,
}

impl<'a> List<'a> {
    /// An empty list of version 2 that was issued a minute before [`NOW`] and says not when the next one is due.
    pub(crate) fn by(issuer: &'a Made) -> Self {
        let this_update = NOW.plus_seconds(-60);
        Self { issuer, is_v2: true, this_update, next_update: None, entries: vec![], extensions: vec![] }
    }

    pub(crate) fn v1(mut self) -> Self {
        self.is_v2 = false;
        self
    }

    pub(crate) fn issued(mut self, at: UnixTime) -> Self {
        self.this_update = at;
        self
    }

    /// When the next one is due.
    pub(crate) fn until(mut self, next_update: UnixTime) -> Self {
        self.next_update = Some(next_update);
        self
    }

    pub(crate) fn revoking(self, certificate: &Made) -> Self {
        self.entry(&serial(certificate), &[])
    }

    /// An entry for an INTEGER, with these extensions.
    pub(crate) fn entry(mut self, serial: &[u8], extensions: &[Vec<u8>]) -> Self {
        let extensions = if extensions.is_empty() { Vec::new() } else { value(0x30, &extensions.concat()) };
        self.entries.push(sequence(&[serial, &time(self.this_update), &extensions]));
        self
    }

    pub(crate) fn extension(mut self, extension: Vec<u8>) -> Self {
        self.extensions.push(extension);
        self
    }

    /// The list in DER.
    pub(crate) fn der(self) -> Vec<u8> {
        let issuer = self.issuer.der();
        let [tbs, algorithm, _] = signed_parts(&issuer);
        let mut fields = Vec::new();
        if self.is_v2 {
            fields.push(value(2, &[1]));
        }
        fields.extend([algorithm.to_vec(), subject(tbs), time(self.this_update)]);
        fields.extend(self.next_update.map(time));
        if !self.entries.is_empty() {
            fields.push(value(0x30, &self.entries.concat()));
        }
        if !self.extensions.is_empty() {
            fields.push(value(0xa0, &value(0x30, &self.extensions.concat())));
        }
        sign(&value(0x30, &fields.concat()), algorithm, self.issuer)
    }
}

/// What `signer` makes of a list's contents.
pub(crate) fn sign(tbs: &[u8], algorithm: &[u8], signer: &Made) -> Vec<u8> {
    let signature = value(3, &[&[0][..], &signer.sign(tbs)].concat());
    sequence(&[tbs, algorithm, &signature])
}

/// An extension with this object identifier (its contents) and value.
pub(crate) fn extension(oid: &[u8], is_critical: bool, contents: &[u8]) -> Vec<u8> {
    let critical = if is_critical { value(1, &[0xff]) } else { Vec::new() };
    sequence(&[&value(6, oid), &critical, &value(4, contents)])
}

/// A certificate's serial number as an INTEGER.
pub(crate) fn serial(certificate: &Made) -> Vec<u8> {
    let der = certificate.der();
    let [tbs, _, _] = signed_parts(&der);
    let (fields, _) = split(tbs);
    // After the version.
    let (serial, _) = split(split(fields).1);
    value(2, serial)
}

/// The subject in what was signed of a certificate.
fn subject(tbs: &[u8]) -> Vec<u8> {
    let (fields, _) = split(tbs);
    let (_, after_version) = split(fields);
    let (_, after_serial) = split(after_version);
    let (_, after_algorithm) = split(after_serial);
    let (_, after_issuer) = split(after_algorithm);
    let (_, after_validity) = split(after_issuer);
    value(0x30, split(after_validity).0)
}

/// A `GeneralizedTime`.
fn time(at: UnixTime) -> Vec<u8> {
    let digits: String = at.to_string().chars().filter(char::is_ascii_digit).collect();
    value(0x18, format!("{digits}Z").as_bytes())
}
