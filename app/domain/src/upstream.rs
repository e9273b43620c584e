//! Where requests go: balanced nodes, and how to speak with them.

mod bounds;
mod health;
mod node;
mod number;

use serde::{Deserialize, Serialize};

pub use self::health::{ActiveCheck, CheckKind, HealthChecks, NodeHealth, NodeState, PassiveCheck};
pub use self::node::{Node, NodeAddress, NodeAddressError, NodeHost};
pub use self::number::UpstreamNumber;
use crate::{CaCertificateId, HeaderName, ServerName, SslCertificateId};

/// A balanced set of nodes that answer the same requests (APISIX: `upstream`). Durations are in milliseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Upstream {
    /// What its nodes speak.
    pub scheme: Scheme,
    /// The nodes, at most [`Upstream::MOST_NODES`]. None at all answer 503, except with [`Scheme::Echo`].
    pub nodes: Vec<Node>,
    /// Which node is next (APISIX: `type`).
    pub balancing: Balancing,
    /// The host that nodes are told (APISIX: `pass_host`, `upstream_host`).
    pub host: PassHost,
    /// How long nodes may take.
    pub timeouts: Timeouts,
    /// How many more nodes are tried after one that could not be connected to, or that failed an idempotent request before
    /// answering; `None`: each other node once.
    pub retries: Option<u8>,
    /// No other node is tried once so much time has passed, at most [`Timeouts::MOST`]; 0: no such limit.
    pub retry_timeout: u32,
    /// Connections kept for later requests.
    pub keepalive: Keepalive,
    /// TLS to the nodes; means something with [`Scheme::Https`] and [`Scheme::Grpcs`] only.
    pub tls: UpstreamTls,
    /// How nodes are found to be ill or well.
    pub health: HealthChecks,
}

impl Upstream {
    /// The most nodes of one upstream.
    pub const MOST_NODES: usize = 256;
    /// The most CAs that vouch for the nodes of one upstream.
    pub const MOST_CAS: usize = 32;

    /// The built-in echo service.
    pub fn echo() -> Self {
        Self { scheme: Scheme::Echo, ..Self::default() }
    }
}

/// What nodes speak (APISIX: `scheme`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// HTTP/1.1.
    #[default]
    Http,
    /// HTTP/1.1 over TLS.
    Https,
    /// HTTP/2 without TLS, with prior knowledge: gRPC, and whatever else is spoken over it (h2c).
    Grpc,
    /// HTTP/2 over TLS.
    Grpcs,
    /// No node at all: the gateway answers by itself, as httpbin does.
    Echo,
}

impl Scheme {
    /// All of them, in the order of forms.
    pub const ALL: [Self; 5] = [Self::Http, Self::Https, Self::Grpc, Self::Grpcs, Self::Echo];

    /// Its name in forms and documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::Grpc => "grpc",
            Self::Grpcs => "grpcs",
            Self::Echo => "echo",
        }
    }

    /// Whether connections are encrypted.
    pub fn is_tls(self) -> bool {
        matches!(self, Self::Https | Self::Grpcs)
    }

    /// Whether HTTP/2 is spoken.
    pub fn is_http2(self) -> bool {
        matches!(self, Self::Grpc | Self::Grpcs)
    }

    /// The port that a node has if it is not told; 0 without nodes.
    pub fn default_port(self) -> u16 {
        match self {
            Self::Http | Self::Grpc => 80,
            Self::Https | Self::Grpcs => 443,
            Self::Echo => 0,
        }
    }
}

/// Which node is next (APISIX: `type`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Balancing {
    /// Each in its turn, as often as its weight says.
    #[default]
    RoundRobin,
    /// The one with the fewest requests in progress, for its weight.
    LeastConnections,
    /// The same one for the same key, as long as it is well.
    ConsistentHash(HashKey),
}

/// What a consistent hash is taken of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HashKey {
    /// The first value of a header field; without it, the client's address.
    Header(HeaderName),
    /// The fingerprint of the client's verified certificate; without one, the client's address.
    ClientIdentity,
    /// The client's address.
    ClientAddress,
}

/// The host that nodes are told (APISIX: `pass_host`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PassHost {
    /// The host that the client asked for.
    #[default]
    Pass,
    /// The node's own address.
    Node,
    /// This one (APISIX: `upstream_host`), with a port if it is to have one.
    Rewrite(NodeAddress),
}

/// How long nodes may take, in milliseconds, each at least 1 and at most [`Timeouts::MOST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Timeouts {
    /// To accept a connection, TLS handshake included.
    pub connect: u32,
    /// To take more of a request.
    pub send: u32,
    /// To give more of an answer.
    pub read: u32,
}

impl Timeouts {
    /// The greatest value: a day.
    pub const MOST: u32 = 86_400_000;
}

impl Default for Timeouts {
    /// APISIX's.
    fn default() -> Self {
        Self { connect: 60_000, send: 60_000, read: 60_000 }
    }
}

/// Connections to nodes that are kept for later requests (APISIX: `keepalive_pool`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Keepalive {
    /// How many idle ones each worker keeps for each node, at most [`Keepalive::MOST`]; 0: none.
    pub size: u32,
    /// For how long an idle one is kept, in milliseconds, at most [`Timeouts::MOST`].
    pub idle_timeout: u32,
    /// How many requests one serves; 0: no limit.
    pub requests: u32,
}

impl Keepalive {
    /// The greatest size.
    pub const MOST: u32 = 32_768;
}

impl Default for Keepalive {
    fn default() -> Self {
        Self { size: 320, idle_timeout: 60_000, requests: 1_000_000 }
    }
}

/// TLS to nodes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UpstreamTls {
    /// Whether nodes must prove who they are. Without it, whoever answers is trusted.
    pub verify: bool,
    /// The CAs of the group that vouch for nodes; none: those that the operating system trusts.
    pub ca_certificates: Vec<CaCertificateId>,
    /// The name that nodes are asked for and must prove; `None`: the host that is rewritten to ([`PassHost::Rewrite`]), or
    /// else their own. Never one that clients choose.
    pub server_name: Option<ServerName>,
    /// The SSL certificate of type client that nodes are shown (APISIX: `tls.client_cert_id`).
    pub client_certificate: Option<SslCertificateId>,
}

impl Default for UpstreamTls {
    fn default() -> Self {
        Self { verify: true, ca_certificates: Vec::new(), server_name: None, client_certificate: None }
    }
}
