//! Which requests go to which service.

mod path;

use serde::{Deserialize, Serialize};

pub use self::path::{RoutePath, RoutePathError};
use crate::service::too_many_hosts;
use crate::{Fault, Field, FieldError, Limit, ObjectName, ServiceId, Sni, Status, Timeouts, UpstreamChoice};

/// Requests that are to go somewhere (APISIX: `route`). Of several routes that match a request, the one with the most
/// exact host decides, then the most exact path, then the greatest priority, then the smallest id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// Its name, for people.
    #[serde(default)]
    pub name: Option<ObjectName>,
    /// The hosts; empty: those of its service. Here a wildcard covers any number of labels.
    #[serde(default)]
    pub hosts: Vec<Sni>,
    /// The paths, at least one, at most [`Route::MOST_PATHS`].
    pub paths: Vec<RoutePath>,
    /// The methods; empty: all.
    #[serde(default)]
    pub methods: Vec<Method>,
    /// The greater decides, of routes with the same path.
    #[serde(default)]
    pub priority: i32,
    /// The service that it belongs to.
    #[serde(default)]
    pub service: Option<ServiceId>,
    /// Where its requests go; `None`: where its service says. A route without a service must have one.
    #[serde(default)]
    pub upstream: Option<UpstreamChoice>,
    /// How long nodes may take; `None`: as the upstream says.
    #[serde(default)]
    pub timeouts: Option<Timeouts>,
    /// Whether only clients with a verified certificate may use it: all others get 400, whatever the SSL certificate of the
    /// host asks for.
    #[serde(default)]
    pub requires_client_certificate: bool,
    /// A disabled route is as if absent.
    #[serde(default = "enabled")]
    pub status: Status,
}

fn enabled() -> Status {
    Status::Enabled
}

impl Route {
    /// The most paths of a route.
    pub const MOST_PATHS: usize = 256;

    /// A route for these paths of a service, with nothing special.
    pub fn of_service(service: ServiceId, paths: Vec<RoutePath>) -> Self {
        Self {
            name: None,
            hosts: Vec::new(),
            paths,
            methods: Vec::new(),
            priority: 0,
            service: Some(service),
            upstream: None,
            timeouts: None,
            requires_client_certificate: false,
            status: Status::Enabled,
        }
    }

    /// What of it, and of the upstream that it has for itself, is out of its bounds; empty if nothing is.
    pub fn errors(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if self.paths.is_empty() {
            errors.push(FieldError::new(Field::Routes, Fault::Required));
        }
        if self.paths.len() > Self::MOST_PATHS {
            let limit = Limit::Entries(Self::MOST_PATHS as u64);
            errors.push(FieldError::new(Field::Routes, Fault::TooLarge(limit)));
        }
        errors.extend(too_many_hosts(&self.hosts));
        if self.service.is_none() && self.upstream.is_none() {
            errors.push(FieldError::new(Field::Upstream, Fault::NoUpstream));
        }
        errors.extend(self.upstream.iter().flat_map(UpstreamChoice::errors));
        errors.extend(self.timeouts.iter().flat_map(Timeouts::errors));
        errors
    }

    /// A path for which one of two routes would never get a request, as nothing but their ids tells which of them decides:
    /// both are enabled, and have a host, the path, a method and the priority in common. `hosts` and `other_hosts` are the
    /// hosts that hold for them, their services' if they have none; none at all: all hosts.
    pub fn undecided<'a>(
        &'a self,
        hosts: &[Sni],
        other: &Self,
        other_hosts: &[Sni],
    ) -> Option<&'a RoutePath> {
        let enabled = self.status == Status::Enabled && other.status == Status::Enabled;
        let decided = !enabled
            || self.priority != other.priority
            || !have_common(&self.methods, &other.methods)
            || !have_common(or_all(hosts), or_all(other_hosts));
        if decided { None } else { self.paths.iter().find(|path| other.paths.contains(path)) }
    }
}

/// What no host at all means.
fn or_all(hosts: &[Sni]) -> &[Sni] {
    if hosts.is_empty() { &[Sni::Any] } else { hosts }
}

/// Whether two lists have an entry in common; an empty one has all entries.
fn have_common<T: PartialEq>(some: &[T], others: &[T]) -> bool {
    some.is_empty() || others.is_empty() || some.iter().any(|entry| others.contains(entry))
}

macro_rules! methods {
    ($($variant:ident $name:literal,)*) => {
        /// A method that a route can ask for (APISIX's list, without CONNECT: a gateway makes no tunnels).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Method {
            $(#[doc = $name] #[serde(rename = $name)] $variant,)*
        }

        impl Method {
            /// All of them, in the order of forms.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// As it stands in a request.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

methods! {
    Get "GET",
    Post "POST",
    Put "PUT",
    Delete "DELETE",
    Patch "PATCH",
    Head "HEAD",
    Options "OPTIONS",
    Trace "TRACE",
    Purge "PURGE",
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UpstreamNumber;

    fn route(service: Option<&str>, paths: &[&str]) -> Route {
        let paths = paths.iter().map(|path| path.parse().expect("a path")).collect();
        let service = service.map(|id| id.parse().expect("an id"));
        Route { service, ..Route::of_service("s".parse().expect("an id"), paths) }
    }

    #[test]
    fn bounds_are_told_at_their_fields() {
        let of_service = route(Some("s"), &["/"]);
        assert_eq!(of_service.errors(), []);
        let entries = |most: usize| Fault::TooLarge(Limit::Entries(most as u64));
        let slow = Timeouts { read: 0, ..Timeouts::default() };
        let echo = UpstreamChoice::Own(Box::new(crate::Upstream::echo()));
        for (route, expected) in [
            (route(None, &["/"]), Some((Field::Upstream, Fault::NoUpstream))),
            (Route { upstream: Some(echo), ..route(None, &["/"]) }, None),
            (route(Some("s"), &[]), Some((Field::Routes, Fault::Required))),
            (route(Some("s"), &["/"; 257]), Some((Field::Routes, entries(256)))),
            (Route { hosts: vec![Sni::Any; 257], ..of_service.clone() }, Some((Field::Hosts, entries(256)))),
            (
                Route { timeouts: Some(slow), ..of_service },
                Some((
                    Field::UpstreamNumber(UpstreamNumber::ReadTimeout),
                    Fault::OutOfRange { least: 1, most: Timeouts::MOST.into() },
                )),
            ),
        ] {
            let expected: Vec<_> =
                expected.map(|(at, fault)| FieldError::new(at, fault)).into_iter().collect();
            assert_eq!(route.errors(), expected);
        }
    }

    #[test]
    fn two_routes_are_undecided_if_only_their_ids_differ() {
        let one = route(Some("s"), &["/a", "/b/*"]);
        let get = |route: Route| Route { methods: vec![Method::Get], ..route };
        let post = |route: Route| Route { methods: vec![Method::Post], ..route };
        let same = route(None, &["/b/*"]);
        for (other, hosts, other_hosts, undecided) in [
            (same.clone(), "", "", true),
            (same.clone(), "", "*", true),
            (same.clone(), "a.test", "b.test,a.test", true),
            (same.clone(), "a.test", "", false),
            (same.clone(), "a.test", "*.test", false),
            (route(None, &["/b"]), "", "", false),
            (route(None, &["/*"]), "", "", false),
            (get(same.clone()), "", "", true),
            (Route { priority: 1, ..same.clone() }, "", "", false),
            (Route { status: Status::Disabled, ..same.clone() }, "", "", false),
        ] {
            let hosts_of = |text: &str| -> Vec<Sni> {
                text.split(',')
                    .filter(|host| !host.is_empty())
                    .map(|host| host.parse().expect(host))
                    .collect()
            };
            let (hosts, other_hosts) = (hosts_of(hosts), hosts_of(other_hosts));
            let found = one.undecided(&hosts, &other, &other_hosts);
            assert_eq!(found.is_some(), undecided, "{other:?} {hosts:?} {other_hosts:?}");
            assert_eq!(
                other.undecided(&other_hosts, &one, &hosts).is_some(),
                undecided,
                "the other way round"
            );
        }
        assert_eq!(get(one).undecided(&[], &post(same), &[]), None);
    }
}
