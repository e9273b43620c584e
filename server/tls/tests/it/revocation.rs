//! Clients that revocation lists are about.

use domain::{Depth, ReasonCode, StaleRevocationLists, UnixTime};
use rcgen::{CrlDistributionPoint, KeyPair};
use rustls_pki_types::CertificateDer;
use tls::{ClientCa, ClientTrust, RevocationLists};

use crate::crl::{List, as_ca_with_lists, extension, serial};
use crate::der::value;
use crate::policies::rules;
use crate::support::{Made, NOW, anchors, as_ca, as_leaf, chain, fixture};

use StaleRevocationLists::{Block, Warn};

/// A policy of CAs with their lists.
fn trust_of(cas: impl IntoIterator<Item = ClientCa>) -> ClientTrust {
    let mut rules = rules([], Depth::default());
    rules.cas = cas.into_iter().collect();
    ClientTrust::new(rules).expect("compiles")
}

fn ca(pem: &[u8], lists: &[Vec<u8>], stale: StaleRevocationLists) -> ClientCa {
    let anchors = anchors(pem);
    let lists = RevocationLists::load(lists, &anchors).expect("accepted");
    ClientCa::new(anchors, lists, stale)
}

#[track_caller]
fn assert_refused(
    trust: &ClientTrust,
    chain: &[CertificateDer<'_>],
    now: UnixTime,
    reason: ReasonCode,
) -> String {
    let refusal = trust.verify(chain, now).expect_err("refused");
    assert_eq!(refusal.reason, reason, "{}", refusal.detail);
    refusal.detail
}

#[test]
fn lists_of_openssl_revoke_the_guides_client() {
    let anchors = anchors(&fixture("guide/ca.crt"));
    for file in ["crl/v1.pem", "crl/v2.pem", "crl/v2.der", "crl/users.pem", "crl/located.pem"] {
        let lists = RevocationLists::read(&fixture(file), &anchors, Block, NOW).expect("accepted");
        let trust = trust_of([ClientCa::new(anchors.clone(), lists, Block)]);
        let detail = assert_refused(&trust, &chain(&["guide/client.crt"]), NOW, ReasonCode::Revoked);
        assert!(detail.starts_with("CLIENT (serial 50:a0:"), "{detail}");
        // Others of the same CA, of version 1 and 3.
        for client in ["keys/p256.crt", "skid/under-v1.crt"] {
            assert_eq!(trust.verify(&chain(&[client]), NOW), Ok(()), "{file} {client}");
        }
    }
}

#[test]
fn a_list_revokes_version_3_clients() {
    let root = Made::self_signed("root", as_ca_with_lists);
    let (bad, good) = (root.issue("bad", as_leaf), root.issue("good", as_leaf));
    let list = List::by(&root).revoking(&bad).der();
    let trust = trust_of([ca(&root.pem(), &[list], Block)]);
    assert_refused(&trust, &[bad.der()], NOW, ReasonCode::Revoked);
    assert_eq!(trust.verify(&[good.der()], NOW), Ok(()));
}

#[test]
fn serial_numbers_are_compared_as_numbers() {
    let root = Made::self_signed("root", as_ca_with_lists);
    let client = root.issue("client", |params| params.serial_number = Some(vec![0x80, 1].into()));
    assert_eq!(serial(&client), [2, 3, 0, 0x80, 1]);
    for (entry, is_revoked) in [
        (&[2, 3, 0, 0x80, 1][..], true),
        (&[2, 2, 0x80, 1], true),
        (&[2, 4, 0, 0, 0x80, 1], true),
        (&[2, 3, 1, 0x80, 1], false),
        (&[2, 1, 1], false),
    ] {
        let trust = trust_of([ca(&root.pem(), &[List::by(&root).entry(entry, &[]).der()], Block)]);
        assert_eq!(trust.verify(&[client.der()], NOW).is_err(), is_revoked, "{entry:?}");
    }
}

#[test]
fn a_revoked_intermediate_takes_its_clients_along() {
    let root = Made::self_signed("root", as_ca_with_lists);
    let intermediate = root.issue("intermediate", as_ca);
    let client = intermediate.issue("client", as_leaf);
    let list = List::by(&root).revoking(&intermediate).der();
    let trust = trust_of([ca(&root.pem(), &[list], Block)]);
    let chain = [client.der(), intermediate.der()];
    let detail = assert_refused(&trust, &chain, NOW, ReasonCode::Revoked);
    assert!(detail.starts_with("intermediate (serial"), "{detail}");
}

/// An intermediate that is configured as a CA has its list asked also where the client's path leads on to the root.
#[test]
fn presenting_the_cas_certificate_does_not_escape_its_list() {
    let root = Made::self_signed("root", as_ca_with_lists);
    let intermediate = root.issue("intermediate", as_ca_with_lists);
    let client = intermediate.issue("client", as_leaf);
    let list = List::by(&intermediate).revoking(&client).der();
    let bundle = [intermediate.pem(), root.pem()].concat();
    let separate = [ca(&intermediate.pem(), std::slice::from_ref(&list), Block), ca(&root.pem(), &[], Block)];
    for trust in [trust_of([ca(&bundle, &[list], Block)]), trust_of(separate)] {
        for presented in [vec![client.der()], vec![client.der(), intermediate.der()]] {
            assert_refused(&trust, &presented, NOW, ReasonCode::Revoked);
        }
    }
}

/// The same two links above the leaf: each certificate is looked up in the list of the one that issued it.
#[test]
fn a_list_is_asked_at_every_link() {
    let root = Made::self_signed("root", as_ca_with_lists);
    let upper = root.issue("upper", as_ca_with_lists);
    let lower = upper.issue("lower", as_ca);
    let client = lower.issue("client", as_leaf);
    let list = List::by(&upper).revoking(&lower).der();
    let bundle = [upper.pem(), root.pem()].concat();
    let mut rules = rules([], Depth::new(2).expect("in range"));
    rules.cas = vec![ca(&bundle, &[list], Block)];
    let trust = ClientTrust::new(rules).expect("compiles");
    for presented in [vec![client.der(), lower.der()], vec![client.der(), lower.der(), upper.der()]] {
        let detail = assert_refused(&trust, &presented, NOW, ReasonCode::Revoked);
        assert!(detail.starts_with("lower (serial"), "{detail}");
    }
}

#[test]
fn a_list_is_about_its_own_ca_only() {
    let key = || KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).expect("a key");
    let one = Made::self_signed_by(key(), "root", as_ca_with_lists);
    let other = Made::self_signed_by(key(), "root", as_ca_with_lists);
    let same_number = |params: &mut rcgen::CertificateParams| params.serial_number = Some(7.into());
    let (revoked, innocent) = (one.issue("client", same_number), other.issue("client", same_number));
    let list = List::by(&one).revoking(&revoked).der();
    let apart = trust_of([ca(&one.pem(), std::slice::from_ref(&list), Block), ca(&other.pem(), &[], Block)]);
    assert_refused(&apart, &[revoked.der()], NOW, ReasonCode::Revoked);
    assert_eq!(apart.verify(&[innocent.der()], NOW), Ok(()));
    // In one bundle the two are one CA that has renewed its key: RFC 5280 §5 knows a list's CA by its name.
    let renewed = trust_of([ca(&[one.pem(), other.pem()].concat(), &[list], Block)]);
    assert_refused(&renewed, &[innocent.der()], NOW, ReasonCode::Revoked);
}

#[test]
fn of_two_policies_for_one_ca_the_stricter_counts() {
    let root = Made::self_signed("root", as_ca_with_lists);
    let client = root.issue("client", as_leaf);
    let lenient = || ca(&root.pem(), &[], Warn);
    let strict = || ca(&root.pem(), &[List::by(&root).revoking(&client).der()], Block);
    for cas in [[lenient(), strict()], [strict(), lenient()]] {
        assert_refused(&trust_of(cas), &[client.der()], NOW, ReasonCode::Revoked);
    }
}

#[test]
fn a_stale_list_blocks_or_warns() {
    let root = Made::self_signed("root", as_ca_with_lists);
    let (bad, good) = (root.issue("bad", as_leaf), root.issue("good", as_leaf));
    let list = List::by(&root).revoking(&bad).until(NOW).der();
    let late = NOW.plus_seconds(1);
    let block = trust_of([ca(&root.pem(), std::slice::from_ref(&list), Block)]);
    assert_eq!(block.verify(&[good.der()], NOW), Ok(()));
    let detail = assert_refused(&block, &[good.der()], late, ReasonCode::CrlStale);
    assert!(detail.contains("CN=root") && detail.contains(&NOW.to_string()), "{detail}");
    let warn = trust_of([ca(&root.pem(), &[list], Warn)]);
    assert_eq!(warn.verify(&[good.der()], late), Ok(()));
    // Who is revoked stays revoked.
    for trust in [&block, &warn] {
        assert_refused(trust, &[bad.der()], late, ReasonCode::Revoked);
    }
    assert_eq!((block.next_expiry(NOW), warn.next_expiry(NOW) > Some(NOW)), (Some(NOW), true));
    assert!(block.next_expiry(late) > Some(late));
}

#[test]
fn a_stale_list_of_one_ca_does_not_block_another() {
    let (one, other) = (Made::self_signed("one", as_ca_with_lists), Made::self_signed("other", as_ca));
    let list = List::by(&one).until(NOW).der();
    let trust = trust_of([ca(&one.pem(), &[list], Block), ca(&other.pem(), &[], Block)]);
    let late = NOW.plus_seconds(1);
    assert_eq!(trust.verify(&[other.issue("client", as_leaf).der()], late), Ok(()));
    assert_refused(&trust, &[one.issue("client", as_leaf).der()], late, ReasonCode::CrlStale);
}

#[test]
fn a_part_list_is_only_about_who_names_it() {
    let place = "http://crl.example.com/1.crl";
    let name = value(0xa0, &value(0xa0, &value(0x86, place.as_bytes())));
    let scope = extension(&[0x55, 0x1d, 0x1c], true, &value(0x30, &name));
    let root = Made::self_signed("root", as_ca_with_lists);
    let list = List::by(&root).extension(scope).der();
    let found_at = |uri: &str| {
        let point = CrlDistributionPoint { uris: vec![uri.to_owned()] };
        root.issue("client", |params| params.crl_distribution_points = vec![point])
    };
    let trust = |stale| trust_of([ca(&root.pem(), std::slice::from_ref(&list), stale)]);
    assert_eq!(trust(Block).verify(&[found_at(place).der()], NOW), Ok(()));
    assert_eq!(trust(Block).verify(&[root.issue("client", as_leaf).der()], NOW), Ok(()));
    let elsewhere = found_at("http://crl.example.com/2.crl");
    assert_refused(&trust(Block), &[elsewhere.der()], NOW, ReasonCode::CrlStale);
    assert_eq!(trust(Warn).verify(&[elsewhere.der()], NOW), Ok(()));
}

#[test]
fn strangers_stay_strangers() {
    let root = Made::self_signed("root", as_ca_with_lists);
    let trust = trust_of([ca(&root.pem(), &[List::by(&root).until(NOW).der()], Block)]);
    let stranger = Made::self_signed("root", as_ca).issue("client", as_leaf);
    assert_refused(&trust, &[stranger.der()], NOW.plus_seconds(1), ReasonCode::IssuerUnknown);
}
