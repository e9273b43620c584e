//! Certificates and times for the tests.

use domain::{CertificateType, FieldError, FieldWarning, Secret, UnixTime};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    SigningKey,
};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use tls::{Identity, TrustAnchors};

/// When most tests happen: a moment at which all fixtures are valid.
pub(crate) const NOW: UnixTime = UnixTime(1_800_000_000);
/// After the fixtures' end.
pub(crate) const AFTER: UnixTime = UnixTime(6_000_000_000);
/// Before the fixtures' begin.
pub(crate) const BEFORE: UnixTime = UnixTime(1_000_000_000);

/// The bytes of a file below `tests/fixtures`.
pub(crate) fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A file below `tests/fixtures` as text.
pub(crate) fn fixture_text(name: &str) -> String {
    String::from_utf8(fixture(name)).expect("a text fixture")
}

/// A file below `tests/fixtures` as a key.
pub(crate) fn fixture_key(name: &str) -> Secret {
    Secret::new(fixture(name))
}

/// All certificates of a PEM text.
pub(crate) fn certificates(pem: &[u8]) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(pem).map(|certificate| certificate.expect("a readable fixture")).collect()
}

/// The certificates of several fixtures, as a client presents them.
pub(crate) fn chain(names: &[&str]) -> Vec<CertificateDer<'static>> {
    names.iter().flat_map(|name| certificates(&fixture(name))).collect()
}

/// A CA field that is accepted.
pub(crate) fn anchors(pem: &[u8]) -> TrustAnchors {
    TrustAnchors::read(pem, NOW).expect("anchors")
}

/// A server identity from two fields.
pub(crate) fn read(certificate: &[u8], key: &[u8]) -> Result<Identity, Vec<FieldError>> {
    Identity::read(certificate, &Secret::new(key.to_vec()), CertificateType::Server, NOW)
}

/// The findings without their field.
pub(crate) fn warnings(findings: &[FieldWarning]) -> Vec<domain::Warning> {
    findings.iter().map(|finding| finding.warning.clone()).collect()
}

/// A certificate made by rcgen, with its key.
pub(crate) struct Made {
    params: CertificateParams,
    certificate: rcgen::Certificate,
    key: KeyPair,
}

impl Made {
    /// A self-signed certificate; without `edit`, of no use for anything.
    pub(crate) fn self_signed(name: &str, edit: impl FnOnce(&mut CertificateParams)) -> Self {
        Self::self_signed_by(new_key(), name, edit)
    }

    /// The same with this key.
    pub(crate) fn self_signed_by(
        key: KeyPair,
        name: &str,
        edit: impl FnOnce(&mut CertificateParams),
    ) -> Self {
        let params = params(name, edit);
        let certificate = params.self_signed(&key).expect("rcgen can sign");
        Self { params, certificate, key }
    }

    /// A certificate by this issuer.
    pub(crate) fn issue(&self, name: &str, edit: impl FnOnce(&mut CertificateParams)) -> Self {
        self.issue_for(new_key(), name, edit)
    }

    /// A certificate by this issuer for this key.
    pub(crate) fn issue_for(
        &self,
        key: KeyPair,
        name: &str,
        edit: impl FnOnce(&mut CertificateParams),
    ) -> Self {
        let params = params(name, edit);
        let certificate = params.signed_by(&key, &self.issuer()).expect("rcgen can sign");
        Self { params, certificate, key }
    }

    /// Another certificate by this issuer for the name and key of `other`.
    pub(crate) fn cross_sign(&self, other: &Self) -> Vec<u8> {
        other.params.signed_by(&other.key, &self.issuer()).expect("rcgen can sign").pem().into_bytes()
    }

    /// The certificate in PEM.
    pub(crate) fn pem(&self) -> Vec<u8> {
        self.certificate.pem().into_bytes()
    }

    /// The certificate in DER.
    pub(crate) fn der(&self) -> CertificateDer<'static> {
        self.certificate.der().clone()
    }

    /// The key in PEM.
    pub(crate) fn key(&self) -> Vec<u8> {
        self.key.serialize_pem().into_bytes()
    }

    /// Its signature over these bytes.
    pub(crate) fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        self.key.sign(bytes).expect("rcgen can sign")
    }

    fn issuer(&self) -> Issuer<'_, &KeyPair> {
        Issuer::from_params(&self.params, &self.key)
    }
}

/// A certificate that may issue others.
pub(crate) fn as_ca(params: &mut CertificateParams) {
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
}

/// A plain certificate.
pub(crate) fn as_leaf(_: &mut CertificateParams) {}

/// A certificate for these hosts.
pub(crate) fn for_hosts(hosts: &'static [&'static str]) -> impl Fn(&mut CertificateParams) {
    move |params| {
        params.subject_alt_names =
            hosts.iter().map(|host| rcgen::SanType::DnsName((*host).try_into().expect("ASCII"))).collect();
    }
}

fn new_key() -> KeyPair {
    KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).expect("a key")
}

fn params(name: &str, edit: impl FnOnce(&mut CertificateParams)) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = rcgen::date_time_ymd(2000, 1, 1);
    params.not_after = rcgen::date_time_ymd(2100, 1, 1);
    edit(&mut params);
    params
}
