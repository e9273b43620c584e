//! Paths that need no client certificate, where each request decides.

use domain::{PeerVerificationMode, ReasonCode, Stage, Verdict};
use http::StatusCode;

use crate::support::client::{Client, Http};
use crate::support::gateway::{Bench, Guard};
use crate::support::pki::{Authority, Day};

const EXEMPT: [&str; 3] = ["/anything/public/a", "/anything//public/a", "/anything/publi%63/a?x=/private"];
const NOT_EXEMPT: [&str; 4] =
    ["/ip", "/anything/private", "/anything/public/../private", "/anything/private?/anything/public/"];
/// Paths that hide a detour: nobody gets through with them.
const DETOURS: [&str; 5] = [
    "/anything/public/%2e%2e/private",
    "/anything/public/..%2fprivate",
    "/anything/public/..;/private",
    "/anything/public%00",
    "/anything/%70ublic%2f..%2f..",
];

async fn statuses(connection: &Http, paths: &[&str]) -> Vec<StatusCode> {
    let mut statuses = Vec::new();
    for path in paths {
        let answer = connection.get("test.com", path).await.expect("answered");
        if answer.status == StatusCode::BAD_REQUEST {
            assert_eq!(answer.body, "Bad request\n", "nothing is said of the reason");
        }
        statuses.push(answer.status);
    }
    statuses
}

async fn bench_with_exempt_paths() -> (Bench, Authority) {
    let authority = Authority::root("Partners");
    let mut bench = Bench::start().await;
    let guard = Guard::of(&[&authority]).exempting(&["^/anything/public/"]);
    bench.guard("guide", &["test.com"], &guard).await;
    (bench, authority)
}

#[tokio::test]
async fn only_verified_clients_reach_the_other_paths() {
    let (bench, authority) = bench_with_exempt_paths().await;
    let stranger = Authority::root("Strangers").client("b");
    let expired = authority.client_until("c", Day(2026, 1, 1));
    for (what, client, is_verified) in [
        ("no certificate", Client::new(&bench), false),
        ("another CA's", Client::of(&bench, &stranger), false),
        ("expired", Client::of(&bench, &expired), false),
        ("good", Client::of(&bench, &authority.client("a")), true),
    ] {
        for client in [client.clone(), client.http2()] {
            let connection = client.open("test.com").await;
            let exempt = statuses(&connection, &EXEMPT).await;
            assert!(exempt.iter().all(StatusCode::is_success), "{what}: {exempt:?}");
            let detours = statuses(&connection, &DETOURS).await;
            assert_eq!(detours, [StatusCode::BAD_REQUEST; DETOURS.len()], "{what}");
            let others = statuses(&connection, &NOT_EXEMPT).await;
            if is_verified {
                assert!(!others.contains(&StatusCode::BAD_REQUEST), "{what}: {others:?}");
            } else {
                assert_eq!(others, [StatusCode::BAD_REQUEST; NOT_EXEMPT.len()], "{what}");
                assert!(connection.is_open(), "{what}");
            }
        }
    }
}

#[tokio::test]
async fn the_handshake_is_tolerated_and_the_first_refused_request_recorded() {
    let (bench, _authority) = bench_with_exempt_paths().await;
    let connection = Client::new(&bench).http2().open("test.com").await;
    statuses(&connection, &["/private", "/anything/public/a", "/other"]).await;
    let handshake = bench.event(1).await;
    assert_eq!(handshake.mode, Some(PeerVerificationMode::Required));
    assert!(matches!(handshake.verdict, Verdict::Tolerated { reason: ReasonCode::NoClientCert, .. }));
    let request = bench.event(2).await;
    assert_eq!((request.stage, request.connection), (Stage::Request, handshake.connection));
    let Verdict::Refused { reason: ReasonCode::PathRequiresCert, detail } = request.verdict else {
        panic!("{:?}", request.verdict);
    };
    assert!(detail.contains("/private"), "{detail}");
    assert_eq!(bench.events().len(), 2, "once for each connection");
}

/// A certificate that is good for another host is no identity here.
#[tokio::test]
async fn an_exempt_path_of_another_host_is_misdirected() {
    let (mut bench, _authority) = bench_with_exempt_paths().await;
    bench.guard("other", &["other.org"], &Guard::of(&[&Authority::root("Others")])).await;
    let connection = Client::new(&bench).open("test.com").await;
    let answer = connection.get("other.org", "/anything/public/a").await.expect("answered");
    assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST);
    let event = bench.event(2).await;
    assert_eq!(event.stage, Stage::Request);
    assert_eq!(event.verdict.reason(), Some(ReasonCode::Misdirected421));
    assert_eq!(connection.get("other.org", "/").await.expect("answered").status.as_u16(), 421);
    assert_eq!(bench.events().len(), 2, "once for each connection");
}

#[tokio::test]
async fn exempt_paths_that_are_taken_away_are_gone_on_open_connections() {
    let (mut bench, authority) = bench_with_exempt_paths().await;
    let nobody = Client::new(&bench).open("test.com").await;
    let good = Client::of(&bench, &authority.client("a")).open("test.com").await;
    assert_eq!(statuses(&nobody, &EXEMPT[..1]).await, [StatusCode::OK]);
    assert_eq!(statuses(&good, &["/ip"]).await, [StatusCode::OK]);

    let guard = Guard::of(&[&authority]).exempting(&["^/health$"]);
    let applied = bench.guard("guide", &["test.com"], &guard).await;
    assert!(applied.closed.is_empty());
    assert_eq!(statuses(&nobody, &EXEMPT[..1]).await, [StatusCode::BAD_REQUEST]);
    bench.guard("guide", &["test.com"], &Guard::of(&[&authority])).await;
    nobody.closed().await;
    assert_eq!(statuses(&good, &["/ip"]).await, [StatusCode::OK]);
}
