//! What one client, or all of them together, may use up of a gateway group.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::{Fault, Field, FieldError};

macro_rules! limits {
    ($($(#[$doc:meta])* $variant:ident $field:ident $name:literal $least:literal ..= $most:literal, $default:literal;)*) => {
        /// One number of a [`Protection`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum ProtectionLimit {
            $($(#[$doc])* $variant,)*
        }

        impl ProtectionLimit {
            /// All of them, in the order of forms.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its name in forms and documents (`connections_per_address`).
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The least and the greatest value that it may have.
            pub fn range(self) -> (u32, u32) {
                match self { $(Self::$variant => ($least, $most),)* }
            }
        }

        /// What one client, or all of them together, may use up of a gateway group. Counts are for each instance.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct Protection {
            $($(#[$doc])* pub $field: u32,)*
            /// The peers that speak the PROXY protocol (version 1 or 2), and must: load balancers in front of the gateway.
            /// From everybody else it is not understood.
            pub proxy_protocol: Vec<IpRange>,
        }

        impl Default for Protection {
            fn default() -> Self {
                Self { $($field: $default,)* proxy_protocol: Vec::new() }
            }
        }

        impl Protection {
            /// One of the numbers.
            pub fn get(&self, limit: ProtectionLimit) -> u32 {
                match limit { $(ProtectionLimit::$variant => self.$field,)* }
            }

            /// Sets one of the numbers.
            pub fn set(&mut self, limit: ProtectionLimit, value: u32) {
                match limit { $(ProtectionLimit::$variant => self.$field = value,)* }
            }
        }
    };
}

limits! {
    /// Connections at once. The process has a bound of its own, from the files that it may open.
    Connections connections "connections" 1..=1_000_000, 10_000;
    /// Connections at once from one IPv4 address or one IPv6 /64.
    ConnectionsPerAddress connections_per_address "connections_per_address" 1..=1_000_000, 1_000;
    /// Handshakes at once; further clients wait until one ends.
    Handshakes handshakes "handshakes" 1..=1_000_000, 1_000;
    /// Seconds from accept to the end of the ClientHello (and of the PROXY header before it).
    ClientHelloSeconds client_hello_seconds "client_hello_seconds" 1..=60, 5;
    /// Seconds from accept to the end of the handshake.
    HandshakeSeconds handshake_seconds "handshake_seconds" 1..=120, 10;
    /// Seconds from the end of the handshake to the end of the first request's head.
    FirstRequestSeconds first_request_seconds "first_request_seconds" 1..=600, 30;
    /// Seconds from the first byte of a request's head to its end.
    HeaderSeconds header_seconds "header_seconds" 1..=600, 30;
    /// Seconds within which a body must get on by at least one byte.
    BodySeconds body_seconds "body_seconds" 1..=3_600, 60;
    /// Seconds that a connection may stay open without a request.
    IdleSeconds idle_seconds "idle_seconds" 1..=86_400, 60;
    /// Bytes of a request's head.
    HeaderBytes header_bytes "header_bytes" 1_024..=1_048_576, 65_535;
    /// Header fields of a request.
    Headers headers "headers" 8..=1_000, 100;
    /// Requests at once on an HTTP/2 connection.
    Http2Streams http2_streams "http2_streams" 1..=10_000, 100;
    /// Requests of an HTTP/2 connection that its client may cancel while they wait for an answer (CVE-2023-44487).
    Http2Resets http2_resets "http2_resets" 1..=10_000, 20;
    /// Frames a second of an HTTP/2 connection that carry neither header fields nor data (CVE-2019-9512, CVE-2019-9515).
    Http2ControlFrames http2_control_frames "http2_control_frames" 10..=100_000, 1_000;
}

/// Pairs of limits of which the first must not be greater.
const ORDERED: [(ProtectionLimit, ProtectionLimit); 3] = [
    (ProtectionLimit::ConnectionsPerAddress, ProtectionLimit::Connections),
    (ProtectionLimit::Handshakes, ProtectionLimit::Connections),
    (ProtectionLimit::ClientHelloSeconds, ProtectionLimit::HandshakeSeconds),
];

impl Protection {
    /// The most ranges of addresses that may speak the PROXY protocol.
    pub const MOST_RANGES: usize = 64;

    /// What is wrong with it; empty if nothing is.
    pub fn errors(&self) -> Vec<FieldError> {
        let out_of_range = ProtectionLimit::ALL.iter().filter_map(|limit| {
            let (least, most) = limit.range();
            let fault = Fault::OutOfRange { least: least.into(), most: most.into() };
            (!(least..=most).contains(&self.get(*limit)))
                .then(|| FieldError::new(Field::Protection(*limit), fault))
        });
        let contradictions =
            ORDERED.iter().filter(|(less, more)| self.get(*less) > self.get(*more)).map(|(less, more)| {
                FieldError::new(Field::Protection(*less), Fault::GreaterThan { other: *more })
            });
        out_of_range.chain(contradictions).collect()
    }

    /// Whether a peer at this address speaks the PROXY protocol.
    pub fn trusts_proxy(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        self.proxy_protocol.iter().any(|range| range.0.contains(&peer))
    }
}

/// An address or a range of addresses (`192.0.2.7`, `10.0.0.0/8`, `2001:db8::/32`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IpRange(IpNet);

/// Why a text is no range of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an address, nor one with a prefix length such as 10.0.0.0/8")]
pub struct IpRangeError;

impl FromStr for IpRange {
    type Err = IpRangeError;

    fn from_str(text: &str) -> Result<Self, IpRangeError> {
        let range = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        range.map(|range| Self(range.trunc())).map_err(|_| IpRangeError)
    }
}

impl TryFrom<String> for IpRange {
    type Error = IpRangeError;

    fn try_from(text: String) -> Result<Self, IpRangeError> {
        text.parse()
    }
}

impl From<IpRange> for String {
    fn from(range: IpRange) -> Self {
        range.to_string()
    }
}

impl fmt::Display for IpRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.prefix_len() == self.0.max_prefix_len() {
            write!(f, "{}", self.0.addr())
        } else {
            write!(f, "{}", self.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_sane() {
        assert_eq!(Protection::default().errors(), []);
    }

    #[test]
    fn contradictions_stand_at_the_lesser_limit() {
        let wrong = Protection {
            connections: 5,
            handshakes: 5,
            connections_per_address: 6,
            headers: 7,
            ..Protection::default()
        };
        assert_eq!(
            wrong.errors(),
            [
                FieldError::new(
                    Field::Protection(ProtectionLimit::Headers),
                    Fault::OutOfRange { least: 8, most: 1_000 }
                ),
                FieldError::new(
                    Field::Protection(ProtectionLimit::ConnectionsPerAddress),
                    Fault::GreaterThan { other: ProtectionLimit::Connections }
                ),
            ]
        );
    }

    #[test]
    fn ranges_are_read_and_asked() {
        let proxy_protocol =
            ["10.1.2.3/8", "192.0.2.7", "2001:db8::/32"].map(|it| it.parse().expect(it)).to_vec();
        let protection = Protection { proxy_protocol, ..Protection::default() };
        let shown: Vec<String> = protection.proxy_protocol.iter().map(IpRange::to_string).collect();
        assert_eq!(shown, ["10.0.0.0/8", "192.0.2.7", "2001:db8::/32"]);
        for (peer, trusted) in [
            ("10.255.0.1", true),
            ("::ffff:10.0.0.1", true),
            ("192.0.2.8", false),
            ("2001:db8::1", true),
            ("::1", false),
        ] {
            assert_eq!(protection.trusts_proxy(peer.parse().expect(peer)), trusted, "{peer}");
        }
        for text in ["", "10.0.0.0/33", "example.com", "10.0.0.0/8 "] {
            assert_eq!(text.parse::<IpRange>(), Err(IpRangeError), "{text}");
        }
    }
}
