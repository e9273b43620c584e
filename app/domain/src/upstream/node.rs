use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ServerName;

/// One server of an upstream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// Where it is.
    pub address: NodeAddress,
    /// How much of the requests it gets, next to the others of its priority, at most [`Node::MOST_WEIGHT`]; 0: none.
    #[serde(default = "one")]
    pub weight: u32,
    /// Nodes of a lower priority get requests only while all of a higher one are ill.
    #[serde(default)]
    pub priority: i32,
}

fn one() -> u32 {
    1
}

impl Node {
    /// The greatest weight.
    pub const MOST_WEIGHT: u32 = 1_000_000;

    /// A node of the usual weight and priority.
    pub fn new(address: NodeAddress) -> Self {
        Self { address, weight: one(), priority: 0 }
    }
}

/// A host with or without a port: `10.0.0.7:8080`, `[::1]:80`, `app.internal`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NodeAddress {
    /// The host.
    pub host: NodeHost,
    /// The port; `None`: the one that the scheme is known for.
    pub port: Option<u16>,
}

/// A node's host.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum NodeHost {
    /// By its address.
    Ip(IpAddr),
    /// By a name that is looked up when it is needed.
    Name(ServerName),
}

/// Why a text is no [`NodeAddress`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a node is a host name or an address, with or without a port: app.internal, 10.0.0.7:8080, [::1]:80")]
pub struct NodeAddressError;

impl FromStr for NodeAddress {
    type Err = NodeAddressError;

    fn from_str(text: &str) -> Result<Self, NodeAddressError> {
        if let Ok(address) = text.parse::<SocketAddr>() {
            return Self::with_port(NodeHost::Ip(address.ip()), address.port());
        }
        let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
        if let Some(bare) = bare {
            let address: Ipv6Addr = bare.parse().map_err(|_| NodeAddressError)?;
            return Ok(Self { host: NodeHost::Ip(address.into()), port: None });
        }
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self { host: NodeHost::Ip(address), port: None });
        }
        let name = |text: &str| text.parse().map(NodeHost::Name).map_err(|_| NodeAddressError);
        match text.rsplit_once(':') {
            None => Ok(Self { host: name(text)?, port: None }),
            Some((host, port)) => {
                let is_number = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
                let port = port.parse().ok().filter(|_| is_number).ok_or(NodeAddressError)?;
                Self::with_port(name(host)?, port)
            }
        }
    }
}

impl NodeAddress {
    fn with_port(host: NodeHost, port: u16) -> Result<Self, NodeAddressError> {
        if port == 0 { Err(NodeAddressError) } else { Ok(Self { host, port: Some(port) }) }
    }
}

impl fmt::Display for NodeAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.host, self.port) {
            (NodeHost::Ip(IpAddr::V6(address)), Some(port)) => write!(f, "[{address}]:{port}"),
            (NodeHost::Ip(IpAddr::V6(address)), None) => write!(f, "[{address}]"),
            (NodeHost::Ip(IpAddr::V4(address)), Some(port)) => write!(f, "{address}:{port}"),
            (NodeHost::Ip(IpAddr::V4(address)), None) => write!(f, "{address}"),
            (NodeHost::Name(name), Some(port)) => write!(f, "{name}:{port}"),
            (NodeHost::Name(name), None) => write!(f, "{name}"),
        }
    }
}

impl TryFrom<String> for NodeAddress {
    type Error = NodeAddressError;

    fn try_from(text: String) -> Result<Self, NodeAddressError> {
        text.parse()
    }
}

impl From<NodeAddress> for String {
    fn from(address: NodeAddress) -> Self {
        address.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_back_as_it_is_shown() {
        for (text, shown) in [
            ("10.0.0.7:8080", "10.0.0.7:8080"),
            ("10.0.0.7", "10.0.0.7"),
            ("[::1]:80", "[::1]:80"),
            ("[::1]", "[::1]"),
            ("::1", "[::1]"),
            ("app.internal", "app.internal"),
            ("App_1:9000", "app_1:9000"),
            ("localhost:1", "localhost:1"),
        ] {
            let address: NodeAddress = text.parse().expect(text);
            assert_eq!(address.to_string(), shown, "{text}");
            assert_eq!(shown.parse(), Ok(address), "{text}");
        }
    }

    #[test]
    fn what_could_be_read_otherwise_is_refused() {
        for text in [
            "",
            ":80",
            "a:",
            "a:0",
            "10.0.0.7:0",
            "a:65536",
            "a:+1",
            "a b",
            "http://a",
            "a/b",
            "[::1",
            "u@a:1",
            "*:80",
        ] {
            assert_eq!(text.parse::<NodeAddress>(), Err(NodeAddressError), "{text}");
        }
    }
}
