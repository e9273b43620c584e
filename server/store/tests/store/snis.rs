//! Who has an SNI, who may take it, and which ones overlap.

use domain::{CertificateType, Revision, Sni, SslCertificateId, Status, UnixTime};
use store::{NewSslCertificate, SslCertificatePatch, StoredSslCertificate, WriteError};

use crate::support::{Fixture, author, group, group_row, server, sni, snis};

async fn update(
    fixture: &Fixture,
    id: &SslCertificateId,
    patch: SslCertificatePatch,
) -> Result<StoredSslCertificate, WriteError> {
    fixture.store.update_ssl_certificate(&author(20), &group(), id, patch, None).await
}

fn status(status: Status) -> SslCertificatePatch {
    SslCertificatePatch { status: Some(status), ..SslCertificatePatch::default() }
}

fn client(hosts: &[&str]) -> NewSslCertificate {
    NewSslCertificate { certificate_type: CertificateType::Client, ..server(hosts) }
}

fn taken(error: &WriteError) -> (String, SslCertificateId) {
    match error {
        WriteError::SniTaken { sni, by } => (sni.to_string(), by.clone()),
        other => panic!("not about an SNI: {other:?}"),
    }
}

#[tokio::test]
async fn an_sni_belongs_to_one_enabled_server_certificate() {
    let fixture = Fixture::with_group().await;
    let holder = fixture.add(server(&["a.test", "*.a.test"])).await.id;
    let insert = async |new| fixture.store.insert_ssl_certificate(&author(11), &group(), new).await;
    for wanted in [&["x.test", "a.test"], &["*.a.test", "x.test"]] {
        let error = insert(server(wanted)).await.expect_err("taken");
        let name = wanted.iter().find(|name| name.contains("a.test")).expect("one of them");
        assert_eq!(taken(&error), ((*name).to_owned(), holder.clone()));
    }
    insert(server(&["b.a.test"])).await.expect("covered, but not the same");
    insert(client(&["a.test"])).await.expect("a client certificate claims nothing");
    let row = group_row("other", "127.0.0.1:1");
    let other = fixture.store.insert_gateway_group(&author(2), None, row).await.expect("written").id;
    let elsewhere = fixture.store.insert_ssl_certificate(&author(11), &other, server(&["a.test"])).await;
    elsewhere.expect("another group");
}

#[tokio::test]
async fn an_sni_is_free_once_its_certificate_is_disabled_or_gone() {
    let fixture = Fixture::with_group().await;
    let first = fixture.add(server(&["a.test"])).await.id;
    update(&fixture, &first, status(Status::Disabled)).await.expect("written");
    let second = fixture.add(server(&["a.test"])).await.id;

    let error = update(&fixture, &first, status(Status::Enabled)).await.expect_err("taken meanwhile");
    assert_eq!(taken(&error), ("a.test".to_owned(), second.clone()));
    fixture.store.delete_ssl_certificate(&author(21), &group(), &second).await.expect("deleted");
    let first = update(&fixture, &first, status(Status::Enabled)).await.expect("free again");
    assert_eq!((first.status, first.snis), (Status::Enabled, snis(&["a.test"])));
}

#[tokio::test]
async fn a_disabled_certificate_may_be_given_any_sni() {
    let fixture = Fixture::with_group().await;
    let holder = fixture.add(server(&["a.test"])).await.id;
    let spare = fixture.add(server(&["b.test"])).await.id;
    update(&fixture, &spare, status(Status::Disabled)).await.expect("written");
    let patch = SslCertificatePatch { snis: Some(snis(&["a.test"])), ..SslCertificatePatch::default() };
    update(&fixture, &spare, patch.clone()).await.expect("not in use");

    let both = SslCertificatePatch { status: Some(Status::Enabled), ..patch };
    let error = update(&fixture, &spare, both).await.expect_err("now it would be");
    assert_eq!(taken(&error), ("a.test".to_owned(), holder));
}

#[tokio::test]
async fn a_changed_sni_is_checked_and_its_old_one_is_free() {
    let fixture = Fixture::with_group().await;
    let holder = fixture.add(server(&["a.test"])).await.id;
    let other = fixture.add(server(&["b.test", "c.test"])).await.id;
    let to =
        |hosts: &[&str]| SslCertificatePatch { snis: Some(snis(hosts)), ..SslCertificatePatch::default() };
    let error = update(&fixture, &other, to(&["c.test", "a.test"])).await.expect_err("taken");
    assert_eq!(taken(&error), ("a.test".to_owned(), holder.clone()));
    update(&fixture, &other, to(&["c.test", "b.test"])).await.expect("its own");
    update(&fixture, &other, to(&["c.test"])).await.expect("fewer");
    update(&fixture, &holder, to(&["a.test", "b.test"])).await.expect("free");
}

#[tokio::test]
async fn replace_takes_an_sni_and_leaves_the_others() {
    let fixture = Fixture::with_group().await;
    let keeps = fixture.add(server(&["a.test", "b.test", "c.test"])).await.id;
    let keeps_none = fixture.add(server(&["d.test"])).await.id;
    let untouched = fixture.add(server(&["e.test"])).await;
    let since = fixture.store.revision().await.expect("readable");

    let new = NewSslCertificate { replace: true, ..server(&["b.test", "d.test", "f.test"]) };
    let new = fixture.store.insert_ssl_certificate(&author(30), &group(), new).await.expect("written");
    assert_eq!(new.snis, snis(&["b.test", "d.test", "f.test"]));

    let keeps = fixture.certificate(&keeps).await;
    assert_eq!((keeps.status, &keeps.snis), (Status::Enabled, &snis(&["a.test", "c.test"])));
    let keeps_none = fixture.certificate(&keeps_none).await;
    assert_eq!((keeps_none.status, &keeps_none.snis), (Status::Disabled, &snis(&["d.test"])));
    for changed in [&new, &keeps, &keeps_none] {
        assert_eq!((changed.revision, changed.updated_at), (Revision(since.0 + 1), UnixTime(30)));
    }
    assert_eq!(fixture.certificate(&untouched.id).await.revision, untouched.revision);

    let changes = fixture.store.changes_since(since).await.expect("readable");
    let mut changed: Vec<String> = changes.into_iter().map(|change| change.id).collect();
    changed.sort();
    let mut expected = [&new, &keeps, &keeps_none].map(|certificate| certificate.id.to_string());
    expected.sort();
    assert_eq!(changed, expected);
}

#[tokio::test]
async fn enabling_and_editing_can_replace_too() {
    let fixture = Fixture::with_group().await;
    let first = fixture.add(server(&["a.test"])).await.id;
    update(&fixture, &first, status(Status::Disabled)).await.expect("written");
    let second = fixture.add(server(&["a.test", "b.test"])).await.id;
    let enable = SslCertificatePatch { replace: true, ..status(Status::Enabled) };
    update(&fixture, &first, enable).await.expect("taken over");
    assert_eq!(fixture.certificate(&second).await.snis, snis(&["b.test"]));

    let edit = SslCertificatePatch {
        snis: Some(snis(&["a.test", "b.test"])),
        replace: true,
        ..SslCertificatePatch::default()
    };
    update(&fixture, &first, edit).await.expect("taken over");
    assert_eq!(fixture.certificate(&second).await.status, Status::Disabled);
    let error = update(&fixture, &second, status(Status::Enabled)).await.expect_err("lost it");
    assert_eq!(taken(&error), ("b.test".to_owned(), first));
}

#[tokio::test]
async fn the_database_itself_refuses_a_second_claim() {
    let fixture = Fixture::with_group().await;
    fixture.add(server(&["a.test"])).await;
    fixture.add(server(&["b.test"])).await;
    let file = fixture.file().await;
    file.execute("UPDATE OR IGNORE ssl_certificate_sni SET claimed = 'a.test' WHERE sni = 'b.test'").await;
    let claims = file.texts("SELECT claimed FROM ssl_certificate_sni ORDER BY 1").await;
    assert_eq!(claims, ["a.test", "b.test"], "the unique index stood in the way");
}

#[tokio::test]
async fn an_sni_given_twice_is_kept_once() {
    let fixture = Fixture::with_group().await;
    let added = fixture.add(server(&["a.test", "b.test", "a.test"])).await;
    assert_eq!(added.snis, snis(&["a.test", "b.test"]));
}

#[tokio::test]
async fn overlaps_are_equal_wider_and_narrower() {
    let fixture = Fixture::with_group().await;
    let one = fixture.add(server(&["a.test", "x.a.test", "x.y.a.test"])).await.id;
    let wild = fixture.add(server(&["*.a.test", "*.y.a.test"])).await.id;
    let any = fixture.add(server(&["*"])).await.id;
    fixture.add(client(&["x.a.test"])).await;
    let off = fixture.add(server(&["z.a.test"])).await.id;
    update(&fixture, &off, status(Status::Disabled)).await.expect("written");

    let everything = [
        ("*", &any),
        ("*.a.test", &wild),
        ("*.y.a.test", &wild),
        ("a.test", &one),
        ("x.a.test", &one),
        ("x.y.a.test", &one),
    ];
    for (asked, expected) in [
        (vec!["unrelated.example"], vec![("*", &any)]),
        (vec!["a.test"], vec![("*", &any), ("a.test", &one)]),
        (vec!["x.a.test"], vec![("*", &any), ("*.a.test", &wild), ("x.a.test", &one)]),
        (vec!["new.a.test"], vec![("*", &any), ("*.a.test", &wild)]),
        (vec!["*.a.test"], vec![("*", &any), ("*.a.test", &wild), ("x.a.test", &one)]),
        (vec!["*"], everything.to_vec()),
        (vec![], vec![]),
    ] {
        let found = fixture.store.overlapping_snis(&group(), &snis(&asked), None).await.expect("readable");
        let mut found: Vec<(String, SslCertificateId)> =
            found.into_iter().map(|(sni, by)| (sni.to_string(), by)).collect();
        found.sort();
        let expected: Vec<(String, SslCertificateId)> =
            expected.into_iter().map(|(sni, by)| (sni.to_owned(), by.clone())).collect();
        assert_eq!(found, expected, "{asked:?}");
    }
    let except = fixture.store.overlapping_snis(&group(), &snis(&["x.a.test"]), Some(&wild)).await;
    assert_eq!(except.expect("readable"), [(sni("x.a.test"), one), (Sni::Any, any)]);
}

#[tokio::test]
async fn covered_names_have_a_bound() {
    let fixture = Fixture::with_group().await;
    let hosts: Vec<String> = (0..150).map(|number| format!("host-{number}.a.test")).collect();
    let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
    fixture.add(server(&hosts)).await;
    for wide in ["*.a.test", "*"] {
        let found = fixture.store.overlapping_snis(&group(), &snis(&[wide]), None).await.expect("readable");
        assert_eq!(found.len(), 100, "{wide}");
    }
}
