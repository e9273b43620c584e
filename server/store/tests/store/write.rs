//! What every write leaves behind: one audit row and one revision, together with its rows.

use domain::Status;
use store::{CaSource, SslCertificatePatch};

use crate::support::{File, Fixture, author, group, group_row, pair, server, snis};

/// Checks what the last write left: the newest revision, its audit row, and the objects that it touched.
async fn recorded(fixture: &Fixture, file: &File, revision: u64, audit: &str, touched: &[String]) {
    assert_eq!(fixture.revision().await, revision, "{audit}");
    let rows = file
        .texts(
            "SELECT revision || ' ' || at || ' ' || author || ' ' || action || ' ' || noun || ' ' || object_id \
             || ' in ' || ifnull(group_id, '-') FROM audit ORDER BY revision",
        )
        .await;
    assert_eq!(rows.len() as u64, revision, "one audit row for each revision");
    assert_eq!(rows.last(), Some(&format!("{revision} {audit}")));
    let sql =
        format!("SELECT noun || ' ' || object_id FROM object_change WHERE revision = {revision} ORDER BY 1");
    assert_eq!(file.texts(&sql).await, touched, "{audit}");
}

#[tokio::test]
async fn every_write_is_audited_and_counted() {
    let fixture = Fixture::empty().await;
    let file = fixture.file().await;
    let store = &fixture.store;
    let ssl = |id: &dyn std::fmt::Display| format!("ssl_certificate {id}");
    let at = author;

    let name = "admin".parse().expect("a name");
    let user = store.insert_first_user(&at(1), name, "hash".to_owned()).await.expect("written").id;
    recorded(&fixture, &file, 1, &format!("1 alice create user {user} in -"), &[]).await;

    let row = group_row("default", "127.0.0.1:1");
    store.insert_gateway_group(&at(2), Some(group()), row).await.expect("written");
    let touched = ["gateway_group default".to_owned()];
    recorded(&fixture, &file, 2, "2 alice create gateway_group default in default", &touched).await;

    let row = group_row("default", "127.0.0.1:2");
    store.update_gateway_group(&at(3), &group(), row).await.expect("written");
    recorded(&fixture, &file, 3, "3 alice update gateway_group default in default", &touched).await;

    let added = store.insert_ssl_certificate(&at(4), &group(), server(&["a.test"])).await.expect("written");
    let id = added.id;
    let audit = format!("4 alice create ssl_certificate {id} in default");
    recorded(&fixture, &file, 4, &audit, &[ssl(&id)]).await;

    let none =
        SslCertificatePatch { ca: Some(CaSource::Existing(Vec::new())), ..SslCertificatePatch::default() };
    store.update_ssl_certificate(&at(5), &group(), &id, none, None).await.expect("written");
    let audit = format!("5 alice update ssl_certificate {id} in default");
    recorded(&fixture, &file, 5, &audit, &[ssl(&id)]).await;

    let ca = &added.peer_verification.ca_certificates[0].id;
    store.delete_ca_certificate(&at(6), &group(), ca).await.expect("written");
    recorded(&fixture, &file, 6, &format!("6 alice delete ca_certificate {ca} in default"), &[]).await;

    store.delete_ssl_certificate(&at(7), &group(), &id).await.expect("written");
    let audit = format!("7 alice delete ssl_certificate {id} in default");
    recorded(&fixture, &file, 7, &audit, &[ssl(&id)]).await;

    store.delete_gateway_group(&at(8), &group()).await.expect("written");
    recorded(&fixture, &file, 8, "8 alice delete gateway_group default in default", &touched).await;
}

#[tokio::test]
async fn the_audit_log_says_what_changed() {
    let fixture = Fixture::with_group().await;
    let holder = fixture.add(server(&["a.test"])).await.id;
    let other = fixture.add(server(&["b.test"])).await.id;
    let patch = SslCertificatePatch {
        snis: Some(snis(&["a.test"])),
        pairs: Some(vec![pair("new")]),
        status: Some(Status::Enabled),
        replace: true,
        ..SslCertificatePatch::default()
    };
    fixture.store.update_ssl_certificate(&author(30), &group(), &other, patch, None).await.expect("written");
    let details = fixture.file().await.texts("SELECT detail FROM audit ORDER BY revision").await;
    let detail: serde_json::Value = serde_json::from_str(details.last().expect("audited")).expect("JSON");
    assert_eq!(detail["changed"], serde_json::json!(["status", "certificate", "snis"]));
    assert_eq!(detail["snis"], serde_json::json!(["a.test"]));
    assert_eq!(detail["subjects"], serde_json::json!(["CN=new"]));
    assert_eq!(
        detail["taken_over"],
        serde_json::json!([{ "from": holder, "snis": ["a.test"], "disabled": true }])
    );
}
