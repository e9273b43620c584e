//! A gateway that gives requests to nodes.

use std::net::SocketAddr;

use domain::{IdentityHeaders, Node, RoutePath, ServiceId, Timeouts, Upstream};
use proxy::{Change, RouteRules, ServiceRules, UpstreamKey, UpstreamState};
use tls::NodeTls;

use super::gateway::{Bench, Clients, group};
use super::until;

/// An upstream with these nodes, and a time-out that no honest node of a test exceeds.
pub(crate) fn upstream(nodes: &[SocketAddr]) -> Upstream {
    let node = |address: &SocketAddr| Node::new(address.to_string().parse().expect("an address"));
    let timeouts = Timeouts { connect: 10_000, send: 10_000, read: 10_000 };
    Upstream { nodes: nodes.iter().map(node).collect(), timeouts, ..Upstream::default() }
}

fn service() -> ServiceId {
    "httpbin".parse().expect("an id")
}

/// The upstream that all requests go to, unless a test has made other routes.
pub(crate) fn default_upstream() -> UpstreamKey {
    UpstreamKey::OfService(service())
}

/// A route to an upstream of its own, for these paths of all hosts.
pub(crate) fn route(id: &str, paths: &[&str], upstream: Upstream) -> (Change, RouteRules) {
    let key = UpstreamKey::OfRoute(id.parse().expect("an id"));
    let paths = paths.iter().map(|path| path.parse::<RoutePath>().expect("a path")).collect();
    let route = RouteRules {
        hosts: Vec::new(),
        paths,
        methods: Vec::new(),
        priority: 0,
        service: None,
        upstream: Some(key.clone()),
        timeouts: None,
        requires_client_certificate: false,
    };
    let upstream = UpstreamState::Serving { upstream, tls: None };
    (Change::Upstream { group: group(), key, upstream }, route)
}

impl Bench {
    /// A gateway that lets everybody in at `test.com`, keeps an access log, and gives all requests to these nodes.
    pub(crate) async fn forwarding(nodes: &[SocketAddr]) -> Self {
        let mut bench = Self::start_with(|options| options.access_log = true).await;
        bench.serve("open", &["test.com"], &Clients::All).await;
        bench.forward(upstream(nodes), None).await;
        bench
    }

    /// Changes where all requests go.
    pub(crate) async fn forward(&mut self, upstream: Upstream, tls: Option<NodeTls>) {
        let upstream = UpstreamState::Serving { upstream, tls };
        self.apply(vec![Change::Upstream { group: group(), key: default_upstream(), upstream }]).await;
    }

    /// Adds or replaces a route.
    pub(crate) async fn route(&mut self, id: &str, (upstream, route): (Change, RouteRules)) {
        let route = Change::Route { group: group(), id: id.parse().expect("an id"), route };
        self.apply(vec![upstream, route]).await;
    }

    /// Lets requests for which there is no other route go nowhere.
    pub(crate) async fn without_default_route(&mut self) {
        self.apply(vec![Change::RouteRemoved { group: group(), id: "all".parse().expect("an id") }]).await;
    }

    /// Changes how nodes are told who the client is.
    pub(crate) async fn tell_identity(&mut self, preset: IdentityHeaders) {
        let service =
            ServiceRules { hosts: Vec::new(), upstream: default_upstream(), identity_headers: Some(preset) };
        self.apply(vec![Change::Service { group: group(), id: self::service(), service }]).await;
    }

    /// How many requests are in progress at all nodes of all upstreams.
    pub(crate) fn in_progress(&self) -> u64 {
        let states = self.gateway.all_node_states();
        states.iter().flat_map(|(_, _, nodes)| nodes).map(|node| node.requests).sum()
    }

    /// Waits until no node has a request in progress.
    pub(crate) async fn nodes_are_free(&self) {
        until("no node has a request in progress", || self.in_progress() == 0).await;
    }
}
