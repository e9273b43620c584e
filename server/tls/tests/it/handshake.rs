//! Whole handshakes between a rustls client and a [`HostConfig`], in memory.

use std::sync::Arc;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P521_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use domain::{Depth, ReasonCode, UnixTime};
use rcgen::ExtendedKeyUsagePurpose;
use rustls::client::{ResolvesClientCert, Resumption};
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::sign::{CertifiedKey, Signer, SigningKey};
use rustls::{
    AlertDescription, CipherSuite, ClientConfig, Error, HandshakeKind, NamedGroup, ProtocolVersion,
    ServerConnection, SignatureAlgorithm, SignatureScheme,
};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;
use tls::{Enforcement, HostConfig, Observed, refusal_of};

use crate::in_memory::{
    AnyServer, FixedClock, VERSIONS, certified, client, client_with_schemes, fixture_client, made_client,
    shake_hands,
};
use crate::policies::{policy, trust_in};
use crate::support::{AFTER, Made, NOW, anchors, as_ca, as_leaf, chain, fixture, read};

/// The listener of the guide: its server certificate, open to clients of `ca`.
fn host(ca: Option<&[u8]>, now: UnixTime) -> HostConfig {
    let identity = read(&fixture("guide/server.crt"), &fixture("guide/server.key")).expect("accepted");
    let policy = ca.map(|ca| policy(trust_in([anchors(ca)], Depth::default()), Enforcement::Required));
    HostConfig::new(&identity.pairs, policy, Arc::new(FixedClock(now))).expect("compiles")
}

/// Signs by SHA-256 with a P-521 key, which TLS 1.2 allows and TLS 1.3 does not (RFC 8446 §4.2.3).
#[derive(Debug)]
struct OddCurve(Vec<u8>);

impl SigningKey for OddCurve {
    fn choose_scheme(&self, _: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        Some(Box::new(Self(self.0.clone())))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::ECDSA
    }
}

impl Signer for OddCurve {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let key = EcdsaKeyPair::from_private_key_der(&ECDSA_P521_SHA256_ASN1_SIGNING, &self.0)
            .expect("a P-521 key");
        Ok(key.sign(&SystemRandom::new(), message).expect("signs").as_ref().to_vec())
    }

    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::ECDSA_NISTP256_SHA256
    }
}

#[test]
fn good_clients_are_let_in_by_both_versions() {
    for version in VERSIONS {
        for (ca, name) in [
            ("guide/ca.crt", "guide/client"),
            ("skid/ca.crt", "skid/client"),
            ("guide/ca.crt", "keys/p256"),
            ("guide/ca.crt", "keys/p384"),
            ("guide/ca.crt", "keys/p521"),
            ("guide/ca.crt", "keys/ed25519"),
            ("guide/ca.crt", "keys/pkcs8"),
        ] {
            let outcome = shake_hands(
                &host(Some(&fixture(ca)), NOW),
                &Arc::new(client(version, Some(fixture_client(name)))),
            );
            outcome.assert_accepted();
            let presented = chain(&[&format!("{name}.crt")]);
            assert_eq!(outcome.server.peer_certificates(), Some(&presented[..]), "{name}");
            assert_eq!(outcome.observed, Some(Observed { chain: presented, refusal: None }), "{name}");
        }
    }
}

#[test]
fn strong_parameters_are_agreed_first() {
    for (version, suite) in [
        (&rustls::version::TLS13, CipherSuite::TLS13_AES_256_GCM_SHA384),
        (&rustls::version::TLS12, CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384),
    ] {
        let mut provider = default_provider();
        provider.cipher_suites.reverse();
        let mut config = ClientConfig::builder_with_provider(Arc::new(provider))
            .with_protocol_versions(&[version])
            .expect("a version of the provider")
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(AnyServer(vec![SignatureScheme::RSA_PSS_SHA256])))
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec(), b"h2".to_vec()];
        let outcome = shake_hands(&host(None, NOW), &Arc::new(config));
        outcome.assert_accepted();
        let server = &outcome.server;
        assert_eq!(
            server.negotiated_cipher_suite().map(|it| it.suite()),
            Some(suite),
            "though the client prefers others"
        );
        assert_eq!(server.alpn_protocol(), Some(&b"h2"[..]));
        if version.version == ProtocolVersion::TLSv1_3 {
            let group = server.negotiated_key_exchange_group().map(|group| group.name());
            assert_eq!(group, Some(NamedGroup::X25519MLKEM768));
        }
        assert_eq!(outcome.observed, None, "nobody was asked for a certificate");
    }
}

#[test]
fn missing_certificate_is_told_as_such() {
    for version in VERSIONS {
        let outcome =
            shake_hands(&host(Some(&fixture("guide/ca.crt")), NOW), &Arc::new(client(version, None)));
        assert_eq!(outcome.client_error, Some(Error::AlertReceived(AlertDescription::CertificateRequired)));
        assert_eq!(outcome.observed, None);
        let error = outcome.server_error.expect("refused");
        assert_eq!(refusal_of(&error).0, ReasonCode::NoClientCert);
    }
}

#[test]
fn every_refusal_has_its_alert() {
    use AlertDescription::{
        AccessDenied, BadCertificate, CertificateExpired, UnknownCA, UnsupportedCertificate,
    };

    let root = Made::self_signed("root", |params| {
        as_ca(params);
        params.name_constraints = Some(rcgen::NameConstraints {
            permitted_subtrees: vec![rcgen::GeneralSubtree::DnsName("good.test".into())],
            excluded_subtrees: Vec::new(),
        });
    });
    let expired = root.issue("client", |params| params.not_after = rcgen::date_time_ymd(2020, 1, 1));
    let early = root.issue("client", |params| params.not_before = rcgen::date_time_ymd(2090, 1, 1));
    let server_only = root.issue("client", |params| {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    });
    let elsewhere = root.issue("client", crate::support::for_hosts(&["evil.test"]));
    let stranger = Made::self_signed("other", as_ca).issue("client", as_leaf);
    let lower = root.issue("upper", as_ca).issue("lower", as_ca);
    let deep = lower.issue("client", as_leaf);
    for version in VERSIONS {
        let refused = |ca: &[u8], now, certificate: CertifiedKey, alert, reason| {
            let presented = certificate.cert.clone();
            let outcome = shake_hands(&host(Some(ca), now), &Arc::new(client(version, Some(certificate))));
            outcome.assert_refused(alert, reason);
            assert_eq!(outcome.observed.expect("seen").chain, presented);
        };
        let guide = fixture("guide/ca.crt");
        refused(&guide, NOW, fixture_client("rogue/client"), UnknownCA, ReasonCode::IssuerUnknown);
        refused(&guide, NOW, fixture_client("skid/client"), UnknownCA, ReasonCode::IssuerUnknown);
        refused(&guide, NOW, made_client(&stranger), UnknownCA, ReasonCode::IssuerUnknown);
        refused(&guide, NOW, fixture_client("guide/ca"), UnsupportedCertificate, ReasonCode::PurposeInvalid);
        refused(&guide, AFTER, fixture_client("guide/client"), CertificateExpired, ReasonCode::Expired);
        let weak = certified(chain(&["odd/sha1.crt"]), &fixture("keys/pkcs1.key"));
        refused(&guide, NOW, weak, BadCertificate, ReasonCode::WeakKeyOrAlg);
        let root = root.pem();
        refused(&root, NOW, made_client(&expired), CertificateExpired, ReasonCode::Expired);
        refused(&root, NOW, made_client(&early), CertificateExpired, ReasonCode::NotYetValid);
        refused(&root, NOW, made_client(&server_only), UnsupportedCertificate, ReasonCode::PurposeInvalid);
        refused(&root, NOW, made_client(&elsewhere), AccessDenied, ReasonCode::SanNotAllowed);
        refused(&root, NOW, made_client(&deep), UnknownCA, ReasonCode::IssuerUnknown);
    }
}

#[test]
fn depth_holds_in_the_handshake() {
    let root = Made::self_signed("root", as_ca);
    let upper = root.issue("upper", as_ca);
    let lower = upper.issue("lower", as_ca);
    let deep = lower.issue("client", as_leaf);
    for version in VERSIONS {
        let certificate = certified(vec![deep.der(), lower.der(), upper.der()], &deep.key());
        let outcome =
            shake_hands(&host(Some(&root.pem()), NOW), &Arc::new(client(version, Some(certificate))));
        outcome.assert_refused(AlertDescription::UnknownCA, ReasonCode::ChainTooDeep);
    }
}

#[test]
fn a_certificate_without_its_key_is_refused() {
    for version in VERSIONS {
        for (ca, certificate) in [("guide/ca.crt", "guide/client.crt"), ("skid/ca.crt", "skid/client.crt")] {
            let stolen = certified(chain(&[certificate]), &fixture("rogue/client.key"));
            let outcome =
                shake_hands(&host(Some(&fixture(ca)), NOW), &Arc::new(client(version, Some(stolen))));
            outcome.assert_refused(AlertDescription::DecryptError, ReasonCode::BadSignature);
            let error = outcome.server_error.expect("refused");
            assert_eq!(refusal_of(&error).0, ReasonCode::BadSignature);
        }
    }
}

#[test]
fn tls13_binds_the_curve_to_the_scheme_and_tls12_does_not() {
    let key = PrivateKeyDer::from_pem_slice(&fixture("keys/p521.key")).expect("a key");
    for version in VERSIONS {
        let odd = CertifiedKey::new(chain(&["keys/p521.crt"]), Arc::new(OddCurve(key.secret_der().to_vec())));
        let outcome =
            shake_hands(&host(Some(&fixture("guide/ca.crt")), NOW), &Arc::new(client(version, Some(odd))));
        if version.version == ProtocolVersion::TLSv1_2 {
            outcome.assert_accepted();
        } else {
            outcome.assert_refused(AlertDescription::DecryptError, ReasonCode::BadSignature);
        }
    }
}

#[test]
fn pair_is_chosen_by_what_the_client_can_verify() {
    let certificates = [fixture("keys/pkcs1.crt"), fixture("keys/p256.crt")].concat();
    let keys = [fixture("keys/pkcs1.key"), fixture("keys/p256.key")].concat();
    let pairs = read(&certificates, &keys).expect("accepted").pairs;
    let host = HostConfig::new(&pairs, None, Arc::new(FixedClock(NOW))).expect("compiles");
    use SignatureScheme::{ECDSA_NISTP256_SHA256, ED25519, RSA_PSS_SHA256};
    for version in VERSIONS {
        for (schemes, certificate) in [
            (vec![RSA_PSS_SHA256, ECDSA_NISTP256_SHA256], "keys/p256.crt"),
            (vec![ECDSA_NISTP256_SHA256], "keys/p256.crt"),
            (vec![RSA_PSS_SHA256], "keys/pkcs1.crt"),
        ] {
            let outcome = shake_hands(&host, &Arc::new(client_with_schemes(version, None, schemes.clone())));
            outcome.assert_accepted();
            let shown = outcome.client.peer_certificates().expect("a server certificate");
            assert_eq!(shown, chain(&[certificate]), "{schemes:?}");
        }
        let outcome = shake_hands(&host, &Arc::new(client_with_schemes(version, None, vec![ED25519])));
        let error = outcome.server_error.expect("no pair fits");
        assert_eq!(refusal_of(&error).0, ReasonCode::TlsVersionOrCipher, "{error}");
    }
}

#[test]
fn sessions_are_resumed_with_their_chain_but_not_by_another_configuration() {
    for version in VERSIONS {
        for certificate in [None, Some("guide/client")] {
            let ca = certificate.map(|_| fixture("guide/ca.crt"));
            let first = host(ca.as_deref(), NOW);
            let mut config = client(version, certificate.map(fixture_client));
            config.resumption = Resumption::in_memory_sessions(8);
            let config = Arc::new(config);
            let kind = |host: &HostConfig| {
                let outcome = shake_hands(host, &config);
                outcome.assert_accepted();
                let presented = certificate.map(|name| chain(&[&format!("{name}.crt")]));
                assert_eq!(
                    outcome.server.peer_certificates(),
                    presented.as_deref(),
                    "for the check of a resumed session"
                );
                outcome.server.handshake_kind()
            };
            assert_eq!(kind(&first), Some(HandshakeKind::Full));
            assert_eq!(kind(&first), Some(HandshakeKind::Resumed));
            let second = host(ca.as_deref(), NOW);
            assert_eq!(kind(&second), Some(HandshakeKind::Full), "an old session outlived its policy");
        }
    }
}

#[test]
fn a_client_learns_which_cas_are_asked_for() {
    #[derive(Debug)]
    struct Noted(std::sync::Mutex<Vec<Vec<u8>>>);

    impl ResolvesClientCert for Noted {
        fn resolve(&self, hints: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
            *self.0.lock().expect("no panic before") = hints.iter().map(|hint| hint.to_vec()).collect();
            None
        }

        fn has_certs(&self) -> bool {
            true
        }
    }

    let hints = |cas: &[u8]| {
        let noted = Arc::new(Noted(std::sync::Mutex::default()));
        let mut config = client(&rustls::version::TLS13, None);
        config.client_auth_cert_resolver = Arc::clone(&noted) as Arc<dyn ResolvesClientCert>;
        shake_hands(&host(Some(cas), NOW), &Arc::new(config));
        noted.0.lock().expect("no panic before").clone()
    };
    let rootca = b"\x30\x11\x31\x0f\x30\x0d\x06\x03\x55\x04\x03\x0c\x06ROOTCA".to_vec();
    let doubled = [fixture("guide/ca.crt"), fixture("rogue/ca.crt")].concat();
    assert_eq!(hints(&doubled), [rootca]);
    // Too many names to send with every handshake: none are sent, and any certificate may be presented.
    let long = |index: usize| Made::self_signed(&format!("{index}{}", "x".repeat(600)), as_ca).pem();
    let many: Vec<u8> = (0..30).flat_map(long).collect();
    assert!(hints(&many).is_empty());
}

#[test]
fn without_a_pair_there_is_no_host() {
    let error = HostConfig::new(&[], None, Arc::new(FixedClock(NOW))).expect_err("refused");
    assert_eq!(error, domain::Fault::Required);
}

#[test]
fn other_failures_have_a_reason_too() {
    let mut server = ServerConnection::new(Arc::clone(host(None, NOW).server_config())).expect("a server");
    server.read_tls(&mut &b"GET / HTTP/1.1\r\nHost: test.com\r\n\r\n"[..]).expect("memory does not fail");
    let error = server.process_new_packets().expect_err("not TLS");
    assert_eq!(
        refusal_of(&error),
        (ReasonCode::TlsVersionOrCipher, "what the client sent is not TLS".to_owned())
    );
    let alert = refusal_of(&Error::AlertReceived(AlertDescription::UnknownCA));
    assert_eq!(alert, (ReasonCode::ClientAborted, "the client sent the alert UnknownCA".to_owned()));
}
