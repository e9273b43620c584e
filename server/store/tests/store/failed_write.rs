//! A write that fails leaves nothing behind: no row, no audit row, no revision.

use domain::{CertificateType, Revision, Route, SharedUpstream, Status, UpstreamChoice, UpstreamId};
use store::{CaSource, NewSslCertificate, SslCertificatePatch, WriteError};

use crate::support::{
    Fixture, author, ca_id, client, group, group_row, pair, route, route_of, serial, server, service,
    service_at, shared, snis, tls_upstream,
};

/// Checks that a write fails, and that the file is as it was `before`.
macro_rules! unchanged {
    ($fixture:expr, $before:expr, $write:expr, $error:pat) => {
        let error = $write.await.expect_err(stringify!($write));
        assert!(matches!(error, $error), "{}: {error:?}", stringify!($write));
        assert_eq!($fixture.file().await.dump().await, $before, "{}", stringify!($write));
    };
}

#[tokio::test]
async fn nothing_is_half_written() {
    let fixture = Fixture::with_group().await;
    let store = &fixture.store;
    let at = author(50);
    let default = group();
    let absent_group = "absent".parse().expect("an id");
    let absent = "absent".parse().expect("an id");
    let row = group_row("other", "127.0.0.1:1");
    let other = store.insert_gateway_group(&author(2), None, row).await.expect("written").id;
    let holder = fixture.add(server(&["a.test"])).await.id;
    let loser = fixture.add(server(&["b.test"])).await;
    let disabled = fixture.add(server(&["c.test"])).await.id;
    let ca = loser.peer_verification.ca_certificates[0].id.clone();
    let off = SslCertificatePatch { status: Some(Status::Disabled), ..SslCertificatePatch::default() };
    store.update_ssl_certificate(&author(3), &default, &disabled, off.clone(), None).await.expect("written");
    let to_a = SslCertificatePatch { snis: Some(snis(&["a.test"])), ..SslCertificatePatch::default() };
    store.update_ssl_certificate(&author(3), &default, &disabled, to_a, None).await.expect("written");
    let admin = "admin".parse().expect("a name");
    store.insert_first_user(&author(4), admin, String::new()).await.expect("first");

    let unknown_ca = Some(CaSource::Existing(vec![ca_id("absent")]));
    // Gets as far as taking an SNI over before the CA turns out to be unknown.
    let takes_over = NewSslCertificate { ca: unknown_ca.clone(), replace: true, ..server(&["b.test"]) };
    let everything = SslCertificatePatch {
        status: Some(Status::Enabled),
        pairs: Some(vec![pair("new")]),
        snis: Some(snis(&["b.test", "new.test"])),
        ca: unknown_ca,
        replace: true,
        ..SslCertificatePatch::default()
    };
    let on = SslCertificatePatch { status: Some(Status::Enabled), ..SslCertificatePatch::default() };
    let seen = Some(Revision(1));

    let client =
        NewSslCertificate { certificate_type: CertificateType::Client, ca: None, ..server(&["client.test"]) };
    let client = fixture.add(client).await.id;
    let for_hosts = Some(holder.clone());
    store.deny_client(&at, &default, for_hosts.clone(), serial("01"), String::new()).await.expect("written");
    let denied =
        store.deny_client(&at, &default, None, serial("02"), String::new()).await.expect("written").id;
    let lists = Some(vec![b"list".to_vec()]);
    let label = String::new;

    let before = fixture.file().await.dump().await;
    macro_rules! fails {
        ($write:expr, $error:pat) => {
            unchanged!(fixture, before, $write, $error)
        };
    }
    fails!(store.insert_ssl_certificate(&at, &absent_group, server(&["x.test"])), WriteError::NotFound);
    fails!(
        store.insert_ssl_certificate(&at, &default, server(&["x.test", "a.test"])),
        WriteError::SniTaken { .. }
    );
    fails!(store.insert_ssl_certificate(&at, &default, takes_over), WriteError::CaUnknown(_));
    fails!(store.update_ssl_certificate(&at, &default, &absent, off.clone(), None), WriteError::NotFound);
    fails!(store.update_ssl_certificate(&at, &default, &holder, off, seen), WriteError::Stale);
    fails!(store.update_ssl_certificate(&at, &default, &disabled, on, None), WriteError::SniTaken { .. });
    fails!(store.update_ssl_certificate(&at, &default, &holder, everything, None), WriteError::CaUnknown(_));
    fails!(store.delete_ssl_certificate(&at, &default, &absent), WriteError::NotFound);
    fails!(store.delete_ca_certificate(&at, &default, &ca), WriteError::InUse(1));
    fails!(store.delete_ca_certificate(&at, &default, &ca_id("absent")), WriteError::NotFound);
    fails!(
        store.insert_gateway_group(&at, Some(group()), group_row("third", "127.0.0.1:3")),
        WriteError::Stale
    );
    fails!(store.insert_gateway_group(&at, None, group_row("Default", "127.0.0.1:3")), WriteError::NameTaken);
    fails!(
        store.insert_gateway_group(&at, None, group_row("third", "127.0.0.1:9443")),
        WriteError::AddressTaken(_)
    );
    fails!(
        store.update_gateway_group(&at, &absent_group, group_row("third", "127.0.0.1:3")),
        WriteError::NotFound
    );
    fails!(
        store.update_gateway_group(&at, &other, group_row("default", "127.0.0.1:1")),
        WriteError::NameTaken
    );
    fails!(
        store.update_gateway_group(&at, &other, group_row("other", "127.0.0.1:9443")),
        WriteError::AddressTaken(_)
    );
    fails!(store.delete_gateway_group(&at, &default), WriteError::InUse(4));
    fails!(store.delete_gateway_group(&at, &absent_group), WriteError::NotFound);
    fails!(
        store.update_revocation(&at, &default, &ca_id("absent"), lists.clone(), None),
        WriteError::NotFound
    );
    fails!(store.update_revocation(&at, &other, &ca, lists, None), WriteError::NotFound);
    fails!(
        store.deny_client(&at, &default, for_hosts.clone(), serial("01"), label()),
        WriteError::AlreadyDenied
    );
    fails!(store.deny_client(&at, &default, None, serial("02"), label()), WriteError::AlreadyDenied);
    fails!(store.deny_client(&at, &absent_group, None, serial("03"), label()), WriteError::NotFound);
    fails!(
        store.deny_client(&at, &other, for_hosts, serial("03"), label()),
        WriteError::CertificateUnknown(_)
    );
    fails!(
        store.deny_client(&at, &default, Some(client), serial("03"), label()),
        WriteError::CertificateUnknown(_)
    );
    fails!(store.allow_client(&at, &other, &denied), WriteError::NotFound);
    let second = "second".parse().expect("a name");
    fails!(store.insert_first_user(&at, second, String::new()), WriteError::Stale);
}

#[tokio::test]
async fn nothing_of_a_service_is_half_written() {
    let fixture = Fixture::with_group().await;
    let store = &fixture.store;
    let (at, default) = (author(50), group());
    let absent_group = "absent".parse().expect("an id");
    let (no_service, no_route) = ("absent".parse().expect("an id"), "absent".parse().expect("an id"));
    let no_upstream: UpstreamId = "absent".parse().expect("an id");
    let server = fixture.add(server(&["a.test"])).await;
    let client = fixture.add(client()).await.id;
    let ca = &server.peer_verification.ca_certificates[0].id;
    let value = tls_upstream(&[ca], Some(&client));
    let nodes = store.put_upstream(&at, &default, None, shared("nodes", value.clone()), None).await;
    let nodes = nodes.expect("written").id;
    let at_nodes = service_at("app", UpstreamChoice::Shared(nodes.clone()));
    let app = fixture.put(2, None, at_nodes, vec![(None, route("/a"))], None).await.expect("written");
    let (app, its_route) = (&app.service.id, &app.routes[0].id);

    let old = Some(Revision(1));
    let taken = service("HttpBin");
    let with_server = tls_upstream(&[], Some(&server.id));
    let to_nowhere = Route { upstream: Some(UpstreamChoice::Shared(no_upstream.clone())), ..route("/b") };
    let (id, route_id, nodes_id) = (Some(app.clone()), Some(its_route.clone()), Some(nodes.clone()));
    let before = fixture.file().await.dump().await;
    macro_rules! fails {
        ($write:expr, $error:pat) => {
            unchanged!(fixture, before, $write, $error)
        };
    }
    fails!(store.put_service(&at, &absent_group, None, service("x"), None), WriteError::NotFound);
    fails!(store.put_service(&at, &default, id.clone(), service("x"), old), WriteError::Stale);
    fails!(store.put_service(&at, &default, None, taken.clone(), None), WriteError::NameTaken);
    fails!(store.delete_service(&at, &default, app, false), WriteError::InUseBy { .. });
    fails!(store.delete_service(&at, &default, &no_service, true), WriteError::NotFound);
    fails!(store.delete_service_with_routes(&at, &default, &no_service), WriteError::NotFound);

    // Gets as far as it can before the last thing turns out to be wrong.
    let routes = |last| vec![(None, route("/new")), last];
    let foreign = (Some("httpbin".parse().expect("an id")), route("/b"));
    fails!(fixture.put(3, Some(app), service("x"), routes(foreign), None), WriteError::NotFound);
    fails!(
        fixture.put(3, Some(app), service("x"), routes((None, to_nowhere.clone())), None),
        WriteError::UpstreamUnknown(_)
    );
    fails!(fixture.put(3, Some(app), service("x"), Vec::new(), old), WriteError::Stale);
    fails!(fixture.put(3, Some(&no_service), service("x"), Vec::new(), old), WriteError::NotFound);
    fails!(fixture.put(3, Some(app), taken, Vec::new(), None), WriteError::NameTaken);
    let many = vec![(None, route("/new")); 10_000];
    fails!(fixture.put(3, Some(app), service("x"), many, None), WriteError::TooMany(10_000));

    fails!(store.put_route(&at, &absent_group, None, route("/a"), None), WriteError::NotFound);
    fails!(store.put_route(&at, &default, route_id.clone(), route("/b"), old), WriteError::Stale);
    fails!(store.put_route(&at, &default, route_id, to_nowhere, None), WriteError::UpstreamUnknown(_));
    let of_nobody = route_of(&no_service, "/a");
    fails!(store.put_route(&at, &default, None, of_nobody, None), WriteError::ServiceUnknown(_));
    fails!(store.delete_route(&at, &default, &no_route), WriteError::NotFound);

    let new = shared("new", value);
    fails!(store.put_upstream(&at, &absent_group, None, new.clone(), None), WriteError::NotFound);
    fails!(store.put_upstream(&at, &default, nodes_id.clone(), new.clone(), old), WriteError::Stale);
    let taken = SharedUpstream { name: "NODES".parse().expect("a name"), ..new };
    fails!(store.put_upstream(&at, &default, None, taken, None), WriteError::NameTaken);
    fails!(
        store.put_upstream(&at, &default, nodes_id, shared("nodes", with_server), None),
        WriteError::NotAClientCertificate(_)
    );
    fails!(store.delete_upstream(&at, &default, &nodes, false), WriteError::InUseBy { .. });
    fails!(store.delete_upstream(&at, &default, &no_upstream, true), WriteError::NotFound);
    fails!(store.delete_ssl_certificate(&at, &default, &client), WriteError::InUseBy { .. });
}
