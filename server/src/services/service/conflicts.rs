//! Routes of which only the ids tell which one decides: one of them would never get a request.

use std::collections::HashMap;

use domain::{Fault, Route, RouteId, RoutePath, Sni};

/// A route as it would be in force.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed<'a> {
    /// Its id, if it has one yet.
    pub(super) id: Option<&'a RouteId>,
    /// The route.
    pub(super) route: &'a Route,
    /// The hosts and the name of its service, if it has one.
    pub(super) service: Option<(&'a [Sni], &'a str)>,
}

impl Placed<'_> {
    /// The hosts that hold for it.
    fn hosts(&self) -> &[Sni] {
        match self.service {
            Some((hosts, _)) if self.route.hosts.is_empty() => hosts,
            _ => &self.route.hosts,
        }
    }

    /// What to call it.
    fn name(&self) -> String {
        let name = self.route.name.as_ref().map(|name| name.as_str());
        let service = self.service.map(|(_, name)| name);
        name.or(service).or(self.id.map(RouteId::as_str)).unwrap_or_default().to_owned()
    }
}

/// The faults of the routes of a draft, each with the number of its route, from 1. They are compared with the ones before
/// them, and with all `others` of their group.
pub(super) fn faults(draft: &[Placed<'_>], others: &[Placed<'_>]) -> Vec<(usize, Fault)> {
    let mut known = Known::default();
    others.iter().for_each(|other| known.add(other));
    let mut faults = Vec::new();
    for (number, placed) in (1..).zip(draft) {
        faults.extend(known.fault(placed).map(|fault| (number, fault)));
        known.add(placed);
    }
    faults
}

/// Routes by their paths: those without one in common do not meet.
#[derive(Debug, Default)]
struct Known<'a>(HashMap<&'a RoutePath, Vec<&'a Placed<'a>>>);

impl<'a> Known<'a> {
    fn add(&mut self, placed: &'a Placed<'a>) {
        for path in &placed.route.paths {
            self.0.entry(path).or_default().push(placed);
        }
    }

    fn fault(&self, placed: &Placed<'_>) -> Option<Fault> {
        let mut neighbours = placed.route.paths.iter().filter_map(|path| self.0.get(path)).flatten();
        neighbours.find_map(|other| {
            let path = placed.route.undecided(placed.hosts(), other.route, other.hosts())?;
            Some(Fault::NeverMatches { path: path.clone(), by: other.name() })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(path: &str) -> Route {
        Route::of_service("s".parse().expect("an id"), vec![path.parse().expect("a path")])
    }

    fn never(path: &str, by: &str) -> Fault {
        Fault::NeverMatches { path: path.parse().expect("a path"), by: by.to_owned() }
    }

    #[test]
    fn routes_are_compared_within_the_draft_and_with_the_group() {
        let host: [Sni; 1] = ["a.test".parse().expect("a host")];
        let (id, named) = ("r1".parse().expect("an id"), Some("all".parse().expect("a name")));
        let (root, api, other) = (route("/*"), route("/api/*"), Route { name: named, ..route("/*") });
        let draft = |route| Placed { id: None, route, service: Some((&host, "mine")) };
        let there = |route, hosts| Placed { id: Some(&id), route, service: Some((hosts, "theirs")) };
        let alone = Placed { id: Some(&id), route: &root, service: None };
        // Another host, another path.
        assert_eq!(faults(&[draft(&root), draft(&api)], &[there(&root, &[])]), []);
        assert_eq!(
            faults(&[draft(&api), draft(&root)], &[there(&root, &host)]),
            [(2, never("/*", "theirs"))]
        );
        assert_eq!(faults(&[draft(&root)], &[there(&other, &host)]), [(1, never("/*", "all"))]);
        assert_eq!(faults(&[draft(&root), draft(&root)], &[]), [(2, never("/*", "mine"))]);
        // Its own hosts go before its service's; none at all are all.
        let elsewhere = Route { hosts: vec!["b.test".parse().expect("a host")], ..route("/*") };
        assert_eq!(faults(&[draft(&elsewhere)], &[there(&root, &host)]), []);
        let everywhere = Placed { id: None, route: &root, service: Some((&[], "mine")) };
        assert_eq!(faults(&[everywhere], &[alone]), [(1, never("/*", "r1"))]);
    }
}
