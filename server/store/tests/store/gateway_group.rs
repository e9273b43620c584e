use domain::{CertificateType, IdentityHeaders, PeerVerificationMode, Protection, Revision};
use store::{ChangedNoun, GatewayGroupRow, NewSslCertificate, StoreError, StoredGatewayGroup, WriteError};

use crate::support::{Fixture, author, group, group_row, serial, server};

#[tokio::test]
async fn a_group_is_kept_as_written() {
    let fixture = Fixture::empty().await;
    let row = GatewayGroupRow {
        http_listener: Some("[::1]:80".parse().expect("an address")),
        ..group_row("Partner APIs", "[::1]:9443")
    };
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

/// A row with a plain HTTP listener.
fn with_http(name: &str, listener: &str, http_listener: &str) -> GatewayGroupRow {
    let http_listener = Some(http_listener.parse().expect("an address"));
    GatewayGroupRow { http_listener, ..group_row(name, listener) }
}

#[tokio::test]
async fn no_two_listeners_of_any_kind_share_an_address() {
    let fixture = Fixture::with_group().await;
    let store = &fixture.store;
    let row = with_http("default", "127.0.0.1:9443", "127.0.0.1:80");
    store.update_gateway_group(&author(2), &group(), row.clone()).await.expect("written");
    store.update_gateway_group(&author(2), &group(), row).await.expect("its own addresses");

    let error = store.insert_gateway_group(&author(3), None, group_row("other", "127.0.0.1:80")).await;
    assert!(matches!(&error, Err(WriteError::AddressTaken(by)) if *by == group()), "{error:?}");
    for http_listener in ["127.0.0.1:80", "127.0.0.1:9443", "[::ffff:127.0.0.1]:80"] {
        let row = with_http("other", "127.0.0.1:2", http_listener);
        let error = store.insert_gateway_group(&author(3), None, row).await;
        assert!(matches!(&error, Err(WriteError::HttpAddressTaken(by)) if *by == group()), "{error:?}");
    }
    let row = with_http("default", "127.0.0.1:9443", "127.0.0.1:9443");
    let error = store.update_gateway_group(&author(3), &group(), row).await;
    assert!(matches!(&error, Err(WriteError::HttpAddressTaken(by)) if *by == group()), "{error:?}");

    let row = with_http("any ports", "127.0.0.1:0", "127.0.0.1:0");
    store.insert_gateway_group(&author(3), None, row).await.expect("any free port is never the same one");
}

/// Gives the group `default` a default certificate.
async fn set_default(fixture: &Fixture, id: &str) -> Result<StoredGatewayGroup, WriteError> {
    let default_certificate = Some(id.parse().expect("an id"));
    let row = GatewayGroupRow { default_certificate, ..group_row("default", "127.0.0.1:9443") };
    fixture.store.update_gateway_group(&author(2), &group(), row).await
}

#[tokio::test]
async fn the_default_certificate_is_a_server_certificate_of_the_group() {
    let fixture = Fixture::with_group().await;
    let server_certificate = fixture.add(server(&["test.com"])).await.id;
    let changed = set_default(&fixture, server_certificate.as_str()).await.expect("written");
    assert_eq!(changed.row.default_certificate.as_ref(), Some(&server_certificate));
    assert_eq!(fixture.store.gateway_group(&group()).await.expect("readable"), Some(changed));

    let client = NewSslCertificate {
        certificate_type: CertificateType::Client,
        snis: Vec::new(),
        peer_verification: PeerVerificationMode::Off,
        ca: None,
        ..server(&["client"])
    };
    let client = fixture.add(client).await.id;
    for id in [client.as_str(), "nobody"] {
        let error = set_default(&fixture, id).await;
        assert!(matches!(&error, Err(WriteError::CertificateUnknown(it)) if it.as_str() == id), "{error:?}");
    }
    // Another group's is not this one's.
    let default_certificate = Some(server_certificate);
    let row = GatewayGroupRow { default_certificate, ..group_row("other", "127.0.0.1:2") };
    let error = fixture.store.insert_gateway_group(&author(3), None, row).await;
    assert!(matches!(error, Err(WriteError::CertificateUnknown(_))), "{error:?}");
}

#[tokio::test]
async fn deleting_the_default_certificate_leaves_the_group_without_one() {
    let fixture = Fixture::with_group().await;
    let kept = fixture.add(server(&["kept.test"])).await.id;
    let other = fixture.add(server(&["other.test"])).await.id;
    set_default(&fixture, kept.as_str()).await.expect("written");
    let before = fixture.store.revision().await.expect("readable");

    fixture.store.delete_ssl_certificate(&author(3), &group(), &other).await.expect("deleted");
    let still = fixture.store.gateway_group(&group()).await.expect("readable").expect("there");
    assert_eq!((still.row.default_certificate.as_ref(), still.revision), (Some(&kept), before));

    fixture.store.delete_ssl_certificate(&author(4), &group(), &kept).await.expect("deleted");
    let bereft = fixture.store.gateway_group(&group()).await.expect("readable").expect("there");
    let now = fixture.store.revision().await.expect("readable");
    assert_eq!((bereft.row.default_certificate, bereft.revision), (None, now));
    let changes = fixture.store.changes_since(Revision(now.0 - 1)).await.expect("readable");
    let nouns: Vec<_> = changes.iter().map(|change| change.noun).collect();
    assert_eq!(nouns, [ChangedNoun::GatewayGroup, ChangedNoun::SslCertificate], "instances hear of both");
}

#[tokio::test]
async fn a_group_does_not_stand_in_its_own_way() {
    let fixture = Fixture::with_group().await;
    let row = group_row("Default", "127.0.0.1:9443");
    fixture.store.update_gateway_group(&author(2), &group(), row).await.expect("its own name and address");
}

#[tokio::test]
async fn deleting_a_group_takes_along_what_it_has() {
    let fixture = Fixture::with_group().await;
    let certificate = fixture.add(server(&["test.com"])).await;
    let error = fixture.store.delete_gateway_group(&author(2), &group()).await.expect_err("in use");
    assert!(matches!(error, WriteError::InUse(1)), "{error:?}");
    fixture.store.delete_ssl_certificate(&author(3), &group(), &certificate.id).await.expect("deleted");
    fixture.store.deny_client(&author(3), &group(), None, serial("01"), String::new()).await.expect("denied");
    fixture.store.delete_gateway_group(&author(4), &group()).await.expect("empty");
    let dump = fixture.file().await.dump().await;
    for table in ["ca_certificate", "denied_client"] {
        assert_eq!(dump[table], [""; 0], "{table}");
    }
}

#[tokio::test]
async fn limits_are_kept_as_given() {
    let fixture = Fixture::with_group().await;
    let protection = Protection {
        connections_per_address: 7,
        proxy_protocol: vec!["10.0.0.0/8".parse().expect("a range"), "::1".parse().expect("an address")],
        ..Protection::default()
    };
    let row = GatewayGroupRow { protection, ..group_row("default", "127.0.0.1:9443") };
    fixture.store.update_gateway_group(&author(2), &group(), row.clone()).await.expect("written");
    let read = fixture.store.gateway_group(&group()).await.expect("readable").expect("there");
    assert_eq!(read.row, row);
}

#[tokio::test]
async fn limits_that_cannot_be_read_are_no_defaults() {
    for stored in ["", "{", r#"{"connections":0}"#, r#"{"connections":"many"}"#, r#"{"unheard_of":1}"#] {
        let fixture = Fixture::with_group().await;
        let sql = format!("UPDATE gateway_group SET protection = '{stored}'");
        fixture.file().await.execute(&sql).await;
        let error = fixture.store.gateway_group(&group()).await.expect_err(stored);
        assert!(matches!(error, StoreError::Corrupt { table: "gateway_group", .. }), "{stored}: {error:?}");
    }
}

#[tokio::test]
async fn how_nodes_are_told_who_the_client_is_is_kept_as_given() {
    let fixture = Fixture::with_group().await;
    for identity_headers in IdentityHeaders::ALL {
        let row = GatewayGroupRow { identity_headers, ..group_row("default", "127.0.0.1:9443") };
        fixture.store.update_gateway_group(&author(2), &group(), row.clone()).await.expect("written");
        let read = fixture.store.gateway_group(&group()).await.expect("readable").expect("there");
        assert_eq!(read.row, row);
        let details = fixture.file().await.texts("SELECT detail FROM audit ORDER BY revision").await;
        let word = format!(r#""identity_headers":"{}""#, identity_headers.name());
        assert!(details.last().expect("audited").contains(&word), "{details:?}");
    }
    fixture.file().await.execute("UPDATE gateway_group SET identity_headers = 'all'").await;
    let error = fixture.store.gateway_group(&group()).await.expect_err("no such preset");
    assert!(matches!(error, StoreError::Corrupt { table: "gateway_group", .. }), "{error:?}");
}
