use domain::Revision;
use store::WriteError;

use crate::support::{Fixture, author, group, group_row, server};

#[tokio::test]
async fn a_group_is_kept_as_written() {
    let fixture = Fixture::empty().await;
    let row = group_row("Partner APIs", "[::1]:9443");
    let made = fixture.store.insert_gateway_group(&author(1), None, row.clone()).await.expect("written");
    assert_eq!(made.row, row);
    assert_eq!((made.ssl_certificates, made.revision), (0, Revision(1)));
    assert_eq!(fixture.store.gateway_group(&made.id).await.expect("readable"), Some(made.clone()));

    let row = group_row("Partners", "0.0.0.0:0");
    let changed =
        fixture.store.update_gateway_group(&author(2), &made.id, row.clone()).await.expect("written");
    assert_eq!((changed.row, changed.revision), (row, Revision(2)));
    fixture.store.delete_gateway_group(&author(3), &made.id).await.expect("written");
    assert_eq!(fixture.store.gateway_group(&made.id).await.expect("readable"), None);
}

#[tokio::test]
async fn groups_are_listed_by_name_with_their_certificates() {
    let fixture = Fixture::with_group().await;
    for (name, port) in [("beta", 1), ("Alpha", 2), ("Élan", 3)] {
        let row = group_row(name, &format!("127.0.0.1:{port}"));
        fixture.store.insert_gateway_group(&author(1), None, row).await.expect("written");
    }
    fixture.add(server(&["a.test"])).await;
    fixture.add(server(&["b.test"])).await;
    let groups = fixture.store.gateway_groups().await.expect("readable");
    let listed: Vec<(&str, u64)> =
        groups.iter().map(|group| (group.row.name.as_str(), group.ssl_certificates)).collect();
    assert_eq!(listed, [("Alpha", 0), ("beta", 0), ("default", 2), ("Élan", 0)]);
    let one = fixture.store.gateway_group(&group()).await.expect("readable").expect("there");
    assert_eq!(one.ssl_certificates, 2);
}

#[tokio::test]
async fn names_and_addresses_are_unique() {
    let fixture = Fixture::with_group().await;
    let insert = |name: &str, listener: &str| {
        let row = group_row(name, listener);
        let store = fixture.store.clone();
        async move { store.insert_gateway_group(&author(2), None, row).await }
    };
    for name in ["default", "DEFAULT"] {
        let error = insert(name, "127.0.0.1:1").await.expect_err("taken");
        assert!(matches!(error, WriteError::NameTaken), "{error:?}");
    }
    for listener in ["127.0.0.1:9443", "[::ffff:127.0.0.1]:9443"] {
        let error = insert("other", listener).await.expect_err("taken");
        assert!(matches!(&error, WriteError::AddressTaken(by) if *by == group()), "{error:?}");
    }
    // Any free port is never the same one.
    insert("one", "127.0.0.1:0").await.expect("free");
    insert("two", "127.0.0.1:0").await.expect("free");
    insert("another address", "127.0.0.2:9443").await.expect("free");
}

#[tokio::test]
async fn a_group_does_not_stand_in_its_own_way() {
    let fixture = Fixture::with_group().await;
    let row = group_row("Default", "127.0.0.1:9443");
    fixture.store.update_gateway_group(&author(2), &group(), row).await.expect("its own name and address");
}

#[tokio::test]
async fn deleting_a_group_takes_its_cas_along() {
    let fixture = Fixture::with_group().await;
    let certificate = fixture.add(server(&["test.com"])).await;
    let error = fixture.store.delete_gateway_group(&author(2), &group()).await.expect_err("in use");
    assert!(matches!(error, WriteError::InUse(1)), "{error:?}");
    fixture.store.delete_ssl_certificate(&author(3), &group(), &certificate.id).await.expect("deleted");
    fixture.store.delete_gateway_group(&author(4), &group()).await.expect("empty");
    assert_eq!(fixture.file().await.dump().await["ca_certificate"], [""; 0]);
}
