use domain::{Noun, Revision, UnixTime, UpstreamChoice, UpstreamId};
use store::{StoreError, WriteError};

use crate::support::{Fixture, author, group, service_at, shared, upstream};

#[tokio::test]
async fn an_upstream_is_kept_as_written() {
    let fixture = Fixture::with_group().await;
    let store = &fixture.store;
    let id: UpstreamId = "7".parse().expect("an id");
    let value = shared("Nodes", upstream("10.0.0.7:80"));
    let absent =
        store.put_upstream(&author(2), &group(), Some(id.clone()), value.clone(), Some(Revision(1))).await;
    assert!(matches!(absent, Err(WriteError::NotFound)), "{absent:?}");
    let made = store.put_upstream(&author(2), &group(), Some(id.clone()), value.clone(), None).await;
    let made = made.expect("written");
    assert_eq!((&made.id, &made.value, made.revision), (&id, &value, Revision(2)));
    assert_eq!(store.upstream(&group(), &id).await.expect("readable"), Some(made.clone()));

    let value = shared("nodes", upstream("[::1]:80"));
    let seen = Some(made.revision);
    let put = store
        .put_upstream(&author(3), &group(), Some(id.clone()), value.clone(), seen)
        .await
        .expect("written");
    assert_eq!((&put.value, put.created_at, put.updated_at), (&value, UnixTime(2), UnixTime(3)));
    assert_eq!(store.upstream(&group(), &id).await.expect("readable"), Some(put));
    assert_eq!(fixture.touched().await, ["Upstream 7"]);
    let stale = store.put_upstream(&author(4), &group(), Some(id.clone()), value, seen).await;
    assert!(matches!(stale, Err(WriteError::Stale)), "{stale:?}");

    store.delete_upstream(&author(5), &group(), &id, false).await.expect("deleted");
    assert_eq!(fixture.touched().await, ["Upstream 7"]);
    assert_eq!(store.upstream(&group(), &id).await.expect("readable"), None);
    let absent = store.delete_upstream(&author(6), &group(), &id, true).await;
    assert!(matches!(absent, Err(WriteError::NotFound)), "{absent:?}");
}

#[tokio::test]
async fn upstreams_are_listed_by_name_which_is_unique() {
    let fixture = Fixture::with_group().await;
    let store = &fixture.store;
    let put = |name: &str| {
        let value = shared(name, upstream("10.0.0.7"));
        async move { store.put_upstream(&author(2), &group(), None, value, None).await }
    };
    for name in ["b", "C", "a"] {
        put(name).await.expect("written");
    }
    assert!(matches!(put("c").await, Err(WriteError::NameTaken)));
    let upstreams = store.upstreams(&group()).await.expect("readable");
    let names: Vec<&str> = upstreams.iter().map(|upstream| upstream.value.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "C"]);

    let all = store.upstreams_after(None, 9).await.expect("readable");
    let keys: Vec<_> = all.iter().map(|(group, upstream)| (group.clone(), upstream.id.clone())).collect();
    assert!(keys.len() == 3 && keys.is_sorted(), "{keys:?}");
    assert_eq!(store.upstreams_after(Some(&keys[0]), 1).await.expect("readable"), all[1..2]);
    assert_eq!(store.upstreams_after(Some(&keys[2]), 1).await.expect("readable"), []);
}

#[tokio::test]
async fn an_upstream_that_a_service_uses_goes_by_force_only() {
    let fixture = Fixture::with_group().await;
    let store = &fixture.store;
    let nodes = shared("nodes", upstream("10.0.0.7"));
    let nodes = store.put_upstream(&author(2), &group(), None, nodes, None).await.expect("written").id;
    let service = service_at("app", UpstreamChoice::Shared(nodes.clone()));
    let user =
        store.put_service(&author(3), &group(), None, service.clone(), None).await.expect("written").id;
    let refused = store.delete_upstream(&author(4), &group(), &nodes, false).await;
    assert!(
        matches!(&refused, Err(WriteError::InUseBy { noun: Noun::Service, id }) if id == user.as_str()),
        "{refused:?}"
    );
    store.delete_upstream(&author(5), &group(), &nodes, true).await.expect("deleted");
    let left = store.service_without_routes(&group(), &user).await.expect("readable").expect("it stays");
    assert_eq!(left.value, service);
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_named() {
    let fixture = Fixture::with_group().await;
    let store = &fixture.store;
    let id: UpstreamId = "7".parse().expect("an id");
    let value = shared("nodes", upstream("10.0.0.7"));
    store.put_upstream(&author(2), &group(), Some(id.clone()), value, None).await.expect("written");
    for broken in ["", r#"{"name":"a"}"#, r#"{"name":"a","upstream":{"tls":{"verify":"no"}}}"#] {
        fixture.file().await.execute(&format!("UPDATE upstream SET config = '{broken}'")).await;
        for error in [
            store.upstream(&group(), &id).await.err(),
            store.upstreams(&group()).await.err(),
            store.upstreams_after(None, 9).await.err(),
        ] {
            let named =
                matches!(&error, Some(StoreError::Corrupt { table: "upstream", id, .. }) if id == "7");
            assert!(named, "{broken}: {error:?}");
        }
    }
    store.delete_upstream(&author(3), &group(), &id, false).await.expect("it can go");
}
