//! What an event says, and to whom it goes.

use domain::{PeerVerificationMode, ReasonCode, Revision, SslCertificateId, Stage, UnixTime, Verdict};
use rustls::version::{TLS12, TLS13};

use crate::support::client::Client;
use crate::support::gateway::{Bench, Guard, group, reason};
use crate::support::pki::{Authority, NOW};
use crate::support::soon;

#[tokio::test]
async fn an_event_says_all_that_is_known_of_a_handshake() {
    let authority = Authority::root("Partners");
    let mut bench = Bench::start().await;
    bench.guard("guide", &["test.com"], &Guard::of(&[&authority])).await;
    let identity = authority.client_named("device-17", &["device-17.example.com"]);
    let _connection = Client::of(&bench, &identity).http2().open("test.com").await;

    let event = bench.event(1).await;
    assert_eq!(event.at, UnixTime::from(NOW));
    assert_eq!(event.stage, Stage::Handshake);
    assert_eq!(event.group, group());
    assert_eq!(event.client.ip(), bench.address.ip());
    assert_eq!(event.proxy, None);
    assert_eq!(event.local, bench.address);
    assert_eq!(event.server_name.as_ref().map(|host| host.as_str()), Some("test.com"));
    assert_eq!(event.ssl_certificate.as_ref().map(SslCertificateId::as_str), Some("guide"));
    assert_eq!(event.mode, Some(PeerVerificationMode::Required));
    assert_eq!(event.revision, Revision(2));
    assert_eq!(event.tls_version.as_deref(), Some("TLSv1.3"));
    assert_eq!(event.cipher_suite.as_deref(), Some("TLS_AES_256_GCM_SHA384"));
    assert_eq!(event.key_exchange.as_deref(), Some("X25519MLKEM768"));
    assert_eq!(event.alpn.as_deref(), Some("h2"));
    assert!(!event.resumed);
    assert_eq!(event.verdict, Verdict::Accepted);
    let [leaf] = &event.peer_chain[..] else { panic!("{:?}", event.peer_chain) };
    assert_eq!(leaf.subject, "CN=device-17");
    assert_eq!(leaf.issuer, "CN=Partners");
    assert_eq!(leaf.names, ["dns:device-17.example.com"]);
}

#[tokio::test]
async fn the_keeper_gets_the_same_events_and_the_clients_that_were_verified() {
    let authority = Authority::root("Partners");
    let mut bench = Bench::start().await;
    let guard = Guard::of(&[&authority]).exempting(&["^/ip$"]);
    bench.guard("guide", &["test.com"], &guard).await;
    let identity = authority.client("a");
    let client = Client::of(&bench, &identity);
    client.open("test.com").await.get("test.com", "/ip").await.expect("answered");
    client.open("test.com").await.get("test.com", "/ip").await.expect("answered");
    Client::new(&bench).open("test.com").await.get("test.com", "/private").await.expect("answered");

    let leaf = Some(&*identity.chain[0]);
    for (stage, resumed, verified) in [
        (Stage::Handshake, false, leaf),
        (Stage::Handshake, true, leaf),
        (Stage::Handshake, false, None),
        (Stage::Request, false, None),
    ] {
        let record = soon(bench.records.handshakes.recv()).await.expect("there is more");
        let event = record.to_event();
        assert_eq!((event.stage, event.resumed), (stage, resumed));
        assert_eq!(record.verified_leaf(), verified);
        assert!(bench.events().contains(&event));
    }
}

/// TLS says what it has agreed on before it refuses.
#[tokio::test]
async fn a_refused_handshake_says_what_was_agreed_on_all_the_same() {
    let (mut bench, _authority) = Bench::of_the_guide().await;
    for (version, name, suite, group) in [
        (&TLS13, "TLSv1.3", "TLS_AES_256_GCM_SHA384", "X25519MLKEM768"),
        (&TLS12, "TLSv1.2", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "X25519"),
    ] {
        Client::with(&bench, None, &[version]).http2().refusal("test.com").await;
        let event = soon(bench.records.handshakes.recv()).await.expect("a record").to_event();
        assert_eq!(reason(&event), ReasonCode::NoClientCert);
        assert_eq!(event.tls_version.as_deref(), Some(name));
        assert_eq!(event.cipher_suite.as_deref(), Some(suite));
        assert_eq!(event.key_exchange.as_deref(), Some(group));
        assert_eq!(event.alpn.as_deref(), Some("h2"));
    }
}
