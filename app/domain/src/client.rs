use serde::{Deserialize, Serialize};

use crate::{Fingerprint, GatewayGroupId, ServerName, UnixTime};

/// A client that was let in with a verified certificate: one row of a group's inventory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// The group.
    pub group: GatewayGroupId,
    /// SHA-256 of its certificate, which tells it apart.
    pub fingerprint: Fingerprint,
    /// What to call it: the common name, else a SAN, else the subject.
    pub name: String,
    /// The subject name, escaped.
    pub subject: String,
    /// The issuer name, escaped.
    pub issuer: String,
    /// The serial number in hex with colons.
    pub serial: String,
    /// The SANs with their kinds (`dns:a.example.com`), escaped; at most 20.
    pub names: Vec<String>,
    /// When its certificate expires.
    pub not_after: UnixTime,
    /// The hosts that it came for, at most 20; the latest first.
    pub hosts: Vec<ServerName>,
    /// When it was first seen.
    pub first_seen: UnixTime,
    /// When it was last seen.
    pub last_seen: UnixTime,
    /// How many handshakes it made, resumed ones included.
    pub handshakes: u64,
    /// Whether a deny-list of the group or of one of its SSL certificates names it now.
    pub denied: bool,
}
