//! Serial numbers, extensions in general, and bytes that are not quite a certificate.

use domain::ReasonCode::{IssuerUnknown, PurposeInvalid};
use rcgen::{CertificateParams, CustomExtension, SerialNumber};
use rustls_pki_types::CertificateDer;

use super::row::{Listener, Row, accepted, alone, presenting, refused, through};
use super::surgery::{Fields, altered, reissued};
use crate::der::value;
use crate::support::{Made, as_ca, as_leaf};

const SERIAL: &str = "RFC 5280 §4.1.2.2: CAs must not, but users should be prepared to handle it gracefully";
const CRITICAL: &str = "RFC 5280 §4.2: a critical extension that is not processed is a reason to reject";
const ONCE: &str = "RFC 5280 §4.2: not more than one instance of an extension";
const DER: &str = "RFC 5280 §4.1, X.690 §10: a certificate is DER, to its end";

/// An extension that nobody knows.
const UNKNOWN: &[u64] = &[1, 3, 6, 1, 4, 1, 99999, 1];
const BASIC_CONSTRAINTS: &[u64] = &[2, 5, 29, 19];

pub(super) fn rows() -> Vec<Row> {
    [serials(), extensions(), extensions_of_issuers(), fields(), bytes()].into_iter().flatten().collect()
}

fn serials() -> Vec<Row> {
    let root = Made::self_signed("root", as_ca);
    let listener = Listener::of(root.pem());
    let leaf = root.issue("client", as_leaf);
    let numbered = |serial: &[u8]| {
        presenting(reissued(&root, &leaf, |fields| fields.serial = value(0x02, serial)), &leaf)
    };
    let longest =
        root.issue("client", |params| params.serial_number = Some(SerialNumber::from_slice(&[0x7f; 20])));
    vec![
        accepted("serial number of 20 bytes", "RFC 5280 §4.1.2.2: at most 20", &listener, alone(&longest)),
        accepted("serial number of 21 bytes", SERIAL, &listener, numbered(&[0x7f; 21])),
        accepted("serial number zero", SERIAL, &listener, numbered(&[0])),
        accepted("negative serial number", SERIAL, &listener, numbered(&[0xff])),
    ]
}

fn with(extensions: &'static [(&'static [u64], bool, &'static [u8])]) -> impl Fn(&mut CertificateParams) {
    move |params| {
        for (oid, critical, contents) in extensions {
            let mut extension = CustomExtension::from_oid_content(oid, contents.to_vec());
            extension.set_criticality(*critical);
            params.custom_extensions.push(extension);
        }
    }
}

fn extensions() -> Vec<Row> {
    let root = Made::self_signed("root", as_ca);
    let listener = Listener::of(root.pem());
    let client = |edit: &dyn Fn(&mut CertificateParams)| alone(&root.issue("client", edit));
    let twice = |oid: &'static [u64], contents: &'static [u8]| {
        client(&move |params: &mut CertificateParams| {
            for _ in 0..2 {
                params.custom_extensions.push(CustomExtension::from_oid_content(oid, contents.to_vec()));
            }
        })
    };
    let many = client(&|params| {
        for number in 0..101 {
            let oid = [1, 3, 6, 1, 4, 1, 99999, number];
            params.custom_extensions.push(CustomExtension::from_oid_content(&oid, vec![5, 0]));
        }
    });
    let for_clients = b"\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x02";
    let policies = with(&[(&[2, 5, 29, 32], true, b"\x30\x06\x30\x04\x06\x02\x2a\x03")]);
    vec![
        accepted(
            "unknown extension",
            "RFC 5280 §4.2: ignored if it is not critical",
            &listener,
            client(&with(&[(UNKNOWN, false, b"\x05\x00")])),
        ),
        refused(
            PurposeInvalid,
            "unknown critical extension",
            CRITICAL,
            &listener,
            client(&with(&[(UNKNOWN, true, b"\x05\x00")])),
        ),
        refused(PurposeInvalid, "critical certificate policies", CRITICAL, &listener, client(&policies)),
        refused(IssuerUnknown, "unknown extension twice", ONCE, &listener, twice(UNKNOWN, b"\x05\x00")),
        refused(
            IssuerUnknown,
            "extended key usage twice",
            ONCE,
            &listener,
            twice(&[2, 5, 29, 37], for_clients),
        ),
        refused(
            IssuerUnknown,
            "basicConstraints twice",
            ONCE,
            &listener,
            client(&with(&[
                (BASIC_CONSTRAINTS, true, b"\x30\x00"),
                (BASIC_CONSTRAINTS, true, b"\x30\x03\x01\x01\xff"),
            ])),
        ),
        refused(
            IssuerUnknown,
            "basicConstraints that cannot be read",
            DER,
            &listener,
            client(&with(&[(BASIC_CONSTRAINTS, true, b"\x02\x01\x01")])),
        ),
        refused(
            IssuerUnknown,
            "key usage that cannot be read",
            DER,
            &listener,
            client(&with(&[(&[2, 5, 29, 15], true, b"\x02\x01\x01")])),
        ),
        refused(
            IssuerUnknown,
            "extended key usage that cannot be read",
            DER,
            &listener,
            client(&with(&[(&[2, 5, 29, 37], false, b"\x02\x01\x01")])),
        ),
        refused(
            IssuerUnknown,
            "101 extensions",
            "RFC 5280 §4.2 names no bound; looking for doubles costs the square",
            &listener,
            many,
        ),
    ]
}

fn extensions_of_issuers() -> Vec<Row> {
    let root = Made::self_signed("root", as_ca);
    let listener = Listener::of(root.pem());
    let below = |extra: &dyn Fn(&mut CertificateParams)| {
        let issuer = root.issue("intermediate", |params| {
            as_ca(params);
            extra(params);
        });
        through(&issuer.issue("client", as_leaf), &[&issuer])
    };
    vec![
        accepted(
            "unknown extension of the intermediate",
            "RFC 5280 §4.2: ignored if it is not critical",
            &listener,
            below(&with(&[(UNKNOWN, false, b"\x05\x00")])),
        ),
        refused(
            IssuerUnknown,
            "unknown critical extension of the intermediate",
            "RFC 5280 §4.2: rejected, so it is no issuer of the client",
            &listener,
            below(&with(&[(UNKNOWN, true, b"\x05\x00")])),
        ),
        refused(
            IssuerUnknown,
            "critical policy constraints of the intermediate",
            "RFC 5280 §4.2: rejected, so it is no issuer of the client",
            &listener,
            below(&with(&[(&[2, 5, 29, 36], true, b"\x30\x03\x80\x01\x00")])),
        ),
    ]
}

fn fields() -> Vec<Row> {
    let root = Made::self_signed("root", as_ca);
    let listener = Listener::of(root.pem());
    let leaf = root.issue("client", as_leaf);
    let with = |change: &dyn Fn(&mut Fields)| presenting(reissued(&root, &leaf, change), &leaf);
    vec![
        accepted(
            "empty list of extensions",
            "RFC 5280 §4.1.2.9: one or more; OpenSSL and Go read it",
            &listener,
            with(&|fields| fields.rest.push(vec![0xa3, 2, 0x30, 0])),
        ),
        refused(
            IssuerUnknown,
            "unique identifier of the subject",
            "RFC 5280 §4.1.2.8: must not be issued; webpki does not read it",
            &listener,
            with(&|fields| fields.rest.push(vec![0x82, 2, 0, 1])),
        ),
        refused(
            IssuerUnknown,
            "a field after the extensions",
            DER,
            &listener,
            with(&|fields| fields.rest.extend([vec![0xa3, 2, 0x30, 0], vec![0x05, 0]])),
        ),
    ]
}

fn bytes() -> Vec<Row> {
    let root = Made::self_signed("root", as_ca);
    let listener = Listener::of(root.pem());
    let leaf = root.issue("client", as_leaf);
    let good = leaf.der().to_vec();
    let indefinite = [&[0x30, 0x80][..], &good[4..], &[0, 0]].concat();
    [
        ("a byte after the certificate", [&good[..], &[0]].concat()),
        ("last byte missing", good[..good.len() - 1].to_vec()),
        ("indefinite length", indefinite),
        ("length in more bytes than needed", [&[0x30, 0x83, 0][..], &good[2..]].concat()),
        ("a fourth part", altered(&leaf.der(), |[_, _, signature]| signature.extend([5, 0])).to_vec()),
        ("a text", b"not a certificate".to_vec()),
        ("PEM in place of DER", leaf.pem()),
    ]
    .into_iter()
    .map(|(name, bytes)| {
        refused(IssuerUnknown, name, DER, &listener, presenting(CertificateDer::from(bytes), &leaf))
    })
    .collect()
}
