use domain::{Noun, Revision, Route, RouteId, ServiceId, UnixTime, UpstreamChoice};
use store::WriteError;

use crate::support::{Fixture, author, group, route, route_of, service, shared, upstream};

#[tokio::test]
async fn a_route_is_kept_as_written() {
    let fixture = Fixture::with_group().await;
    let store = &fixture.store;
    let id: RouteId = "7".parse().expect("an id");
    let absent =
        store.put_route(&author(2), &group(), Some(id.clone()), route("/a"), Some(Revision(1))).await;
    assert!(matches!(absent, Err(WriteError::NotFound)), "{absent:?}");
    let made =
        store.put_route(&author(2), &group(), Some(id.clone()), route("/a"), None).await.expect("written");
    assert_eq!((&made.id, &made.value, made.revision), (&id, &route("/a"), Revision(2)));
    assert_eq!(store.route(&group(), &id).await.expect("readable"), Some(made.clone()));

    let strict = Route { requires_client_certificate: true, ..route("/b") };
    let seen = Some(made.revision);
    let put = store.put_route(&author(3), &group(), Some(id.clone()), strict.clone(), seen).await;
    let put = put.expect("written");
    assert_eq!((&put.value, put.created_at, put.updated_at), (&strict, UnixTime(2), UnixTime(3)));
    assert_eq!(store.route(&group(), &id).await.expect("readable"), Some(put));
    assert_eq!(fixture.touched().await, ["Route 7"]);
    let stale = store.put_route(&author(4), &group(), Some(id.clone()), strict, seen).await;
    assert!(matches!(stale, Err(WriteError::Stale)), "{stale:?}");

    store.delete_route(&author(5), &group(), &id).await.expect("deleted");
    assert_eq!(fixture.touched().await, ["Route 7"]);
    assert_eq!(store.route(&group(), &id).await.expect("readable"), None);
    let absent = store.delete_route(&author(6), &group(), &id).await;
    assert!(matches!(absent, Err(WriteError::NotFound)), "{absent:?}");
}

#[tokio::test]
async fn all_routes_are_listed_also_those_without_a_service() {
    let fixture = Fixture::with_group().await;
    let store = &fixture.store;
    let other = fixture.other_group().await;
    let id = "a".parse().expect("an id");
    store.put_route(&author(3), &group(), Some(id), route("/a"), None).await.expect("written");
    let routes = store.routes(&group()).await.expect("readable");
    let ids: Vec<&str> = routes.iter().map(|route| route.id.as_str()).collect();
    assert_eq!(ids, ["a", "httpbin"]);

    let all = store.routes_after(None, 9).await.expect("readable");
    let keys: Vec<_> = all.iter().map(|(group, route)| (group.clone(), route.id.clone())).collect();
    assert_eq!(keys.len(), 3);
    assert!(keys.is_sorted() && keys.iter().any(|(group, _)| *group == other), "{keys:?}");
    let after = store.routes_after(Some(&keys[0]), 1).await.expect("readable");
    assert_eq!(after, all[1..2]);
    let services = store.services(&group()).await.expect("readable");
    assert_eq!(services[0].routes.len(), 1, "the route without a service is nobody's");
}

#[tokio::test]
async fn a_route_that_changes_its_service_moves_both_services() {
    let fixture = Fixture::with_group().await;
    let store = &fixture.store;
    let mut ids: Vec<ServiceId> = Vec::new();
    for name in ["one", "two", "three"] {
        let made = store.put_service(&author(2), &group(), None, service(name), None).await;
        ids.push(made.expect("written").id);
    }
    let of_one =
        store.put_route(&author(3), &group(), None, route_of(&ids[0], "/a"), None).await.expect("written");
    let id = Some(of_one.id);
    let moved =
        store.put_route(&author(4), &group(), id, route_of(&ids[1], "/a"), None).await.expect("written");
    for (id, moves) in ids.iter().zip([true, true, false]) {
        let service = store.service_without_routes(&group(), id).await.expect("readable").expect("there");
        assert_eq!(service.revision == moved.revision, moves, "{id}");
        assert_eq!(service.updated_at, UnixTime(2), "it itself says the same");
    }
}

#[tokio::test]
async fn what_a_route_or_service_refers_to_must_be_in_the_group() {
    let fixture = Fixture::with_group().await;
    let store = &fixture.store;
    let other = fixture.other_group().await;
    let elsewhere = store.put_service(&author(3), &other, None, service("app"), None).await.expect("written");
    let nodes = shared("nodes", upstream("10.0.0.7"));
    let nodes = store.put_upstream(&author(3), &other, None, nodes, None).await.expect("written");
    let unknown = store.put_route(&author(4), &group(), None, route_of(&elsewhere.id, "/a"), None).await;
    assert!(matches!(&unknown, Err(WriteError::ServiceUnknown(id)) if *id == elsewhere.id), "{unknown:?}");

    let choice = UpstreamChoice::Shared(nodes.id.clone());
    let at_nodes = Route { upstream: Some(choice.clone()), ..route("/a") };
    let service = crate::support::service_at("app", choice);
    let routes = vec![(None, at_nodes.clone())];
    for unknown in [
        store.put_route(&author(4), &group(), None, at_nodes, None).await.err(),
        store.put_service(&author(4), &group(), None, service.clone(), None).await.err(),
        store
            .put_service_with_routes(&author(4), &group(), None, crate::support::service("app"), routes, None)
            .await
            .err(),
        store.put_service_with_routes(&author(4), &group(), None, service, Vec::new(), None).await.err(),
    ] {
        assert!(matches!(&unknown, Some(WriteError::UpstreamUnknown(id)) if *id == nodes.id), "{unknown:?}");
    }
}

#[tokio::test]
async fn an_upstream_that_a_route_uses_stays() {
    let fixture = Fixture::with_group().await;
    let store = &fixture.store;
    let nodes = shared("nodes", upstream("10.0.0.7"));
    let nodes = store.put_upstream(&author(2), &group(), None, nodes, None).await.expect("written").id;
    let at_nodes = Route { upstream: Some(UpstreamChoice::Shared(nodes.clone())), ..route("/a") };
    let user = store.put_route(&author(3), &group(), None, at_nodes, None).await.expect("written").id;
    let refused = store.delete_upstream(&author(4), &group(), &nodes, false).await;
    assert!(
        matches!(&refused, Err(WriteError::InUseBy { noun: Noun::Route, id }) if id == user.as_str()),
        "{refused:?}"
    );
    store.delete_route(&author(5), &group(), &user).await.expect("deleted");
    store.delete_upstream(&author(6), &group(), &nodes, false).await.expect("nobody uses it");
}
