//! Deny-lists that change while their clients are connected.

use std::collections::HashMap;

use domain::{ReasonCode, Stage, Verdict};
use http::StatusCode;
use proxy::Change;
use rustls::AlertDescription;
use rustls::client::Resumption;
use tls::{Enforcement, GroupDenials};

use crate::support::client::Client;
use crate::support::gateway::{Bench, Guard, group, reason};
use crate::support::pki::Authority;

#[tokio::test]
async fn the_groups_list_sends_away_whom_it_names_and_nobody_else() {
    let (one, two) = (Authority::root("One"), Authority::root("Two"));
    let denials = GroupDenials::new([]);
    let mut bench = Bench::start().await;
    bench.guard("one", &["one.test"], &Guard::of(&[&one]).under(&denials)).await;
    bench.guard("two", &["two.test"], &Guard::of(&[&one, &two]).under(&denials)).await;
    let (denied, other) = (one.client("denied"), one.client("other"));
    let denied_client = Client::of(&bench, &denied).resuming(Resumption::disabled());
    let away = [denied_client.open("one.test").await, denied_client.clone().http2().open("two.test").await];
    let stays = [
        Client::of(&bench, &other).open("one.test").await,
        Client::of(&bench, &two.client("c")).open("two.test").await,
    ];

    denials.replace([denied.deny_entry()]);
    let applied = bench.apply(vec![Change::DenialsChanged(group())]).await;
    assert_eq!(applied.closed, HashMap::from([(group(), 2)]));
    for connection in away {
        connection.closed().await;
    }
    for (connection, host) in stays.iter().zip(["one.test", "two.test"]) {
        assert_eq!(connection.get(host, "/ip").await.expect("answered").status, StatusCode::OK);
    }
    let refused: Vec<_> = bench.events().into_iter().filter(|event| !event.verdict.is_let_in()).collect();
    assert_eq!(refused.len(), 2);
    for event in refused {
        assert_eq!((event.stage, reason(&event)), (Stage::OpenConnection, ReasonCode::DenyListed));
    }
    assert_eq!(denied_client.refusal("one.test").await, AlertDescription::AccessDenied);

    denials.replace([]);
    bench.apply(vec![Change::DenialsChanged(group())]).await;
    assert_eq!(
        Client::of(&bench, &denied)
            .open("one.test")
            .await
            .get("one.test", "/ip")
            .await
            .expect("answered")
            .status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_session_of_a_denied_client_is_refused_when_taken_up() {
    let authority = Authority::root("One");
    let denials = GroupDenials::new([]);
    let mut bench = Bench::start().await;
    bench.guard("one", &["test.com"], &Guard::of(&[&authority]).under(&denials)).await;
    let identity = authority.client("a");
    let client = Client::of(&bench, &identity);
    client.open("test.com").await.get("test.com", "/ip").await.expect("answered");
    denials.replace([identity.deny_entry()]);
    bench.apply(vec![Change::DenialsChanged(group())]).await;
    let before = bench.events().len();
    // TLS 1.3: the client's side of the handshake is over before the gateway has looked at the session.
    if let Ok(stream) = client.connect("test.com").await {
        drop(stream);
    }
    let event = bench.event(before + 1).await;
    assert!(event.resumed);
    assert_eq!(reason(&event), ReasonCode::DenyListed);
}

#[tokio::test]
async fn a_policys_own_list_holds_for_its_hosts_only() {
    let authority = Authority::root("One");
    let mut bench = Bench::start().await;
    let identity = authority.client("a");
    bench.guard("one", &["one.test"], &Guard::of(&[&authority])).await;
    bench.guard("two", &["two.test"], &Guard::of(&[&authority])).await;
    let client = Client::of(&bench, &identity);
    let (away, stays) = (client.open("one.test").await, client.open("two.test").await);
    let guard = Guard::of(&[&authority]).denying(identity.deny_entry());
    let applied = bench.guard("one", &["one.test"], &guard).await;
    assert_eq!(applied.closed, HashMap::from([(group(), 1)]));
    away.closed().await;
    assert_eq!(stays.get("two.test", "/ip").await.expect("answered").status, StatusCode::OK);
}

/// Where nobody is refused, a denied client is nobody from now on.
#[tokio::test]
async fn where_requests_decide_a_denied_client_loses_its_identity() {
    let authority = Authority::root("One");
    let identity = authority.client("a");
    for enforcement in [Enforcement::PerRequest, Enforcement::ReportOnly] {
        let denials = GroupDenials::new([]);
        let mut bench = Bench::start_with(|options| options.access_log = true).await;
        let guard =
            Guard::of(&[&authority]).exempting(&["^/headers$"]).enforcing(enforcement).under(&denials);
        bench.guard("guide", &["test.com"], &guard).await;
        let connection = Client::of(&bench, &identity).open("test.com").await;
        assert_eq!(connection.get("test.com", "/ip").await.expect("answered").status, StatusCode::OK);
        assert_eq!(bench.request().await.identity.as_deref(), Some("a"));

        denials.replace([identity.deny_entry()]);
        let applied = bench.apply(vec![Change::DenialsChanged(group())]).await;
        assert!(applied.closed.is_empty());
        let event = bench.event(2).await;
        assert_eq!(event.stage, Stage::OpenConnection);
        assert!(matches!(event.verdict, Verdict::Tolerated { reason: ReasonCode::DenyListed, .. }));
        assert_eq!(connection.get("test.com", "/headers").await.expect("answered").status, StatusCode::OK);
        assert_eq!(bench.request().await.identity, None);
        let is_refused = enforcement == Enforcement::PerRequest;
        let status = connection.get("test.com", "/ip").await.expect("answered").status;
        assert_eq!(status == StatusCode::BAD_REQUEST, is_refused, "{enforcement:?}");
    }
}
