use domain::{Revision, Status};
use store::{ChangedNoun, ChangedObject, SslCertificatePatch};

use crate::support::{Fixture, author, group, group_row, server};

#[tokio::test]
async fn changes_come_oldest_first_and_each_object_once() {
    let fixture = Fixture::with_group().await;
    let store = &fixture.store;
    let one = fixture.add(server(&["a.test"])).await.id;
    let two = fixture.add(server(&["b.test"])).await.id;
    let patch = SslCertificatePatch { status: Some(Status::Disabled), ..SslCertificatePatch::default() };
    store.update_ssl_certificate(&author(2), &group(), &one, patch, None).await.expect("written");
    store.delete_ssl_certificate(&author(3), &group(), &two).await.expect("deleted");

    let certificate = |revision: u64, id: &str| ChangedObject {
        revision: Revision(revision),
        group: group(),
        noun: ChangedNoun::SslCertificate,
        id: id.to_owned(),
    };
    let gateway_group = ChangedObject { noun: ChangedNoun::GatewayGroup, ..certificate(1, "default") };
    let route = ChangedObject { noun: ChangedNoun::Route, ..certificate(1, "httpbin") };
    let service = ChangedObject { noun: ChangedNoun::Service, ..certificate(1, "httpbin") };
    let (one, two) = (certificate(4, one.as_str()), certificate(5, two.as_str()));
    for (since, expected) in [
        (0, vec![&gateway_group, &route, &service, &one, &two]),
        (1, vec![&one, &two]),
        (3, vec![&one, &two]),
        (4, vec![&two]),
        (5, vec![]),
        (u64::MAX, vec![]),
    ] {
        let changes = store.changes_since(Revision(since)).await.expect("readable");
        assert_eq!(changes.iter().collect::<Vec<_>>(), expected, "since {since}");
    }
}

#[tokio::test]
async fn a_group_that_is_gone_is_still_told() {
    let fixture = Fixture::empty().await;
    let row = group_row("a", "127.0.0.1:1");
    let made = fixture.store.insert_gateway_group(&author(1), None, row).await.expect("written");
    fixture.store.delete_gateway_group(&author(2), &made.id).await.expect("deleted");
    let changes = fixture.store.changes_since(Revision(1)).await.expect("readable");
    let gone = ChangedObject {
        revision: Revision(2),
        group: made.id.clone(),
        noun: ChangedNoun::GatewayGroup,
        id: made.id.to_string(),
    };
    assert_eq!(changes, [gone]);
}
