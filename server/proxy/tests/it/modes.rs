//! What each mode of peer verification does with a client that has no certificate, a bad one, or a good one.

use domain::{PeerVerificationMode, ReasonCode, Stage, Verdict};
use http::StatusCode;
use rustls::AlertDescription;
use tls::Enforcement;

use crate::support::client::Client;
use crate::support::gateway::{Bench, Guard, reason};
use crate::support::pki::{Authority, Day};

/// The reason for which the bench's only client was let in without an identity.
async fn tolerated(bench: &Bench, number: usize) -> ReasonCode {
    let event = bench.event(number).await;
    assert_eq!(event.stage, Stage::Handshake);
    match event.verdict {
        Verdict::Tolerated { reason, .. } => reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn optional_takes_clients_without_certificate_and_refuses_bad_ones() {
    let authority = Authority::root("Partners");
    let mut bench = Bench::start().await;
    let guard = Guard::of(&[&authority]).enforcing(Enforcement::Optional);
    bench.guard("guide", &["test.com"], &guard).await;

    let nobody = Client::new(&bench).open("test.com").await;
    assert_eq!(nobody.get("test.com", "/ip").await.expect("answered").status, StatusCode::OK);
    let event = bench.event(1).await;
    assert_eq!((event.verdict, event.mode), (Verdict::Accepted, Some(PeerVerificationMode::Optional)));
    assert_eq!(event.peer_chain, []);

    let somebody = Client::of(&bench, &authority.client("a")).open("test.com").await;
    assert_eq!(somebody.get("test.com", "/ip").await.expect("answered").status, StatusCode::OK);
    assert_eq!(bench.event(2).await.verdict, Verdict::Accepted);

    let stranger = Client::of(&bench, &Authority::root("Strangers").client("b"));
    assert_eq!(stranger.refusal("test.com").await, AlertDescription::UnknownCA);
    assert_eq!(reason(&bench.event(3).await), ReasonCode::IssuerUnknown);
    let expired = Client::of(&bench, &authority.client_until("c", Day(2026, 1, 1)));
    assert_eq!(expired.refusal("test.com").await, AlertDescription::CertificateExpired);
}

#[tokio::test]
async fn report_only_refuses_nobody_and_says_whom_it_would_have() {
    let authority = Authority::root("Partners");
    let mut bench = Bench::start().await;
    let guard = Guard::of(&[&authority]).enforcing(Enforcement::ReportOnly);
    bench.guard("guide", &["test.com"], &guard).await;

    let stranger = Authority::root("Strangers").client("b");
    let expired = authority.client_until("c", Day(2026, 1, 1));
    for (number, (client, reason)) in [
        (Client::new(&bench), ReasonCode::NoClientCert),
        (Client::of(&bench, &stranger), ReasonCode::IssuerUnknown),
        (Client::of(&bench, &expired).http2(), ReasonCode::Expired),
    ]
    .into_iter()
    .enumerate()
    {
        let connection = client.open("test.com").await;
        let answer = connection.get("test.com", "/ip").await.expect("answered");
        assert_eq!(answer.status, StatusCode::OK, "{reason}");
        assert_eq!(tolerated(&bench, number + 1).await, reason);
    }
    let good = Client::of(&bench, &authority.client("a")).open("test.com").await;
    assert_eq!(good.get("test.com", "/ip").await.expect("answered").status, StatusCode::OK);
    let event = bench.event(4).await;
    assert_eq!((event.verdict, event.mode), (Verdict::Accepted, Some(PeerVerificationMode::ReportOnly)));
}

/// A session is weighed like a new handshake whenever it is taken up.
#[tokio::test]
async fn a_session_counts_for_what_its_certificate_does_now() {
    let authority = Authority::root("Partners");
    let mut bench = Bench::start().await;
    let guard = Guard::of(&[&authority]).enforcing(Enforcement::ReportOnly);
    bench.guard("guide", &["test.com"], &guard).await;

    let client = Client::of(&bench, &authority.client_until("a", Day(2026, 6, 2)));
    let first = client.open("test.com").await;
    first.get("test.com", "/ip").await.expect("answered");
    assert_eq!(bench.event(1).await.verdict, Verdict::Accepted);
    bench.set_clock(Day(2026, 6, 3));
    let second = client.open("test.com").await;
    assert!(second.resumed);
    assert_eq!(second.get("test.com", "/ip").await.expect("answered").status, StatusCode::OK);
    let event = bench.events().into_iter().find(|event| event.resumed);
    let event = event.expect("a request was answered, so the handshake is over");
    assert!(
        matches!(event.verdict, Verdict::Tolerated { reason: ReasonCode::Expired, .. }),
        "{:?}",
        event.verdict
    );
}

#[tokio::test]
async fn a_stricter_mode_is_strict_on_open_connections_too() {
    let authority = Authority::root("Partners");
    let mut bench = Bench::start().await;
    let guard = |enforcement| Guard::of(&[&authority]).enforcing(enforcement);
    bench.guard("guide", &["test.com"], &guard(Enforcement::ReportOnly)).await;
    let nobody = Client::new(&bench).open("test.com").await;
    let good = Client::of(&bench, &authority.client("a")).open("test.com").await;
    let stranger = Client::of(&bench, &Authority::root("Strangers").client("b")).open("test.com").await;
    for connection in [&nobody, &good, &stranger] {
        assert_eq!(connection.get("test.com", "/ip").await.expect("answered").status, StatusCode::OK);
    }

    let applied = bench.guard("guide", &["test.com"], &guard(Enforcement::Optional)).await;
    assert_eq!(applied.closed.values().sum::<u64>(), 1, "the stranger");
    stranger.closed().await;
    assert_eq!(nobody.get("test.com", "/ip").await.expect("answered").status, StatusCode::OK);

    let applied = bench.guard("guide", &["test.com"], &guard(Enforcement::Required)).await;
    assert_eq!(applied.closed.values().sum::<u64>(), 1, "the one without certificate");
    nobody.closed().await;
    assert_eq!(good.get("test.com", "/ip").await.expect("answered").status, StatusCode::OK);
}
