use std::cmp::Reverse;
use std::sync::Arc;

use domain::RouteId;

use crate::change::RouteRules;

/// A route as it stands in the index.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) id: RouteId,
    pub(super) rules: RouteRules,
    methods: Methods,
}

impl Entry {
    pub(super) fn new(id: RouteId, rules: RouteRules) -> Self {
        let methods = match &*rules.methods {
            [] => Methods::ALL,
            some => some.iter().fold(Methods(0), |set, method| Methods(set.0 | Methods::one(*method).0)),
        };
        Self { id, rules, methods }
    }

    /// Of routes with the same path: the smaller goes first.
    fn rank(&self) -> (Reverse<i32>, &RouteId) {
        (Reverse(self.rules.priority), &self.id)
    }
}

/// A set of methods: a bit for each that a route can name, and one for all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Methods(u16);

impl Methods {
    const ALL: Self = Self(u16::MAX);
    const OTHER: Self = Self(1 << 15);

    /// The method of a request. As it is named: a route for GET is none for HEAD.
    pub(super) fn of(method: &http::Method) -> Self {
        let name = method.as_str();
        domain::Method::ALL
            .iter()
            .find(|method| method.name() == name)
            .map_or(Self::OTHER, |method| Self::one(*method))
    }

    fn one(method: domain::Method) -> Self {
        Self(1 << method as u16)
    }

    fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// Routes with the same host and path, those that go first first.
#[derive(Debug, Clone, Default)]
pub(super) struct Ranked(Vec<Arc<Entry>>);

impl Ranked {
    /// The one that decides for a method.
    pub(super) fn first(&self, method: Methods) -> Option<&Arc<Entry>> {
        self.0.iter().find(|entry| entry.methods.has(method))
    }

    /// Adds a route, once.
    pub(super) fn insert(&mut self, entry: &Arc<Entry>) {
        if let Err(place) = self.0.binary_search_by(|other| other.rank().cmp(&entry.rank())) {
            self.0.insert(place, Arc::clone(entry));
        }
    }

    /// Takes a route away.
    pub(super) fn remove(&mut self, entry: &Entry) {
        self.0.retain(|other| other.id != entry.id);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_has_a_bit_of_its_own() {
        let mut seen = Methods::OTHER.0;
        for method in domain::Method::ALL {
            let one = Methods::of(&method.name().parse().expect("a method"));
            assert_eq!(one, Methods::one(*method), "{}", method.name());
            assert_eq!(one.0 & seen, 0, "{}", method.name());
            seen |= one.0;
        }
        for other in ["CONNECT", "get", "PROPFIND"] {
            assert_eq!(Methods::of(&other.parse().expect("a method")), Methods::OTHER, "{other}");
        }
    }
}
