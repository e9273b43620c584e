//! The CAs and SSL certificates that upstreams refer to, whoever has the upstream.

use domain::{
    CaCertificateId, GatewayGroupId, Noun, Route, RouteId, ServiceId, SslCertificateId, StaleRevocationLists,
    Status, Upstream, UpstreamId,
};
use store::{SslCertificatePatch, WriteError};

use crate::support::{
    Fixture, author, client, group, own, route, route_of, server, service, service_at, shared, tls_upstream,
    upstream,
};

/// A CA and a client certificate, each used by an upstream, by a service and by a route of another service.
struct Used {
    fixture: Fixture,
    ca: CaCertificateId,
    client: SslCertificateId,
    server: SslCertificateId,
    upstream: UpstreamId,
    service: ServiceId,
    route: RouteId,
}

async fn used() -> Used {
    let fixture = Fixture::with_group().await;
    let store = &fixture.store;
    let server = fixture.add(server(&["a.test"])).await;
    let ca = server.peer_verification.ca_certificates[0].id.clone();
    let client = fixture.add(client()).await.id;
    let value = tls_upstream(&[&ca, &ca], Some(&client));
    let at = author(2);
    let upstream = store.put_upstream(&at, &group(), None, shared("nodes", value.clone()), None).await;
    let service = service_at("app", own(value.clone()));
    let service = store.put_service(&at, &group(), None, service, None).await;
    let of_httpbin = route_of(&"httpbin".parse().expect("an id"), "/a");
    let route = Route { upstream: Some(own(value)), ..of_httpbin };
    let route = store.put_route(&at, &group(), None, route, None).await.expect("written").id;
    let (upstream, service) = (upstream.expect("written").id, service.expect("written").id);
    Used { ca, client, server: server.id, upstream, service, route, fixture }
}

impl Used {
    /// Who uses them, as `Fixture::touched` says it.
    fn users(&self) -> Vec<String> {
        vec![
            format!("Route {}", self.route),
            format!("Service {}", self.service),
            format!("Upstream {}", self.upstream),
        ]
    }

    /// Checks that all users, and the service of the route, are at the newest revision.
    async fn are_at_newest_revision(&self) {
        let store = &self.fixture.store;
        let newest = self.fixture.revision().await;
        let upstream = store.upstream(&group(), &self.upstream).await.expect("readable").expect("there");
        let route = store.route(&group(), &self.route).await.expect("readable").expect("there");
        assert_eq!([upstream.revision.0, route.revision.0], [newest; 2]);
        let httpbin = "httpbin".parse().expect("an id");
        for id in [&self.service, &httpbin] {
            let service = store.service_without_routes(&group(), id).await.expect("readable").expect("there");
            assert_eq!(service.revision.0, newest, "{id}");
        }
    }
}

#[tokio::test]
async fn who_uses_a_client_certificate_is_touched_when_it_changes() {
    let used = used().await;
    let patch = SslCertificatePatch { status: Some(Status::Disabled), ..SslCertificatePatch::default() };
    let store = &used.fixture.store;
    store
        .update_ssl_certificate(&author(3), &group(), &used.client, patch.clone(), None)
        .await
        .expect("written");
    let mut expected = used.users();
    expected.insert(2, format!("SslCertificate {}", used.client));
    let mut touched = used.fixture.touched().await;
    touched.sort();
    expected.sort();
    assert_eq!(touched, expected);
    used.are_at_newest_revision().await;

    store.update_ssl_certificate(&author(3), &group(), &used.server, patch, None).await.expect("written");
    assert_eq!(used.fixture.touched().await, [format!("SslCertificate {}", used.server)], "nobody shows it");
}

#[tokio::test]
async fn who_uses_a_ca_is_touched_when_it_changes() {
    let used = used().await;
    let stale = Some(StaleRevocationLists::Warn);
    let store = &used.fixture.store;
    store.update_revocation(&author(3), &group(), &used.ca, None, stale).await.expect("written");
    let mut expected = used.users();
    expected.push(format!("SslCertificate {}", used.server));
    let mut touched = used.fixture.touched().await;
    touched.sort();
    expected.sort();
    assert_eq!(touched, expected);
    used.are_at_newest_revision().await;
}

#[tokio::test]
async fn a_certificate_goes_when_the_last_upstream_has_let_it_go() {
    let used = used().await;
    let Used { fixture, ca, client, server, upstream: nodes, service: app, route: own_way, .. } = &used;
    let store = &fixture.store;
    let at = author(3);
    // Only upstreams are left to hold the CA.
    store.delete_ssl_certificate(&at, &group(), server).await.expect("no upstream shows it");

    let held_by = async |noun: Noun, user: &str| {
        for error in [
            store.delete_ca_certificate(&at, &group(), ca).await.expect_err("in use"),
            store.delete_ssl_certificate(&at, &group(), client).await.expect_err("in use"),
        ] {
            let WriteError::InUseBy { noun: by, id } = error else { panic!("{error:?}") };
            assert_eq!((by, id.as_str()), (noun, user));
        }
    };
    held_by(Noun::Route, own_way.as_str()).await;
    store.put_route(&at, &group(), Some(own_way.clone()), route("/a"), None).await.expect("another upstream");
    held_by(Noun::Service, app.as_str()).await;
    store
        .put_service(&at, &group(), Some(app.clone()), service("app"), None)
        .await
        .expect("another upstream");
    held_by(Noun::Upstream, nodes.as_str()).await;
    store.delete_upstream(&at, &group(), nodes, false).await.expect("deleted");
    store.delete_ca_certificate(&at, &group(), ca).await.expect("free");
    store.delete_ssl_certificate(&at, &group(), client).await.expect("free");
}

#[tokio::test]
async fn what_is_deleted_holds_nothing() {
    let used = used().await;
    let Used { fixture, client, upstream: nodes, service: app, route: own_way, .. } = &used;
    let store = &fixture.store;
    let at = author(3);
    store.delete_route(&at, &group(), own_way).await.expect("deleted");
    store.delete_service(&at, &group(), app, false).await.expect("deleted");
    store.delete_upstream(&at, &group(), nodes, true).await.expect("deleted");
    store.delete_ssl_certificate(&at, &group(), client).await.expect("free");

    // A service's routes, deleted with it or left out.
    let client = fixture.add(crate::support::client()).await.id;
    let with_route = Route { upstream: Some(own(tls_upstream(&[], Some(&client)))), ..route("/a") };
    for keeps_service in [true, false] {
        let routes = vec![(None, with_route.clone())];
        let made = fixture.put(3, None, service("app"), routes, None).await;
        let id = made.expect("written").service.id;
        let error = store.delete_ssl_certificate(&at, &group(), &client).await.expect_err("in use");
        assert!(matches!(error, WriteError::InUseBy { noun: Noun::Route, .. }), "{error:?}");
        if keeps_service {
            let put = fixture.put(3, Some(&id), service("app"), Vec::new(), None).await;
            put.expect("written");
        }
        store.delete_service_with_routes(&at, &group(), &id).await.expect("deleted");
        let left = fixture.file().await.texts("SELECT owner_id FROM upstream_certificate").await;
        assert_eq!(left, [""; 0]);
    }
    store.delete_ssl_certificate(&at, &group(), &client).await.expect("free");
}

/// Tries to save an upstream in each of the places where one can stand.
async fn refusals(fixture: &Fixture, to: &GatewayGroupId, value: Upstream) -> Vec<WriteError> {
    let store = &fixture.store;
    let at = author(4);
    let with_route = Route { upstream: Some(own(value.clone())), ..route("/a") };
    let service_with = service_at("app", own(value.clone()));
    let routes = vec![(None, with_route.clone())];
    vec![
        store.put_upstream(&at, to, None, shared("nodes", value), None).await.expect_err("upstream"),
        store.put_service(&at, to, None, service_with.clone(), None).await.expect_err("service"),
        store.put_route(&at, to, None, with_route, None).await.expect_err("route"),
        store
            .put_service_with_routes(&at, to, None, service("app"), routes, None)
            .await
            .expect_err("route of a service"),
        store
            .put_service_with_routes(&at, to, None, service_with, Vec::new(), None)
            .await
            .expect_err("service with routes"),
    ]
}

#[tokio::test]
async fn only_the_groups_own_certificates_can_be_used_and_only_for_what_they_are() {
    let fixture = Fixture::with_group().await;
    let server = fixture.add(server(&["a.test"])).await;
    let ca = server.peer_verification.ca_certificates[0].id.clone();
    let client = fixture.add(client()).await.id;
    let other = fixture.other_group().await;
    for error in refusals(&fixture, &other, tls_upstream(&[&ca], None)).await {
        assert!(matches!(&error, WriteError::CaUnknown(id) if *id == ca), "{error:?}");
    }
    for error in refusals(&fixture, &other, tls_upstream(&[], Some(&client))).await {
        assert!(matches!(&error, WriteError::ClientCertificateUnknown(id) if *id == client), "{error:?}");
    }
    for error in refusals(&fixture, &group(), tls_upstream(&[], Some(&server.id))).await {
        assert!(matches!(&error, WriteError::NotAClientCertificate(id) if *id == server.id), "{error:?}");
    }
    // Whatever the scheme: it may be changed later without a second look at the rest.
    let plain = Upstream { tls: tls_upstream(&[], Some(&server.id)).tls, ..upstream("10.0.0.7") };
    for error in refusals(&fixture, &group(), plain).await {
        assert!(matches!(error, WriteError::NotAClientCertificate(_)), "{error:?}");
    }
    let value = shared("nodes", tls_upstream(&[&ca], Some(&client)));
    fixture.store.put_upstream(&author(4), &group(), None, value, None).await.expect("its own");
}
