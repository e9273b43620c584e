//! Certification authorities and what they issue.

use domain::{DenyEntry, UnixTime};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// The time at which the tests play: within the validity of everything that is not said to be otherwise.
pub(crate) const NOW: Day = Day(2026, 6, 1);
/// The end of the validity of everything that is not said to be otherwise.
const FAR: Day = Day(2060, 1, 1);

/// Year, month and day; as a time, the first second of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Day(pub(crate) i32, pub(crate) u8, pub(crate) u8);

impl From<Day> for UnixTime {
    fn from(Day(year, month, day): Day) -> Self {
        Self(date_time_ymd(year, month, day).unix_timestamp())
    }
}

/// A certificate with its chain, leaf first, and its key.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) chain: Vec<CertificateDer<'static>>,
    chain_pem: String,
    key: KeyPair,
}

impl Identity {
    pub(crate) fn key(&self) -> PrivateKeyDer<'static> {
        PrivatePkcs8KeyDer::from(self.key.serialize_der()).into()
    }

    /// The entry of a deny-list that means this certificate.
    pub(crate) fn deny_entry(&self) -> DenyEntry {
        DenyEntry::Certificate(tls::certificate_facts(&self.chain[0]).expect("a certificate").fingerprint)
    }

    /// For the gateway.
    pub(crate) fn key_pair(&self) -> tls::KeyPair {
        let key = domain::Secret::new(self.key.serialize_pem().into_bytes());
        tls::KeyPair::load(&self.chain_pem, &key).expect("a certificate and its key")
    }
}

/// A certification authority: a root, or an intermediate below one.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    /// The intermediates, this one first, that a client has to send along.
    path: Vec<(CertificateDer<'static>, String)>,
}

impl Authority {
    pub(crate) fn root(name: &str) -> Self {
        Self::root_until(name, FAR)
    }

    /// A root whose last second is `end`.
    pub(crate) fn root_until(name: &str, end: Day) -> Self {
        let params = authority(name, end);
        let key = KeyPair::generate().expect("a key");
        Self { issuer: CertifiedIssuer::self_signed(params, key).expect("a root"), path: Vec::new() }
    }

    pub(crate) fn intermediate(&self, name: &str) -> Self {
        let key = KeyPair::generate().expect("a key");
        let issuer =
            CertifiedIssuer::signed_by(authority(name, FAR), key, &self.issuer).expect("an intermediate");
        let own = (issuer.der().clone(), issuer.pem());
        Self { path: [vec![own], self.path.clone()].concat(), issuer }
    }

    pub(crate) fn pem(&self) -> String {
        self.issuer.pem()
    }

    pub(crate) fn der(&self) -> CertificateDer<'static> {
        self.issuer.der().clone()
    }

    pub(crate) fn server(&self, names: &[&str]) -> Identity {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).expect("host names");
        params.extended_key_usages.push(ExtendedKeyUsagePurpose::ServerAuth);
        self.issue(params, FAR)
    }

    pub(crate) fn client(&self, name: &str) -> Identity {
        self.client_until(name, FAR)
    }

    /// A client certificate with dNSNames.
    pub(crate) fn client_named(&self, name: &str, dns_names: &[&str]) -> Identity {
        let names: Vec<String> = dns_names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).expect("host names");
        params.distinguished_name.push(DnType::CommonName, name);
        params.extended_key_usages.push(ExtendedKeyUsagePurpose::ClientAuth);
        self.issue(params, FAR)
    }

    /// A client certificate whose last second is `end`.
    pub(crate) fn client_until(&self, name: &str, end: Day) -> Identity {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.extended_key_usages.push(ExtendedKeyUsagePurpose::ClientAuth);
        self.issue(params, end)
    }

    fn issue(&self, mut params: CertificateParams, end: Day) -> Identity {
        let key = KeyPair::generate().expect("a key");
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(end.0, end.1, end.2);
        let leaf = params.signed_by(&key, &self.issuer).expect("a certificate");
        let mut chain = vec![leaf.der().clone()];
        let mut chain_pem = leaf.pem();
        for (der, pem) in &self.path {
            chain.push(der.clone());
            chain_pem.push_str(pem);
        }
        Identity { chain, chain_pem, key }
    }
}

fn authority(name: &str, end: Day) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages.push(KeyUsagePurpose::KeyCertSign);
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(end.0, end.1, end.2);
    params
}
