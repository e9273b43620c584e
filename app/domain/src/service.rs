//! Services: hosts with routes that share an upstream.

use serde::{Deserialize, Serialize};

use crate::{
    Fault, IdentityHeaders, NodeState, ObjectName, Route, RouteId, ServiceId, Sni, Upstream, UpstreamId,
    Versioned,
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

    /// The service that a new gateway group starts with: the built-in echo, for all hosts.
    pub fn httpbin() -> Self {
        Self {
            name: "httpbin".parse().expect("a name"),
            hosts: Vec::new(),
            upstream: UpstreamChoice::Own(Box::new(Upstream::echo())),
            identity_headers: None,
        }
    }
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
