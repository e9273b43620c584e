use serde::{Deserialize, Serialize};

use crate::{NodeAddress, ServerName, UnixTime};

/// How nodes are found to be ill or well (APISIX: `checks`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HealthChecks {
    /// By asking them.
    pub active: Option<ActiveCheck>,
    /// By how they answer requests.
    pub passive: Option<PassiveCheck>,
}

/// Asks each node again and again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ActiveCheck {
    /// What is asked.
    pub kind: CheckKind,
    /// The path and query of HTTP checks, from `/` on, as it is sent: at most [`ActiveCheck::LONGEST_PATH`] visible ASCII
    /// characters, no fragment.
    pub path: String,
    /// The host of HTTP checks; `None`: what requests tell the node, or its own address.
    pub host: Option<ServerName>,
    /// Seconds between two checks of a node, 1 to 3,600.
    pub interval: u32,
    /// Milliseconds until a check has failed, 1 to 60,000.
    pub timeout: u32,
    /// Good answers in a row until an ill node is well, 1 to 254.
    pub healthy_after: u8,
    /// Failures in a row until a node is ill, 1 to 254.
    pub unhealthy_after: u8,
}

impl ActiveCheck {
    /// The longest path, in characters.
    pub const LONGEST_PATH: usize = 1_024;
}

impl Default for ActiveCheck {
    fn default() -> Self {
        Self {
            kind: CheckKind::default(),
            path: "/".to_owned(),
            host: None,
            interval: 5,
            timeout: 1_000,
            healthy_after: 2,
            unhealthy_after: 3,
        }
    }
}

/// What an active check asks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckKind {
    /// A GET, over TLS if the upstream's scheme is; answers with status 200 to 399 are good.
    #[default]
    Http,
    /// To be connected to.
    Tcp,
}

/// Counts how requests fare.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PassiveCheck {
    /// Failures in a row until a node is ill, 1 to 254: it could not be reached, broke off, took too long, or answered
    /// with one of `statuses`.
    pub unhealthy_after: u8,
    /// Statuses that count as failures, each 500 to 599, each once.
    pub statuses: Vec<u16>,
    /// Seconds until an ill node is tried again where no active check says that it is well, 1 to 3,600.
    pub recover_after: u32,
}

impl Default for PassiveCheck {
    fn default() -> Self {
        Self { unhealthy_after: 3, statuses: vec![500, 502, 503, 504], recover_after: 10 }
    }
}

/// What is known of a node on this instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeState {
    /// The node.
    pub address: NodeAddress,
    /// Whether it gets requests.
    pub health: NodeHealth,
    /// Requests in progress.
    pub requests: u64,
}

/// Whether a node gets requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum NodeHealth {
    /// Nothing speaks against it.
    Healthy,
    /// It gets none while there are others.
    Unhealthy {
        /// Since when.
        since: UnixTime,
        /// Why, in words, escaped.
        reason: String,
    },
}
