//! What every write leaves behind: one audit row and one revision, together with its rows.

use domain::Status;
use store::{CaSource, SslCertificatePatch};

use crate::support::{
    File, Fixture, author, group, group_row, pair, route, route_of, serial, server, service, shared, snis,
    upstream,
};

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
    let touched = ["gateway_group default", "route httpbin", "service httpbin"].map(str::to_owned);
    recorded(&fixture, &file, 2, "2 alice create gateway_group default in default", &touched).await;

    let row = group_row("default", "127.0.0.1:2");
    store.update_gateway_group(&at(3), &group(), row).await.expect("written");
    let touched = ["gateway_group default".to_owned()];
    recorded(&fixture, &file, 3, "3 alice update gateway_group default in default", &touched).await;

    let added = store.insert_ssl_certificate(&at(4), &group(), server(&["a.test"])).await.expect("written");
    let id = added.id;
    let audit = format!("4 alice create ssl_certificate {id} in default");
    recorded(&fixture, &file, 4, &audit, &[ssl(&id)]).await;

    let ca = &added.peer_verification.ca_certificates[0].id;
    let lists = Some(vec![b"list".to_vec()]);
    store.update_revocation(&at(5), &group(), ca, lists, None).await.expect("written");
    let audit = format!("5 alice update ca_certificate {ca} in default");
    recorded(&fixture, &file, 5, &audit, &[ssl(&id)]).await;

    let for_host = store.deny_client(&at(6), &group(), Some(id.clone()), serial("01"), String::new()).await;
    let for_host = for_host.expect("written").id;
    let audit = format!("6 alice create denied_client {for_host} in default");
    recorded(&fixture, &file, 6, &audit, &[ssl(&id)]).await;

    let for_all = store.deny_client(&at(7), &group(), None, serial("01"), String::new()).await;
    let for_all = for_all.expect("written").id;
    let denials = ["group_denials denials".to_owned()];
    let audit = format!("7 alice create denied_client {for_all} in default");
    recorded(&fixture, &file, 7, &audit, &denials).await;

    store.allow_client(&at(8), &group(), &for_all).await.expect("written");
    let audit = format!("8 alice delete denied_client {for_all} in default");
    recorded(&fixture, &file, 8, &audit, &denials).await;

    store.allow_client(&at(9), &group(), &for_host).await.expect("written");
    let audit = format!("9 alice delete denied_client {for_host} in default");
    recorded(&fixture, &file, 9, &audit, &[ssl(&id)]).await;

    let none =
        SslCertificatePatch { ca: Some(CaSource::Existing(Vec::new())), ..SslCertificatePatch::default() };
    store.update_ssl_certificate(&at(10), &group(), &id, none, None).await.expect("written");
    let audit = format!("10 alice update ssl_certificate {id} in default");
    recorded(&fixture, &file, 10, &audit, &[ssl(&id)]).await;

    store.delete_ca_certificate(&at(11), &group(), ca).await.expect("written");
    recorded(&fixture, &file, 11, &format!("11 alice delete ca_certificate {ca} in default"), &[]).await;

    store.delete_ssl_certificate(&at(12), &group(), &id).await.expect("written");
    let audit = format!("12 alice delete ssl_certificate {id} in default");
    recorded(&fixture, &file, 12, &audit, &[ssl(&id)]).await;

    store.delete_gateway_group(&at(13), &group()).await.expect("written");
    recorded(&fixture, &file, 13, "13 alice delete gateway_group default in default", &touched).await;
}

#[tokio::test]
async fn every_write_of_where_requests_go_is_audited_and_counted() {
    let fixture = Fixture::with_group().await;
    let file = fixture.file().await;
    let store = &fixture.store;
    let at = author;
    let audited = async |revision: u64, what: &str, touched: &[String]| {
        recorded(&fixture, &file, revision, &format!("{revision} alice {what} in default"), touched).await;
    };

    let nodes = store.put_upstream(&at(2), &group(), None, shared("nodes", upstream("a:1")), None).await;
    let nodes = nodes.expect("written").id;
    audited(2, &format!("create upstream {nodes}"), &[format!("upstream {nodes}")]).await;
    let again = shared("nodes", upstream("a:2"));
    store.put_upstream(&at(3), &group(), Some(nodes.clone()), again, None).await.expect("written");
    audited(3, &format!("update upstream {nodes}"), &[format!("upstream {nodes}")]).await;

    let app = store.put_service(&at(4), &group(), None, service("app"), None).await.expect("written").id;
    audited(4, &format!("create service {app}"), &[format!("service {app}")]).await;
    let of_app = store.put_route(&at(5), &group(), None, route_of(&app, "/a"), None).await;
    let of_app = of_app.expect("written").id;
    audited(5, &format!("create route {of_app}"), &[format!("route {of_app}")]).await;
    let kept = vec![(Some(of_app.clone()), route_of(&app, "/b"))];
    fixture.put(6, Some(&app), service("app"), kept, None).await.expect("written");
    let both = [format!("route {of_app}"), format!("service {app}")];
    audited(6, &format!("update service {app}"), &both).await;
    store.put_route(&at(7), &group(), Some(of_app.clone()), route("/a"), None).await.expect("written");
    audited(7, &format!("update route {of_app}"), &both[..1]).await;

    store.delete_route(&at(8), &group(), &of_app).await.expect("deleted");
    audited(8, &format!("delete route {of_app}"), &both[..1]).await;
    store.delete_service(&at(9), &group(), &app, false).await.expect("deleted");
    audited(9, &format!("delete service {app}"), &both[1..]).await;
    store.delete_upstream(&at(10), &group(), &nodes, false).await.expect("deleted");
    audited(10, &format!("delete upstream {nodes}"), &[format!("upstream {nodes}")]).await;
    store
        .delete_service_with_routes(&at(11), &group(), &"httpbin".parse().expect("an id"))
        .await
        .expect("deleted");
    let httpbin = ["route httpbin", "service httpbin"].map(str::to_owned);
    audited(11, "delete service httpbin", &httpbin).await;
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
