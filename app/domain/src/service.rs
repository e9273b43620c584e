//! Services: hosts with routes that share an upstream.

use serde::{Deserialize, Serialize};

use crate::{
    Fault, Field, FieldError, IdentityHeaders, Limit, NodeState, ObjectName, Route, RouteId, ServiceId, Sni,
    Upstream, UpstreamId, Versioned,
};

/// A set of routes with an upstream in common (APISIX: `service`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Its name; unique in its group without regard to case.
    pub name: ObjectName,
    /// The hosts of those of its routes that name none; empty: all hosts. Here a wildcard covers any number of labels.
    #[serde(default)]
    pub hosts: Vec<Sni>,
    /// Where the requests of those of its routes go that say nothing else.
    pub upstream: UpstreamChoice,
    /// How nodes are told who the client is; `None`: as the gateway group says.
    #[serde(default)]
    pub identity_headers: Option<IdentityHeaders>,
}

impl Service {
    /// The most hosts of a service or a route.
    pub const MOST_HOSTS: usize = 256;
    /// The most routes of a service.
    pub const MOST_ROUTES: usize = 256;

    /// The service that a new gateway group starts with: the built-in echo, for all hosts.
    pub fn httpbin() -> Self {
        Self {
            name: "httpbin".parse().expect("a name"),
            hosts: Vec::new(),
            upstream: UpstreamChoice::Own(Box::new(Upstream::echo())),
            identity_headers: None,
        }
    }

    /// What of it, and of the upstream that it has for itself, is out of its bounds; empty if nothing is.
    pub fn errors(&self) -> Vec<FieldError> {
        let mut errors = too_many_hosts(&self.hosts).map_or_else(Vec::new, |error| vec![error]);
        errors.extend(self.upstream.errors());
        errors
    }
}

/// Whether there are more hosts than a service or a route may have.
pub(crate) fn too_many_hosts(hosts: &[Sni]) -> Option<FieldError> {
    let limit = Limit::Entries(Service::MOST_HOSTS as u64);
    (hosts.len() > Service::MOST_HOSTS).then(|| FieldError::new(Field::Hosts, Fault::TooLarge(limit)))
}

/// The upstream of a service or a route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UpstreamChoice {
    /// Its own (APISIX: `upstream`).
    Own(Box<Upstream>),
    /// One that others may use too (APISIX: `upstream_id`).
    Shared(UpstreamId),
}

impl UpstreamChoice {
    /// What of an own upstream is out of its bounds; nothing of a shared one.
    pub fn errors(&self) -> Vec<FieldError> {
        match self {
            Self::Own(upstream) => upstream.errors(),
            Self::Shared(_) => Vec::new(),
        }
    }
}

/// An upstream that services and routes may share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharedUpstream {
    /// Its name; unique in its group without regard to case.
    pub name: ObjectName,
    /// The upstream.
    pub upstream: Upstream,
}

/// A service with its routes: what an operator edits as one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceWithRoutes {
    /// The service.
    pub service: Versioned<ServiceId, Service>,
    /// Its routes, in the order of their priority.
    pub routes: Vec<Versioned<RouteId, Route>>,
}

/// A service as it fares on this instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceStatus {
    /// The service and its routes.
    pub service: ServiceWithRoutes,
    /// The upstream that it shares with others, by name; `None` if it has its own.
    pub shared_upstream: Option<Versioned<UpstreamId, SharedUpstream>>,
    /// The nodes of its upstream.
    pub nodes: Vec<NodeState>,
    /// Why its upstream cannot be used; `None` if it can.
    pub fault: Option<Fault>,
    /// Whether this instance serves what is saved.
    pub is_live: bool,
}
