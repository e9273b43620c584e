//! The index against a plain list, over any sequence of changes.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use domain::{Method, RoutePath};
use proptest::prelude::*;

use super::*;

const ROUTES: [&str; 5] = ["a", "b", "c", "d", "e"];
const SERVICES: [&str; 2] = ["s", "t"];
const PATTERNS: [&str; 6] = ["test.com", "*.test.com", "api.test.com", "*.api.test.com", "*.com", "*"];
const HOSTS: [&str; 6] =
    ["test.com", "api.test.com", "www.test.com", "v1.api.test.com", "a.b.test.com", "other.org"];
const PATHS: [&str; 10] = ["/", "/*", "/a", "/a*", "/a/*", "/a/b", "/a/b*", "/ab*", "/ab/c", "/b/a"];
const ASKED: [&str; 9] = ["/", "/a", "/a/", "/a/b", "/a/bc", "/ab", "/ab/c", "/abc/d", "/b"];
const METHODS: [Method; 3] = [Method::Get, Method::Head, Method::Post];

#[derive(Debug, Clone)]
enum Step {
    PutRoute(&'static str, RouteRules),
    RemoveRoute(&'static str),
    PutService(&'static str, Vec<Sni>),
    RemoveService(&'static str),
    RemoveGroup,
}

fn some<T: Clone + std::fmt::Debug + 'static>(
    of: Vec<T>,
    sizes: std::ops::Range<usize>,
) -> impl Strategy<Value = Vec<T>> {
    prop::collection::vec(prop::sample::select(of), sizes)
}

fn any_route() -> impl Strategy<Value = RouteRules> {
    let service = prop::option::of(prop::sample::select(SERVICES.to_vec()));
    (some(PATTERNS.to_vec(), 0..3), some(PATHS.to_vec(), 1..4), some(METHODS.to_vec(), 0..3), -1..2, service)
        .prop_map(|(hosts, paths, methods, priority, service)| RouteRules {
            methods,
            priority,
            service: service.map(|service| service.parse().expect("an id")),
            ..rules(&hosts, &paths)
        })
}

fn step() -> impl Strategy<Value = Step> {
    let route = prop::sample::select(ROUTES.to_vec());
    let service = prop::sample::select(SERVICES.to_vec());
    prop_oneof![
        8 => (route.clone(), any_route()).prop_map(|(id, rules)| Step::PutRoute(id, rules)),
        4 => (service.clone(), some(PATTERNS.to_vec(), 0..3)).prop_map(|(id, hosts)| Step::PutService(id, parsed(&hosts))),
        3 => route.prop_map(Step::RemoveRoute),
        2 => service.prop_map(Step::RemoveService),
        1 => Just(Step::RemoveGroup),
    ]
}

fn change(step: &Step) -> Change {
    match step {
        Step::PutRoute(id, rules) => route(id, rules.clone()),
        Step::RemoveRoute(id) => Change::RouteRemoved { group: group(), id: id.parse().expect("an id") },
        Step::PutService(id, hosts) => {
            let hosts: Vec<String> = hosts.iter().map(Sni::to_string).collect();
            service(id, &hosts.iter().map(String::as_str).collect::<Vec<_>>(), None)
        }
        Step::RemoveService(id) => service_removed(id),
        Step::RemoveGroup => Change::GroupRemoved(group()),
    }
}

#[derive(Debug, Clone, Default)]
struct Model {
    routes: BTreeMap<&'static str, RouteRules>,
    services: BTreeMap<&'static str, Vec<Sni>>,
}

impl Model {
    fn make(&mut self, step: &Step) {
        match step {
            Step::PutRoute(id, rules) => drop(self.routes.insert(id, rules.clone())),
            Step::RemoveRoute(id) => drop(self.routes.remove(id)),
            Step::PutService(id, hosts) => drop(self.services.insert(id, hosts.clone())),
            Step::RemoveService(id) => drop(self.services.remove(id)),
            Step::RemoveGroup => *self = Self::default(),
        }
    }

    /// The hosts of a route; `None` if its service is missing.
    fn hosts(&self, route: &RouteRules) -> Option<Vec<Sni>> {
        let services = match &route.service {
            None => &Vec::new(),
            Some(service) => self.services.get(service.as_str())?,
        };
        let hosts = if route.hosts.is_empty() { services } else { &route.hosts };
        Some(if hosts.is_empty() { vec![Sni::Any] } else { hosts.clone() })
    }

    /// The route that decides, by the documented order: host, path, priority, id.
    fn expected(&self, host: &str, path: &str, method: &str) -> Option<&'static str> {
        let mut candidates = Vec::new();
        for (id, route) in &self.routes {
            if !route.methods.is_empty() && route.methods.iter().all(|it| it.name() != method) {
                continue;
            }
            for pattern in self.hosts(route).unwrap_or_default() {
                let host_rank = match &pattern {
                    Sni::Exact(name) if name.as_str() == host => (2, 0),
                    Sni::Wildcard(name) if host.ends_with(&format!(".{name}")) => (1, name.as_str().len()),
                    Sni::Any => (0, 0),
                    _ => continue,
                };
                for pattern in route.paths.iter().filter(|pattern| pattern.covers(path)) {
                    let path_rank = match pattern {
                        RoutePath::Exact(_) => (1, 0),
                        RoutePath::Prefix(prefix) => (0, prefix.len()),
                    };
                    candidates.push((host_rank, path_rank, route.priority, Reverse(*id)));
                }
            }
        }
        candidates.into_iter().max().map(|(.., Reverse(id))| id)
    }

    fn is_served_by(&self, snapshot: &Snapshot) -> Result<(), TestCaseError> {
        for host in HOSTS {
            for path in ASKED {
                for method in ["GET", "HEAD", "PUT"] {
                    let found = found(snapshot, method, host, path).ok();
                    let expected = self.expected(host, path, method);
                    prop_assert_eq!(found.as_deref(), expected, "{} {}{}", method, host, path);
                }
            }
        }
        Ok(())
    }
}

proptest! {
    #[test]
    fn finds_what_a_plain_list_would(steps in prop::collection::vec(step(), 0..24)) {
        let mut snapshot = Snapshot::default();
        let mut model = Model::default();
        for step in &steps {
            let (before, model_before) = (snapshot.clone(), model.clone());
            snapshot = before.with([change(step)], Revision(1));
            model.make(step);
            model.is_served_by(&snapshot)?;
            model_before.is_served_by(&before)?;
        }
        model.is_served_by(&Snapshot::default().with(steps.iter().map(change), Revision(1)))?;
    }

    #[test]
    fn nothing_is_left_of_what_is_removed(steps in prop::collection::vec(step(), 0..24)) {
        let mut routing = Routing::default();
        for step in &steps {
            match step {
                Step::PutRoute(id, rules) => routing.put_route(id.parse().expect("an id"), rules.clone()),
                Step::PutService(id, hosts) => {
                    let rules = ServiceRules {
                        hosts: hosts.clone(),
                        upstream: shared("nodes"),
                        identity_headers: None,
                    };
                    routing.put_service(id.parse().expect("an id"), rules);
                }
                Step::RemoveService(id) => routing.remove_service(&id.parse().expect("an id")),
                Step::RemoveRoute(_) | Step::RemoveGroup => {}
            }
        }
        for id in ROUTES {
            routing.remove_route(&id.parse().expect("an id"));
        }
        prop_assert!(routing.hosts.is_empty() && routing.routes.is_empty() && routing.members.is_empty());
    }
}
