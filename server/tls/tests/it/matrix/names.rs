//! Names of subjects and issuers. Whom they stand for is the allow-list's question; here they need only be in order.

use domain::ReasonCode::IssuerUnknown;
use rcgen::{CertificateParams, CustomExtension, DistinguishedName, SanType};

use super::row::{Listener, Row, accepted, alone, presenting, refused};
use super::surgery::{reissued, replace};
use crate::support::{Made, as_ca, as_leaf};

const ANY_FORM: &str = "RFC 5280 §4.2.1.6: a SAN may be of any form";
const SAME_BYTES: &str =
    "RFC 5280 §4.1.2.6: a CA writes its name in the same bytes everywhere; stricter than §7.1";

/// A name, its source, the subject, and what else is special.
type Case = (&'static str, &'static str, &'static str, fn(&mut CertificateParams));

pub(super) fn rows() -> Vec<Row> {
    subjects().chain(issuers()).collect()
}

fn subjects() -> impl Iterator<Item = Row> {
    let root = Made::self_signed("root", as_ca);
    let listener = Listener::of(root.pem());
    let long: &'static str = "x".repeat(1000).leak();
    let cases: Vec<Case> = vec![
        ("no SAN", "RFC 5280 §4.2.1.6: needed only where the subject is empty", "client", as_leaf),
        ("host as SAN", ANY_FORM, "client", |params| add(params, SanType::DnsName(ia5("a.test")))),
        ("SPIFFE id as SAN", ANY_FORM, "client", |params| {
            add(params, SanType::URI(ia5("spiffe://a.test/b")))
        }),
        ("e-mail address as SAN", ANY_FORM, "client", |params| {
            add(params, SanType::Rfc822Name(ia5("a@a.test")))
        }),
        ("IP address as SAN", ANY_FORM, "client", |params| {
            add(params, SanType::IpAddress([192, 0, 2, 1].into()))
        }),
        ("empty subject with SAN", "RFC 5280 §4.1.2.6: the SAN is the subject's name", "client", |params| {
            params.distinguished_name = DistinguishedName::new();
            add(params, SanType::DnsName(ia5("a.test")));
        }),
        (
            "empty subject without SAN",
            "RFC 5280 §4.1.2.6 forbids CAs to issue it; the path is valid (§6.1), OpenSSL refuses it only if strict",
            "client",
            |params| params.distinguished_name = DistinguishedName::new(),
        ),
        ("SAN that is no host name", "RFC 5280 §6.1 verifies no name's syntax", "client", |params| {
            add(params, SanType::DnsName(ia5("not a host!")));
        }),
        (
            "line feed in the subject",
            "RFC 5280 §4.1.2.4: a UTF8String; it is escaped where shown",
            "a\nb",
            as_leaf,
        ),
        (
            "NUL in the subject",
            "RFC 5280 §4.1.2.4: a UTF8String; it is escaped where shown",
            "a.test\0.b",
            as_leaf,
        ),
        (
            "common name of 1000 characters",
            "RFC 5280 appendix A.1: ub-common-name is 64; OpenSSL reads longer ones",
            long,
            as_leaf,
        ),
        (
            "SAN without any name",
            "RFC 5280 §4.2.1.6 forbids CAs to issue it; OpenSSL refuses it only if strict",
            "client",
            |params| {
                params
                    .custom_extensions
                    .push(CustomExtension::from_oid_content(&[2, 5, 29, 17], vec![0x30, 0]))
            },
        ),
        ("1000 SANs", "RFC 5280 §4.2.1.6: no upper bound", "client", |params| {
            let names = (0..1000).map(|number| SanType::DnsName(ia5(&format!("{number}.test"))));
            params.subject_alt_names = names.collect();
        }),
    ];
    cases.into_iter().map(move |(name, source, subject, edit)| {
        accepted(name, source, &listener, alone(&root.issue(subject, edit)))
    })
}

fn issuers() -> impl Iterator<Item = Row> {
    let root = Made::self_signed("root", as_ca);
    let listener = Listener::of(root.pem());
    let leaf = root.issue("client", as_leaf);
    let written = |old: &'static [u8], new: &'static [u8]| {
        presenting(reissued(&root, &leaf, |fields| replace(&mut fields.issuer, old, new)), &leaf)
    };
    let other_key = Made::self_signed("root", as_ca);
    let pointing = other_key.issue("client", |params| params.use_authority_key_identifier_extension = true);
    let pointing = presenting(reissued(&root, &pointing, |_| {}), &pointing);
    [
        refused(IssuerUnknown, "issuer's name in capitals", SAME_BYTES, &listener, written(b"root", b"ROOT")),
        refused(
            IssuerUnknown,
            "issuer's name as another type of string",
            SAME_BYTES,
            &listener,
            written(b"\x0c\x04root", b"\x13\x04root"),
        ),
        accepted(
            "authority key identifier of another key",
            "RFC 5280 §4.2.1.1: a help to build paths; which key signed is what counts. OpenSSL refuses it",
            &listener,
            pointing,
        ),
    ]
    .into_iter()
}

fn add(params: &mut CertificateParams, name: SanType) {
    params.subject_alt_names.push(name);
}

fn ia5(text: &str) -> rcgen::string::Ia5String {
    text.try_into().expect("ASCII")
}
