//! The service on a real store and a real gateway.

mod fixture;

use app::backend::{ServiceDraft, Services as _};
use domain::{
    CaCertificateId, CertificateType, Fault, Field, FieldError, Limit, NodeAddress, Problem, Revision, Route,
    Scheme, Service, SslCertificateId, Status, Timeouts, Upstream, UpstreamChoice, UpstreamId,
    UpstreamNumber, UpstreamTls,
};
use proxy::UpstreamKey;

use self::fixture::{
    Fixture, caller, draft, group, in_route, name, own, route, routes, started, upstream, well, with_tls,
};

#[tokio::test]
async fn a_wrong_draft_is_refused_with_all_that_is_wrong_and_nothing_is_saved() {
    let fixture = Fixture::new().await;
    let client = fixture.certificate(CertificateType::Client).await;
    let disabled = fixture.certificate(CertificateType::Client).await;
    fixture.set_status(&disabled, Status::Disabled).await;
    let server = fixture.certificate(CertificateType::Server).await;
    let listener: NodeAddress = fixture.listener().parse().expect("an address");
    let before = fixture.store().revision().await.expect("readable");

    let (no_ca, no_upstream) = ("none".parse::<CaCertificateId>(), "none".parse::<UpstreamId>());
    let (no_ca, no_upstream) = (no_ca.expect("an id"), no_upstream.expect("an id"));
    let no_certificate: SslCertificateId = "none".parse().expect("an id");
    let here = || own(upstream(Scheme::Http, "192.0.2.1:80"));
    let shows = |certificate: &SslCertificateId| {
        let client_certificate = Some(certificate.clone());
        draft(own(with_tls(UpstreamTls { client_certificate, verify: false, ..UpstreamTls::default() })))
    };
    let trusts = |ca: CaCertificateId| UpstreamTls { ca_certificates: vec![ca], ..UpstreamTls::default() };
    let slow = Timeouts { connect: 0, ..Timeouts::default() };
    let loops = Fault::NodeIsGateway { address: listener.clone(), group: group() };
    let never =
        |path: &str, by: &str| Fault::NeverMatches { path: path.parse().expect(path), by: by.to_owned() };
    let of_all_hosts =
        |of: ServiceDraft| ServiceDraft { service: Service { hosts: Vec::new(), ..of.service }, ..of };
    let to = |choice| Route { upstream: Some(choice), ..route("/to") };
    for (wrong, expected) in [
        (
            draft(UpstreamChoice::Shared(no_upstream.clone())),
            vec![(Field::Upstream, Fault::UpstreamUnknown { id: no_upstream.clone() })],
        ),
        (
            routes(draft(here()), [route("/a"), to(UpstreamChoice::Shared(no_upstream.clone()))]),
            vec![in_route(2, Fault::UpstreamUnknown { id: no_upstream })],
        ),
        (
            draft(own(with_tls(trusts(no_ca.clone())))),
            vec![(Field::UpstreamCa, Fault::CaUnknown { id: no_ca })],
        ),
        (
            shows(&no_certificate),
            vec![(Field::ClientCertificate, Fault::CertificateUnknown { id: no_certificate.clone() })],
        ),
        (
            shows(&server),
            vec![(Field::ClientCertificate, Fault::NotAClientCertificate { id: server.clone() })],
        ),
        (
            shows(&disabled),
            vec![(Field::ClientCertificate, Fault::CertificateDisabled { id: disabled.clone() })],
        ),
        (
            draft(own(Upstream { tls: trusts(fixture.ca().await), ..upstream(Scheme::Http, "192.0.2.1") })),
            vec![(Field::UpstreamCa, Fault::NeedsTls)],
        ),
        (
            // Its own loop, a route's, and a number out of bounds: all are told of.
            routes(
                draft(own(Upstream { timeouts: slow, ..upstream(Scheme::Http, &listener.to_string()) })),
                [to(own(upstream(Scheme::Https, &listener.to_string())))],
            ),
            vec![
                (
                    Field::UpstreamNumber(UpstreamNumber::ConnectTimeout),
                    Fault::OutOfRange { least: 1, most: Timeouts::MOST.into() },
                ),
                (Field::Nodes, loops.clone()),
                in_route(1, loops),
            ],
        ),
        (of_all_hosts(draft(here())), vec![in_route(1, never("/*", "httpbin"))]),
        (
            routes(draft(here()), [route("/a"), route("/b"), route("/a")]),
            vec![in_route(3, never("/a", "app"))],
        ),
        (
            routes(draft(here()), vec![route("/a"); 257]),
            vec![(Field::Routes, Fault::TooLarge(Limit::Entries(256)))],
        ),
        (
            routes(draft(here()), [Route { paths: Vec::new(), ..route("/a") }]),
            vec![in_route(1, Fault::Required)],
        ),
        (
            ServiceDraft {
                service: Service { name: name("HTTPBIN"), ..draft(here()).service },
                routes: vec![],
            },
            vec![(Field::Name, Fault::NameTaken)],
        ),
    ] {
        let expected = expected.into_iter().map(|(field, fault)| FieldError::new(field, fault)).collect();
        assert_eq!(fixture.add(wrong).await, Err(Problem::Invalid(expected)));
    }
    assert_eq!(fixture.store().revision().await.expect("readable"), before, "nothing was written");
    fixture.add(shows(&client)).await.expect("all is well with it");
}

#[tokio::test]
async fn what_is_saved_is_served_when_the_answer_comes() {
    let fixture = Fixture::new().await;
    let added = fixture.add(draft(own(upstream(Scheme::Http, "192.0.2.1:80")))).await.expect("sound");
    let id = added.service.service.id.clone();
    let key = UpstreamKey::OfService(id.clone());
    assert!(added.is_live && added.fault.is_none() && added.shared_upstream.is_none());
    assert_eq!(added.nodes, [well("192.0.2.1:80")]);
    assert_eq!(fixture.nodes(&key), ["192.0.2.1:80"]);
    assert_eq!(added.service.routes.len(), 1);

    // Its own routes are no neighbours of its own.
    let seen = added.service.service.revision;
    let kept = added.service.routes.iter().map(|route| (Some(route.id.clone()), route.value.clone()));
    let moved = ServiceDraft { routes: kept.collect(), ..draft(own(upstream(Scheme::Http, "192.0.2.2:80"))) };
    let update = async |draft, seen| fixture.update(&id, draft, seen).await;
    let updated = update(moved.clone(), seen).await.expect("sound");
    assert_eq!(updated.nodes, [well("192.0.2.2:80")]);
    assert_eq!(updated.service.routes[0].id, added.service.routes[0].id);
    assert_eq!(update(moved.clone(), seen).await, Err(Problem::Stale));
    assert_eq!(update(moved, Revision(0)).await, Err(Problem::Stale));

    let listed = fixture.service.list(&caller(), &group()).await.expect("readable");
    let names: Vec<&str> = listed.iter().map(|status| status.service.service.value.name.as_str()).collect();
    assert_eq!(names, ["app", "httpbin"]);
    fixture.service.delete(&caller(), &group(), &id).await.expect("there");
    assert_eq!(fixture.nodes(&key), [""; 0]);
}

#[tokio::test]
async fn a_service_that_shares_an_upstream_has_none_of_its_own_any_more() {
    let fixture = Fixture::new().await;
    let shared = fixture.shared("192.0.2.9:80").await;
    let added = fixture.add(draft(own(upstream(Scheme::Http, "192.0.2.1:80")))).await.expect("sound");
    let id = added.service.service.id.clone();
    let (own, together) = (UpstreamKey::OfService(id.clone()), UpstreamKey::Shared(shared.clone()));
    assert_eq!(
        (fixture.nodes(&own), fixture.nodes(&together)),
        (vec!["192.0.2.1:80".to_owned()], vec!["192.0.2.9:80".to_owned()])
    );
    let seen = added.service.service.revision;
    let updated = fixture.update(&id, draft(UpstreamChoice::Shared(shared)), seen).await;
    let updated = updated.expect("sound");
    assert_eq!(updated.nodes, [well("192.0.2.9:80")]);
    assert_eq!(updated.shared_upstream.expect("shared").value.name, name("shared"));
    assert_eq!(fixture.nodes(&own), [""; 0]);
}

#[tokio::test]
async fn an_upstream_is_broken_while_its_client_certificate_is_disabled() {
    let fixture = Fixture::new().await;
    let client = fixture.certificate(CertificateType::Client).await;
    fixture.certificate(CertificateType::Server).await;
    let tls = UpstreamTls {
        ca_certificates: vec![fixture.ca().await],
        client_certificate: Some(client.clone()),
        ..UpstreamTls::default()
    };
    let added = fixture.add(draft(own(with_tls(tls)))).await.expect("sound");
    assert_eq!((added.fault.clone(), added.nodes.len()), (None, 1));
    fixture.set_status(&client, Status::Disabled).await;
    let broken = fixture.get(&added).await;
    assert_eq!(broken.fault, Some(Fault::CertificateDisabled { id: client.clone() }));
    assert_eq!(broken.nodes, [], "no request goes to a node of a broken upstream");
    fixture.set_status(&client, Status::Enabled).await;
    let mended = fixture.get(&added).await;
    assert_eq!((mended.fault, mended.nodes.len()), (None, 1));
}

#[tokio::test]
async fn a_route_takes_its_own_upstream_along() {
    let fixture = Fixture::new().await;
    let to = Route { upstream: Some(own(upstream(Scheme::Http, "192.0.2.7:80"))), ..route("/to") };
    let added = fixture.add(routes(draft(own(Upstream::echo())), [to.clone()])).await.expect("sound");
    let stored = &added.service.routes[0];
    let key = UpstreamKey::OfRoute(stored.id.clone());
    assert_eq!(fixture.nodes(&key), ["192.0.2.7:80"]);
    let disabled = Route { status: Status::Disabled, ..to };
    let draft =
        ServiceDraft { routes: vec![(Some(stored.id.clone()), disabled)], ..draft(own(Upstream::echo())) };
    let service = &added.service.service;
    let updated = fixture.update(&service.id, draft, service.revision).await;
    assert_eq!(updated.expect("sound").service.routes.len(), 1);
    assert_eq!(fixture.nodes(&key), [""; 0]);
}

#[tokio::test]
async fn everything_is_there_again_after_a_restart() {
    let fixture = Fixture::new().await;
    let shared = fixture.shared("192.0.2.9:80").await;
    let to = Route { upstream: Some(own(upstream(Scheme::Http, "192.0.2.7:80"))), ..route("/to") };
    let added = routes(draft(own(upstream(Scheme::Http, "192.0.2.1:80"))), [to]);
    let added = fixture.add(added).await.expect("sound");
    let publisher = started(fixture.store()).await;
    for key in [
        UpstreamKey::Shared(shared),
        UpstreamKey::OfService(added.service.service.id),
        UpstreamKey::OfRoute(added.service.routes[0].id.clone()),
    ] {
        assert_eq!(publisher.gateway().node_states(&group(), &key).len(), 1, "{key:?}");
    }
}

#[tokio::test]
async fn forms_are_offered_what_there_is() {
    let fixture = Fixture::new().await;
    let client = fixture.certificate(CertificateType::Client).await;
    fixture.certificate(CertificateType::Server).await;
    let shared = fixture.shared("192.0.2.9:80").await;
    let choices = fixture.service.choices(&caller(), &group()).await.expect("readable");
    assert_eq!(choices.client_certificates, [(client, "CN=gateway".to_owned())]);
    assert_eq!(choices.ca_certificates.len(), 1);
    assert_eq!(choices.upstreams.iter().map(|upstream| &upstream.id).collect::<Vec<_>>(), [&shared]);
}
