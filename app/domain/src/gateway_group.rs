use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use crate::{GatewayGroupId, IdentityHeaders, ObjectName, Protection, Revision, SslCertificateId, UnixTime};

/// A named set of listeners, certificates and services. Groups are isolated from each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatewayGroup {
    /// Its id, as in URLs; never changes.
    pub id: GatewayGroupId,
    /// Its name; can be changed.
    pub name: ObjectName,
    /// The address its TLS listener was told to use.
    pub listener: SocketAddr,
    /// What the listener of this instance does.
    pub listener_state: ListenerState,
    /// The address where it was told to redirect plain HTTP to HTTPS, if anywhere.
    pub http_listener: Option<SocketAddr>,
    /// What that listener does on this instance; `None` if there is to be none.
    pub http_listener_state: Option<ListenerState>,
    /// The SSL certificate for clients that name no host; without it they are refused.
    pub default_certificate: Option<SslCertificateId>,
    /// What one client, or all of them together, may use up.
    pub protection: Protection,
    /// How the nodes of its services are told who the client is, where a service says nothing else.
    pub identity_headers: IdentityHeaders,
    /// How many SSL certificates it has.
    pub ssl_certificates: u64,
    /// The revision that this instance serves.
    pub revision: Revision,
    /// The latest change of its policies that this instance has put in force since it started.
    pub last_policy_change: Option<PolicyChange>,
}

/// What a change of policies did to connections that were open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyChange {
    /// When it was in force.
    pub at: UnixTime,
    /// The revision.
    pub revision: Revision,
    /// How many open connections it refused; they are gone within a second.
    pub closed: u64,
}

/// What one of a group's listeners does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ListenerState {
    /// It accepts connections at this address (which tells the port where 0 was asked for).
    Listening(SocketAddr),
    /// It could not bind; the reason in words. The group's data is kept, and binding is tried again.
    Failed {
        /// The address.
        address: SocketAddr,
        /// Why, e.g. `address already in use`.
        reason: String,
    },
    /// It has not been started yet.
    Starting,
}
