//! What it costs to find a route or a certificate's policy, and to change one, with few others and with many.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use domain::{GatewayGroupId, Revision, ServerName, Upstream};
use http::Method;
use proxy::bench_support::{Routed, Served};
use proxy::{
    Change, ExemptPaths, HostPolicy, PolicyState, RouteRules, ServiceRules, UpstreamKey, UpstreamState,
};

const ROUTES: [usize; 3] = [1, 100, 10_000];
const CERTIFICATES: [usize; 3] = [1, 10_000, 100_000];

fn group() -> GatewayGroupId {
    GatewayGroupId::default_group()
}

/// A service without hosts, for routes to belong to.
fn service() -> [Change; 2] {
    let key = UpstreamKey::OfService("api".parse().expect("an id"));
    let upstream = UpstreamState::Serving { upstream: Upstream::echo(), tls: None };
    let service = ServiceRules { hosts: Vec::new(), upstream: key.clone(), identity_headers: None };
    [
        Change::Upstream { group: group(), key, upstream },
        Change::Service { group: group(), id: "api".parse().expect("an id"), service },
    ]
}

fn route(number: usize, host: Option<&str>, path: &str) -> Change {
    let route = RouteRules {
        hosts: host.map(|host| host.parse().expect("a host")).into_iter().collect(),
        paths: vec![path.parse().expect("a path")],
        methods: Vec::new(),
        priority: 0,
        service: Some("api".parse().expect("an id")),
        upstream: None,
        timeouts: None,
        requires_client_certificate: false,
    };
    Change::Route { group: group(), id: format!("r{number}").parse().expect("an id"), route }
}

/// All at one host, each with a path of its own.
fn by_path(number: usize) -> Change {
    route(number, None, &format!("/api/v1/service-{number}/*"))
}

/// Each at a host of its own.
fn by_host(number: usize) -> Change {
    route(number, Some(&format!("host-{number}.test.com")), "/*")
}

fn policy(number: usize) -> Change {
    Change::Policy {
        group: group(),
        certificate: format!("c{number}").parse().expect("an id"),
        policy: HostPolicy {
            snis: vec![format!("host-{number}.test.com").parse().expect("a host")],
            revision: Revision(1),
            state: PolicyState::Broken(String::new()),
            exempt_paths: ExemptPaths::default(),
        },
    }
}

fn find_route(criterion: &mut Criterion) {
    let mut benchmarks = criterion.benchmark_group("find_route");
    for routes in ROUTES {
        let last = routes - 1;
        let paths = Served::default().with(service().into_iter().chain((0..routes).map(by_path)));
        let hosts = Served::default().with(service().into_iter().chain((0..routes).map(by_host)));
        let host: ServerName = format!("host-{last}.test.com").parse().expect("a host");
        for (name, served, path) in [
            ("path", &paths, format!("/api/v1/service-{last}/items/42")),
            ("decoded path", &paths, format!("/api//v1/service-{last}/items/%34%32")),
            ("path with two readings", &paths, format!("/api/v1/service-{last}/items/4%2F2")),
            ("host", &hosts, "/api/v1/items/42".to_owned()),
        ] {
            assert!(matches!(served.route(&host, &path, &Method::GET), Routed::To(_)), "{name}");
            benchmarks.bench_function(BenchmarkId::new(name, routes), |bencher| {
                bencher.iter(|| black_box(served.route(&host, black_box(&path), &Method::GET)));
            });
        }
    }
}

fn change_route(criterion: &mut Criterion) {
    let mut benchmarks = criterion.benchmark_group("change_route");
    for routes in ROUTES {
        let served = Served::default().with(service().into_iter().chain((0..routes).map(by_path)));
        benchmarks.bench_function(BenchmarkId::from_parameter(routes), |bencher| {
            bencher.iter(|| black_box(served.with([by_path(routes - 1)])));
        });
    }
}

fn find_certificate(criterion: &mut Criterion) {
    let mut benchmarks = criterion.benchmark_group("find_certificate");
    for certificates in CERTIFICATES {
        let served = Served::default().with((0..certificates).map(policy));
        let host: ServerName = format!("host-{}.test.com", certificates - 1).parse().expect("a host");
        assert!(served.certificate(&host).is_some());
        benchmarks.bench_function(BenchmarkId::from_parameter(certificates), |bencher| {
            bencher.iter(|| black_box(served.certificate(black_box(&host))));
        });
    }
}

fn change_certificate(criterion: &mut Criterion) {
    let mut benchmarks = criterion.benchmark_group("change_certificate");
    for certificates in CERTIFICATES {
        let served = Served::default().with((0..certificates).map(policy));
        benchmarks.bench_function(BenchmarkId::from_parameter(certificates), |bencher| {
            bencher.iter(|| black_box(served.with([policy(certificates - 1)])));
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    targets = find_route, change_route, find_certificate, change_certificate
}
criterion_main!(benches);
