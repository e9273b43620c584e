mod model;
mod readers;

use domain::{GatewayGroupId, Revision, Upstream, UpstreamId};

use super::*;
use crate::change::Change;
use crate::snapshot::Snapshot;

fn parsed<T: std::str::FromStr<Err: std::fmt::Debug>>(texts: &[&str]) -> Vec<T> {
    texts.iter().map(|text| text.parse().expect(text)).collect()
}

fn group() -> GatewayGroupId {
    GatewayGroupId::default_group()
}

fn shared(id: &str) -> UpstreamKey {
    UpstreamKey::Shared(id.parse::<UpstreamId>().expect("an id"))
}

fn rules(hosts: &[&str], paths: &[&str]) -> RouteRules {
    RouteRules {
        hosts: parsed(hosts),
        paths: parsed(paths),
        methods: Vec::new(),
        priority: 0,
        service: None,
        upstream: Some(shared("echo")),
        timeouts: None,
        requires_client_certificate: false,
    }
}

fn route(id: &str, route: RouteRules) -> Change {
    Change::Route { group: group(), id: id.parse().expect("an id"), route }
}

fn service(id: &str, hosts: &[&str], identity_headers: Option<IdentityHeaders>) -> Change {
    Change::Service {
        group: group(),
        id: id.parse().expect("an id"),
        service: ServiceRules { hosts: parsed(hosts), upstream: shared("nodes"), identity_headers },
    }
}

fn upstream(id: &str, upstream: Upstream) -> Change {
    let upstream = UpstreamState::Serving { upstream, tls: None };
    Change::Upstream { group: group(), key: shared(id), upstream }
}

fn service_removed(id: &str) -> Change {
    Change::ServiceRemoved { group: group(), id: id.parse().expect("an id") }
}

/// A route that belongs to a service, and says nothing else than which paths it is for.
fn of_service(service: &str, paths: &[&str]) -> RouteRules {
    RouteRules { service: Some(service.parse().expect("an id")), upstream: None, ..rules(&[], paths) }
}

fn snapshot(changes: impl IntoIterator<Item = Change>) -> Snapshot {
    Snapshot::default().with(changes, Revision(1))
}

fn find<'a>(snapshot: &'a Snapshot, method: &str, host: &str, path: &str) -> Result<Found<'a>, NotRouted> {
    let path = CheckedPath::new(path).expect("not refused");
    let method = method.parse().expect("a method");
    snapshot.find_route(&group(), &host.parse().expect("a host"), &path, &method)
}

fn found(snapshot: &Snapshot, method: &str, host: &str, path: &str) -> Result<String, NotRouted> {
    find(snapshot, method, host, path).map(|found| found.id.to_string())
}

#[test]
fn without_routes_nothing_is_found() {
    let empty = snapshot([upstream("echo", Upstream::echo()), service("httpbin", &[], None)]);
    assert_eq!(found(&empty, "GET", "test.com", "/"), Err(NotRouted::NotFound));
    assert_eq!(found(&Snapshot::default(), "GET", "test.com", "/"), Err(NotRouted::NotFound));
}

#[test]
fn the_most_exact_host_decides_then_the_most_exact_path() {
    let routes = snapshot([
        route("any", rules(&[], &["/*", "/only"])),
        route("com", rules(&["*.com"], &["/*"])),
        route("wild", rules(&["*.test.com"], &["/a*", "/w/"])),
        route("api", rules(&["api.test.com", "*.api.test.com"], &["/a/*", "/a/b"])),
        route("api-long", rules(&["api.test.com"], &["/a/b/c*"])),
    ]);
    for (host, path, expected) in [
        ("other.org", "/", "any"),
        ("test.com", "/only", "com"),
        ("localhost", "/only", "any"),
        ("www.test.com", "/a", "wild"),
        ("x.www.test.com", "/ab", "wild"),
        // Not covered by the wildcard: it needs one label more.
        ("test.com", "/a", "com"),
        // The paths of the better host do not match: the next one decides.
        ("www.test.com", "/b", "com"),
        ("www.test.com", "/w/", "wild"),
        ("www.test.com", "/w", "com"),
        ("api.test.com", "/a/x", "api"),
        ("api.test.com", "/a", "wild"),
        ("v1.api.test.com", "/a/b", "api"),
        ("a.b.api.test.com", "/a/b/c", "api"),
        ("api.test.com", "/a/b", "api"),
        ("api.test.com", "/a/b/c", "api-long"),
        ("api.test.com", "/a/b/cd/e", "api-long"),
        ("api.test.com", "/a/b/d", "api"),
        ("API.test.com.", "/%61/b/%63", "api-long"),
        ("api.test.com", "/a/x/../b//c", "api-long"),
    ] {
        assert_eq!(found(&routes, "GET", host, path).as_deref(), Ok(expected), "{host} {path}");
    }
}

#[test]
fn of_routes_with_one_path_methods_then_priority_then_the_id_decide() {
    let with = |methods: &[domain::Method], priority, paths| RouteRules {
        methods: methods.to_vec(),
        priority,
        ..rules(&[], paths)
    };
    use domain::Method as M;
    let routes = snapshot([
        route("b", with(&[], 0, &["/x"])),
        route("a", with(&[], 0, &["/x"])),
        route("posts", with(&[M::Post], 5, &["/x"])),
        route("gets", with(&[M::Get], 9, &["/x", "/y"])),
        route("low", with(&[], -1, &["/x"])),
        route("wide", with(&[M::Get, M::Head, M::Purge], 100, &["/*"])),
    ]);
    for (method, path, expected) in [
        ("GET", "/x", Ok("gets")),
        ("POST", "/x", Ok("posts")),
        ("PUT", "/x", Ok("a")),
        ("PROPFIND", "/x", Ok("a")),
        ("get", "/x", Ok("a")),
        // GET does not stand for HEAD, and where the best path has no such method the next one decides.
        ("HEAD", "/x", Ok("a")),
        ("HEAD", "/y", Ok("wide")),
        ("PURGE", "/y", Ok("wide")),
        ("POST", "/y", Err(NotRouted::NotFound)),
    ] {
        assert_eq!(
            found(&routes, method, "test.com", path).as_deref(),
            expected.as_ref().copied(),
            "{method} {path}"
        );
    }
}

#[test]
fn a_path_that_leads_to_two_routes_leads_to_none() {
    let routes = snapshot([
        route("rest", rules(&[], &["/*"])),
        route("admin", rules(&[], &["/admin", "/admin/*"])),
        route("file", rules(&["files.test.com"], &["/f/*"])),
    ]);
    for (host, path, expected) in [
        ("test.com", "/a%2Fb", Ok("rest")),
        ("test.com", "/admin/a%2Fb", Ok("admin")),
        ("test.com", "/a;v=1/b", Ok("rest")),
        ("test.com", "/a%3Fq", Ok("rest")),
        ("test.com", "/admin%2Fusers", Err(NotRouted::Ambiguous)),
        ("test.com", "/admin%252Fusers", Err(NotRouted::Ambiguous)),
        ("test.com", "/admin;x/users", Err(NotRouted::Ambiguous)),
        ("test.com", "/;/admin", Err(NotRouted::Ambiguous)),
        ("test.com", "/%5Cadmin", Err(NotRouted::Ambiguous)),
        ("test.com", "/%2Fadmin", Err(NotRouted::Ambiguous)),
        ("test.com", "/admin%3Fx", Err(NotRouted::Ambiguous)),
        ("test.com", "/%2561dmin", Err(NotRouted::Ambiguous)),
        ("files.test.com", "/f%2Fa", Err(NotRouted::Ambiguous)),
    ] {
        assert_eq!(found(&routes, "GET", host, path).as_deref(), expected.as_ref().copied(), "{host} {path}");
    }
    let one = snapshot([route("file", rules(&[], &["/f/*"]))]);
    assert_eq!(found(&one, "GET", "test.com", "/f%2Fa"), Err(NotRouted::Ambiguous), "a route, or none");
    assert_eq!(found(&one, "GET", "test.com", "/g%2Fa"), Err(NotRouted::NotFound));
}

#[test]
fn routes_follow_the_hosts_of_their_service() {
    let first = snapshot([
        route("r", of_service("s", &["/*"])),
        route("own", RouteRules { hosts: parsed(&["own.org"]), ..of_service("s", &["/*"]) }),
    ]);
    assert_eq!(found(&first, "GET", "test.com", "/"), Err(NotRouted::NotFound), "there is no service yet");
    let second = first.with([service("s", &["test.com"], None)], Revision(2));
    assert_eq!(found(&second, "GET", "test.com", "/").as_deref(), Ok("r"));
    assert_eq!(found(&second, "GET", "own.org", "/").as_deref(), Ok("own"));
    assert_eq!(found(&second, "GET", "new.org", "/"), Err(NotRouted::NotFound));
    let third = second.with([service("s", &["new.org", "*.new.org"], None)], Revision(3));
    assert_eq!(found(&third, "GET", "test.com", "/"), Err(NotRouted::NotFound));
    assert_eq!(found(&third, "GET", "a.new.org", "/").as_deref(), Ok("r"));
    assert_eq!(found(&third, "GET", "own.org", "/").as_deref(), Ok("own"));
    let fourth = third.with([service("s", &[], None)], Revision(4));
    assert_eq!(found(&fourth, "GET", "anything.org", "/").as_deref(), Ok("r"));
    let gone = fourth.with([service_removed("s")], Revision(5));
    for host in ["anything.org", "own.org", "new.org"] {
        assert_eq!(found(&gone, "GET", host, "/"), Err(NotRouted::NotFound), "{host}");
    }
    assert_eq!(found(&second, "GET", "test.com", "/").as_deref(), Ok("r"), "earlier snapshots stay");
}

#[test]
fn the_routes_upstream_goes_before_its_services() {
    let nodes = Upstream {
        nodes: vec![domain::Node::new("127.0.0.1:80".parse().expect("valid"))],
        ..Upstream::default()
    };
    let all = snapshot([
        Change::Upstream {
            group: group(),
            key: shared("ill"),
            upstream: UpstreamState::Broken("no CA".into()),
        },
        upstream("echo", Upstream::echo()),
        upstream("nodes", nodes),
        service("s", &[], None),
        route("services", of_service("s", &["/services"])),
        route("own", RouteRules { upstream: Some(shared("echo")), ..of_service("s", &["/own"]) }),
        route("ill", RouteRules { upstream: Some(shared("ill")), ..rules(&[], &["/ill"]) }),
        route("gone", RouteRules { upstream: Some(shared("gone")), ..of_service("s", &["/gone"]) }),
        route("none", RouteRules { upstream: None, ..rules(&[], &["/none"]) }),
    ]);
    let leads = |path: &str| find(&all, "GET", "test.com", path).expect("a route").destination;
    assert!(matches!(leads("/services"), Destination::Nodes(_)));
    assert!(matches!(leads("/own"), Destination::Echo));
    assert!(matches!(leads("/ill"), Destination::Broken(reason) if reason == "no CA"));
    assert!(matches!(leads("/gone"), Destination::Broken(_)), "never to the service's instead");
    assert!(matches!(leads("/none"), Destination::Broken(_)));
    let sets: Vec<_> = all.node_sets().map(|(_, key, _)| key).collect();
    assert_eq!(sets, [&shared("nodes")]);
    let Some(Destination::Nodes(nodes)) = all.destination(&group(), &shared("nodes")) else {
        panic!("nodes")
    };
    assert_eq!(nodes.upstream().nodes.len(), 1);
    let key = shared("nodes");
    let without = all.with([Change::UpstreamRemoved { group: group(), key }], Revision(2));
    assert!(matches!(
        find(&without, "GET", "test.com", "/services").expect("a route").destination,
        Destination::Broken(_)
    ));
    assert!(without.destination(&group(), &shared("nodes")).is_none() && without.node_sets().count() == 0);
}

#[test]
fn a_service_says_more_about_identity_headers_than_its_group() {
    let listener = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    let settings = |identity_headers| Change::Group {
        group: group(),
        listener,
        http_listener: None,
        default_certificate: None,
        protection: domain::Protection::default(),
        identity_headers,
    };
    let all = snapshot([
        settings(IdentityHeaders::Xfcc),
        service("groups", &["groups.org"], None),
        service("own", &["own.org"], Some(IdentityHeaders::Rfc9440)),
        route("a", of_service("groups", &["/*"])),
        route("b", of_service("own", &["/*"])),
        route("c", rules(&["none.org"], &["/*"])),
    ]);
    let told =
        |snapshot: &Snapshot, host| find(snapshot, "GET", host, "/").expect("a route").identity_headers;
    assert_eq!(told(&all, "groups.org"), IdentityHeaders::Xfcc);
    assert_eq!(told(&all, "own.org"), IdentityHeaders::Rfc9440);
    assert_eq!(told(&all, "none.org"), IdentityHeaders::Xfcc);
    let next = all.with(
        [settings(IdentityHeaders::None), service("own", &["own.org"], Some(IdentityHeaders::Nginx))],
        Revision(2),
    );
    assert_eq!(told(&next, "groups.org"), IdentityHeaders::None);
    assert_eq!(told(&next, "own.org"), IdentityHeaders::Nginx);
}

/// One path within another as often as paths are long: nothing here may need a stack for that.
#[test]
fn paths_may_be_nested_as_deep_as_they_are_long() {
    let longest = format!("/{}", "a".repeat(4094));
    let texts: Vec<String> = (1..=longest.len()).map(|length| format!("{}*", &longest[..length])).collect();
    let paths: Vec<&str> = texts.iter().map(String::as_str).collect();
    let deep = snapshot(
        paths.chunks(256).enumerate().map(|(index, paths)| route(&format!("r{index:02}"), rules(&[], paths))),
    );
    assert_eq!(found(&deep, "GET", "test.com", &longest).as_deref(), Ok("r15"));
    assert_eq!(found(&deep, "GET", "test.com", "/b").as_deref(), Ok("r00"));
    let removals = (0..16).map(|index| Change::RouteRemoved {
        group: group(),
        id: format!("r{index:02}").parse().expect("an id"),
    });
    let empty = deep.with(removals, Revision(2));
    assert_eq!(found(&empty, "GET", "test.com", &longest), Err(NotRouted::NotFound));
}
