//! What a certificate may be used for: extended key usage, key usage, and the CA flag, of clients and of intermediates.

use domain::ReasonCode::PurposeInvalid;
use rcgen::ExtendedKeyUsagePurpose::{Any, ClientAuth, CodeSigning, EmailProtection, ServerAuth};
use rcgen::KeyUsagePurpose::{
    ContentCommitment, CrlSign, DataEncipherment, DigitalSignature, KeyAgreement, KeyCertSign,
    KeyEncipherment,
};
use rcgen::{CertificateParams, CustomExtension, IsCa, KeyUsagePurpose};

use super::row::{Listener, Row, Verdict, accepted, alone, refused, through};
use crate::support::{Made, as_ca, as_leaf};

type Edit = Box<dyn Fn(&mut CertificateParams)>;
type Case = (Verdict, &'static str, &'static str, Edit);

const YES: Verdict = Verdict::Accepted;
const NO: Verdict = Verdict::Refused(PurposeInvalid);

const EKU: &str = "RFC 5280 §4.2.1.12: only for the purposes that it states";
const NO_EKU: &str = "RFC 5280 §4.2.1.12: without the extension, for any purpose";
const ANY_EKU: &str =
    "RFC 5280 §4.2.1.12: may be rejected where a purpose is required; OpenSSL's sslclient rejects it";
const KU: &str = "RFC 5280 §4.2.1.3: the handshake is signed, which takes digitalSignature";
const NO_KU: &str = "RFC 5280 §4.2.1.3: without the extension, for any use";
const CA_FLAG: &str = "RFC 5280 §4.2.1.9: a CA's key signs certificates, and is no client's";
const NO_CA_FLAG: &str = "RFC 5280 §6.1.4 (k): an issuer has basicConstraints with cA";
const NO_CERT_SIGN: &str = "RFC 5280 §6.1.4 (n): an issuer's keyUsage, if there, has keyCertSign";
const EKU_OF_CA: &str = "OpenSSL's sslclient asks the extended key usage of each CA below the anchor";

pub(super) fn rows() -> Vec<Row> {
    leaves().chain(intermediates()).chain(anchors()).collect()
}

fn leaves() -> impl Iterator<Item = Row> {
    let root = Made::self_signed("root", as_ca);
    let listener = Listener::of(root.pem());
    let cases = [extended_key_usages(), key_usages(), ca_flags()];
    cases
        .into_iter()
        .flatten()
        .map(move |case| row(case, &listener, |edit| alone(&root.issue("client", edit))))
}

fn row(
    (verdict, name, source, edit): Case,
    listener: &Listener,
    client: impl FnOnce(Edit) -> rustls::sign::CertifiedKey,
) -> Row {
    match verdict {
        Verdict::Accepted => accepted(name, source, listener, client(edit)),
        Verdict::Refused(reason) => refused(reason, name, source, listener, client(edit)),
    }
}

fn extended_key_usages() -> Vec<Case> {
    let with = |usages: &'static [rcgen::ExtendedKeyUsagePurpose]| -> Edit {
        Box::new(|params| params.extended_key_usages = usages.to_vec())
    };
    vec![
        (YES, "no extended key usage", NO_EKU, Box::new(as_leaf)),
        (YES, "extended key usage for clients", EKU, with(&[ClientAuth])),
        (YES, "extended key usage for servers and clients", EKU, with(&[ServerAuth, ClientAuth])),
        (YES, "extended key usage for mail and clients", EKU, with(&[EmailProtection, ClientAuth])),
        (YES, "extended key usage for any purpose and clients", EKU, with(&[Any, ClientAuth])),
        (NO, "extended key usage for servers only", EKU, with(&[ServerAuth])),
        (NO, "extended key usage for signing code only", EKU, with(&[CodeSigning])),
        (NO, "extended key usage for any purpose only", ANY_EKU, with(&[Any])),
        (
            YES,
            "extended key usage for clients, marked critical",
            "RFC 5280 §4.2.1.12: the extension may be critical",
            extension(&[2, 5, 29, 37], true, b"\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x02"),
        ),
        (
            NO,
            "extended key usage for no purpose at all",
            "RFC 5280 §4.2.1.12: at least one purpose",
            extension(&[2, 5, 29, 37], false, b"\x30\x00"),
        ),
    ]
}

fn key_usages() -> Vec<Case> {
    let with = |usages: &'static [KeyUsagePurpose]| -> Edit {
        Box::new(|params| params.key_usages = usages.to_vec())
    };
    vec![
        (YES, "key usage digitalSignature", KU, with(&[DigitalSignature])),
        (
            YES,
            "key usage digitalSignature and keyEncipherment",
            KU,
            with(&[DigitalSignature, KeyEncipherment]),
        ),
        (
            YES,
            "key usage keyAgreement only",
            "OpenSSL's sslclient takes keyAgreement for digitalSignature",
            with(&[KeyAgreement]),
        ),
        (
            YES,
            "client without key usage, with extended key usage",
            NO_KU,
            Box::new(|params| {
                params.extended_key_usages = vec![ClientAuth];
            }),
        ),
        (NO, "key usage keyEncipherment only", KU, with(&[KeyEncipherment])),
        (NO, "key usage dataEncipherment only", KU, with(&[DataEncipherment])),
        (NO, "key usage contentCommitment only", KU, with(&[ContentCommitment])),
        (NO, "key usage keyCertSign only", KU, with(&[KeyCertSign])),
        (NO, "key usage cRLSign only", KU, with(&[CrlSign])),
        (
            NO,
            "key usage without any bit",
            "RFC 5280 §4.2.1.3: at least one bit",
            extension(&[2, 5, 29, 15], true, b"\x03\x01\x00"),
        ),
    ]
}

fn ca_flags() -> Vec<Case> {
    vec![
        (NO, "CA certificate as client", CA_FLAG, Box::new(as_ca)),
        (
            NO,
            "CA certificate for clients, with digitalSignature",
            CA_FLAG,
            Box::new(|params| {
                as_ca(params);
                params.key_usages.push(DigitalSignature);
                params.extended_key_usages = vec![ClientAuth];
            }),
        ),
        (
            YES,
            "empty basicConstraints: CA:FALSE",
            "RFC 5280 §4.2.1.9: cA is false by default",
            Box::new(|params| params.is_ca = IsCa::ExplicitNoCa),
        ),
        (
            YES,
            "path length without CA:TRUE",
            "RFC 5280 §4.2.1.9 forbids CAs to issue it and gives it no meaning; OpenSSL refuses it only if strict",
            extension(&[2, 5, 29, 19], true, b"\x30\x03\x02\x01\x00"),
        ),
    ]
}

/// An extension with these contents.
fn extension(oid: &'static [u64], critical: bool, contents: &'static [u8]) -> Edit {
    Box::new(move |params| {
        let mut extension = CustomExtension::from_oid_content(oid, contents.to_vec());
        extension.set_criticality(critical);
        params.custom_extensions.push(extension);
    })
}

fn intermediates() -> impl Iterator<Item = Row> {
    let root = Made::self_signed("root", as_ca);
    let listener = Listener::of(root.pem());
    let ca = |edit: fn(&mut CertificateParams)| -> Edit {
        Box::new(move |params| {
            as_ca(params);
            edit(params);
        })
    };
    [
        (YES, "intermediate with keyCertSign", NO_CERT_SIGN, ca(|_| {})),
        (YES, "intermediate without key usage", NO_KU, ca(|params| params.key_usages.clear())),
        (NO, "intermediate with cRLSign only", NO_CERT_SIGN, ca(|params| params.key_usages = vec![CrlSign])),
        (
            NO,
            "intermediate with digitalSignature only",
            NO_CERT_SIGN,
            ca(|params| params.key_usages = vec![DigitalSignature]),
        ),
        (NO, "intermediate with CA:FALSE", NO_CA_FLAG, ca(|params| params.is_ca = IsCa::ExplicitNoCa)),
        (NO, "intermediate without basicConstraints", NO_CA_FLAG, ca(|params| params.is_ca = IsCa::NoCa)),
        (
            NO,
            "client certificate as issuer of another",
            NO_CA_FLAG,
            Box::new(|params: &mut CertificateParams| {
                params.key_usages = vec![DigitalSignature];
                params.extended_key_usages = vec![ClientAuth];
            }),
        ),
        (
            NO,
            "intermediate for servers only",
            EKU_OF_CA,
            ca(|params| params.extended_key_usages = vec![ServerAuth]),
        ),
        (
            YES,
            "intermediate for clients",
            EKU_OF_CA,
            ca(|params| params.extended_key_usages = vec![ClientAuth]),
        ),
        (
            NO,
            "intermediate for any purpose only",
            EKU_OF_CA,
            ca(|params| params.extended_key_usages = vec![Any]),
        ),
    ]
    .into_iter()
    .map(move |case| {
        row(case, &listener, |edit| {
            let issuer = root.issue("issuer", edit);
            through(&issuer.issue("client", as_leaf), &[&issuer])
        })
    })
}

fn anchors() -> impl Iterator<Item = Row> {
    const OF_ANCHOR: &str = "OpenSSL's sslclient asks the anchor's too; RFC 5280 §6.1 leaves it open";
    let cases: [(Verdict, &str, &str, &'static [rcgen::ExtendedKeyUsagePurpose]); 3] = [
        (YES, "CA for clients", OF_ANCHOR, &[ClientAuth]),
        (NO, "CA for servers only", OF_ANCHOR, &[ServerAuth]),
        (YES, "CA for any purpose", "RFC 5280 §4.2.1.12: any; OpenSSL's sslclient rejects it", &[Any]),
    ];
    cases.into_iter().map(|(verdict, name, source, usages)| {
        let root = Made::self_signed("root", |params| {
            as_ca(params);
            params.extended_key_usages = usages.to_vec();
        });
        let edit: Edit = Box::new(as_leaf);
        row((verdict, name, source, edit), &Listener::of(root.pem()), |edit| {
            alone(&root.issue("client", edit))
        })
    })
}
