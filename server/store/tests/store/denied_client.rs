//! Deny-lists: of a group, and of single SSL certificates.

use domain::{DeniedClient, DenyEntry, SslCertificateId, UnixTime};
use store::{StoreError, WriteError};

use crate::support::{Fixture, author, group, serial, server};

async fn deny(fixture: &Fixture, at: i64, list: Option<&SslCertificateId>, number: &str) -> DeniedClient {
    let (list, entry) = (list.cloned(), serial(number));
    let denied = fixture.store.deny_client(&author(at), &group(), list, entry, format!("No. {number}")).await;
    denied.expect("not denied yet")
}

async fn for_group(fixture: &Fixture) -> Vec<DenyEntry> {
    fixture.store.group_denials(&group()).await.expect("readable")
}

async fn for_hosts(fixture: &Fixture, id: &SslCertificateId) -> Vec<DenyEntry> {
    fixture.certificate(id).await.peer_verification.denied
}

#[tokio::test]
async fn each_list_has_its_own_entries() {
    let fixture = Fixture::with_group().await;
    let one = fixture.add(server(&["a.test"])).await.id;
    let two = fixture.add(server(&["b.test"])).await.id;
    let other = fixture.other_group().await;
    let all = deny(&fixture, 20, None, "01").await;
    let of_one = deny(&fixture, 21, Some(&one), "01").await;
    let of_two = deny(&fixture, 22, Some(&two), "02").await;

    assert_eq!(for_group(&fixture).await, [serial("01")]);
    assert_eq!(for_hosts(&fixture, &one).await, [serial("01")]);
    assert_eq!(for_hosts(&fixture, &two).await, [serial("02")]);
    let listed = fixture.store.denied_clients(&group()).await.expect("readable");
    assert_eq!(listed, [of_two, of_one.clone(), all.clone()], "newest first");
    assert_eq!(listed[2].label, "No. 01");
    assert_eq!((listed[2].author.as_str(), listed[2].created_at), ("alice", UnixTime(20)));
    assert_eq!(fixture.store.denied_clients(&other).await.expect("readable"), []);
    assert_eq!(fixture.store.group_denials(&other).await.expect("readable"), []);

    fixture.store.allow_client(&author(30), &group(), &all.id).await.expect("there");
    assert_eq!(for_group(&fixture).await, []);
    assert_eq!(for_hosts(&fixture, &one).await, [serial("01")], "this one still holds");
    fixture.store.allow_client(&author(31), &group(), &of_one.id).await.expect("there");
    assert_eq!(for_hosts(&fixture, &one).await, []);
    let error = fixture.store.allow_client(&author(32), &group(), &of_one.id).await.expect_err("gone");
    assert!(matches!(error, WriteError::NotFound), "{error:?}");
}

#[tokio::test]
async fn a_list_goes_with_its_certificate() {
    let fixture = Fixture::with_group().await;
    let one = fixture.add(server(&["a.test"])).await.id;
    deny(&fixture, 20, Some(&one), "01").await;
    let kept = deny(&fixture, 21, None, "02").await;
    fixture.store.delete_ssl_certificate(&author(30), &group(), &one).await.expect("deleted");
    assert_eq!(fixture.store.denied_clients(&group()).await.expect("readable"), [kept]);
}

#[tokio::test]
async fn a_change_of_the_certificate_leaves_its_list() {
    let fixture = Fixture::with_group().await;
    let one = fixture.add(server(&["a.test"])).await.id;
    deny(&fixture, 20, Some(&one), "01").await;
    let updated = fixture
        .store
        .update_ssl_certificate(&author(30), &group(), &one, store::SslCertificatePatch::default(), None)
        .await
        .expect("written");
    assert_eq!(updated.peer_verification.denied, [serial("01")]);
}

#[tokio::test]
async fn a_list_that_lacks_an_entry_is_none() {
    let fixture = Fixture::with_group().await;
    deny(&fixture, 20, None, "01").await;
    deny(&fixture, 21, None, "02").await;
    let damage = "UPDATE denied_client SET entry = 'nobody' WHERE entry = 'serial:01 issuer:CN=Issuer'";
    fixture.file().await.execute(damage).await;
    let error = fixture.store.group_denials(&group()).await.expect_err("not a list without it");
    assert!(matches!(error, StoreError::Corrupt { table: "denied_client", .. }), "{error:?}");
}

#[tokio::test]
async fn lists_have_a_bound() {
    let fixture = Fixture::with_group().await;
    let fill = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) \
                INSERT INTO denied_client SELECT 'default', 'd' || i, NULL, printf('serial:%02x issuer:CN=B', i % 255), \
                '', 'bob', 1 FROM n";
    fixture.file().await.execute(fill).await;
    let deny =
        async || fixture.store.deny_client(&author(2), &group(), None, serial("01"), String::new()).await;
    let error = deny().await.expect_err("one too many");
    assert!(matches!(error, WriteError::TooMany(10_000)), "{error:?}");
    let first = "d1".parse().expect("an id");
    fixture.store.allow_client(&author(3), &group(), &first).await.expect("there");
    deny().await.expect("room for one");
}
