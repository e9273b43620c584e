//! Header fields in which a gateway tells services who the client is. What clients send under these names, in any
//! spelling and on any host, is a forgery and never gets through.

mod nginx;
mod rfc9440;
mod xfcc;

use domain::IdentityHeaders;
use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};
use rustls::pki_types::CertificateDer;
use tls::HeaderFacts;

use crate::spelling;

/// The greatest length of one field, in bytes. A longer one is left out: services refuse requests for it.
const FIELD_LIMIT: usize = 32 * 1024;

/// What nodes are told of one client: the fields of a preset, worked out once for a connection and a verdict on it.
#[derive(Debug, Clone, Default)]
pub(crate) struct IdentityFields(Vec<(HeaderName, HeaderValue)>);

impl IdentityFields {
    /// The fields of `preset` for a client that presented `chain`, leaf first. Of a client that is not verified nothing is
    /// told but, by nginx's preset, just that.
    pub(crate) fn of(preset: IdentityHeaders, chain: &[CertificateDer<'_>], is_verified: bool) -> Self {
        let verified = chain.split_first().filter(|_| is_verified);
        let mut fields = Self::default();
        match preset {
            IdentityHeaders::None => {}
            IdentityHeaders::Rfc9440 => {
                if let Some((leaf, intermediates)) = verified {
                    rfc9440::tell(&mut fields, leaf, intermediates);
                }
            }
            IdentityHeaders::Xfcc => {
                if let Some(facts) = verified.and_then(|(leaf, _)| HeaderFacts::read(leaf)) {
                    xfcc::tell(&mut fields, &facts);
                }
            }
            IdentityHeaders::Nginx => {
                nginx::tell(&mut fields, verified.and_then(|(leaf, _)| HeaderFacts::read(leaf)).as_ref());
            }
        }
        fields
    }

    /// Adds them, in place of what stands there under their names.
    pub(crate) fn add_to(&self, headers: &mut HeaderMap) {
        for (name, value) in &self.0 {
            headers.insert(name.clone(), value.clone());
        }
    }

    /// Adds a field, unless it is too long, or no field value at all.
    fn push(&mut self, name: &'static str, value: String) {
        if value.len() > FIELD_LIMIT {
            return;
        }
        if let Ok(value) = HeaderValue::try_from(value) {
            self.0.push((HeaderName::from_static(name), value));
        }
    }
}

/// Takes all identity headers out.
pub(crate) fn strip(headers: &mut HeaderMap) {
    // Allocates only if there are any.
    let forged: Vec<HeaderName> = headers.keys().filter(|name| is_identity(name.as_str())).cloned().collect();
    for name in forged {
        headers.remove(name);
    }
}

/// Whether a name is one of them, in any spelling (`docs/identity-headers.md` says whose each is).
pub(crate) fn is_identity(name: &str) -> bool {
    let rules: &[&str] = match name.as_bytes().first() {
        Some(b'x' | b'X') => &[
            "x-forwarded-client-cert*",
            "x-forwarded-tls-client-*",
            "x-forwarded-ssl-client-*",
            "x-kuma-forwarded-client-cert",
            "x-ssl-*",
            "x-tls-client-*",
            "x-mtls-*",
            "x-client-cert*",
            "x-client-dn*",
            "x-client-s-dn*",
            "x-client-i-dn*",
            "x-client-subject*",
            "x-client-issuer*",
            "x-client-serial*",
            "x-client-fingerprint*",
            "x-client-verif*",
            "x-amzn-mtls-*",
            "x-arr-clientcert*",
        ],
        Some(b'c' | b'C') => &["client-cert*", "cert-chain*", "cf-client-cert-*"],
        Some(b's' | b'S') => &["ssl-*"],
        Some(b't' | b'T') => &["tls-client-*"],
        Some(b'w' | b'W') => &["wl-proxy-*"],
        Some(first) if !first.is_ascii_alphanumeric() => &["-ws*"],
        _ => &[],
    };
    spelling::is_one_of(name, rules)
}

#[cfg(test)]
pub(crate) mod testing;

#[cfg(test)]
mod tests {
    use super::testing::{chain_of, field, fields, plain, version_1};
    use super::*;

    fn left(names: &[&'static str]) -> Vec<String> {
        let mut headers = HeaderMap::new();
        for name in names {
            headers.append(name.parse::<HeaderName>().expect("valid"), HeaderValue::from_static("forged"));
        }
        strip(&mut headers);
        headers.keys().map(ToString::to_string).collect()
    }

    #[test]
    fn no_identity_header_gets_through() {
        for name in [
            "Client-Cert",
            "client-cert",
            "CLIENT-CERT-CHAIN",
            "Client-Certificate",
            "X-Forwarded-Client-Cert",
            "X-Forwarded-Client-Cert-Chain",
            "X-SSL-Client-Verify",
            "x-ssl-client-s-dn",
            "X-SSL-Client-",
            "X-SSL-Client",
            "X-SSL-Cert",
            "Client_Cert",
            "Client.Cert",
            "x_forwarded_client-cert",
            "X_SSL_Client_Cert",
            "ssl-client-verify",
            "SSL_CLIENT_CERT_CHAIN_0",
            "CERT_CHAIN_0",
            "X-Forwarded-Tls-Client-Cert-Info",
            "X-Forwarded-SSL-Client-Cert",
            "X-Client-Cert",
            "X-Client-DN",
            "X-Client-S-DN",
            "X-Client-Verify",
            "X-Client-Verified",
            "X-Amzn-Mtls-Clientcert-Leaf",
            "X-ARR-ClientCert",
            "X-TLS-Client-Subject",
            "Cf-Client-Cert-Sha256",
            "WL-Proxy-Client-Cert",
            "$WSCC",
        ] {
            assert_eq!(left(&[name]), [""; 0], "{name}");
            assert_eq!(left(&[name, name]), [""; 0], "{name} twice");
        }
    }

    #[test]
    fn other_headers_stay() {
        let others =
            ["x-client-id", "x-client-version", "accept", "cookie", "content-type", "x-ss", "s", "x"];
        assert_eq!(left(&others), others);
    }

    #[test]
    fn a_client_that_is_not_verified_is_nobody() {
        let chain = chain_of(plain);
        for (chain, is_verified) in [(&chain[..], false), (&[], true), (&[], false)] {
            for preset in IdentityHeaders::ALL {
                let headers = fields(preset, chain, is_verified);
                match preset {
                    IdentityHeaders::Nginx => {
                        assert_eq!(headers.len(), 1);
                        assert_eq!(field(&headers, "x-ssl-client-verify"), "NONE");
                    }
                    _ => assert!(headers.is_empty(), "{preset:?}"),
                }
            }
        }
    }

    #[test]
    fn a_verified_client_is_told_of_by_every_preset_but_none() {
        for preset in IdentityHeaders::ALL {
            let headers = fields(preset, &chain_of(plain), true);
            assert_eq!(headers.is_empty(), preset == IdentityHeaders::None, "{preset:?}");
            assert!(
                headers.keys().all(|name| is_identity(name.as_str())),
                "{preset:?}: what is told is stripped"
            );
        }
    }

    /// The document has `…` where it leaves something out.
    #[test]
    fn the_document_says_what_is_sent() {
        let document = include_str!("../../../docs/identity-headers.md");
        let mut shown = 0;
        for preset in IdentityHeaders::ALL {
            for (name, value) in &fields(preset, &[version_1()], true) {
                let example = document.lines().find_map(|line| {
                    let (shown, example) = line.split_once(": ")?;
                    shown.eq_ignore_ascii_case(name.as_str()).then_some(example)
                });
                let mut rest = value.to_str().expect("printable ASCII");
                for (index, piece) in example.unwrap_or_else(|| panic!("{name}")).split('…').enumerate() {
                    let at = rest.find(piece).unwrap_or_else(|| panic!("{name}: {piece}"));
                    assert!(index > 0 || at == 0, "{name} does not begin with {piece}");
                    rest = &rest[at + piece.len()..];
                }
                assert_eq!(rest, "", "{name} goes on");
                shown += 1;
            }
        }
        assert_eq!(shown, 1 + 1 + 6);
    }

    #[test]
    fn what_stands_under_the_same_name_is_replaced() {
        let mut headers = HeaderMap::new();
        headers.append("x-ssl-client-verify", HeaderValue::from_static("SUCCESS"));
        headers.append("x-ssl-client-verify", HeaderValue::from_static("SUCCESS"));
        IdentityFields::of(IdentityHeaders::Nginx, &[], false).add_to(&mut headers);
        assert_eq!(headers.get_all("x-ssl-client-verify").iter().collect::<Vec<_>>(), ["NONE"]);
    }

    #[test]
    fn a_field_that_is_too_long_is_left_out() {
        let mut fields = IdentityFields::default();
        fields.push("client-cert", "a".repeat(FIELD_LIMIT));
        fields.push("client-cert-chain", "a".repeat(FIELD_LIMIT + 1));
        assert_eq!(fields.0.len(), 1);
    }
}
