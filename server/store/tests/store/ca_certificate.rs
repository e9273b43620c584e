use domain::{CaCertificateId, UnixTime};
use store::{
    CaSource, NewCaCertificate, NewSslCertificate, SslCertificatePatch, StoredSslCertificate, WriteError,
};

use crate::support::{Fixture, author, ca_id, group, group_row, server};

fn with_ca(host: &str, ca: Option<CaSource>) -> NewSslCertificate {
    NewSslCertificate { ca, ..server(&[host]) }
}

fn ids(certificate: &StoredSslCertificate) -> Vec<CaCertificateId> {
    certificate.peer_verification.ca_certificates.iter().map(|ca| ca.id.clone()).collect()
}

#[tokio::test]
async fn the_same_text_is_kept_once_in_a_group() {
    let fixture = Fixture::with_group().await;
    let one =
        fixture.add(with_ca("a.test", Some(CaSource::Upload(NewCaCertificate::without_lists("ca"))))).await;
    let two =
        fixture.add(with_ca("b.test", Some(CaSource::Upload(NewCaCertificate::without_lists("ca"))))).await;
    let other = fixture
        .add(with_ca("c.test", Some(CaSource::Upload(NewCaCertificate::without_lists("another")))))
        .await;
    assert_eq!(ids(&one), ids(&two));
    assert_ne!(ids(&one), ids(&other));

    let row = group_row("other", "127.0.0.1:1");
    let elsewhere = fixture.store.insert_gateway_group(&author(2), None, row).await.expect("written");
    let new = with_ca("a.test", Some(CaSource::Upload(NewCaCertificate::without_lists("ca"))));
    let apart = fixture.store.insert_ssl_certificate(&author(3), &elsewhere.id, new).await.expect("written");
    assert_ne!(ids(&apart), ids(&one), "groups share nothing");
}

#[tokio::test]
async fn cas_are_listed_newest_first_with_their_users() {
    let fixture = Fixture::with_group().await;
    let store = &fixture.store;
    let add = async |at: i64, host: &str, ca: &str| {
        let new = with_ca(host, Some(CaSource::Upload(NewCaCertificate::without_lists(ca))));
        store.insert_ssl_certificate(&author(at), &group(), new).await.expect("written")
    };
    let one = add(10, "a.test", "old").await;
    let two = add(20, "b.test", "new").await;
    let three = add(30, "c.test", "old").await;
    let listed = store.ca_certificates(&group()).await.expect("readable");
    let pems: Vec<(&str, UnixTime)> = listed.iter().map(|(ca, _)| (ca.pem.as_str(), ca.created_at)).collect();
    assert_eq!(pems, [("new", UnixTime(20)), ("old", UnixTime(10))]);
    assert_eq!(listed[0].1, std::slice::from_ref(&two.id));
    let mut users = vec![one.id, three.id];
    users.sort();
    assert_eq!(listed[1].1, users);
}

#[tokio::test]
async fn several_cas_stand_in_the_order_given() {
    let fixture = Fixture::with_group().await;
    let mut existing = Vec::new();
    for (host, ca) in [("a.test", "one"), ("b.test", "two"), ("c.test", "three")] {
        existing.extend(ids(&fixture
            .add(with_ca(host, Some(CaSource::Upload(NewCaCertificate::without_lists(ca)))))
            .await));
    }
    existing.reverse();
    let mut given = existing.clone();
    given.push(existing[0].clone());
    let added = fixture.add(with_ca("d.test", Some(CaSource::Existing(given.clone())))).await;
    assert_eq!(ids(&added), existing, "each once");
    assert_eq!(ids(&fixture.certificate(&added.id).await), existing);

    given.insert(1, ca_id("unknown"));
    let found = fixture.store.ca_certificates_by_id(&group(), &given).await.expect("readable");
    let found: Vec<CaCertificateId> = found.into_iter().map(|ca| ca.id).collect();
    assert_eq!(found, existing, "unknown ones are left out");
}

#[tokio::test]
async fn another_groups_ca_is_unknown() {
    let fixture = Fixture::with_group().await;
    let ca = ids(&fixture
        .add(with_ca("a.test", Some(CaSource::Upload(NewCaCertificate::without_lists("ca")))))
        .await);
    let row = group_row("other", "127.0.0.1:1");
    let elsewhere = fixture.store.insert_gateway_group(&author(2), None, row).await.expect("written");
    let new = with_ca("a.test", Some(CaSource::Existing(ca.clone())));
    let error =
        fixture.store.insert_ssl_certificate(&author(3), &elsewhere.id, new).await.expect_err("unknown");
    assert!(matches!(&error, WriteError::CaUnknown(id) if *id == ca[0]), "{error:?}");
    let found = fixture.store.ca_certificates_by_id(&elsewhere.id, &ca).await.expect("readable");
    assert_eq!(found, []);
    let error = fixture
        .store
        .delete_ca_certificate(&author(4), &elsewhere.id, &ca[0])
        .await
        .expect_err("not its own");
    assert!(matches!(error, WriteError::NotFound), "{error:?}");
}

#[tokio::test]
async fn a_ca_goes_when_nothing_refers_to_it() {
    let fixture = Fixture::with_group().await;
    let certificate = fixture.add(server(&["test.com"])).await;
    let ca = ids(&certificate)[0].clone();
    let error = fixture.store.delete_ca_certificate(&author(2), &group(), &ca).await.expect_err("in use");
    assert!(matches!(error, WriteError::InUse(1)), "{error:?}");
    let none =
        SslCertificatePatch { ca: Some(CaSource::Existing(Vec::new())), ..SslCertificatePatch::default() };
    let updated = fixture
        .store
        .update_ssl_certificate(&author(3), &group(), &certificate.id, none, None)
        .await
        .expect("written");
    assert_eq!(ids(&updated), []);
    fixture.store.delete_ca_certificate(&author(4), &group(), &ca).await.expect("free");
    assert_eq!(fixture.store.ca_certificates(&group()).await.expect("readable"), []);
}
