//! A write that breaks off at any of its statements leaves what was there before: rows, audit log and revision.

use std::future::Future;

use domain::{StaleRevocationLists, Status};
use store::{CaSource, NewCaCertificate, SslCertificatePatch, Store, WriteError};

use crate::support::{Fixture, author, group, pair, serial, server, snis};

/// Breaks `write` off at each of `statements` (`INSERT ON audit`), then lets it get to its end.
async fn old_or_new<F, T>(fixture: &Fixture, statements: &[&str], write: impl Fn(Store) -> F)
where
    F: Future<Output = Result<T, WriteError>>,
{
    let file = fixture.file().await;
    let old = file.dump().await;
    for statement in statements {
        let fault =
            format!("CREATE TRIGGER fault BEFORE {statement} BEGIN SELECT RAISE(ABORT, 'no disk'); END");
        file.execute(&fault).await;
        let error = write(fixture.store.clone()).await.err().expect(statement);
        assert!(matches!(error, WriteError::Store(_)), "{statement}: {error:?}");
        file.execute("DROP TRIGGER fault").await;
        assert_eq!(file.dump().await, old, "{statement}");
    }
    write(fixture.store.clone()).await.expect("nothing in the way");
    assert_ne!(file.dump().await, old);
}

/// What every write does besides its own rows.
const RECORDS: [&str; 3] = ["UPDATE ON counter", "INSERT ON object_change", "INSERT ON audit"];

#[tokio::test]
async fn a_change_of_everything() {
    let fixture = Fixture::with_group().await;
    fixture.add(server(&["b.test"])).await;
    let id = fixture.add(server(&["a.test"])).await.id;
    let patch = SslCertificatePatch {
        status: Some(Status::Enabled),
        pairs: Some(vec![pair("new")]),
        snis: Some(snis(&["b.test", "new.test"])),
        ca: Some(CaSource::Upload(NewCaCertificate::without_lists("new"))),
        replace: true,
        ..SslCertificatePatch::default()
    };
    let own = [
        "DELETE ON ssl_certificate_sni",
        "UPDATE ON ssl_certificate_sni",
        "INSERT ON ssl_certificate_sni",
        "DELETE ON ssl_certificate_pair",
        "INSERT ON ssl_certificate_pair",
        "INSERT ON ca_certificate",
        "DELETE ON ssl_certificate_ca",
        "INSERT ON ssl_certificate_ca",
        "UPDATE ON ssl_certificate",
    ];
    old_or_new(&fixture, &[&own[..], &RECORDS].concat(), |store| {
        let (id, patch) = (id.clone(), patch.clone());
        async move { store.update_ssl_certificate(&author(3), &group(), &id, patch, None).await }
    })
    .await;
    let changed = fixture.certificate(&id).await;
    assert_eq!(changed.snis, snis(&["b.test", "new.test"]));
    assert_eq!(changed.pairs[0].subject, "CN=new");
    assert_eq!(changed.peer_verification.ca_certificates[0].pem, "new");
}

#[tokio::test]
async fn other_revocation_lists() {
    let fixture = Fixture::with_group().await;
    let added = fixture.add(server(&["a.test"])).await;
    let ca = added.peer_verification.ca_certificates[0].id.clone();
    let one = Some(vec![b"one".to_vec()]);
    fixture.store.update_revocation(&author(2), &group(), &ca, one, None).await.expect("written");
    let own = [
        "DELETE ON revocation_list",
        "INSERT ON revocation_list",
        "UPDATE ON ca_certificate",
        "UPDATE ON ssl_certificate",
    ];
    old_or_new(&fixture, &[&own[..], &RECORDS].concat(), |store| {
        let ca = ca.clone();
        let (lists, stale) = (Some(vec![b"two".to_vec(), b"three".to_vec()]), StaleRevocationLists::Warn);
        async move { store.update_revocation(&author(3), &group(), &ca, lists, Some(stale)).await }
    })
    .await;
}

#[tokio::test]
async fn one_client_more_that_is_denied() {
    let fixture = Fixture::with_group().await;
    let id = fixture.add(server(&["a.test"])).await.id;
    let own = ["INSERT ON denied_client", "UPDATE ON ssl_certificate"];
    old_or_new(&fixture, &[&own[..], &RECORDS].concat(), |store| {
        let list = Some(id.clone());
        async move { store.deny_client(&author(3), &group(), list, serial("01"), String::new()).await }
    })
    .await;
}

#[tokio::test]
async fn a_client_that_is_let_in_again() {
    let fixture = Fixture::with_group().await;
    let denied = fixture.store.deny_client(&author(2), &group(), None, serial("01"), String::new()).await;
    let id = denied.expect("written").id;
    old_or_new(&fixture, &[&["DELETE ON denied_client"][..], &RECORDS].concat(), |store| {
        let id = id.clone();
        async move { store.allow_client(&author(3), &group(), &id).await }
    })
    .await;
}
