//! Clients that name no host, in a group with a default certificate.

use std::time::{Duration, Instant};

use domain::{ReasonCode, Verdict};
use proxy::PolicyState;
use rustls::AlertDescription;

use crate::support::client::{Client, Http};
use crate::support::gateway::{Bench, Clients, reason};
use crate::support::pki::Authority;

/// A gateway with three certificates: `guide` for `test.com`, which lets clients of the authority in, and `open` for
/// `open.com` and `free` for `free.com`, which let everybody in.
async fn three_hosts() -> (Bench, Authority) {
    let (mut bench, clients) = Bench::of_the_guide().await;
    bench.serve("open", &["open.com"], &Clients::All).await;
    bench.serve("free", &["free.com"], &Clients::All).await;
    (bench, clients)
}

async fn status(http: &Http, host: &str) -> u16 {
    http.get(host, "/ip").await.expect("an answer").status.as_u16()
}

#[tokio::test]
async fn its_policy_decides_and_is_named() {
    let (mut bench, _) = three_hosts().await;
    bench.set_default(Some("open")).await;
    for client in [Client::new(&bench), Client::new(&bench).http2()] {
        let http = client.without_sni().open("open.com").await;
        assert_eq!(status(&http, "open.com").await, 200);
        assert_eq!(status(&http, "free.com").await, 200, "neither side needs a certificate");
        assert_eq!(status(&http, "nobody.com").await, 404);
        assert_eq!(status(&http, "test.com").await, 421, "never a way around a host's policy");
    }
    let event = bench.event(1).await;
    assert_eq!(event.verdict, Verdict::Accepted);
    assert_eq!((event.server_name, event.ssl_certificate.expect("known").as_str()), (None, "open"));
}

#[tokio::test]
async fn one_that_verifies_clients_does_so_without_sni_too() {
    let (mut bench, clients) = three_hosts().await;
    bench.set_default(Some("guide")).await;
    let stranger = Client::new(&bench).without_sni();
    assert_eq!(stranger.refusal("test.com").await, AlertDescription::CertificateRequired);
    let event = bench.event(1).await;
    assert_eq!(reason(&event), ReasonCode::NoClientCert);
    assert_eq!(event.ssl_certificate.expect("known").as_str(), "guide");

    let known = Client::of(&bench, &clients.client("CLIENT")).without_sni().open("test.com").await;
    assert_eq!(status(&known, "test.com").await, 200);
    assert_eq!(status(&known, "open.com").await, 421);
}

#[tokio::test]
async fn an_unknown_host_does_not_fall_back_to_it() {
    let (mut bench, _) = three_hosts().await;
    bench.set_default(Some("open")).await;
    assert_eq!(Client::new(&bench).refusal("nobody.com").await, AlertDescription::UnrecognisedName);
    assert_eq!(reason(&bench.event(1).await), ReasonCode::UnknownHost);
}

#[tokio::test]
async fn one_that_is_not_in_force_refuses() {
    let (mut bench, _) = three_hosts().await;
    bench.set_default(Some("absent")).await;
    let client = Client::new(&bench).without_sni();
    assert_eq!(client.refusal("open.com").await, AlertDescription::UnrecognisedName);
    assert_eq!(reason(&bench.event(1).await), ReasonCode::NoSni);

    bench.set_default(Some("open")).await;
    let broken = bench.policy("open", &["open.com"], PolicyState::Broken("no key".to_owned()));
    bench.apply(vec![broken]).await;
    assert_eq!(client.refusal("open.com").await, AlertDescription::InternalError);
    assert_eq!(reason(&bench.event(2).await), ReasonCode::PolicyBroken);
}

#[tokio::test]
async fn open_connections_follow_it() {
    let (mut bench, _) = three_hosts().await;
    bench.set_default(Some("open")).await;
    let unnamed = Client::new(&bench).without_sni().open("open.com").await;
    let named = Client::new(&bench).open("open.com").await;
    // Another one that lets the client in as well.
    bench.set_default(Some("free")).await;
    assert_eq!(status(&unnamed, "free.com").await, 200);

    let since = Instant::now();
    bench.set_default(None).await;
    unnamed.closed().await;
    assert!(since.elapsed() < Duration::from_secs(1), "closed after {:?}", since.elapsed());
    assert_eq!(reason(&bench.event(3).await), ReasonCode::NoSni);
    assert_eq!(status(&named, "open.com").await, 200, "a connection that names its host stays");
}

#[tokio::test]
async fn a_stricter_one_sends_clients_away_and_so_does_its_end() {
    let (mut bench, clients) = three_hosts().await;
    bench.set_default(Some("open")).await;
    let anonymous = Client::new(&bench).without_sni().open("open.com").await;
    let known = Client::of(&bench, &clients.client("CLIENT")).without_sni();
    bench.set_default(Some("guide")).await;
    anonymous.closed().await;
    assert_eq!(reason(&bench.event(2).await), ReasonCode::NoClientCert);

    let known = known.open("test.com").await;
    bench.remove("guide").await;
    known.closed().await;
    assert_eq!(reason(&bench.event(4).await), ReasonCode::NoSni);
}
