use domain::{AnchorRule, Fault, Field, UnixTime, Warning};
use rcgen::{BasicConstraints, CustomExtension, IsCa, KeyUsagePurpose};
use tls::TrustAnchors;

use crate::support::{AFTER, BEFORE, Made, NOW, anchors, as_ca, as_leaf, fixture, fixture_text, warnings};

#[track_caller]
fn faults_at(field: &[u8], now: UnixTime) -> Vec<Fault> {
    let errors = TrustAnchors::read(field, now).expect_err("refused");
    assert!(errors.iter().all(|error| error.field == Field::CaCertificate));
    errors.into_iter().map(|error| error.fault).collect()
}

#[track_caller]
fn faults(field: &[u8]) -> Vec<Fault> {
    faults_at(field, NOW)
}

#[track_caller]
fn assert_rule(field: &[u8], subject: &str, rule: AnchorRule) {
    assert_eq!(faults(field), [Fault::NotAnAnchor { subject: subject.into(), rule }]);
}

#[test]
fn cas_of_both_openssls_are_anchors() {
    let v1 = anchors(&fixture("guide/ca.crt"));
    assert_eq!(v1.pem(), fixture_text("guide/ca.crt"));
    assert_eq!(v1.facts()[0].subject, "CN=ROOTCA");
    assert_eq!(warnings(v1.warnings()), [Warning::X509V1 { subject: "ROOTCA".into() }]);
    let v3 = anchors(&fixture("skid/ca.crt"));
    assert_eq!(warnings(v3.warnings()), []);
}

#[test]
fn a_bundle_is_kept_and_read_back() {
    let root = Made::self_signed("root", as_ca);
    let other = Made::self_signed("other", as_ca);
    let bundle = [root.pem(), other.pem()].concat();
    let read = anchors(&bundle);
    assert_eq!(read.pem().as_bytes(), bundle);
    let loaded = TrustAnchors::load(read.pem()).expect("loads");
    assert_eq!(loaded.facts(), read.facts());
    assert_eq!(loaded.pem(), read.pem());
    // Doubles are dropped without a word.
    let doubled = anchors(&[bundle.clone(), root.pem()].concat());
    assert_eq!(doubled.facts().len(), 2);
    assert_eq!(doubled.pem().as_bytes(), bundle);
}

#[test]
fn intermediate_alone_is_an_anchor() {
    let intermediate = Made::self_signed("root", as_ca).issue("intermediate", as_ca);
    assert_eq!(anchors(&intermediate.pem()).facts()[0].subject, "CN=intermediate");
}

#[test]
fn every_rule_refuses() {
    let root = Made::self_signed("root", as_ca);
    let explicit = root.issue("leaf", |params| params.is_ca = IsCa::ExplicitNoCa);
    assert_rule(&explicit.pem(), "leaf", AnchorRule::CaFalse);
    let self_signed = Made::self_signed("leaf", |params| params.is_ca = IsCa::ExplicitNoCa);
    assert_rule(&self_signed.pem(), "leaf", AnchorRule::CaFalse);
    assert_rule(&root.issue("leaf", as_leaf).pem(), "leaf", AnchorRule::NoBasicConstraints);
    let other_use = Made::self_signed("signer", |params| {
        as_ca(params);
        params.key_usages = vec![KeyUsagePurpose::CrlSign];
    });
    assert_rule(&other_use.pem(), "signer", AnchorRule::NoKeyCertSign);
    assert_rule(&fixture("guide/client.crt"), "CLIENT", AnchorRule::V1NotSelfSigned);
    assert_rule(&fixture("skid/client.crt"), "CLIENT", AnchorRule::NoBasicConstraints);
    assert_rule(&fixture("odd/forged-ca.crt"), "ROOTCA", AnchorRule::SelfSignatureInvalid);
    // The same name on a v3 leaf does not make it self-signed either.
    assert_rule(&root.issue("root", as_leaf).pem(), "root", AnchorRule::SelfSignatureInvalid);
}

#[test]
fn broken_extension_does_not_count_as_absent() {
    let constraints = |content: &[u8]| CustomExtension::from_oid_content(&[2, 5, 29, 19], content.to_vec());
    let broken = Made::self_signed("root", |params| params.custom_extensions.push(constraints(&[4, 0])));
    let doubled = Made::self_signed("root", |params| {
        as_ca(params);
        params.custom_extensions.push(constraints(&[0x30, 0]));
    });
    let broken_usage = Made::self_signed("root", |params| {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.custom_extensions.push(CustomExtension::from_oid_content(&[2, 5, 29, 15], vec![4, 0]));
    });
    for certificate in [broken, doubled, broken_usage] {
        let found = faults(&certificate.pem());
        assert!(matches!(found[..], [Fault::UnreadableCertificate { number: 1, .. }]), "{found:?}");
    }
}

#[test]
fn rules_hold_when_read_back_too() {
    let error = TrustAnchors::load(&fixture_text("guide/client.crt")).expect_err("refused");
    assert_eq!(error, Fault::NotAnAnchor { subject: "CLIENT".into(), rule: AnchorRule::V1NotSelfSigned });
}

#[test]
fn one_bad_certificate_spoils_a_bundle() {
    let bundle = [fixture("guide/ca.crt"), fixture("guide/client.crt")].concat();
    assert_rule(&bundle, "CLIENT", AnchorRule::V1NotSelfSigned);
}

#[test]
fn a_ca_outside_of_its_validity_is_refused() {
    let made = Made::self_signed("root", as_ca);
    let not_after = UnixTime(4_102_444_800);
    let not_before = UnixTime(946_684_800);
    assert!(TrustAnchors::read(&made.pem(), not_after).is_ok());
    let expired = Fault::CaExpired { subject: "root".into(), not_after };
    assert_eq!(faults_at(&made.pem(), not_after.plus_seconds(1)), [expired]);
    let early = Fault::CaNotYetValid { subject: "root".into(), not_before };
    assert_eq!(faults_at(&made.pem(), not_before.plus_seconds(-1)), [early]);
    assert!(matches!(faults_at(&fixture("guide/ca.crt"), AFTER)[..], [Fault::CaExpired { .. }]));
    assert!(matches!(faults_at(&fixture("guide/ca.crt"), BEFORE)[..], [Fault::CaNotYetValid { .. }]));
    // Expiry does not keep what was saved from being loaded: the handshake refuses then.
    assert!(TrustAnchors::load(&fixture_text("guide/ca.crt")).is_ok());
}

#[test]
fn keys_that_cannot_verify_are_refused() {
    assert_eq!(
        faults(&fixture("odd/sha1-ca.crt")),
        [Fault::UnsupportedAlgorithm { algorithm: "SHA-1 with RSA".into() }]
    );
    assert_eq!(
        faults(&fixture("odd/koblitz-ca.crt")),
        [Fault::UnsupportedAlgorithm { algorithm: "ECDSA secp256k1".into() }]
    );
    // Its self-signature cannot be verified either, but being too small is what to mend.
    assert_eq!(faults(&fixture("odd/small-ca.crt")), [Fault::KeyTooSmall { bits: 1024 }]);
}

#[test]
fn fields_that_hold_no_ca_are_refused() {
    assert_eq!(faults(b" "), [Fault::Required]);
    assert_eq!(faults(b"hello"), [Fault::NotPem]);
    let key_only = Fault::NoCertificate { found: vec!["PRIVATE KEY".into()] };
    assert_eq!(faults(&fixture("guide/ca.key")), [key_only]);
    assert!(TrustAnchors::load("").is_err());
}

#[test]
fn a_key_in_the_field_is_dropped() {
    let both = [fixture("guide/ca.key"), fixture("guide/ca.crt")].concat();
    let read = anchors(&both);
    assert_eq!(read.pem(), fixture_text("guide/ca.crt"));
    assert!(warnings(read.warnings()).contains(&Warning::KeyInCertificateField));
    assert!(!format!("{read:?}").contains("PRIVATE"));
}
