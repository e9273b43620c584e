//! A request's path: what is forwarded, how it may be read, and which route that is. The first line is the path, the
//! others are paths of routes.

#![no_main]

use std::cmp::Reverse;

use domain::{GatewayGroupId, RoutePath, ServerName};
use http::Method;
use libfuzzer_sys::fuzz_target;
use proxy::bench_support::{Path, Routed, Served, path};
use proxy::{Change, RouteRules};

fuzz_target!(|text: &str| {
    let mut lines = text.split('\n');
    let raw = lines.next().unwrap_or_default();
    let routes: Vec<RoutePath> = lines.filter_map(|line| line.parse().ok()).collect();
    let served = Served::default().with(routes.iter().enumerate().map(|(number, path)| change(number, path)));
    let host: ServerName = "test.com".parse().expect("a host");
    let routed = served.route(&host, raw, &Method::GET);

    let Some(Path { forwarded, readings }) = path(raw) else {
        assert_eq!(routed, Routed::Refused);
        return;
    };
    for reading in readings.iter().map(Vec::as_slice).chain([forwarded.as_bytes()]) {
        assert!(reading.starts_with(b"/"), "not absolute");
        let names = || reading[1..].split(|byte| *byte == b'/');
        assert!(names().all(|name| !matches!(name, b"." | b"..")), "a detour is left");
        assert!(names().rev().skip(1).all(|name| !name.is_empty()), "slashes are left");
    }
    let again = path(&forwarded).expect("what is forwarded is refused");
    assert_eq!(again.forwarded, forwarded, "not its own");
    assert_eq!(again.readings[0], readings[0]);

    let expected: Vec<Option<usize>> = readings.iter().map(|reading| decides(&routes, reading)).collect();
    let is_ambiguous = expected.iter().any(|route| *route != expected[0]);
    match routed {
        Routed::To(id) => {
            assert!(!is_ambiguous, "routed although it leads to two places");
            assert_eq!(Some(id.to_string()), expected[0].map(id_of));
        }
        Routed::Nowhere => assert!(!is_ambiguous && expected[0].is_none()),
        Routed::Ambiguous => assert!(is_ambiguous),
        Routed::Refused => unreachable!("it was not refused before"),
    }
    assert_eq!(served.route(&host, &forwarded, &Method::GET), routed, "forwarded, it leads elsewhere");
});

fn id_of(number: usize) -> String {
    format!("r{number:09}")
}

fn change(number: usize, path: &RoutePath) -> Change {
    Change::Route {
        group: GatewayGroupId::default_group(),
        id: id_of(number).parse().expect("an id"),
        route: RouteRules {
            hosts: Vec::new(),
            paths: vec![path.clone()],
            methods: Vec::new(),
            priority: 0,
            service: None,
            upstream: None,
            timeouts: None,
            requires_client_certificate: false,
        },
    }
}

/// The route that a plain list says decides: an exact one, else the one with the longest prefix; the first of these.
fn decides(routes: &[RoutePath], reading: &[u8]) -> Option<usize> {
    let rank = |path: &RoutePath| match path {
        RoutePath::Exact(path) if path.as_bytes() == reading => Some((1, 0)),
        RoutePath::Prefix(prefix) if reading.starts_with(prefix.as_bytes()) => Some((0, prefix.len())),
        RoutePath::Exact(_) | RoutePath::Prefix(_) => None,
    };
    let candidates = routes.iter().enumerate();
    candidates
        .filter_map(|(number, path)| Some((rank(path)?, Reverse(number))))
        .max()
        .map(|(_, Reverse(it))| it)
}
