//! What the gateway is told to serve.

use std::net::SocketAddr;
use std::sync::Arc;

use domain::{
    GatewayGroupId, IdentityHeaders, Method, Protection, Revision, RouteId, RoutePath, ServiceId, Sni,
    SslCertificateId, Timeouts, Upstream, UpstreamId,
};
use tls::{HostConfig, NodeTls};

use crate::deferred::Deferred;
use crate::exempt_paths::ExemptPaths;

/// One change of the snapshot.
#[derive(Debug)]
pub enum Change {
    /// A group is new, or its settings have changed.
    Group {
        /// The group.
        group: GatewayGroupId,
        /// Where it listens.
        listener: SocketAddr,
        /// Where it answers plain HTTP with redirects to `listener`'s port, if anywhere.
        http_listener: Option<SocketAddr>,
        /// The SSL certificate whose policy decides for clients that name no host; without it they are refused.
        default_certificate: Option<SslCertificateId>,
        /// What its clients may use up; holds for new connections.
        protection: Protection,
        /// How nodes are told who the client is, where a service says nothing else.
        identity_headers: IdentityHeaders,
    },
    /// A group is gone, with all its policies.
    GroupRemoved(GatewayGroupId),
    /// The deny-list that the group's policies share ([`tls::GroupDenials`]) has other entries now: all its connections
    /// are judged again.
    DenialsChanged(GatewayGroupId),
    /// A policy is new or has changed.
    Policy {
        /// The group.
        group: GatewayGroupId,
        /// The SSL certificate that it is made of.
        certificate: SslCertificateId,
        /// The policy.
        policy: HostPolicy,
    },
    /// A policy is gone: its SSL certificate is deleted.
    PolicyRemoved {
        /// The group.
        group: GatewayGroupId,
        /// The SSL certificate.
        certificate: SslCertificateId,
    },
    /// An upstream is new or has changed. What is known of nodes that stay is kept; requests in progress go on.
    Upstream {
        /// The group.
        group: GatewayGroupId,
        /// Whose it is.
        key: UpstreamKey,
        /// The upstream.
        upstream: UpstreamState,
    },
    /// An upstream is gone.
    UpstreamRemoved {
        /// The group.
        group: GatewayGroupId,
        /// Whose it was.
        key: UpstreamKey,
    },
    /// A service is new or has changed.
    Service {
        /// The group.
        group: GatewayGroupId,
        /// Its id.
        id: ServiceId,
        /// What holds for its routes.
        service: ServiceRules,
    },
    /// A service is gone. Routes that still name it match nothing.
    ServiceRemoved {
        /// The group.
        group: GatewayGroupId,
        /// Its id.
        id: ServiceId,
    },
    /// A route is new or has changed, and is enabled.
    Route {
        /// The group.
        group: GatewayGroupId,
        /// Its id.
        id: RouteId,
        /// The route.
        route: RouteRules,
    },
    /// A route is gone, or disabled.
    RouteRemoved {
        /// The group.
        group: GatewayGroupId,
        /// Its id.
        id: RouteId,
    },
}

/// Names an upstream of a group: by whom it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum UpstreamKey {
    /// Services and routes share it.
    Shared(UpstreamId),
    /// A service has it for itself.
    OfService(ServiceId),
    /// A route has it for itself.
    OfRoute(RouteId),
}

/// What to do with requests for an upstream.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "made once for each change, and nearly always the large one")]
pub enum UpstreamState {
    /// Give them to its nodes.
    Serving {
        /// The upstream.
        upstream: Upstream,
        /// How to speak TLS with its nodes; `None` if its scheme has none.
        tls: Option<NodeTls>,
    },
    /// Answer 503 to all of them, for this reason (operators see it).
    Broken(String),
}

/// What holds for the routes of a service.
#[derive(Debug, Clone)]
pub struct ServiceRules {
    /// The hosts of routes that name none; empty: all.
    pub hosts: Vec<Sni>,
    /// Where requests go if their route says nothing else.
    pub upstream: UpstreamKey,
    /// How nodes are told who the client is; `None`: as the group says.
    pub identity_headers: Option<IdentityHeaders>,
}

/// Which requests go where.
#[derive(Debug, Clone)]
pub struct RouteRules {
    /// The hosts; empty: those of its service, or all if it has none.
    pub hosts: Vec<Sni>,
    /// The paths.
    pub paths: Vec<RoutePath>,
    /// The methods; empty: all.
    pub methods: Vec<Method>,
    /// The greater decides, of routes with the same path.
    pub priority: i32,
    /// Its service.
    pub service: Option<ServiceId>,
    /// Where requests go; `None`: where its service says.
    pub upstream: Option<UpstreamKey>,
    /// How long nodes may take; `None`: as the upstream says.
    pub timeouts: Option<Timeouts>,
    /// Whether clients without a verified certificate get 400.
    pub requires_client_certificate: bool,
}

/// What holds for the hosts of one SSL certificate.
#[derive(Debug)]
pub struct HostPolicy {
    /// The hosts.
    pub snis: Vec<Sni>,
    /// The revision of its last change.
    pub revision: Revision,
    /// What to do with their clients.
    pub state: PolicyState,
    /// The paths that need no verified client, where each request decides for itself (`tls::Enforcement::PerRequest`);
    /// they mean nothing otherwise.
    pub exempt_paths: ExemptPaths,
}

/// What to do with the clients of a policy's hosts.
#[derive(Debug)]
pub enum PolicyState {
    /// Serve them.
    Serving(Arc<HostConfig>),
    /// Serve them; how is found out when the first of them comes.
    Deferred(Deferred),
    /// Refuse them all, for this reason (operators see it).
    Broken(String),
    /// Serve them no more, as if nobody knew the hosts: the certificate is disabled. Its names still stand in the way of
    /// wider ones, so that switching a strict host off does not open it through a lax wildcard.
    Suspended,
}
