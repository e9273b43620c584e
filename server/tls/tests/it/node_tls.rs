//! The gateway as the client of nodes: whom it believes, what it shows, what it says of a refusal.

use std::sync::Arc;

use domain::{CertificateType, Depth, Fault, Secret};
use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, KeyUsagePurpose, SanType};
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::server::ResolvesServerCert;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{HandshakeKind, ServerConfig, SupportedProtocolVersion};
use rustls_pki_types::{CertificateDer, ServerName};
use tls::{
    Enforcement, HostConfig, Identity, KeyPair, NodeRoots, NodeTls, NodeTlsRules, TrustAnchors, node_refusal,
};

use crate::in_memory::{FixedClock, Outcome, VERSIONS, certified, shake_hands, shake_hands_as};
use crate::policies::{policy, trust_in};
use crate::support::{Made, NOW, anchors, as_ca, chain, fixture, fixture_text, for_hosts};

/// A CA and a node of it called `test.com`.
fn ca_and_node() -> (Made, CertifiedKey) {
    let ca = Made::self_signed("CA", as_ca);
    let node = node(&[&ca.issue("node", for_hosts(&["test.com"]))]);
    (ca, node)
}

/// What a node shows: a chain, leaf first.
fn node(chain: &[&Made]) -> CertifiedKey {
    certified(chain.iter().map(|certificate| certificate.der()).collect(), &chain[0].key())
}

/// A node that shows this, whatever it is asked for, and speaks these versions.
fn server(shown: CertifiedKey, versions: &[&'static SupportedProtocolVersion]) -> Arc<ServerConfig> {
    let resolver: Arc<dyn ResolvesServerCert> = Arc::new(SingleCertAndKey::from(shown));
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(versions)
        .expect("versions of the provider")
        .with_no_client_auth()
        .with_cert_resolver(resolver);
    Arc::new(config)
}

fn rules(roots: Option<NodeRoots>) -> NodeTlsRules {
    NodeTlsRules { roots, identity: None, http2: false }
}

/// TLS with nodes that this CA, in PEM, vouches for; whether it is valid is not asked, as when it is loaded from the store.
fn trusting(ca: &[u8]) -> NodeTls {
    let ca = TrustAnchors::load(std::str::from_utf8(ca).expect("PEM")).expect("a CA");
    NodeTls::new(rules(Some(NodeRoots::of(&[ca]).expect("a root")))).expect("rules")
}

fn trusting_anybody() -> NodeTls {
    NodeTls::new(rules(None)).expect("rules")
}

fn connect(tls: &NodeTls, shown: CertifiedKey) -> Outcome {
    connect_as("test.com", tls, shown)
}

fn connect_as(name: &'static str, tls: &NodeTls, shown: CertifiedKey) -> Outcome {
    let name = ServerName::try_from(name).expect("a name");
    shake_hands_as(name, &server(shown, &VERSIONS), tls.client_config())
}

#[track_caller]
fn assert_refused(outcome: &Outcome, words: &str) {
    let error = outcome.client_error.as_ref().expect("the gateway took the node");
    let refusal = node_refusal(error);
    assert!(refusal.contains(words), "{refusal}");
    assert!(outcome.server.is_handshaking(), "the node finished the handshake");
}

#[test]
fn a_node_of_an_own_ca_is_taken() {
    let (ca, node) = ca_and_node();
    for version in VERSIONS {
        let name = ServerName::try_from("test.com").expect("a name");
        let outcome =
            shake_hands_as(name, &server(node.clone(), &[version]), trusting(&ca.pem()).client_config());
        outcome.assert_accepted();
        assert_eq!(outcome.server.server_name(), Some("test.com"));
    }
}

#[test]
fn a_node_of_another_name_is_refused() {
    let (ca, node) = ca_and_node();
    let tls = trusting(&ca.pem());
    let outcome = connect_as("other.com", &tls, node.clone());
    assert_refused(&outcome, "not for other.com, only for DnsName(\"test.com\")");
    assert_refused(&connect_as("127.0.0.1", &tls, node), "not for 127.0.0.1");
}

#[test]
fn an_address_is_proved_like_a_name() {
    let ca = Made::self_signed("CA", as_ca);
    let shown = node(&[&ca.issue("node", |params| {
        params.subject_alt_names = vec![SanType::IpAddress([127, 0, 0, 1].into())];
    })]);
    let tls = trusting(&ca.pem());
    let outcome = connect_as("127.0.0.1", &tls, shown.clone());
    outcome.assert_accepted();
    assert_eq!(outcome.server.server_name(), None);
    assert_refused(&connect_as("127.0.0.2", &tls, shown), "not for 127.0.0.2");
}

#[test]
fn a_node_of_another_ca_is_refused() {
    let (_, node) = ca_and_node();
    let namesake = Made::self_signed("CA", as_ca);
    let stranger = Made::self_signed("stranger", as_ca);
    assert_refused(&connect(&trusting(&stranger.pem()), node.clone()), "(node) was issued by CN=CA");
    assert_refused(&connect(&trusting(&namesake.pem()), node.clone()), "another CA of the same name");
    // Nor do the operating system's CAs vouch for it, whichever they are; nobody does if there are none.
    for roots in
        [NodeRoots::of_system([]), NodeRoots::of_system([stranger.der().to_vec(), b"no CA".to_vec()])]
    {
        let tls = NodeTls::new(rules(Some(roots))).expect("rules");
        assert_refused(&connect(&tls, node.clone()), "(node) was issued by CN=CA");
    }
}

#[test]
fn a_node_of_a_system_ca_is_taken_while_that_is_valid() {
    let (ca, shown) = ca_and_node();
    let tls = NodeTls::new(rules(Some(NodeRoots::of_system([ca.der().to_vec()])))).expect("rules");
    connect(&tls, shown).assert_accepted();

    let expired = Made::self_signed("CA", |params| {
        as_ca(params);
        params.not_after = rcgen::date_time_ymd(2001, 1, 1);
    });
    let shown = node(&[&expired.issue("node", for_hosts(&["test.com"]))]);
    let tls = NodeTls::new(rules(Some(NodeRoots::of_system([expired.der().to_vec()])))).expect("rules");
    assert_refused(&connect(&tls, shown), "the CA CA, which vouches for the node, expired at 2001-01-01");
}

#[test]
fn a_node_outside_of_its_validity_is_refused() {
    let ca = Made::self_signed("CA", as_ca);
    let expired = node(&[&ca.issue("node", |params| {
        for_hosts(&["test.com"])(params);
        params.not_after = rcgen::date_time_ymd(2001, 1, 1);
    })]);
    let early = node(&[&ca.issue("node", |params| {
        for_hosts(&["test.com"])(params);
        params.not_before = rcgen::date_time_ymd(2099, 1, 1);
    })]);
    assert_refused(&connect(&trusting(&ca.pem()), expired), "expired at 2001-01-01T00:00:00Z");
    assert_refused(&connect(&trusting(&ca.pem()), early), "not valid before 2099-01-01T00:00:00Z");
}

#[test]
fn a_self_signed_node_is_refused() {
    let ca = Made::self_signed("CA", as_ca);
    for is_ca in [IsCa::NoCa, IsCa::Ca(BasicConstraints::Unconstrained)] {
        let shown = node(&[&Made::self_signed("node", |params| {
            for_hosts(&["test.com"])(params);
            params.is_ca = is_ca;
        })]);
        assert_refused(&connect(&trusting(&ca.pem()), shown), "(node) is self-signed");
    }
}

#[test]
fn a_ca_outside_of_its_validity_vouches_for_nobody() {
    for (edit, words) in [
        ((2000, 2001), "the CA CA, which vouches for the node, expired at 2001-01-01"),
        ((2099, 2100), "the CA CA, which vouches for the node, is not valid before 2099-01-01"),
    ] {
        let ca = Made::self_signed("CA", |params| {
            as_ca(params);
            params.not_before = rcgen::date_time_ymd(edit.0, 1, 1);
            params.not_after = rcgen::date_time_ymd(edit.1, 1, 1);
        });
        let shown = node(&[&ca.issue("node", for_hosts(&["test.com"]))]);
        assert_refused(&connect(&trusting(&ca.pem()), shown), words);
    }
}

#[test]
fn a_renewed_ca_vouches_beside_the_expired_one() {
    let ca = Made::self_signed("CA", as_ca);
    let key = rcgen::KeyPair::from_pem(std::str::from_utf8(&ca.key()).expect("PEM")).expect("a key");
    let expired = Made::self_signed_by(key, "CA", |params| {
        as_ca(params);
        params.not_after = rcgen::date_time_ymd(2001, 1, 1);
    });
    let shown = node(&[&ca.issue("node", for_hosts(&["test.com"]))]);
    connect(&trusting(&[expired.pem(), ca.pem()].concat()), shown).assert_accepted();
}

#[test]
fn what_a_ca_may_not_vouch_for_is_refused() {
    let server_only = |params: &mut CertificateParams| {
        for_hosts(&["test.com"])(params);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    };
    let ca = Made::self_signed("CA", as_ca);
    let shown = node(&[&ca.issue("node", server_only)]);
    assert_refused(&connect(&trusting(&ca.pem()), shown), "extended key usage without serverAuth");

    let clients_ca = Made::self_signed("CA", |params| {
        as_ca(params);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    });
    let shown = node(&[&clients_ca.issue("node", for_hosts(&["test.com"]))]);
    assert_refused(
        &connect(&trusting(&clients_ca.pem()), shown),
        "the CA CA, which vouches for the node, has",
    );

    let short_ca = Made::self_signed("CA", |params| {
        as_ca(params);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    });
    let intermediate = short_ca.issue("intermediate", as_ca);
    let shown = node(&[&intermediate.issue("node", for_hosts(&["test.com"])), &intermediate]);
    assert_refused(&connect(&trusting(&short_ca.pem()), shown), "1 intermediates, more than it may have");
}

#[test]
fn intermediates_are_followed_if_they_may_sign() {
    let ca = Made::self_signed("CA", as_ca);
    let good = ca.issue("intermediate", as_ca);
    let shown = node(&[&good.issue("node", for_hosts(&["test.com"])), &good]);
    connect(&trusting(&ca.pem()), shown).assert_accepted();

    let bad = ca.issue("intermediate", |params| {
        as_ca(params);
        params.key_usages = vec![KeyUsagePurpose::CrlSign];
    });
    let leaf = bad.issue("node", for_hosts(&["test.com"]));
    assert_refused(
        &connect(&trusting(&ca.pem()), node(&[&leaf, &bad])),
        "over intermediate, which may issue no",
    );

    let many: Vec<&Made> = std::iter::once(&leaf).chain(std::iter::repeat_n(&bad, 9)).collect();
    assert_refused(&connect(&trusting(&ca.pem()), node(&many)), "9 intermediates, more than it may have");
}

#[test]
fn a_ca_of_version_1_vouches_for_nodes() {
    let tls = trusting(&fixture("guide/ca.crt"));
    let ca = rcgen::KeyPair::from_pem(&fixture_text("guide/ca.key")).expect("a key");
    let certificate = &chain(&["guide/ca.crt"])[0];
    let issuer = rcgen::Issuer::from_ca_cert_der(certificate, ca).expect("an issuer");
    let mut params = CertificateParams::new(vec!["test.com".to_owned()]).expect("a host");
    params.distinguished_name.push(rcgen::DnType::CommonName, "node");
    let key = rcgen::KeyPair::generate().expect("a key");
    let leaf = params.signed_by(&key, &issuer).expect("rcgen can sign");
    let shown = certified(vec![leaf.der().clone()], key.serialize_pem().as_bytes());
    connect(&tls, shown).assert_accepted();
}

#[test]
fn a_node_of_version_1_is_told_apart_in_words() {
    let shown = certified(chain(&["guide/server.crt"]), &fixture("guide/server.key"));
    assert_refused(&connect(&trusting(&fixture("guide/ca.crt")), shown), "not of X.509 version 3");
}

#[test]
fn without_verification_whoever_has_the_key_is_taken() {
    let expired = Made::self_signed("anybody", |params| params.not_after = rcgen::date_time_ymd(2001, 1, 1));
    let version_1 = certified(chain(&["guide/server.crt"]), &fixture("guide/server.key"));
    for shown in [node(&[&expired]), version_1] {
        let stranger = Made::self_signed("stranger", |_| {});
        let stolen = certified(shown.cert.clone(), &stranger.key());
        for version in VERSIONS {
            let name = ServerName::try_from("test.com").expect("a name");
            let tls = trusting_anybody();
            let connect =
                |shown| shake_hands_as(name.clone(), &server(shown, &[version]), tls.client_config());
            connect(shown.clone()).assert_accepted();
            let error = connect(stolen.clone()).client_error.expect("a proof without the key");
            assert!(
                matches!(error, rustls::Error::InvalidCertificate(_) | rustls::Error::PeerMisbehaved(_)),
                "{error}"
            );
        }
    }
}

/// A node that takes clients of this CA only.
fn guarded(ca: &[u8]) -> HostConfig {
    let policy = policy(trust_in([anchors(ca)], Depth::default()), Enforcement::Required);
    let pair = Made::self_signed("node", for_hosts(&["test.com"]));
    let pair = KeyPair::load(&String::from_utf8(pair.pem()).expect("PEM"), &Secret::new(pair.key()))
        .expect("a pair");
    HostConfig::new(&[pair], Some(policy), Arc::new(FixedClock(NOW))).expect("a policy")
}

fn showing(certificate: &[u8], key: &[u8]) -> NodeTls {
    let identity = Identity::read(certificate, &Secret::new(key.to_vec()), CertificateType::Client, NOW);
    let pair = identity.expect("a client certificate").pairs.remove(0);
    NodeTls::new(NodeTlsRules { roots: None, identity: Some(pair), http2: true }).expect("rules")
}

#[test]
fn the_client_certificate_is_shown_of_version_1_too() {
    let version_1 = showing(&fixture("guide/client.crt"), &fixture("guide/client.key"));
    let outcome = shake_hands(&guarded(&fixture("guide/ca.crt")), version_1.client_config());
    outcome.assert_accepted();
    assert_eq!(outcome.server.peer_certificates(), Some(&chain(&["guide/client.crt"])[..]));

    let ca = Made::self_signed("CA", as_ca);
    let intermediate = ca.issue("intermediate", as_ca);
    let client = intermediate.issue("client", |_| {});
    let version_3 = showing(&[client.pem(), intermediate.pem()].concat(), &client.key());
    let outcome = shake_hands(&guarded(&ca.pem()), version_3.client_config());
    outcome.assert_accepted();
    let shown: Vec<CertificateDer<'_>> = vec![client.der(), intermediate.der()];
    assert_eq!(outcome.server.peer_certificates(), Some(&shown[..]));

    // It is shown to a node that wants another CA's as well, and what that node says of it is passed on.
    let outcome = shake_hands(&guarded(&fixture("guide/ca.crt")), version_3.client_config());
    let refusal = node_refusal(&outcome.client_error.expect("an alert"));
    assert!(refusal.contains("does not accept the gateway's client certificate"), "{refusal}");
}

#[test]
fn without_a_client_certificate_the_nodes_wish_is_passed_on() {
    let outcome = shake_hands(&guarded(&fixture("guide/ca.crt")), trusting_anybody().client_config());
    let refusal = node_refusal(&outcome.client_error.expect("an alert"));
    assert!(refusal.contains("CertificateRequired: it asks for a client certificate"), "{refusal}");
}

#[test]
fn one_version_of_http_is_asked_for() {
    for (http2, protocol) in [(true, &b"h2"[..]), (false, b"http/1.1")] {
        let pair = Made::self_signed("node", for_hosts(&["test.com"]));
        let mut config = ServerConfig::clone(&server(node(&[&pair]), &VERSIONS));
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let tls = NodeTls::new(NodeTlsRules { http2, ..rules(None) }).expect("rules");
        let name = ServerName::try_from("test.com").expect("a name");
        let outcome = shake_hands_as(name.clone(), &Arc::new(config.clone()), tls.client_config());
        outcome.assert_accepted();
        assert_eq!(outcome.client.alpn_protocol(), Some(protocol));

        config.alpn_protocols.retain(|offered| offered != protocol);
        let outcome = shake_hands_as(name, &Arc::new(config), tls.client_config());
        let refusal = node_refusal(&outcome.client_error.expect("an alert"));
        assert!(refusal.contains("does not speak this upstream's version of HTTP"), "{refusal}");
    }
}

#[test]
fn sessions_are_resumed_under_the_same_rules_only() {
    let (ca, shown) = ca_and_node();
    for version in VERSIONS {
        let server = server(shown.clone(), &[version]);
        let connect = |tls: &NodeTls| {
            let name = ServerName::try_from("test.com").expect("a name");
            shake_hands_as(name, &server, tls.client_config())
        };
        let kind = |tls: &NodeTls| connect(tls).client.handshake_kind();
        let lax = trusting_anybody();
        assert_eq!(kind(&lax), Some(HandshakeKind::Full));
        assert_eq!(kind(&lax.clone()), Some(HandshakeKind::Resumed));
        assert_eq!(kind(&trusting(&ca.pem())), Some(HandshakeKind::Full));
        assert_eq!(kind(&trusting_anybody()), Some(HandshakeKind::Full));
        // What was learned without verification opens no door where there is some.
        let stranger = trusting(&Made::self_signed("stranger", as_ca).pem());
        assert_refused(&connect(&stranger), "was issued by");
    }
}

#[test]
fn somebody_must_vouch() {
    assert_eq!(NodeRoots::of(&[]).err(), Some(Fault::CaMissing));
}

#[test]
fn what_is_no_tls_is_called_that() {
    let tls = trusting_anybody();
    let name = ServerName::try_from("test.com").expect("a name");
    let mut client =
        rustls::ClientConnection::new(Arc::clone(tls.client_config()), name).expect("a connection");
    client.read_tls(&mut &b"HTTP/1.1 400 Bad Request\r\n\r\n"[..]).expect("memory does not fail");
    let error = client.process_new_packets().expect_err("this is HTTP");
    assert_eq!(node_refusal(&error), "what the node answers is not TLS");
}

#[test]
fn refusals_are_escaped() {
    let shown = node(&[&Made::self_signed("a\r\nb", for_hosts(&["test.com"]))]);
    let ca = Made::self_signed("CA", as_ca);
    let refusal = node_refusal(&connect(&trusting(&ca.pem()), shown).client_error.expect("self-signed"));
    assert!(!refusal.chars().any(char::is_control), "{refusal}");
}
