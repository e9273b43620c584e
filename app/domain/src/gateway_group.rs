use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Fault, GatewayGroupId, Limit, Protection, Revision, SslCertificateId, UnixTime};

/// A named set of listeners, certificates and services. Groups are isolated from each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatewayGroup {
    /// Its id, as in URLs; never changes.
    pub id: GatewayGroupId,
    /// Its name; can be changed.
    pub name: GroupName,
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

/// A group's name: 1 to 64 characters, no control characters, no space at the ends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct GroupName(Box<str>);

impl GroupName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for GroupName {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Fault::Required);
        }
        if text.chars().count() > 64 {
            return Err(Fault::TooLarge(Limit::Characters(64)));
        }
        if text.chars().any(char::is_control) {
            return Err(Fault::InvalidCharacters);
        }
        Ok(Self(text.into()))
    }
}

impl TryFrom<String> for GroupName {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map_err(|_| "not a group name")
    }
}

impl From<GroupName> for String {
    fn from(name: GroupName) -> Self {
        name.0.into()
    }
}

impl fmt::Display for GroupName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
