//! What becomes of a handshake, by what the policy asks of clients.

use std::sync::{Arc, Mutex};

use domain::{Depth, ReasonCode, StaleRevocationLists};
use rustls::client::ResolvesClientCert;
use rustls::sign::CertifiedKey;
use rustls::{AlertDescription, Error, SignatureScheme};
use rustls_pki_types::CertificateDer;
use tls::{ClientCa, ClientTrust, Enforcement, HostConfig, RevocationLists, TrustRules, refusal_of};

use crate::crl::{List, as_ca_with_lists};
use crate::in_memory::{
    FixedClock, Outcome, VERSIONS, certified, client, fixture_client, made_client, shake_hands,
};
use crate::policies::{policy, rules, trust_in};
use crate::support::{Made, NOW, anchors, as_leaf, chain, fixture, read};

use Enforcement::{Optional, PerRequest, ReportOnly, Required};

const ALL: [Enforcement; 4] = [Required, Optional, PerRequest, ReportOnly];

fn host(trust: ClientTrust, enforcement: Enforcement) -> HostConfig {
    host_of(policy(trust, enforcement))
}

fn host_of(policy: tls::ClientPolicy) -> HostConfig {
    let identity = read(&fixture("guide/server.crt"), &fixture("guide/server.key")).expect("accepted");
    HostConfig::new(&identity.pairs, Some(policy), Arc::new(FixedClock(NOW))).expect("compiles")
}

fn guide() -> ClientTrust {
    trust_in([anchors(&fixture("guide/ca.crt"))], Depth::default())
}

/// Runs `check` on the handshake of each kind of policy by each version of TLS.
fn each(certificate: impl Fn() -> Option<CertifiedKey>, check: impl Fn(Enforcement, Outcome)) {
    for version in VERSIONS {
        for enforcement in ALL {
            let config = Arc::new(client(version, certificate()));
            check(enforcement, shake_hands(&host(guide(), enforcement), &config));
        }
    }
}

#[test]
fn no_certificate_is_refused_where_one_is_required() {
    each(
        || None,
        |enforcement, outcome| {
            if enforcement == Required {
                let error = outcome.server_error.expect("refused");
                assert_eq!(refusal_of(&error).0, ReasonCode::NoClientCert);
            } else {
                outcome.assert_accepted();
                assert_eq!(outcome.server.peer_certificates(), None, "{enforcement:?}");
                assert_eq!(outcome.observed, None);
            }
        },
    );
}

#[test]
fn good_certificates_are_let_in_by_all() {
    for name in ["guide/client", "skid/under-v1"] {
        let key = if name == "guide/client" { "guide/client.key" } else { "skid/client.key" };
        let presented = chain(&[&format!("{name}.crt")]);
        each(
            || Some(certified(presented.clone(), &fixture(key))),
            |enforcement, outcome| {
                outcome.assert_accepted();
                assert_eq!(outcome.server.peer_certificates(), Some(&presented[..]), "{enforcement:?}");
                assert_eq!(outcome.observed.expect("seen").refusal, None);
            },
        );
    }
}

#[test]
fn bad_certificates_are_refused_or_recorded() {
    // Of another CA, in version 1 and 3.
    for name in ["rogue/client", "skid/client"] {
        each(
            || Some(fixture_client(name)),
            |enforcement, outcome| match enforcement {
                Required | Optional => {
                    outcome.assert_refused(AlertDescription::UnknownCA, ReasonCode::IssuerUnknown);
                }
                PerRequest | ReportOnly => {
                    outcome.assert_accepted();
                    let refusal = outcome.observed.expect("seen").refusal.expect("recorded");
                    assert_eq!(refusal.reason, ReasonCode::IssuerUnknown, "{enforcement:?}");
                }
            },
        );
    }
}

#[test]
fn whoever_has_not_the_key_is_refused_by_all() {
    for certificate in ["guide/client.crt", "skid/client.crt", "skid/under-v1.crt"] {
        each(
            || Some(certified(chain(&[certificate]), &fixture("rogue/client.key"))),
            |enforcement, outcome| {
                assert!(outcome.server_error.is_some(), "{certificate} {enforcement:?}");
                // Where the certificate itself is refused, nobody asks for the key.
                if matches!(enforcement, PerRequest | ReportOnly) {
                    outcome.assert_refused(AlertDescription::DecryptError, ReasonCode::BadSignature);
                }
            },
        );
    }
}

#[test]
fn what_is_no_certificate_proves_nothing() {
    let truncated = chain(&["guide/client.crt"])[0][..200].to_vec();
    let version_9 = {
        let mut der = chain(&["skid/client.crt"])[0].to_vec();
        let at = der.windows(5).position(|bytes| bytes == [0xa0, 3, 2, 1, 2]).expect("version 3");
        der[at + 4] = 8;
        der
    };
    for junk in [b"hello".to_vec(), truncated, version_9] {
        each(
            || Some(certified(vec![CertificateDer::from(junk.clone())], &fixture("skid/client.key"))),
            |enforcement, outcome| {
                assert!(outcome.server_error.is_some(), "{enforcement:?}");
                assert!(outcome.observed.expect("seen").refusal.is_some());
            },
        );
    }
}

#[test]
fn lists_have_their_alerts() {
    let root = Made::self_signed("root", as_ca_with_lists);
    let client_of_root = root.issue("client", as_leaf);
    let plain = || rules([anchors(&root.pem())], Depth::default());
    let with_list = |list: List<'_>| {
        let anchors = anchors(&root.pem());
        let lists = RevocationLists::load(&[list.der()], &anchors).expect("accepted");
        let ca = ClientCa::new(anchors, lists, StaleRevocationLists::Block);
        TrustRules { cas: vec![ca], ..plain() }
    };
    let fingerprint = tls::certificate_facts(&client_of_root.der()).expect("readable").fingerprint;
    let denied = format!("sha256:{fingerprint}").parse().expect("an entry");
    let allowed = "cn:somebody else".parse().expect("an entry");
    for (rules, alert, reason) in [
        (
            TrustRules { deny_list: vec![denied], ..plain() },
            AlertDescription::AccessDenied,
            ReasonCode::DenyListed,
        ),
        (
            TrustRules { allow_list: vec![allowed], ..plain() },
            AlertDescription::AccessDenied,
            ReasonCode::SanNotAllowed,
        ),
        (
            with_list(List::by(&root).revoking(&client_of_root)),
            AlertDescription::CertificateRevoked,
            ReasonCode::Revoked,
        ),
        (
            with_list(List::by(&root).until(NOW.plus_seconds(-1))),
            AlertDescription::UnknownCA,
            ReasonCode::CrlStale,
        ),
    ] {
        for version in VERSIONS {
            for enforcement in ALL {
                let trust = ClientTrust::new(rules.clone()).expect("compiles");
                let config = Arc::new(client(version, Some(made_client(&client_of_root))));
                let outcome = shake_hands(&host(trust, enforcement), &config);
                if matches!(enforcement, Required | Optional) {
                    outcome.assert_refused(alert, reason);
                } else {
                    outcome.assert_accepted();
                    let refusal = outcome.observed.expect("seen").refusal.expect("recorded");
                    assert_eq!(refusal.reason, reason);
                }
            }
        }
    }
}

#[test]
fn refusals_are_told_apart_by_their_errors_too() {
    for (error, reason) in [
        (rustls::CertificateError::Revoked, ReasonCode::Revoked),
        (rustls::CertificateError::ExpiredRevocationList, ReasonCode::CrlStale),
    ] {
        assert_eq!(refusal_of(&Error::InvalidCertificate(error)).0, reason);
    }
}

#[test]
fn ca_names_are_kept_back_where_the_policy_says_so() {
    #[derive(Debug, Default)]
    struct Noted(Mutex<Option<usize>>);

    impl ResolvesClientCert for Noted {
        fn resolve(&self, hints: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
            *self.0.lock().expect("no panic before") = Some(hints.len());
            None
        }

        fn has_certs(&self) -> bool {
            true
        }
    }

    for version in VERSIONS {
        for (advertises_ca_names, count) in [(true, 1), (false, 0)] {
            let noted = Arc::new(Noted::default());
            let mut config = client(version, None);
            config.client_auth_cert_resolver = Arc::<Noted>::clone(&noted);
            let policy = tls::ClientPolicy { advertises_ca_names, ..policy(guide(), Optional) };
            shake_hands(&host_of(policy), &Arc::new(config)).assert_accepted();
            assert_eq!(*noted.0.lock().expect("no panic before"), Some(count));
        }
    }
}
