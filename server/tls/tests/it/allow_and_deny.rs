//! Allow-lists and deny-lists.

mod forms;

use domain::{AllowedIdentity, DenyEntry, Depth, ReasonCode};
use rcgen::{CertificateParams, DnType, SanType};
use rustls_pki_types::CertificateDer;
use tls::{ClientTrust, GroupDenials, TrustRules, certificate_facts};

use crate::policies::rules;
use crate::support::{Made, NOW, anchors, as_ca, as_leaf, chain, fixture};

type Chain = Vec<CertificateDer<'static>>;

fn rules_of(ca: &[u8]) -> TrustRules {
    rules([anchors(ca)], Depth::default())
}

fn allowing(ca: &[u8], entries: &[&str]) -> ClientTrust {
    let entry = |text: &&str| text.parse::<AllowedIdentity>().expect("an entry");
    ClientTrust::new(TrustRules { allow_list: entries.iter().map(entry).collect(), ..rules_of(ca) })
        .expect("compiles")
}

fn denying(ca: &[u8], entries: &[DenyEntry]) -> ClientTrust {
    ClientTrust::new(TrustRules { deny_list: entries.to_vec(), ..rules_of(ca) }).expect("compiles")
}

#[track_caller]
fn assert_refused(trust: &ClientTrust, chain: &[CertificateDer<'_>], reason: ReasonCode) -> String {
    let refusal = trust.verify(chain, NOW).expect_err("refused");
    assert_eq!(refusal.reason, reason, "{}", refusal.detail);
    refusal.detail
}

/// The entry that names a certificate by its fingerprint, as an operator would copy it.
fn by_fingerprint(der: &[u8]) -> DenyEntry {
    let facts = certificate_facts(der).expect("readable");
    format!("sha256:{}", facts.fingerprint).parse().expect("an entry")
}

/// The entry that names it by issuer and serial number.
fn by_serial(der: &[u8]) -> DenyEntry {
    let facts = certificate_facts(der).expect("readable");
    format!("serial:{} issuer:{}", facts.serial, facts.issuer).parse().expect("an entry")
}

fn as_shop(params: &mut CertificateParams) {
    let text = |text: &str| text.try_into().expect("ASCII");
    params.subject_alt_names = vec![
        SanType::DnsName(text("api.partners.example.com")),
        SanType::URI(text("spiffe://example.com/ns/shop/web")),
        SanType::Rfc822Name(text("ann@example.com")),
        SanType::IpAddress([192, 0, 2, 7].into()),
    ];
}

#[test]
fn names_of_every_kind_are_shown() {
    let client = Made::self_signed("root", as_ca).issue("shop", as_shop);
    let facts = certificate_facts(&client.der()).expect("readable");
    assert_eq!(facts.dns_names, ["api.partners.example.com"]);
    let others = ["uri:spiffe://example.com/ns/shop/web", "email:ann@example.com", "ip:192.0.2.7"];
    assert_eq!(facts.other_names, others);
    let odd = Made::self_signed("odd", |params| {
        let uri = "urn:a\u{1}b".try_into().expect("ASCII");
        params.subject_alt_names = vec![SanType::URI(uri), SanType::IpAddress([0x20; 16].into())];
    });
    let facts = certificate_facts(&odd.der()).expect("readable");
    assert_eq!(facts.other_names, ["uri:urn:a\\u{1}b", "ip:2020:2020:2020:2020:2020:2020:2020:2020"]);
}

#[test]
fn an_allow_list_lets_in_whom_it_names() {
    let root = Made::self_signed("root", as_ca);
    let client = root.issue("shop", as_shop);
    let facts = certificate_facts(&client.der()).expect("readable");
    let (certificate, key) = (facts.fingerprint, facts.public_key_fingerprint);
    for (entry, is_let_in) in [
        ("dns:*.partners.example.com", true),
        ("dns:partners.example.com", false),
        ("uri:spiffe://example.com/ns/*/web", true),
        ("uri:spiffe://example.com/ns/*/db", false),
        ("email:*@example.com", true),
        ("email:bob@example.com", false),
        ("cn:shop", true),
        ("cn:Shop", false),
        (&format!("sha256:{certificate}"), true),
        (&format!("sha256:{key}"), false),
        (&format!("spki:{key}"), true),
    ] {
        let trust = allowing(&root.pem(), &["cn:nobody", entry]);
        assert_eq!(trust.verify(&[client.der()], NOW).is_ok(), is_let_in, "{entry}");
    }
    let detail =
        assert_refused(&allowing(&root.pem(), &["cn:x"]), &[client.der()], ReasonCode::SanNotAllowed);
    assert!(detail.starts_with("shop (dns:api.partners.example.com, uri:spiffe"), "{detail}");
}

#[test]
fn an_allow_list_asks_the_leaf_only_and_replaces_no_ca() {
    let root = Made::self_signed("root", as_ca);
    let intermediate = root.issue("wanted", as_ca);
    let chain = [intermediate.issue("client", as_leaf).der(), intermediate.der()];
    let trust = allowing(&root.pem(), &["cn:wanted"]);
    assert_refused(&trust, &chain, ReasonCode::SanNotAllowed);
    let stranger = Made::self_signed("other", as_ca).issue("wanted", as_leaf);
    assert_refused(&trust, &[stranger.der()], ReasonCode::IssuerUnknown);
    assert_eq!(trust.verify(&[root.issue("wanted", as_leaf).der()], NOW), Ok(()));
}

#[test]
fn an_allow_list_holds_for_version_1() {
    let (ca, client) = (fixture("guide/ca.crt"), chain(&["guide/client.crt"]));
    assert_eq!(allowing(&ca, &["cn:CLIENT"]).verify(&client, NOW), Ok(()));
    assert_refused(&allowing(&ca, &["cn:client"]), &client, ReasonCode::SanNotAllowed);
}

#[test]
fn names_with_control_characters_match_nothing() {
    let root = Made::self_signed("root", as_ca);
    let client = root.issue("shop", |params| {
        params.distinguished_name.push(DnType::CommonName, "evil\0.example.com");
        let uri = |text: &str| SanType::URI(text.try_into().expect("ASCII"));
        params.subject_alt_names = vec![
            SanType::DnsName("a.example.com\0.evil.org".try_into().expect("ASCII")),
            uri("spiffe://example.com/web"),
            uri("spiffe://example.com/\0"),
        ];
    });
    // Two URIs, one of them unusable, are still two: it is no SPIFFE certificate.
    for entry in ["dns:a.example.com", "dns:*.evil.org", "cn:shop", "uri:spiffe://example.com/web"] {
        let trust = allowing(&root.pem(), &[entry]);
        assert_refused(&trust, &[client.der()], ReasonCode::SanNotAllowed);
    }
}

#[test]
fn deny_lists_name_every_certificate_of_the_path() {
    let root = Made::self_signed("root", as_ca);
    let intermediate = root.issue("intermediate", as_ca);
    let (client, other) = (intermediate.issue("client", as_leaf), intermediate.issue("other", as_leaf));
    let presented = |client: &Made| vec![client.der(), intermediate.der()];
    for (denied, name) in [
        (&client, "client"),
        (&intermediate, "client comes from intermediate"),
        (&root, "client comes from root"),
    ] {
        for entry in [by_fingerprint(&denied.der()), by_serial(&denied.der())] {
            let trust = denying(&root.pem(), std::slice::from_ref(&entry));
            let detail = assert_refused(&trust, &presented(&client), ReasonCode::DenyListed);
            assert!(detail.starts_with(name) && detail.contains("of this policy"), "{detail}");
            assert_eq!(trust.verify(&presented(&other), NOW).is_ok(), name == "client", "{entry}");
        }
    }
}

#[test]
fn deny_lists_hold_for_version_1() {
    let (ca, client) = (fixture("guide/ca.crt"), chain(&["guide/client.crt"]));
    let anchor = &chain(&["guide/ca.crt"])[0];
    for der in [&client[0], anchor] {
        for entry in [by_fingerprint(der), by_serial(der)] {
            assert_refused(&denying(&ca, &[entry]), &client, ReasonCode::DenyListed);
        }
    }
    let other = denying(&ca, &[by_fingerprint(&client[0])]);
    assert_eq!(other.verify(&chain(&["keys/p256.crt"]), NOW), Ok(()));
}

/// The serial number counts together with its issuer only.
#[test]
fn another_issuers_number_is_another() {
    let same_number = |params: &mut CertificateParams| params.serial_number = Some(7.into());
    let (one, other) = (Made::self_signed("one", as_ca), Made::self_signed("other", as_ca));
    let denied = other.issue("client", same_number);
    let trust = denying(&one.pem(), &[by_serial(&denied.der())]);
    assert_eq!(trust.verify(&[one.issue("client", same_number).der()], NOW), Ok(()));
}

#[test]
fn a_groups_denials_take_effect_at_once() {
    let root = Made::self_signed("root", as_ca);
    let client = root.issue("client", as_leaf);
    let denials = GroupDenials::new([]);
    let rules = TrustRules { group_denials: denials.clone(), ..rules_of(&root.pem()) };
    let trust = ClientTrust::new(rules).expect("compiles");
    assert_eq!(trust.verify(&[client.der()], NOW), Ok(()));
    denials.replace([by_serial(&client.der())]);
    let detail = assert_refused(&trust, &[client.der()], ReasonCode::DenyListed);
    assert!(detail.contains("of the gateway group"), "{detail}");
    denials.replace([]);
    assert_eq!(trust.verify(&[client.der()], NOW), Ok(()));
}

/// Nobody knows whom a list names that cannot be read: not even those whom its predecessor let in are let in.
#[test]
fn a_group_whose_denials_are_lost_refuses_everybody_until_they_are_back() {
    let root = Made::self_signed("root", as_ca);
    let (denied, other) = (root.issue("denied", as_leaf), root.issue("other", as_leaf));
    for denials in [GroupDenials::new([]), GroupDenials::lost()] {
        let rules = TrustRules { group_denials: denials.clone(), ..rules_of(&root.pem()) };
        let trust = ClientTrust::new(rules).expect("compiles");
        denials.lose();
        assert!(denials.is_lost());
        for client in [&denied, &other] {
            let detail = assert_refused(&trust, &[client.der()], ReasonCode::PolicyBroken);
            assert!(detail.contains("deny-list of the gateway group cannot be read"), "{detail}");
        }
        denials.replace([by_serial(&denied.der())]);
        assert!(!denials.is_lost());
        assert_refused(&trust, &[denied.der()], ReasonCode::DenyListed);
        assert_eq!(trust.verify(&[other.der()], NOW), Ok(()));
    }
}

/// A renewed CA has two certificates for one key; denying either denies the CA.
#[test]
fn another_certificate_of_a_denied_ca_does_not_help() {
    let root = Made::self_signed("root", as_ca);
    let client = root.issue("client", as_leaf);
    let renewed = root.cross_sign(&root);
    let bundle = [root.pem(), renewed.clone()].concat();
    for denied in [&root.der(), &certificate_of(&renewed)] {
        let trust = denying(&bundle, &[by_fingerprint(denied)]);
        assert_refused(&trust, &[client.der()], ReasonCode::DenyListed);
    }
}

fn certificate_of(pem: &[u8]) -> CertificateDer<'static> {
    crate::support::certificates(pem).remove(0)
}

/// What lists decided about a client is told rather than what another path lacks.
#[test]
fn a_denial_is_the_reason_also_beside_other_paths() {
    let (root, other) = (Made::self_signed("root", as_ca), Made::self_signed("other", as_ca));
    let upper = other.issue("upper", as_ca);
    let intermediate = root.issue("intermediate", as_ca);
    let cross = certificate_of(&upper.cross_sign(&intermediate));
    let client = intermediate.issue("client", as_leaf);
    let entry = by_serial(&client.der());
    let cas = [anchors(&root.pem()), anchors(&other.pem())];
    let trust = ClientTrust::new(TrustRules { deny_list: vec![entry], ..rules(cas, Depth::default()) })
        .expect("compiles");
    for middle in [[intermediate.der(), cross.clone()], [cross, intermediate.der()]] {
        let chain: Chain = [client.der()].into_iter().chain(middle).chain([upper.der()]).collect();
        assert_refused(&trust, &chain, ReasonCode::DenyListed);
    }
}
