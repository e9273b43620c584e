use domain::{GatewayGroupId, Revision, Route, RouteId, Service, ServiceId, ServiceWithRoutes, UnixTime};
use store::{StoreError, WriteError};

use crate::support::{
    Fixture, author, group, group_row, own, route, route_of, service, service_at, shared, upstream,
};

fn httpbin() -> ServiceId {
    "httpbin".parse().expect("an id")
}

/// A service with a route for each of `paths`.
async fn with_routes(fixture: &Fixture, name: &str, paths: &[&str]) -> ServiceWithRoutes {
    let routes = paths.iter().map(|path| (None, route(path))).collect();
    let put = fixture.put(2, None, service(name), routes, None);
    put.await.expect("written")
}

/// The same service and routes, as an author sends them back.
fn draft(of: &ServiceWithRoutes) -> (Service, Vec<(Option<RouteId>, Route)>) {
    let routes = of.routes.iter().map(|route| (Some(route.id.clone()), route.value.clone()));
    (of.service.value.clone(), routes.collect())
}

async fn read(fixture: &Fixture, id: &ServiceId) -> Option<ServiceWithRoutes> {
    fixture.store.service(&group(), id).await.expect("readable")
}

fn paths(of: &ServiceWithRoutes) -> Vec<String> {
    of.routes.iter().map(|route| route.value.paths[0].to_string()).collect()
}

#[tokio::test]
async fn a_new_group_has_the_echo_service_for_every_path() {
    let fixture = Fixture::with_group().await;
    let services = fixture.store.services(&group()).await.expect("readable");
    let [first] = &services[..] else { panic!("one: {services:?}") };
    assert_eq!((&first.service.id, &first.service.value), (&httpbin(), &Service::httpbin()));
    assert_eq!((first.service.revision, first.service.created_at), (Revision(1), UnixTime(1)));
    assert_eq!(paths(first), ["/*"]);
    assert_eq!(first.routes[0].value, route_of(&httpbin(), "/*"));
}

#[tokio::test]
async fn a_service_is_kept_as_written_with_its_routes() {
    let fixture = Fixture::with_group().await;
    let made = with_routes(&fixture, "App", &["/b", "/a", "/c"]).await;
    assert_eq!(made.service.value, service("App"));
    assert_eq!(paths(&made), ["/b", "/a", "/c"], "of the same priority: as given");
    for route in &made.routes {
        assert_eq!(route.value.service.as_ref(), Some(&made.service.id));
        assert_eq!((route.revision, route.created_at), (Revision(2), UnixTime(2)));
    }
    assert_eq!(read(&fixture, &made.service.id).await, Some(made.clone()));
    let alone = fixture.store.service_without_routes(&group(), &made.service.id).await.expect("readable");
    assert_eq!(alone, Some(made.service));
}

#[tokio::test]
async fn services_are_listed_by_name_and_routes_by_priority() {
    let fixture = Fixture::with_group().await;
    let routes = [("/low", -1), ("/high", 9), ("/mid", 0)]
        .map(|(path, priority)| (None, Route { priority, ..route(path) }))
        .to_vec();
    let put = fixture.put(2, None, service("Zoo"), routes, None);
    assert_eq!(paths(&put.await.expect("written")), ["/high", "/mid", "/low"]);
    fixture.store.put_service(&author(3), &group(), None, service("app"), None).await.expect("written");
    let services = fixture.store.services(&group()).await.expect("readable");
    let names: Vec<&str> = services.iter().map(|one| one.service.value.name.as_str()).collect();
    assert_eq!(names, ["app", "httpbin", "Zoo"]);
    assert_eq!(paths(&services[2]), ["/high", "/mid", "/low"]);
    assert_eq!(paths(&services[0]), [""; 0]);
}

#[tokio::test]
async fn a_service_with_routes_is_changed_as_one() {
    let fixture = Fixture::with_group().await;
    let made = with_routes(&fixture, "app", &["/kept", "/changed", "/gone"]).await;
    let id = &made.service.id;
    let (_, mut routes) = draft(&made);
    let gone = routes.remove(2).0.expect("it has an id");
    routes[1].1.priority = 7;
    routes.push((None, route("/new")));
    let expected = Some(made.service.revision);
    let put = fixture.put(3, Some(id), service("renamed"), routes, expected);
    let now = put.await.expect("written");
    assert_eq!(read(&fixture, id).await.as_ref(), Some(&now));
    assert_eq!(now.service.value.name.as_str(), "renamed");
    assert_eq!(
        (now.service.revision, now.service.created_at, now.service.updated_at),
        (Revision(3), UnixTime(2), UnixTime(3))
    );
    assert_eq!(paths(&now), ["/changed", "/kept", "/new"]);
    let revisions: Vec<u64> = now.routes.iter().map(|route| route.revision.0).collect();
    assert_eq!(revisions, [3, 2, 3], "what is the same stays at its revision");
    assert_eq!((now.routes[0].created_at, now.routes[0].updated_at), (UnixTime(2), UnixTime(3)));
    assert_eq!(now.routes[1], made.routes[0]);
    assert_eq!(fixture.store.route(&group(), &gone).await.expect("readable"), None);

    let mut touched = [
        format!("Service {id}"),
        format!("Route {}", now.routes[0].id),
        format!("Route {gone}"),
        format!("Route {}", now.routes[2].id),
    ];
    touched.sort();
    let mut told = fixture.touched().await;
    told.sort();
    assert_eq!(told, touched, "the route that is the same is not read again");
}

#[tokio::test]
async fn who_has_not_seen_the_newest_revision_of_a_service_or_its_routes_is_refused() {
    let fixture = Fixture::with_group().await;
    let store = &fixture.store;
    let made = with_routes(&fixture, "app", &["/a"]).await;
    let id = made.service.id.clone();
    let (service, routes) = draft(&made);
    let put = |expected: Revision| {
        let (service, routes) = (service.clone(), routes.clone());
        fixture.put(9, Some(&id), service, routes, Some(expected))
    };
    let seen = put(made.service.revision).await.expect("the newest").service.revision;
    assert!(matches!(put(made.service.revision).await, Err(WriteError::Stale)));

    // Whatever happens to a route happens to its service.
    let added =
        store.put_route(&author(4), &group(), None, route_of(&id, "/b"), None).await.expect("written");
    assert!(matches!(put(seen).await, Err(WriteError::Stale)), "a route was added");
    let newest = read(&fixture, &id).await.expect("there").service.revision;
    assert_eq!(newest, added.revision);
    store.delete_route(&author(5), &group(), &added.id).await.expect("deleted");
    assert!(matches!(put(newest).await, Err(WriteError::Stale)), "a route was deleted");
    let newest = read(&fixture, &id).await.expect("there").service.revision;
    put(newest).await.expect("the newest");

    let alone = store.put_service(&author(6), &group(), Some(id.clone()), service.clone(), Some(seen)).await;
    assert!(matches!(alone, Err(WriteError::Stale)), "{alone:?}");
}

#[tokio::test]
async fn a_route_of_another_service_is_not_taken_over() {
    let fixture = Fixture::with_group().await;
    let one = with_routes(&fixture, "one", &["/a"]).await;
    let two = with_routes(&fixture, "two", &["/a"]).await;
    let its_own = (Some(one.routes[0].id.clone()), route("/b"));
    for routes in [draft(&two).1, vec![its_own.clone(), its_own]] {
        let put = fixture.put(3, Some(&one.service.id), service("one"), routes, None);
        assert!(matches!(put.await, Err(WriteError::NotFound)));
    }
    assert_eq!(read(&fixture, &two.service.id).await, Some(two));
}

#[tokio::test]
async fn putting_a_service_alone_creates_or_replaces_it_and_leaves_its_routes() {
    let fixture = Fixture::with_group().await;
    let store = &fixture.store;
    let id: ServiceId = "7".parse().expect("an id");
    let seen = Some(Revision(1));
    let absent = store.put_service(&author(2), &group(), Some(id.clone()), service("app"), seen).await;
    assert!(matches!(absent, Err(WriteError::NotFound)), "{absent:?}");
    let made = store.put_service(&author(2), &group(), Some(id.clone()), service("app"), None).await;
    assert_eq!(made.expect("created").id, id);
    store.put_route(&author(3), &group(), None, route_of(&id, "/a"), None).await.expect("written");
    let replaced = store.put_service(&author(4), &group(), Some(id.clone()), service("other"), None).await;
    let replaced = replaced.expect("replaced");
    assert_eq!((replaced.created_at, replaced.updated_at), (UnixTime(2), UnixTime(4)));
    assert_eq!(fixture.touched().await, ["Service 7"]);
    let now = read(&fixture, &id).await.expect("there");
    assert_eq!((&now.service, paths(&now)), (&replaced, vec!["/a".to_owned()]));
}

#[tokio::test]
async fn names_are_unique_in_a_group() {
    let fixture = Fixture::with_group().await;
    let store = &fixture.store;
    let taken = store.put_service(&author(2), &group(), None, service("HTTPBIN"), None).await;
    assert!(matches!(taken, Err(WriteError::NameTaken)), "{taken:?}");
    store
        .put_service(&author(2), &group(), Some(httpbin()), service("HttpBin"), None)
        .await
        .expect("its own");
    let other = fixture.other_group().await;
    store.put_service(&author(3), &other, None, service("app"), None).await.expect("written");
    store.put_service(&author(3), &group(), None, service("app"), None).await.expect("another group's");
}

#[tokio::test]
async fn a_service_that_routes_refer_to_goes_with_them_or_by_force() {
    let fixture = Fixture::with_group().await;
    let store = &fixture.store;
    let made = with_routes(&fixture, "app", &["/a", "/b"]).await;
    let id = &made.service.id;
    let refused = store.delete_service(&author(3), &group(), id, false).await;
    let user = &made.routes[0].id;
    assert!(
        matches!(&refused, Err(WriteError::InUseBy { noun: domain::Noun::Route, id }) if id == user.as_str()),
        "{refused:?}"
    );
    store.delete_service(&author(3), &group(), id, true).await.expect("deleted");
    assert_eq!(fixture.touched().await, [format!("Service {id}")]);
    let left = store.route(&group(), user).await.expect("readable").expect("it stays");
    assert_eq!(left.value.service.as_ref(), Some(id));
    let refused = store.put_route(&author(4), &group(), Some(user.clone()), left.value, None).await;
    assert!(matches!(&refused, Err(WriteError::ServiceUnknown(unknown)) if unknown == id), "{refused:?}");

    store.delete_service_with_routes(&author(5), &group(), &httpbin()).await.expect("deleted");
    assert_eq!(fixture.touched().await, ["Route httpbin", "Service httpbin"]);
    assert_eq!(read(&fixture, &httpbin()).await, None);
    assert_eq!(store.routes(&group()).await.expect("readable").len(), 2, "no other service's");
    let absent = store.delete_service(&author(6), &group(), &httpbin(), true).await;
    assert!(matches!(absent, Err(WriteError::NotFound)), "{absent:?}");
}

#[tokio::test]
async fn a_group_holds_two_thousand_services_and_ten_thousand_routes() {
    let fixture = Fixture::with_group().await;
    let store = &fixture.store;
    let full = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1999) \
                INSERT INTO service (group_id, id, name_key, config, created_at, updated_at, revision) \
                SELECT 'default', 's' || i, 's' || i, '{}', 0, 0, 1 FROM n";
    fixture.file().await.execute(full).await;
    let refused = store.put_service(&author(2), &group(), None, service("app"), None).await;
    assert!(matches!(refused, Err(WriteError::TooMany(2_000))), "{refused:?}");
    store.put_service(&author(2), &group(), Some(httpbin()), service("app"), None).await.expect("no more");

    let routes: Vec<_> = (0..10_000).map(|number| (None, route(&format!("/{number}")))).collect();
    let id = httpbin();
    let with = |more: usize| {
        let routes = routes.iter().cloned().chain((0..more).map(|_| (None, route("/more")))).collect();
        fixture.put(3, Some(&id), service("app"), routes, None)
    };
    assert!(matches!(with(1).await, Err(WriteError::TooMany(10_000))));
    assert_eq!(with(0).await.expect("as many as there may be").routes.len(), 10_000);
    let refused = store.put_route(&author(4), &group(), None, route("/one-more"), None).await;
    assert!(matches!(refused, Err(WriteError::TooMany(10_000))), "{refused:?}");
    let some = store.routes(&group()).await.expect("readable").remove(5);
    store.put_route(&author(5), &group(), Some(some.id), route("/other"), None).await.expect("no more");
}

#[tokio::test]
async fn start_up_reads_all_groups_in_slices() {
    let fixture = Fixture::with_group().await;
    let store = &fixture.store;
    let other = fixture.other_group().await;
    for name in ["a", "b", "c"] {
        let id: ServiceId = name.parse().expect("an id");
        store.put_service(&author(3), &group(), Some(id), service(name), None).await.expect("written");
    }
    let (mut read, mut after): (Vec<(GatewayGroupId, ServiceId)>, _) = (Vec::new(), None);
    loop {
        let slice = store.services_after(after.as_ref(), 2).await.expect("readable");
        assert!(slice.len() <= 2);
        let Some((group, last)) = slice.last() else { break };
        after = Some((group.clone(), last.id.clone()));
        read.extend(slice.into_iter().map(|(group, service)| (group, service.id)));
    }
    let mut all = vec![(other, httpbin())];
    all.extend(["a", "b", "c", "httpbin"].map(|id| (group(), id.parse().expect("an id"))));
    all.sort();
    assert_eq!(read, all);
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_named_and_can_be_mended() {
    let fixture = Fixture::with_group().await;
    let store = &fixture.store;
    let corrupt = |error: Option<StoreError>, table: &str| {
        let error = error.expect("unreadable").to_string();
        assert!(error.starts_with(&format!("{table} row httpbin: unusable config")), "{error}");
    };
    for (broken, table) in [
        (r#"{"name":"httpbin"}"#, "service"),
        (r#"{"name":"","upstream":{"own":{}}}"#, "service"),
        (r#"{"name":"a","upstream":{"own":{}},"unheard_of":1}"#, "service"),
        ("{", "route"),
        (r#"{"paths":["relative"]}"#, "route"),
        (r#"{"paths":["/"],"requires_client_certificate":"yes"}"#, "route"),
    ] {
        let sql = format!("UPDATE {table} SET config = '{broken}'");
        fixture.file().await.execute(&sql).await;
        corrupt(store.services(&group()).await.err(), table);
        corrupt(store.service(&group(), &httpbin()).await.err(), table);
        match table {
            "service" => corrupt(store.services_after(None, 9).await.err(), table),
            _ => corrupt(store.routes_after(None, 9).await.err(), table),
        }
        let route = (Some("httpbin".parse().expect("an id")), route("/"));
        let mended = fixture.put(3, Some(&httpbin()), service("app"), vec![route], None).await;
        let mended = mended.expect(broken);
        assert_eq!(read(&fixture, &httpbin()).await, Some(mended));
    }
    fixture.file().await.execute("UPDATE route SET config = '{'").await;
    fixture.file().await.execute("UPDATE service SET config = '{'").await;
    store.delete_service_with_routes(&author(4), &group(), &httpbin()).await.expect("it can go");
}

#[tokio::test]
async fn a_group_goes_with_its_services_routes_and_upstreams() {
    let fixture = Fixture::with_group().await;
    let store = &fixture.store;
    let certificate = fixture.add(crate::support::server(&["a.test"])).await;
    let ca = &certificate.peer_verification.ca_certificates[0].id;
    let with_ca = crate::support::tls_upstream(&[ca], None);
    let at = author(3);
    store.put_upstream(&at, &group(), None, shared("nodes", with_ca.clone()), None).await.expect("written");
    let service = service_at("app", own(with_ca));
    store.put_service(&at, &group(), None, service, None).await.expect("written");
    store.put_route(&at, &group(), None, route("/a"), None).await.expect("written");
    store.delete_ssl_certificate(&at, &group(), &certificate.id).await.expect("deleted");
    store.delete_gateway_group(&at, &group()).await.expect("only certificates hold a group");
    let dump = fixture.file().await.dump().await;
    for table in ["service", "route", "upstream", "upstream_certificate", "ca_certificate"] {
        assert_eq!(dump[table], [""; 0], "{table}");
    }
    // Nothing of it stands in the way of a new one.
    store
        .insert_gateway_group(&at, Some(group()), group_row("default", "127.0.0.1:1"))
        .await
        .expect("written");
    store.put_upstream(&at, &group(), None, shared("nodes", upstream("a:1")), None).await.expect("written");
}

#[tokio::test]
async fn the_audit_log_has_the_service_and_the_routes_that_changed() {
    let fixture = Fixture::with_group().await;
    let made = with_routes(&fixture, "app", &["/kept", "/changed", "/gone"]).await;
    let (service, mut routes) = draft(&made);
    let gone = routes.remove(2).0.expect("it has an id");
    routes[1].1.priority = 7;
    let id = made.service.id.clone();
    let put = fixture.put(3, Some(&id), service.clone(), routes, None);
    let now = put.await.expect("written");
    let details = fixture.file().await.texts("SELECT detail FROM audit ORDER BY revision").await;
    let detail: serde_json::Value = serde_json::from_str(details.last().expect("audited")).expect("JSON");
    let changed = &now.routes[0];
    let expected = serde_json::json!({
        "service": service,
        "routes": { changed.id.as_str(): changed.value, gone.as_str(): null },
    });
    assert_eq!(detail, expected);
}
