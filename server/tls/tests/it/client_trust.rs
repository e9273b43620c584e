use domain::{Depth, Fault, ReasonCode, UnixTime};
use rcgen::{
    BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, KeyUsagePurpose,
    NameConstraints,
};
use rustls_pki_types::CertificateDer;
use tls::ClientTrust;

use crate::policies::{rules, trust_in};
use crate::support::{
    AFTER, BEFORE, Made, NOW, anchors, as_ca, as_leaf, certificates, chain, fixture, for_hosts,
};

type Chain = Vec<CertificateDer<'static>>;

fn trust(cas: &[&[u8]], depth: u8) -> ClientTrust {
    trust_in(cas.iter().map(|ca| anchors(ca)), Depth::new(depth).expect("in range"))
}

#[track_caller]
fn refusal(trust: &ClientTrust, chain: &[CertificateDer<'_>], now: UnixTime) -> (ReasonCode, String) {
    let refusal = trust.verify(chain, now).expect_err("refused");
    (refusal.reason, refusal.detail)
}

#[track_caller]
fn assert_refused(trust: &ClientTrust, chain: &[CertificateDer<'_>], reason: ReasonCode) {
    let found = refusal(trust, chain, NOW);
    assert_eq!(found.0, reason, "{}", found.1);
}

fn guide() -> ClientTrust {
    trust(&[&fixture("guide/ca.crt")], 1)
}

/// A root, an intermediate below it, and a client below that.
struct Tree {
    root: Made,
    intermediate: Made,
    client: Made,
}

impl Tree {
    fn new(edit: impl FnOnce(&mut CertificateParams)) -> Self {
        let root = Made::self_signed("root", as_ca);
        let intermediate = root.issue("intermediate", |params| {
            as_ca(params);
            edit(params);
        });
        let client = intermediate.issue("client", as_leaf);
        Self { root, intermediate, client }
    }

    fn chain(&self) -> Chain {
        vec![self.client.der(), self.intermediate.der()]
    }
}

#[test]
fn without_anchors_there_is_no_trust() {
    assert_eq!(ClientTrust::new(rules([], Depth::default())).expect_err("refused"), Fault::CaMissing);
}

#[test]
fn without_a_certificate_nobody_is_let_in() {
    assert_refused(&guide(), &[], ReasonCode::NoClientCert);
}

#[test]
fn clients_of_the_guides_commands_are_let_in() {
    for (ca, client) in [
        ("guide/ca.crt", "guide/client.crt"),
        ("guide/ca.crt", "keys/p521.crt"),
        ("guide/ca.crt", "keys/ed25519.crt"),
        ("guide/ca.crt", "skid/under-v1.crt"),
        ("skid/ca.crt", "skid/client.crt"),
    ] {
        for depth in [0, 1] {
            let trust = trust(&[&fixture("skid/ca.crt"), &fixture(ca)], depth);
            assert_eq!(trust.verify(&chain(&[client]), NOW), Ok(()), "{client}");
            assert_eq!(trust.verify(&chain(&[client, ca]), NOW), Ok(()), "{client} with its root");
        }
    }
}

#[test]
fn clients_of_another_ca_of_the_same_name_are_refused() {
    for (ca, client) in [
        ("guide/ca.crt", "rogue/client.crt"),
        ("rogue/ca.crt", "guide/client.crt"),
        ("guide/ca.crt", "skid/client.crt"),
        ("skid/ca.crt", "guide/client.crt"),
        ("skid/ca.crt", "skid/under-v1.crt"),
    ] {
        let trust = trust(&[&fixture(ca)], 1);
        let (reason, detail) = refusal(&trust, &chain(&[client]), NOW);
        assert_eq!(reason, ReasonCode::IssuerUnknown, "{client}");
        assert!(detail.contains("CN=ROOTCA") && detail.contains("same name"), "{detail}");
        // That it brings its own root changes nothing.
        let own_root = client.replace("client", "ca").replace("under-v1", "ca");
        assert_refused(&trust, &chain(&[client, &own_root]), ReasonCode::IssuerUnknown);
    }
}

#[test]
fn of_two_cas_with_one_name_each_vouches_for_its_own() {
    let trust = trust(&[&fixture("rogue/ca.crt"), &fixture("skid/ca.crt"), &fixture("guide/ca.crt")], 0);
    for client in ["guide/client.crt", "rogue/client.crt", "skid/client.crt", "skid/under-v1.crt"] {
        assert_eq!(trust.verify(&chain(&[client]), NOW), Ok(()), "{client}");
    }
}

#[test]
fn clients_of_an_unknown_ca_are_refused() {
    let stranger = Made::self_signed("stranger", as_ca).issue("client", as_leaf);
    let (reason, detail) = refusal(&guide(), &[stranger.der()], NOW);
    assert_eq!(reason, ReasonCode::IssuerUnknown);
    assert_eq!(detail, "client was issued by CN=stranger, which is none of the CAs of this policy");
    let other = trust(&[&Made::self_signed("other", as_ca).pem()], 1);
    assert_refused(&other, &chain(&["guide/client.crt"]), ReasonCode::IssuerUnknown);
}

#[test]
fn altered_certificates_are_refused() {
    for (ca, client) in [("guide/ca.crt", "guide/client.crt"), ("skid/ca.crt", "skid/client.crt")] {
        let trust = trust(&[&fixture(ca)], 1);
        let mut der = chain(&[client])[0].to_vec();
        let last = der.len() - 1;
        der[last] ^= 1;
        assert_refused(&trust, &[CertificateDer::from(der)], ReasonCode::IssuerUnknown);
    }
}

#[test]
fn unreadable_certificates_are_refused() {
    for der in [&b""[..], b"\x30\x00", b"hello"] {
        assert_refused(&guide(), &[CertificateDer::from(der.to_vec())], ReasonCode::IssuerUnknown);
    }
    // Junk behind a good leaf does no harm, and no good.
    let mut junk = chain(&["guide/client.crt"]);
    junk.push(CertificateDer::from(vec![1, 2, 3]));
    assert_eq!(guide().verify(&junk, NOW), Ok(()));
    let mut junk = chain(&["skid/client.crt"]);
    junk.push(CertificateDer::from(vec![1, 2, 3]));
    assert_eq!(trust(&[&fixture("skid/ca.crt")], 1).verify(&junk, NOW), Ok(()));
}

#[test]
fn clients_outside_of_their_validity_are_refused() {
    let root = Made::self_signed("root", as_ca);
    let client = root.issue("client", |params| {
        params.not_before = rcgen::date_time_ymd(2010, 1, 1);
        params.not_after = rcgen::date_time_ymd(2020, 1, 1);
    });
    let trust = trust(&[&root.pem()], 1);
    let chain = [client.der()];
    let (begin, end) = (UnixTime(1_262_304_000), UnixTime(1_577_836_800));
    for now in [begin, end] {
        assert_eq!(trust.verify(&chain, now), Ok(()), "{now}: both ends belong to it");
    }
    let expired = (ReasonCode::Expired, "client expired at 2020-01-01T00:00:00Z".to_owned());
    assert_eq!(refusal(&trust, &chain, end.plus_seconds(1)), expired);
    let early = (ReasonCode::NotYetValid, "client is not valid before 2010-01-01T00:00:00Z".to_owned());
    assert_eq!(refusal(&trust, &chain, begin.plus_seconds(-1)), early);
}

#[test]
fn v1_clients_outside_of_their_validity_are_refused() {
    let client = chain(&["guide/client.crt"]);
    assert_eq!(refusal(&guide(), &client, AFTER).0, ReasonCode::Expired);
    assert_eq!(refusal(&guide(), &client, BEFORE).0, ReasonCode::NotYetValid);
    let (reason, detail) = refusal(&guide(), &chain(&["odd/short.crt"]), NOW);
    assert_eq!(reason, ReasonCode::Expired);
    assert!(detail.starts_with("short expired"), "not its CA, which is valid: {detail}");
}

#[test]
fn expired_intermediate_is_named() {
    let tree = Tree::new(|params| params.not_after = rcgen::date_time_ymd(2020, 1, 1));
    let (reason, detail) = refusal(&trust(&[&tree.root.pem()], 1), &tree.chain(), NOW);
    assert_eq!(
        (reason, detail.as_str()),
        (ReasonCode::Expired, "intermediate expired at 2020-01-01T00:00:00Z")
    );
}

#[test]
fn ca_that_expires_after_its_upload_trusts_nobody() {
    let end = UnixTime(1_900_000_000);
    let root = Made::self_signed("root", |params| {
        as_ca(params);
        params.not_after = params.not_before
            + std::time::Duration::from_secs(u64::try_from(end.0 - 946_684_800).expect("later"));
    });
    let client = root.issue("client", as_leaf);
    for depth in [0, 1] {
        // Another CA that is still valid does not change the verdict or its words.
        let trust = trust(&[&root.pem(), &fixture("guide/ca.crt")], depth);
        assert_eq!(trust.verify(&[client.der()], end), Ok(()));
        let found = refusal(&trust, &[client.der()], end.plus_seconds(1));
        assert_eq!(found, (ReasonCode::Expired, "the CA root expired at 2030-03-17T17:46:40Z".to_owned()));
        assert_eq!(trust.verify(&chain(&["guide/client.crt"]), end.plus_seconds(1)), Ok(()));
    }
}

#[test]
fn v1_clients_of_an_expired_ca_are_refused() {
    // The guide's client is valid a few seconds longer than its CA, if its key took a moment to make. So the CA is asked
    // for here by its own end.
    let ca = anchors(&fixture("guide/ca.crt"));
    let end = ca.facts()[0].not_after;
    let client = chain(&["keys/pkcs8.crt"]);
    let trust = trust_in([ca], Depth::default());
    assert_eq!(trust.verify(&client, end), Ok(()));
    let (reason, detail) = refusal(&trust, &client, end.plus_seconds(1));
    assert_eq!(reason, ReasonCode::Expired);
    assert!(detail.starts_with("the CA ROOTCA expired"), "{detail}");
}

#[test]
fn depth_counts_intermediates() {
    let tree = Tree::new(as_leaf);
    let anchors = tree.root.pem();
    assert_eq!(trust(&[&anchors], 1).verify(&tree.chain(), NOW), Ok(()));
    let (reason, detail) = refusal(&trust(&[&anchors], 0), &tree.chain(), NOW);
    assert_eq!(reason, ReasonCode::ChainTooDeep);
    assert!(detail.starts_with("1 intermediates"), "{detail}");
    // Directly below an anchor, depth 0 is enough, whatever else the client sends.
    let intermediate = trust(&[&tree.intermediate.pem()], 0);
    assert_eq!(intermediate.verify(&tree.chain(), NOW), Ok(()));
    // Without its intermediate, a chain leads nowhere.
    assert_refused(&trust(&[&anchors], 1), &[tree.client.der()], ReasonCode::IssuerUnknown);
}

#[test]
fn order_of_the_intermediates_does_not_matter() {
    let root = Made::self_signed("root", as_ca);
    let upper = root.issue("upper", as_ca);
    let lower = upper.issue("lower", as_ca);
    let client = lower.issue("client", as_leaf);
    let chain = [client.der(), root.der(), upper.der(), lower.der()];
    assert_eq!(trust(&[&root.pem()], 2).verify(&chain, NOW), Ok(()));
    assert_refused(&trust(&[&root.pem()], 1), &chain, ReasonCode::ChainTooDeep);
}

#[test]
fn path_length_of_ca_and_intermediate_is_kept() {
    let no_intermediates = |params: &mut CertificateParams| {
        as_ca(params);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    };
    // The anchor's own, which webpki does not look at.
    let root = Made::self_signed("root", no_intermediates);
    let intermediate = root.issue("intermediate", as_ca);
    let client = intermediate.issue("client", as_leaf);
    let policy = trust(&[&root.pem()], 2);
    assert_refused(&policy, &[client.der(), intermediate.der()], ReasonCode::ChainTooDeep);
    assert_eq!(policy.verify(&[root.issue("client", as_leaf).der()], NOW), Ok(()));
    // An intermediate's.
    let root = Made::self_signed("root", as_ca);
    let upper = root.issue("upper", no_intermediates);
    let lower = upper.issue("lower", as_ca);
    let client = lower.issue("client", as_leaf);
    let policy = trust(&[&root.pem()], 2);
    assert_refused(&policy, &[client.der(), lower.der(), upper.der()], ReasonCode::ChainTooDeep);
}

#[test]
fn purposes_are_kept() {
    let root = Made::self_signed("root", as_ca);
    let policy = trust(&[&root.pem()], 1);
    let with = |edit: &dyn Fn(&mut CertificateParams)| root.issue("client", |params| edit(params)).der();
    use ExtendedKeyUsagePurpose::{ClientAuth, ServerAuth};
    let client_only = with(&|params| params.extended_key_usages = vec![ClientAuth]);
    let both = with(&|params| params.extended_key_usages = vec![ServerAuth, ClientAuth]);
    let server_only = with(&|params| params.extended_key_usages = vec![ServerAuth]);
    let signs = with(&|params| params.key_usages = vec![KeyUsagePurpose::DigitalSignature]);
    let encrypts = with(&|params| params.key_usages = vec![KeyUsagePurpose::KeyEncipherment]);
    let is_ca = with(&as_ca_dyn);
    let no_ca = with(&|params| params.is_ca = IsCa::ExplicitNoCa);
    for good in [client_only, both, signs, no_ca] {
        assert_eq!(policy.verify(&[good], NOW), Ok(()));
    }
    for bad in [server_only, encrypts, is_ca] {
        assert_refused(&policy, &[bad], ReasonCode::PurposeInvalid);
    }
}

fn as_ca_dyn(params: &mut CertificateParams) {
    as_ca(params);
    params.key_usages.push(KeyUsagePurpose::DigitalSignature);
}

#[test]
fn intermediates_must_be_cas_that_sign_certificates() {
    for edit in [
        (|params: &mut CertificateParams| params.is_ca = IsCa::NoCa) as fn(&mut CertificateParams),
        |params| params.is_ca = IsCa::ExplicitNoCa,
        |params| params.key_usages = vec![KeyUsagePurpose::DigitalSignature],
        |params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth],
    ] {
        let tree = Tree::new(edit);
        assert_refused(&trust(&[&tree.root.pem()], 1), &tree.chain(), ReasonCode::PurposeInvalid);
    }
    // Without a keyUsage at all, CA:TRUE is enough (RFC 5280 §4.2.1.9).
    let tree = Tree::new(|params| params.key_usages.clear());
    assert_eq!(trust(&[&tree.root.pem()], 1).verify(&tree.chain(), NOW), Ok(()));
}

#[test]
fn v1_client_must_name_its_issuer() {
    // The anchor's key signed it, under another name.
    let client = chain(&["odd/alias-client.crt"]);
    assert_refused(&guide(), &client, ReasonCode::IssuerUnknown);
    assert_eq!(trust(&[&fixture("odd/alias-ca.crt")], 1).verify(&client, NOW), Ok(()));
}

#[test]
fn v1_certificate_is_never_an_intermediate() {
    let chain = chain(&["odd/below-v1.crt", "guide/client.crt"]);
    assert_refused(&trust(&[&fixture("guide/ca.crt")], 10), &chain, ReasonCode::IssuerUnknown);
}

#[test]
fn v1_client_is_issued_by_an_anchor_and_not_by_an_intermediate() {
    // Even if an anchor of the same name and key came along in the client's own chain.
    let policy = trust(&[&Made::self_signed("root", as_ca).pem()], 10);
    assert_refused(&policy, &chain(&["guide/client.crt", "guide/ca.crt"]), ReasonCode::IssuerUnknown);
}

#[test]
fn anchors_are_no_clients() {
    for (ca, reason) in [
        ("guide/ca.crt", ReasonCode::PurposeInvalid),
        // Without basicConstraints, path building alone would take it for its own leaf.
        ("skid/ca.crt", ReasonCode::PurposeInvalid),
    ] {
        assert_refused(&trust(&[&fixture(ca)], 1), &chain(&[ca]), reason);
    }
    let tree = Tree::new(as_leaf);
    assert_refused(&trust(&[&tree.root.pem()], 1), &[tree.root.der()], ReasonCode::PurposeInvalid);
    let both = trust(&[&tree.root.pem(), &tree.intermediate.pem()], 1);
    assert_refused(&both, &[tree.intermediate.der()], ReasonCode::PurposeInvalid);
}

#[test]
fn self_issued_leaf_of_an_anchor_is_refused() {
    // The CA's key did sign it, for another key under the CA's own name: a renewed CA, not a client.
    assert_refused(&guide(), &chain(&["odd/forged-ca.crt"]), ReasonCode::IssuerUnknown);
}

#[test]
fn self_signed_leaf_with_the_name_of_an_anchor_is_refused() {
    assert_refused(&guide(), &chain(&["rogue/ca.crt"]), ReasonCode::IssuerUnknown);
    let root = Made::self_signed("root", as_ca);
    let namesake = Made::self_signed("root", as_leaf);
    assert_refused(&trust(&[&root.pem()], 1), &[namesake.der()], ReasonCode::IssuerUnknown);
    assert_refused(&guide(), &[Made::self_signed("ROOTCA", as_leaf).der()], ReasonCode::IssuerUnknown);
}

#[test]
fn name_constraints_are_kept() {
    let root = Made::self_signed("root", |params| {
        as_ca(params);
        params.name_constraints = Some(NameConstraints {
            permitted_subtrees: vec![GeneralSubtree::DnsName("good.test".into())],
            excluded_subtrees: Vec::new(),
        });
    });
    let policy = trust(&[&root.pem()], 1);
    assert_eq!(policy.verify(&[root.issue("client", for_hosts(&["a.good.test"])).der()], NOW), Ok(()));
    let outside = root.issue("client", for_hosts(&["evil.test"]));
    assert_refused(&policy, &[outside.der()], ReasonCode::SanNotAllowed);
}

#[test]
fn v1_client_of_a_ca_with_name_constraints_is_refused() {
    let policy = trust(&[&fixture("odd/constrained-ca.crt")], 1);
    assert_refused(&policy, &chain(&["odd/constrained-client.crt"]), ReasonCode::SanNotAllowed);
}

#[test]
fn weak_signatures_and_keys_are_refused() {
    assert_refused(&guide(), &chain(&["odd/sha1.crt"]), ReasonCode::WeakKeyOrAlg);
    assert_refused(&guide(), &chain(&["odd/md5.crt"]), ReasonCode::WeakKeyOrAlg);
    assert_refused(&guide(), &chain(&["keys/rsa1024.crt"]), ReasonCode::WeakKeyOrAlg);
    assert_refused(&guide(), &chain(&["keys/secp256k1.crt"]), ReasonCode::WeakKeyOrAlg);
}

#[test]
fn chains_made_to_be_expensive_are_refused_at_once() {
    let root = Made::self_signed("root", as_ca);
    let client = Made::self_signed("a", as_ca).issue("client", as_leaf);
    let policy = trust(&[&root.pem()], 10);
    let presented = |count: usize, name: &str| -> Chain {
        std::iter::once(client.der())
            .chain((0..count).map(|_| Made::self_signed(name, as_ca).issue(name, as_ca).der()))
            .collect()
    };
    let (reason, detail) = refusal(&policy, &presented(12, "b"), NOW);
    assert_eq!((reason, detail.as_str()), (ReasonCode::ChainTooDeep, "the client presented 13 certificates"));
    let (reason, detail) = refusal(&policy, &presented(4, "a"), NOW);
    assert_eq!(reason, ReasonCode::ChainTooDeep);
    assert!(detail.contains("more than 3 certificates of one name"), "{detail}");
    assert_refused(&policy, &presented(3, "a"), ReasonCode::IssuerUnknown);
}

#[test]
fn cross_signed_intermediates_are_fine() {
    let old = Made::self_signed("old root", as_ca);
    let tree = Tree::new(as_leaf);
    let cross = certificates(&old.cross_sign(&tree.intermediate)).remove(0);
    for ca in [old.pem(), tree.root.pem()] {
        let chain = [tree.client.der(), cross.clone(), tree.intermediate.der()];
        assert_eq!(trust(&[&ca], 1).verify(&chain, NOW), Ok(()));
    }
}

#[test]
fn a_ca_for_servers_only_lets_no_client_in() {
    use ExtendedKeyUsagePurpose::{Any, ClientAuth, ServerAuth};
    for (usages, is_let_in) in
        [(vec![], true), (vec![ServerAuth], false), (vec![ServerAuth, ClientAuth], true), (vec![Any], true)]
    {
        let root = Made::self_signed("root", |params| {
            as_ca(params);
            params.extended_key_usages = usages.clone();
        });
        let trust = trust_in([anchors(&root.pem())], Depth::default());
        let verdict = trust.verify(&[root.issue("client", as_leaf).der()], NOW);
        match verdict {
            Ok(()) => assert!(is_let_in, "{usages:?}"),
            Err(refusal) => {
                assert!(!is_let_in, "{usages:?}");
                assert_eq!(refusal.reason, ReasonCode::PurposeInvalid);
                assert!(refusal.detail.starts_with("the CA root has"), "{}", refusal.detail);
            }
        }
        let warned =
            anchors(&root.pem()).warnings().iter().any(|it| it.warning == domain::Warning::NoClientAuth);
        assert_eq!(warned, !is_let_in, "{usages:?}");
    }
}
