//! `X-Forwarded-Client-Cert` as Envoy writes it: one element, of semicolon-separated pairs.

use std::fmt::Write;

use tls::HeaderFacts;

use super::IdentityFields;

/// Hash, certificate, subject, and every URI and host name of a verified client, each of these in a pair of its own.
pub(super) fn tell(fields: &mut IdentityFields, facts: &HeaderFacts<'_>) {
    let Some(subject) = facts.subject() else { return };
    let mut element =
        format!("Hash={};Cert=\"{}\";Subject=\"{subject}\"", facts.sha256(), facts.escaped_pem());
    for uri in facts.uris() {
        push(&mut element, "URI", uri, is_of_uri);
    }
    for name in facts.dns_names() {
        push(&mut element, "DNS", name, is_of_host_name);
    }
    fields.push("x-forwarded-client-cert", element);
}

/// Adds a pair, in quotation marks if the value has the mark between keys and values. A name with other characters than it
/// may have stands as an empty text, which equals no name that anybody looks for: it counts, but it cannot be taken for
/// another one by services that split this field without knowing quotes.
fn push(element: &mut String, key: &str, name: &str, may_have: fn(u8) -> bool) {
    let name = if name.bytes().all(may_have) { name } else { "" };
    let quote = if name.contains('=') { "\"" } else { "" };
    write!(element, ";{key}={quote}{name}{quote}").expect("a String takes everything");
}

/// RFC 3986 §2, without the comma and semicolon that part this field's elements and pairs.
fn is_of_uri(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+=%".contains(&byte)
}

fn is_of_host_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._*".contains(&byte)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use domain::IdentityHeaders;
    use rcgen::{DnType, SanType};

    use super::super::testing::{chain_of, field, fields, percent_decoded, plain};
    use super::*;

    /// The pairs of the one element, read as Envoy's documentation says: quotes protect, a backslash escapes.
    fn pairs(value: &str) -> Vec<(String, String)> {
        let (mut pairs, mut pair, mut quoted, mut escaped) = (Vec::new(), String::new(), false, false);
        for character in value.chars().chain([';']) {
            match character {
                _ if escaped => {
                    pair.extend(['\\', character]);
                    escaped = false;
                }
                '\\' if quoted => escaped = true,
                '"' => quoted = !quoted,
                ',' if !quoted => panic!("a second element: {value}"),
                ';' if !quoted => {
                    let (key, value) = pair.split_once('=').expect("a pair");
                    pairs.push((key.to_owned(), value.to_owned()));
                    pair.clear();
                }
                _ => pair.push(character),
            }
        }
        assert!(!quoted && pair.is_empty(), "an open quote: {value}");
        pairs
    }

    fn told(edit: impl Fn(&mut rcgen::CertificateParams)) -> String {
        let headers = fields(IdentityHeaders::Xfcc, &chain_of(edit), true);
        assert_eq!(headers.len(), 1);
        field(&headers, "x-forwarded-client-cert").to_owned()
    }

    #[test]
    fn everything_is_there_in_envoys_order() {
        let chain = chain_of(|params| {
            plain(params);
            params.distinguished_name.push(DnType::OrganizationName, "Example, Inc.");
            params.subject_alt_names = vec![
                SanType::DnsName("a.example.com".try_into().expect("ASCII")),
                SanType::URI("spiffe://example.com/a".try_into().expect("ASCII")),
                SanType::URI("https://example.com/?a=b".try_into().expect("ASCII")),
                SanType::DnsName("*.example.com".try_into().expect("ASCII")),
            ];
        });
        let headers = fields(IdentityHeaders::Xfcc, &chain, true);
        let value = field(&headers, "x-forwarded-client-cert");
        let facts = HeaderFacts::read(&chain[0]).expect("readable");
        let certificate = facts.escaped_pem();
        assert_eq!(
            value,
            format!(
                "Hash={};Cert=\"{certificate}\";Subject=\"O=Example\\, Inc.,CN=client\";URI=spiffe://example.com/a;\
                 URI=\"https://example.com/?a=b\";DNS=a.example.com;DNS=*.example.com",
                facts.sha256(),
            )
        );
        let pem = percent_decoded(&certificate);
        assert!(
            pem.starts_with("-----BEGIN CERTIFICATE-----\n") && pem.ends_with("-----END CERTIFICATE-----\n")
        );
        assert_eq!(tls::certificate_facts(&chain[0]).expect("readable").fingerprint, facts.sha256());
    }

    #[test]
    fn a_name_forges_no_pair_and_no_element() {
        for name in [
            "x\";URI=spiffe://admin;DNS=admin",
            "x\\",
            "x\\\";URI=spiffe://admin",
            "x,Hash=0000;URI=spiffe://admin",
            "x\r\nX-Forwarded-Client-Cert: URI=spiffe://admin",
            "\u{ff02};URI=spiffe://admin",
        ] {
            let value = told(|params| {
                plain(params);
                params.distinguished_name.push(DnType::CommonName, name);
            });
            let keys: Vec<String> = pairs(&value).into_iter().map(|(key, _)| key).collect();
            assert_eq!(keys, ["Hash", "Cert", "Subject"], "{name:?}");
            // Nor for a service that splits the field at semicolons.
            assert!(!value.split(';').any(|pair| pair.starts_with("URI=")), "{name:?}");
        }
    }

    #[test]
    fn a_san_forges_no_pair_and_no_element() {
        for san in ["x;URI=spiffe://admin", "x,Hash=0", "x\",Hash=0", "x\r\nDNS=admin", "x\\", "x y"] {
            let value = told(|params| {
                plain(params);
                params.subject_alt_names = vec![
                    SanType::URI(san.try_into().expect("ASCII")),
                    SanType::DnsName(san.try_into().expect("ASCII")),
                    SanType::URI("spiffe://client".try_into().expect("ASCII")),
                ];
            });
            let names: Vec<(String, String)> = pairs(&value).into_iter().skip(3).collect();
            let expected = [("URI", ""), ("URI", "spiffe://client"), ("DNS", "")];
            assert_eq!(names, expected.map(|(key, value)| (key.to_owned(), value.to_owned())), "{san:?}");
        }
    }

    #[test]
    fn version_1_has_no_names_but_its_subject() {
        let der = super::super::testing::version_1();
        let headers = fields(IdentityHeaders::Xfcc, &[der], true);
        let pairs: HashMap<String, String> =
            pairs(field(&headers, "x-forwarded-client-cert")).into_iter().collect();
        assert_eq!(pairs.len(), 3);
        assert_eq!(pairs["Subject"], "CN=CLIENT");
    }
}
