//! The revocation lists of CAs, and what to do once they are stale.

use std::sync::Arc;

use domain::{CaCertificateId, PageRequest, Revision, StaleRevocationLists};
use store::{
    CaSource, CertificateFilter, ChangedNoun, NewCaCertificate, NewSslCertificate, StoredCaCertificate,
};

use crate::support::{Fixture, author, group, server};

fn lists(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// A certificate for `host` whose clients are verified by a CA that this text stands for.
async fn with_ca(fixture: &Fixture, host: &str, ca: &str) -> CaCertificateId {
    let ca = Some(CaSource::Upload(NewCaCertificate::without_lists(ca)));
    let added = fixture.add(NewSslCertificate { ca, ..server(&[host]) }).await;
    added.peer_verification.ca_certificates[0].id.clone()
}

async fn read(fixture: &Fixture, id: &CaCertificateId) -> StoredCaCertificate {
    fixture.store.ca_certificate(&group(), id).await.expect("readable").expect("there").0
}

#[tokio::test]
async fn a_new_ca_has_no_lists_and_would_block_by_stale_ones() {
    let fixture = Fixture::with_group().await;
    let ca = read(&fixture, &with_ca(&fixture, "a.test", "ca").await).await;
    assert_eq!(ca.revocation_lists.len(), 0);
    assert_eq!(ca.stale_revocation_lists, StaleRevocationLists::Block);
}

#[tokio::test]
async fn what_is_not_named_stays() {
    let fixture = Fixture::with_group().await;
    let id = with_ca(&fixture, "a.test", "ca").await;
    let update = async |lists: Option<Vec<Vec<u8>>>, stale: Option<StaleRevocationLists>| {
        let store = &fixture.store;
        let updated = store.update_revocation(&author(5), &group(), &id, lists, stale).await;
        let updated = updated.expect("written");
        assert_eq!(updated, read(&fixture, &id).await, "the answer is what is stored");
        (updated.revocation_lists.to_vec(), updated.stale_revocation_lists)
    };
    let (block, warn) = (StaleRevocationLists::Block, StaleRevocationLists::Warn);
    let two = lists(&["two", "one"]);
    assert_eq!(update(Some(two.clone()), None).await, (two.clone(), block));
    assert_eq!(update(None, Some(warn)).await, (two, warn));
    assert_eq!(update(Some(lists(&["three"])), None).await, (lists(&["three"]), warn), "in place of all");
    assert_eq!(update(Some(Vec::new()), Some(block)).await, (Vec::new(), block));
}

#[tokio::test]
async fn every_certificate_that_refers_to_the_ca_is_touched() {
    let fixture = Fixture::with_group().await;
    let id = with_ca(&fixture, "a.test", "ca").await;
    with_ca(&fixture, "b.test", "ca").await;
    with_ca(&fixture, "c.test", "another").await;
    let (_, users) = fixture.store.ca_certificate(&group(), &id).await.expect("readable").expect("there");
    assert_eq!(users.len(), 2);
    let before = fixture.revision().await;
    let warn = Some(StaleRevocationLists::Warn);
    fixture.store.update_revocation(&author(5), &group(), &id, None, warn).await.expect("written");

    let touched = fixture.store.changes_since(Revision(before)).await.expect("readable");
    assert!(touched.iter().all(|object| object.noun == ChangedNoun::SslCertificate), "{touched:?}");
    let touched: Vec<&str> = touched.iter().map(|object| object.id.as_str()).collect();
    assert_eq!(touched, users.iter().map(|id| id.as_str()).collect::<Vec<_>>());
    for user in users {
        assert_eq!(fixture.certificate(&user).await.revision, Revision(before + 1));
    }
}

#[tokio::test]
async fn lists_are_read_by_those_who_enforce_them_and_once_for_all() {
    let fixture = Fixture::with_group().await;
    let id = with_ca(&fixture, "a.test", "ca").await;
    with_ca(&fixture, "b.test", "ca").await;
    let new = Some(lists(&["list"]));
    fixture.store.update_revocation(&author(5), &group(), &id, new, None).await.expect("written");

    let all = fixture.store.ssl_certificates_after(None, 10).await.expect("readable");
    let cas: Vec<_> = all.iter().map(|all| &all.peer_verification.ca_certificates[0]).collect();
    assert_eq!(cas[0].revocation_lists.to_vec(), lists(&["list"]));
    assert!(Arc::ptr_eq(&cas[0].revocation_lists, &cas[1].revocation_lists), "not copied for each");

    let (filter, page) = (CertificateFilter::default(), PageRequest::default());
    let page = fixture.store.ssl_certificates(&group(), &filter, page).await.expect("readable");
    assert_eq!(page.items[0].peer_verification.ca_certificates[0].revocation_lists.len(), 0);

    for ca in [
        fixture.store.ca_certificates(&group()).await.expect("readable").remove(0).0,
        fixture.store.ca_certificates_by_id(&group(), &[id]).await.expect("readable").remove(0),
    ] {
        assert_eq!(ca.revocation_lists.to_vec(), lists(&["list"]));
    }
}

#[tokio::test]
async fn the_same_bundle_in_another_group_has_lists_of_its_own() {
    let fixture = Fixture::with_group().await;
    let other = fixture.other_group().await;
    let id = with_ca(&fixture, "a.test", "ca").await;
    let ca = Some(CaSource::Upload(NewCaCertificate::without_lists("ca")));
    let new = NewSslCertificate { ca, ..server(&["a.test"]) };
    let there = fixture.store.insert_ssl_certificate(&author(3), &other, new).await.expect("written");
    // Even under the same id.
    let file = fixture.file().await;
    file.execute("PRAGMA foreign_keys = OFF").await;
    let there_id = there.peer_verification.ca_certificates[0].id.clone();
    for (table, column) in [("ca_certificate", "id"), ("ssl_certificate_ca", "ca_certificate_id")] {
        let sql = format!("UPDATE {table} SET {column} = '{id}' WHERE {column} = '{there_id}'");
        file.execute(&sql).await;
    }
    let new = Some(lists(&["list"]));
    fixture.store.update_revocation(&author(5), &group(), &id, new, None).await.expect("written");
    let all = fixture.store.ssl_certificates_after(None, 10).await.expect("readable");
    for certificate in all {
        let ca = &certificate.peer_verification.ca_certificates[0];
        assert_eq!(ca.revocation_lists.len(), usize::from(certificate.group == group()), "{ca:?}");
    }
}

#[tokio::test]
async fn lists_go_with_their_ca() {
    let fixture = Fixture::with_group().await;
    let added = fixture.add(server(&["a.test"])).await;
    let id = &added.peer_verification.ca_certificates[0].id;
    let new = Some(lists(&["list"]));
    fixture.store.update_revocation(&author(5), &group(), id, new, None).await.expect("written");
    fixture.store.delete_ssl_certificate(&author(6), &group(), &added.id).await.expect("deleted");
    assert_eq!(fixture.file().await.dump().await["revocation_list"].len(), 1);
    fixture.store.delete_ca_certificate(&author(7), &group(), id).await.expect("deleted");
    assert_eq!(fixture.file().await.dump().await["revocation_list"], [""; 0]);
}
