//! The inventory of clients.

use domain::{Client, DenyEntry, Fingerprint, GatewayGroupId, Page, PageRequest, UnixTime};
use store::ClientSeen;

use crate::support::{Fixture, author, group, serial, server};

/// What was seen of the client with this number, at this time.
fn seen(number: u16, at: i64, host: Option<&str>) -> ClientSeen {
    let mut fingerprint = [0xab; 32];
    fingerprint[..2].copy_from_slice(&number.to_be_bytes());
    ClientSeen {
        group: group(),
        fingerprint: Fingerprint(fingerprint),
        name: format!("Device-{number}"),
        subject: format!("CN=Device-{number}"),
        issuer: "CN=Issuer".to_owned(),
        serial: format!("{:02x}", number % 256),
        names: vec![format!("dns:device-{number}.test")],
        not_after: UnixTime(9_000),
        host: host.map(|host| host.parse().expect("a host")),
        first_seen: UnixTime(at),
        last_seen: UnixTime(at),
        handshakes: 1,
    }
}

async fn record(fixture: &Fixture, seen: &[ClientSeen]) {
    fixture.store.record_clients(seen).await.expect("written");
}

async fn search(fixture: &Fixture, text: &str) -> Page<Client> {
    fixture.store.clients(&group(), text, PageRequest::new(1, 500)).await.expect("readable")
}

async fn only(fixture: &Fixture) -> Client {
    let mut page = search(fixture, "").await;
    assert_eq!((page.items.len(), page.total), (1, 1));
    page.items.remove(0)
}

fn hosts(client: &Client) -> Vec<&str> {
    client.hosts.iter().map(|host| host.as_str()).collect()
}

#[tokio::test]
async fn a_client_is_what_was_seen_of_it_and_no_configuration() {
    let fixture = Fixture::with_group().await;
    let before = fixture.file().await.dump().await;
    let one = seen(1, 100, Some("a.test"));
    record(&fixture, std::slice::from_ref(&one)).await;
    let expected = Client {
        group: group(),
        fingerprint: one.fingerprint,
        name: one.name,
        subject: one.subject,
        issuer: one.issuer,
        serial: one.serial,
        names: one.names,
        not_after: one.not_after,
        hosts: vec!["a.test".parse().expect("a host")],
        first_seen: UnixTime(100),
        last_seen: UnixTime(100),
        handshakes: 1,
        denied: false,
    };
    assert_eq!(only(&fixture).await, expected);
    let after = fixture.file().await.dump().await;
    assert!(before.iter().all(|(table, rows)| table == "client" || after[table] == *rows));
}

#[tokio::test]
async fn what_is_seen_adds_up() {
    let fixture = Fixture::with_group().await;
    record(&fixture, &[seen(1, 100, Some("a.test"))]).await;
    let more = ClientSeen { last_seen: UnixTime(250), handshakes: 40, ..seen(1, 200, Some("b.test")) };
    record(&fixture, &[more, seen(1, 150, Some("c.test")), seen(1, 50, None)]).await;
    record(&fixture, &[seen(1, 300, Some("a.test"))]).await;
    let client = only(&fixture).await;
    assert_eq!((client.first_seen, client.last_seen), (UnixTime(50), UnixTime(300)));
    assert_eq!(client.handshakes, 44);
    assert_eq!(hosts(&client), ["a.test", "b.test", "c.test"], "the latest first, each once");
}

#[tokio::test]
async fn twenty_hosts_are_remembered() {
    let fixture = Fixture::with_group().await;
    for number in 1..=25 {
        record(&fixture, &[seen(1, number, Some(&format!("h{number}.test")))]).await;
    }
    let client = only(&fixture).await;
    assert_eq!((client.hosts.len(), client.handshakes), (20, 25));
    assert_eq!((hosts(&client)[0], hosts(&client)[19]), ("h25.test", "h6.test"));
}

#[tokio::test]
async fn pages_are_latest_seen_first_and_complete() {
    let fixture = Fixture::with_group().await;
    let many: Vec<ClientSeen> = (0..1_100).map(|number| seen(number, i64::from(number), None)).collect();
    record(&fixture, &many).await;
    let mut last_seen = Vec::new();
    for number in 1..=3 {
        let page =
            fixture.store.clients(&group(), "", PageRequest::new(number, 500)).await.expect("readable");
        assert_eq!(page.total, 1_100);
        last_seen.extend(page.items.iter().map(|client| client.last_seen.0));
    }
    assert_eq!(last_seen, (0..1_100).rev().collect::<Vec<i64>>());
}

#[tokio::test]
async fn search_looks_through_names_hosts_and_fingerprints() {
    let fixture = Fixture::with_group().await;
    record(&fixture, &[seen(1, 100, Some("api.test")), seen(0x1234, 200, Some("web.test"))]).await;
    for (text, expected) in [
        ("", vec![200, 100]),
        ("device-1", vec![100]),
        ("cn=issuer", vec![200, 100]),
        ("dns:device-4660", vec![200]),
        (" WEB.test ", vec![200]),
        ("1234abab", vec![200]),
        ("%", vec![]),
    ] {
        let found: Vec<i64> = search(&fixture, text).await.items.iter().map(|one| one.last_seen.0).collect();
        assert_eq!(found, expected, "{text:?}");
    }
    record(&fixture, &[seen(1, 300, Some("new.test"))]).await;
    assert_eq!(search(&fixture, "new.test").await.total, 1, "search follows changes");
}

#[tokio::test]
async fn whoever_a_list_names_is_denied() {
    let fixture = Fixture::with_group().await;
    let other = fixture.other_group().await;
    let host = fixture.add(server(&["a.test"])).await.id;
    record(&fixture, &[seen(1, 1, None), seen(2, 2, None), seen(3, 3, None), seen(4, 4, None)]).await;
    let deny = async |group: &GatewayGroupId, list, entry: DenyEntry| {
        fixture.store.deny_client(&author(5), group, list, entry, String::new()).await.expect("written").id
    };
    let first = deny(&group(), None, DenyEntry::Certificate(seen(1, 1, None).fingerprint)).await;
    deny(&group(), Some(host), serial("02")).await;
    deny(&other, None, serial("03")).await;
    let elsewhere = "serial:04 issuer:CN=Another".parse().expect("an entry");
    deny(&group(), None, elsewhere).await;
    let denied = async || {
        let clients = search(&fixture, "").await.items;
        let denied = clients.iter().filter(|client| client.denied).map(|client| client.last_seen.0);
        denied.collect::<Vec<i64>>()
    };
    assert_eq!(denied().await, [2, 1]);
    fixture.store.allow_client(&author(6), &group(), &first).await.expect("there");
    assert_eq!(denied().await, [2]);
}

#[tokio::test]
async fn groups_have_inventories_of_their_own() {
    let fixture = Fixture::with_group().await;
    let other = fixture.other_group().await;
    let gone: GatewayGroupId = "gone".parse().expect("an id");
    let (here, there) = (seen(1, 1, None), ClientSeen { group: other.clone(), ..seen(1, 2, None) });
    record(&fixture, &[here.clone(), ClientSeen { group: gone, ..seen(1, 3, None) }, there]).await;
    record(&fixture, &[here]).await;
    assert_eq!(only(&fixture).await.handshakes, 2);
    let page = fixture.store.clients(&other, "", PageRequest::default()).await.expect("readable");
    assert_eq!((page.total, page.items[0].handshakes, page.items[0].last_seen), (1, 1, UnixTime(2)));
    fixture.store.delete_gateway_group(&author(4), &other).await.expect("empty");
    assert_eq!(fixture.file().await.dump().await["client"].len(), 1, "an inventory goes with its group");
}

#[tokio::test]
async fn those_seen_longest_ago_go_first() {
    let fixture = Fixture::with_group().await;
    let other = fixture.other_group().await;
    let many: Vec<ClientSeen> = (0..2_600).map(|number| seen(number, i64::from(number), None)).collect();
    record(&fixture, &many).await;
    let few: Vec<ClientSeen> =
        (0..3).map(|number| ClientSeen { group: other.clone(), ..seen(number, 1, None) }).collect();
    record(&fixture, &few).await;
    assert_eq!(fixture.store.trim_clients(2_600).await.expect("written"), 0);
    assert_eq!(fixture.store.trim_clients(5).await.expect("written"), 2_595);
    let left: Vec<i64> = search(&fixture, "").await.items.iter().map(|one| one.last_seen.0).collect();
    assert_eq!(left, [2_599, 2_598, 2_597, 2_596, 2_595]);
    let page = fixture.store.clients(&other, "", PageRequest::default()).await.expect("readable");
    assert_eq!(page.total, 3, "each group by itself");
}
