//! The record of TLS attempts.

use domain::{
    GatewayGroupId, HandshakeEvent, HandshakeEventId, ReasonCode, Revision, Stage, UnixTime, Verdict,
};
use store::{EventFilter, EventOutcome};

use crate::support::{Fixture, group};

/// The event with this number: numbers sort by age, and so do ids.
fn event(number: i64, host: Option<&str>, verdict: Verdict) -> HandshakeEvent {
    HandshakeEvent {
        id: id(number),
        connection: "c1".parse().expect("an id"),
        at: UnixTime(number),
        stage: Stage::Handshake,
        group: group(),
        client: "192.0.2.1:5000".parse().expect("an address"),
        proxy: None,
        local: "192.0.2.9:443".parse().expect("an address"),
        server_name: host.map(|host| host.parse().expect("a host")),
        ssl_certificate: Some("s1".parse().expect("an id")),
        mode: None,
        revision: Revision(7),
        tls_version: Some("TLSv1.3".to_owned()),
        cipher_suite: None,
        key_exchange: None,
        alpn: None,
        resumed: false,
        peer_chain: Vec::new(),
        verdict,
        duration_us: 1_234,
    }
}

fn id(number: i64) -> HandshakeEventId {
    format!("01EVENT{number:010}").parse().expect("an id")
}

fn accepted(number: i64) -> HandshakeEvent {
    event(number, Some("a.test"), Verdict::Accepted)
}

fn refused(reason: ReasonCode) -> Verdict {
    Verdict::Refused { reason, detail: "why".to_owned() }
}

fn everything() -> EventFilter {
    EventFilter { most: 100, ..EventFilter::default() }
}

async fn listed(fixture: &Fixture, filter: EventFilter) -> Vec<i64> {
    let events = fixture.store.handshake_events(&group(), &filter).await.expect("readable");
    events.iter().map(|event| event.at.0).collect()
}

async fn insert(fixture: &Fixture, events: &[HandshakeEvent]) {
    fixture.store.insert_handshake_events(events).await.expect("written");
}

#[tokio::test]
async fn an_event_is_kept_as_it_happened_and_is_no_configuration() {
    let fixture = Fixture::with_group().await;
    let before = fixture.file().await.dump().await;
    let tolerated = Verdict::Tolerated { reason: ReasonCode::Expired, detail: "since\n\"then\"".to_owned() };
    let events =
        [accepted(1), event(2, None, tolerated), event(3, Some("b.test"), refused(ReasonCode::Revoked))];
    insert(&fixture, &events).await;
    for event in &events {
        let read = fixture.store.handshake_event(&group(), &event.id).await.expect("readable");
        assert_eq!(read.as_ref(), Some(event));
    }
    assert_eq!(fixture.store.handshake_event(&group(), &id(4)).await.expect("readable"), None);
    let mut after = fixture.file().await.dump().await;
    assert_eq!(after.remove("handshake_event").map(|rows| rows.len()), Some(3));
    assert!(before.iter().all(|(table, rows)| table == "handshake_event" || after[table] == *rows));
}

#[tokio::test]
async fn filters_narrow_together() {
    let fixture = Fixture::with_group().await;
    let tolerated = Verdict::Tolerated { reason: ReasonCode::Expired, detail: String::new() };
    insert(
        &fixture,
        &[
            event(1, Some("api.a.test"), Verdict::Accepted),
            event(2, Some("api.b.test"), refused(ReasonCode::Expired)),
            event(3, None, refused(ReasonCode::NoSni)),
            event(4, Some("a_b.test"), tolerated),
            event(5, Some("api.a.test"), refused(ReasonCode::Revoked)),
        ],
    )
    .await;
    let expired = EventOutcome::Reason(ReasonCode::Expired);
    for (host, outcome, before, most, expected) in [
        ("", EventOutcome::Any, None, 100, vec![5, 4, 3, 2, 1]),
        ("", EventOutcome::Any, None, 2, vec![5, 4]),
        ("", EventOutcome::Any, Some(4), 2, vec![3, 2]),
        ("", EventOutcome::Accepted, None, 100, vec![1]),
        ("", EventOutcome::NotAccepted, None, 100, vec![5, 4, 3, 2]),
        ("", EventOutcome::NotAccepted, Some(5), 1, vec![4]),
        ("", expired, None, 100, vec![4, 2]),
        ("", expired, Some(4), 100, vec![2]),
        (" API. ", EventOutcome::Any, None, 100, vec![5, 2, 1]),
        ("api.a", EventOutcome::NotAccepted, None, 100, vec![5]),
        ("a_b", EventOutcome::Any, None, 100, vec![4]),
        ("%", EventOutcome::Any, None, 100, vec![]),
    ] {
        let filter = EventFilter { host: host.to_owned(), outcome, before: before.map(id), most };
        assert_eq!(listed(&fixture, filter.clone()).await, expected, "{filter:?}");
    }
}

#[tokio::test]
async fn events_are_seen_in_their_group_only() {
    let fixture = Fixture::with_group().await;
    let other: GatewayGroupId = "gone".parse().expect("an id");
    insert(&fixture, &[accepted(1), HandshakeEvent { group: other.clone(), ..accepted(2) }]).await;
    assert_eq!(listed(&fixture, everything()).await, [1]);
    assert_eq!(fixture.store.handshake_event(&group(), &id(2)).await.expect("readable"), None);
    let there = fixture.store.handshake_events(&other, &everything()).await.expect("readable");
    assert_eq!(there.len(), 1, "a group that is gone does not keep others' events from being written");
}

#[tokio::test]
async fn a_call_that_failed_can_be_made_again() {
    let fixture = Fixture::with_group().await;
    let events = [accepted(1), accepted(2)];
    insert(&fixture, &events[..1]).await;
    insert(&fixture, &events).await;
    insert(&fixture, &events).await;
    insert(&fixture, &[]).await;
    assert_eq!(listed(&fixture, everything()).await, [2, 1]);
}

#[tokio::test]
async fn the_oldest_go_first() {
    let fixture = Fixture::with_group().await;
    let many: Vec<HandshakeEvent> = (1..=4_500).map(accepted).collect();
    insert(&fixture, &many).await;
    for (older_than, most, removed, oldest, newest) in [
        (0, 4_500, 0, 1, 4_500),
        (2_101, 4_500, 2_100, 2_101, 4_500),
        (0, 300, 2_100, 4_201, 4_500),
        (4_300, 250, 99, 4_300, 4_500),
        (4_301, 10, 191, 4_491, 4_500),
    ] {
        let trimmed = fixture.store.trim_handshake_events(UnixTime(older_than), most).await;
        assert_eq!(trimmed.expect("written"), removed, "before {older_than}, most {most}");
        let left = listed(&fixture, EventFilter { most: 10_000, ..EventFilter::default() }).await;
        assert_eq!((left.last(), left.first()), (Some(&oldest), Some(&newest)));
        assert_eq!(left.len() as i64, newest - oldest + 1);
    }
    assert_eq!(fixture.store.trim_handshake_events(UnixTime(0), 0).await.expect("written"), 10);
    assert_eq!(listed(&fixture, everything()).await, [0; 0]);
}

#[tokio::test]
async fn an_event_of_some_other_program_is_named() {
    let fixture = Fixture::with_group().await;
    insert(&fixture, &[accepted(1)]).await;
    fixture.file().await.execute("UPDATE handshake_event SET event = '{}'").await;
    let error = fixture.store.handshake_event(&group(), &id(1)).await.expect_err("not an event");
    assert!(error.to_string().starts_with("handshake_event row 01EVENT"), "{error}");
}
