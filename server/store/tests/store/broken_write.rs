//! A write that breaks off at any of its statements leaves what was there before: rows, audit log and revision.

use std::future::Future;

use domain::{CaCertificateId, Route, ServiceWithRoutes, StaleRevocationLists, Status};
use store::{CaSource, NewCaCertificate, SslCertificatePatch, Store, WriteError};

use crate::support::{
    Fixture, author, client, group, group_row, own, pair, route, serial, server, service_at, shared, snis,
    tls_upstream, upstream,
};

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

#[tokio::test]
async fn a_new_group_with_its_first_service() {
    let fixture = Fixture::empty().await;
    let own = ["INSERT ON gateway_group", "INSERT ON service", "INSERT ON route"];
    old_or_new(&fixture, &[&own[..], &RECORDS].concat(), |store| async move {
        store.insert_gateway_group(&author(1), Some(group()), group_row("default", "127.0.0.1:1")).await
    })
    .await;
}

/// The id of a CA of the group `default`.
async fn ca(fixture: &Fixture) -> CaCertificateId {
    fixture.add(server(&["a.test"])).await.peer_verification.ca_certificates[0].id.clone()
}

/// A service with two routes, of which each has an upstream of its own that refers to a CA.
async fn service_with_routes(fixture: &Fixture, ca: &CaCertificateId) -> ServiceWithRoutes {
    let with_ca = own(tls_upstream(&[ca], None));
    let route = |path| (None, Route { upstream: Some(with_ca.clone()), ..route(path) });
    let service = service_at("app", with_ca.clone());
    fixture.put(2, None, service, vec![route("/a"), route("/b")], None).await.expect("written")
}

#[tokio::test]
async fn a_service_with_routes_of_which_each_changes_otherwise() {
    let fixture = Fixture::with_group().await;
    let ca = ca(&fixture).await;
    let made = service_with_routes(&fixture, &ca).await;
    let own_statements = [
        "UPDATE ON service",
        "DELETE ON upstream_certificate",
        "DELETE ON route",
        "INSERT ON route",
        "UPDATE ON route",
        "INSERT ON upstream_certificate",
    ];
    old_or_new(&fixture, &[&own_statements[..], &RECORDS].concat(), |store| {
        let with_ca = own(tls_upstream(&[&ca], None));
        let changed = Route { upstream: Some(with_ca.clone()), priority: 1, ..route("/a") };
        let routes = vec![(Some(made.routes[0].id.clone()), changed), (None, route("/new"))];
        let (id, service) = (Some(made.service.id.clone()), service_at("other", with_ca));
        async move { store.put_service_with_routes(&author(3), &group(), id, service, routes, None).await }
    })
    .await;
    let now = fixture.store.service(&group(), &made.service.id).await.expect("readable").expect("there");
    assert_eq!(now.service.value.name.as_str(), "other");
    let paths: Vec<_> = now.routes.iter().map(|route| route.value.paths[0].to_string()).collect();
    assert_eq!(paths, ["/a", "/new"]);
}

#[tokio::test]
async fn a_service_that_goes_with_its_routes() {
    let fixture = Fixture::with_group().await;
    let ca = ca(&fixture).await;
    let made = service_with_routes(&fixture, &ca).await.service.id;
    let own_statements = ["DELETE ON upstream_certificate", "DELETE ON route", "DELETE ON service"];
    old_or_new(&fixture, &[&own_statements[..], &RECORDS].concat(), |store| {
        let id = made.clone();
        async move { store.delete_service_with_routes(&author(3), &group(), &id).await }
    })
    .await;
}

#[tokio::test]
async fn a_route_that_moves_its_service() {
    let fixture = Fixture::with_group().await;
    let ca = ca(&fixture).await;
    let made = service_with_routes(&fixture, &ca).await;
    let id = &made.routes[0].id;
    let own_statements =
        ["INSERT ON route", "UPDATE ON route", "DELETE ON upstream_certificate", "UPDATE ON service"];
    old_or_new(&fixture, &[&own_statements[..], &RECORDS].concat(), |store| {
        let id = Some(id.clone());
        async move { store.put_route(&author(3), &group(), id, route("/other"), None).await }
    })
    .await;
    let id = &made.routes[1].id;
    let own_statements = ["DELETE ON upstream_certificate", "DELETE ON route", "UPDATE ON service"];
    old_or_new(&fixture, &[&own_statements[..], &RECORDS].concat(), |store| {
        let id = id.clone();
        async move { store.delete_route(&author(3), &group(), &id).await }
    })
    .await;
}

#[tokio::test]
async fn a_shared_upstream_from_first_to_last() {
    let fixture = Fixture::with_group().await;
    let ca = ca(&fixture).await;
    let id: domain::UpstreamId = "7".parse().expect("an id");
    let put = |store: Store, upstream| {
        let (id, value) = (Some(id.clone()), shared("nodes", upstream));
        async move { store.put_upstream(&author(3), &group(), id, value, None).await }
    };
    let with_ca = tls_upstream(&[&ca], None);
    let own_statements = ["INSERT ON upstream", "INSERT ON upstream_certificate"];
    old_or_new(&fixture, &[&own_statements[..], &RECORDS].concat(), |store| put(store, with_ca.clone()))
        .await;
    let own_statements = ["UPDATE ON upstream", "DELETE ON upstream_certificate"];
    old_or_new(&fixture, &[&own_statements[..], &RECORDS].concat(), |store| put(store, upstream("a:1")))
        .await;
    old_or_new(&fixture, &[&["DELETE ON upstream"][..], &RECORDS].concat(), |store| {
        let id = id.clone();
        async move { store.delete_upstream(&author(4), &group(), &id, false).await }
    })
    .await;
}

#[tokio::test]
async fn a_client_certificate_that_upstreams_show() {
    let fixture = Fixture::with_group().await;
    let client = fixture.add(client()).await.id;
    let showing = tls_upstream(&[], Some(&client));
    let value = shared("nodes", showing.clone());
    fixture.store.put_upstream(&author(2), &group(), None, value, None).await.expect("written");
    let with_route = Route { upstream: Some(own(showing.clone())), ..route("/a") };
    let routes = vec![(None, with_route)];
    fixture.put(2, None, service_at("app", own(showing)), routes, None).await.expect("written");
    let own_statements =
        ["UPDATE ON ssl_certificate", "UPDATE ON upstream", "UPDATE ON route", "UPDATE ON service"];
    old_or_new(&fixture, &[&own_statements[..], &RECORDS].concat(), |store| {
        let id = client.clone();
        let patch = SslCertificatePatch { pairs: Some(vec![pair("new")]), ..SslCertificatePatch::default() };
        async move { store.update_ssl_certificate(&author(3), &group(), &id, patch, None).await }
    })
    .await;
}
