//! Clients for the tests of identity headers.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::IdentityHeaders;
use http::HeaderMap;
use rcgen::{BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::IdentityFields;

/// A CA.
pub(crate) struct Ca {
    params: CertificateParams,
    key: KeyPair,
}

impl Ca {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self { params, key: KeyPair::generate().expect("a key") }
    }

    pub(crate) fn der(&self) -> CertificateDer<'static> {
        self.params.self_signed(&self.key).expect("rcgen can sign").der().clone()
    }
}

/// A client called `client`.
pub(crate) fn plain(params: &mut CertificateParams) {
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "client");
}

/// The chain of a client of the CA `ca`, presented without intermediates.
pub(crate) fn chain_of(edit: impl FnOnce(&mut CertificateParams)) -> Vec<CertificateDer<'static>> {
    let ca = Ca::new("ca");
    let mut params = CertificateParams::default();
    edit(&mut params);
    let key = KeyPair::generate().expect("a key");
    let issuer = Issuer::from_params(&ca.params, &ca.key);
    vec![params.signed_by(&key, &issuer).expect("rcgen can sign").der().clone()]
}

/// A client certificate of version 1, made by OpenSSL.
pub(crate) fn version_1() -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(include_bytes!("../../../tls/tests/fixtures/guide/client.crt"))
        .expect("a certificate")
}

/// What a node is told.
pub(crate) fn fields(preset: IdentityHeaders, chain: &[CertificateDer<'_>], is_verified: bool) -> HeaderMap {
    let mut headers = HeaderMap::new();
    IdentityFields::of(preset, chain, is_verified).add_to(&mut headers);
    headers
}

/// The one value of a field.
#[track_caller]
pub(crate) fn field<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    let mut values = headers.get_all(name).iter();
    let value = values.next().expect(name).to_str().expect("printable ASCII");
    assert_eq!(values.next(), None, "{name}");
    value
}

/// The bytes of a byte sequence (RFC 9651 §3.3.5).
pub(crate) fn decoded(item: &str) -> Vec<u8> {
    let digits = item.strip_prefix(':').and_then(|item| item.strip_suffix(':')).expect("colons");
    STANDARD.decode(digits).expect("base64")
}

/// A text without its percent-encoding.
pub(crate) fn percent_decoded(text: &str) -> String {
    let mut pieces = text.split('%');
    let mut decoded = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (digits, rest) = piece.split_at(2);
        decoded.push(char::from(u8::from_str_radix(digits, 16).expect("hexadecimal")));
        decoded.push_str(rest);
    }
    decoded
}
