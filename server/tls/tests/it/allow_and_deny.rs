//! Allow-lists and deny-lists.

use domain::{AllowedIdentity, DenyEntry, Depth, ReasonCode};
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, SanType, SignatureAlgorithm};
use rustls_pki_types::CertificateDer;
use tls::{ClientTrust, GroupDenials, TrustRules, certificate_facts};
use x509_parser::der_parser::num_bigint::BigUint;

use crate::der::{sequence, signed_parts, split, value, values};
use crate::policies::{rules, trust_in};
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

/// The order of P-256.
const P256: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

/// The certificate with (r, n − s) for a signature (r, s), reckoned apart from the code under test.
fn twin(certificate: &[u8], order: &str) -> CertificateDer<'static> {
    let [tbs, algorithm, signature] = signed_parts(certificate);
    let (pair, _) = split(signature);
    let (r, rest) = split(pair);
    let (s, _) = split(rest);
    let order = BigUint::parse_bytes(order.as_bytes(), 16).expect("a number");
    let mut other = (order - BigUint::from_bytes_be(s)).to_bytes_be();
    if other[0] >= 0x80 {
        other.insert(0, 0);
    }
    let pair = sequence(&[&value(2, r), &value(2, &other)]);
    let signature = value(3, &[&[0], pair.as_slice()].concat());
    CertificateDer::from(sequence(&[tbs, algorithm, &signature]))
}

#[test]
fn a_denied_fingerprint_names_the_twin_too() {
    let p384 =
        "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973";
    let p521 = "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409";
    let curves: [(&SignatureAlgorithm, &str); 3] = [
        (&rcgen::PKCS_ECDSA_P256_SHA256, P256),
        (&rcgen::PKCS_ECDSA_P384_SHA384, p384),
        (&rcgen::PKCS_ECDSA_P521_SHA512, p521),
    ];
    for (curve, order) in curves {
        let root = Made::self_signed_by(KeyPair::generate_for(curve).expect("a key"), "root", as_ca);
        let bystander = root.issue("client", as_leaf);
        // A few, as the forms of the numbers differ in length.
        for _ in 0..8 {
            let client = root.issue("client", as_leaf).der();
            let twin = twin(&client, order);
            let everybody = trust_in([anchors(&root.pem())], Depth::default());
            assert_eq!(everybody.verify(std::slice::from_ref(&twin), NOW), Ok(()), "the twin is good");
            assert_ne!(by_fingerprint(&client), by_fingerprint(&twin));
            for entry in [by_fingerprint(&client), by_fingerprint(&twin)] {
                let trust = denying(&root.pem(), &[entry]);
                for presented in [&client, &twin] {
                    assert_refused(&trust, std::slice::from_ref(presented), ReasonCode::DenyListed);
                }
                assert_eq!(trust.verify(&[bystander.der()], NOW), Ok(()));
            }
        }
    }
}

/// The client in version 1, which has no extensions, signed by its issuer.
fn in_version_1(issuer: &Made, client: &Made) -> CertificateDer<'static> {
    let der = client.der();
    let [tbs, algorithm, _] = signed_parts(&der);
    let fields: Vec<&[u8]> =
        values(split(tbs).0).into_iter().filter(|field| !matches!(field[0], 0xa0 | 0xa3)).collect();
    let tbs = sequence(&fields);
    let signature = value(3, &[&[0][..], &issuer.sign(&tbs)].concat());
    CertificateDer::from(sequence(&[&tbs, algorithm, &signature]))
}

#[test]
fn a_twin_of_version_1_is_denied_too() {
    let root = Made::self_signed("root", as_ca);
    let client = in_version_1(&root, &root.issue("client", as_leaf));
    let facts = certificate_facts(&client).expect("readable");
    assert_eq!(facts.version, domain::X509Version::V1);
    let twin = twin(&client, P256);
    let everybody = trust_in([anchors(&root.pem())], Depth::default());
    let trust = denying(&root.pem(), &[by_fingerprint(&client)]);
    for presented in [client, twin] {
        assert_eq!(everybody.verify(std::slice::from_ref(&presented), NOW), Ok(()));
        assert_refused(&trust, &[presented], ReasonCode::DenyListed);
    }
}

#[test]
fn a_ca_for_servers_only_lets_no_client_of_version_1_in() {
    for (usage, is_let_in) in
        [(ExtendedKeyUsagePurpose::ServerAuth, false), (ExtendedKeyUsagePurpose::ClientAuth, true)]
    {
        let root = Made::self_signed("root", |params| {
            as_ca(params);
            params.extended_key_usages = vec![usage.clone()];
        });
        let client = in_version_1(&root, &root.issue("client", as_leaf));
        let trust = trust_in([anchors(&root.pem())], Depth::default());
        if is_let_in {
            assert_eq!(trust.verify(&[client], NOW), Ok(()));
        } else {
            assert_refused(&trust, &[client], ReasonCode::PurposeInvalid);
        }
    }
}

/// A longer form of a length would give a certificate another fingerprint.
#[test]
fn a_certificate_has_one_form() {
    let client = chain(&["guide/client.crt"]).remove(0);
    assert_eq!(client[..2], [0x30, 0x82]);
    let longer = [&[0x30, 0x83, 0], &client[2..]].concat();
    let trust = trust_in([anchors(&fixture("guide/ca.crt"))], Depth::default());
    assert_eq!(trust.verify(&[client], NOW), Ok(()));
    assert_refused(&trust, &[CertificateDer::from(longer)], ReasonCode::IssuerUnknown);
}
