//! Host names as clients write them: in a ClientHello's SNI, a `Host` header or an `:authority`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why a text is not a host name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HostNameError {
    /// Nothing was given.
    #[error("a host name is missing")]
    Empty,
    /// More than 253 characters, or a label of more than 63 (RFC 1035 §2.3.4).
    #[error("a host name has at most 253 characters, and 63 in each part")]
    TooLong,
    /// An empty label, or a character that is not allowed.
    #[error("a host name has letters, digits, '-' and '_' in parts separated by single dots")]
    Malformed,
    /// An IP address stands where a name is needed (RFC 6066 §3).
    #[error("an IP address is not a host name")]
    IpAddress,
}

/// One exact DNS host name: ASCII, lower case, no trailing dot. Underscores are allowed, as DNS has them.
///
/// There is no other way to compare names in Postern: a listener, a policy and a request that mean the same host hold
/// equal values of this type.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ServerName(Box<str>);

impl ServerName {
    /// The name, lower case, without a trailing dot.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What follows the first label: `example.com` for `api.example.com`.
    pub fn parent(&self) -> Option<&str> {
        self.0.split_once('.').map(|(_, parent)| parent)
    }

    /// The host of a `Host` header or `:authority`: the port, if any, is cut off (RFC 9110 §7.2).
    ///
    /// # Errors
    /// An IP literal, user information, an empty host or a port that is not a number.
    pub fn from_authority(authority: &str) -> Result<Self, HostNameError> {
        let host = match authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) && port.len() <= 5 => host,
            Some(_) => {
                return Err(if authority.starts_with('[') {
                    HostNameError::IpAddress
                } else {
                    HostNameError::Malformed
                });
            }
            None => authority,
        };
        if host.starts_with('[') {
            return Err(HostNameError::IpAddress);
        }
        host.parse()
    }
}

impl FromStr for ServerName {
    type Err = HostNameError;

    fn from_str(text: &str) -> Result<Self, HostNameError> {
        let text = text.strip_suffix('.').unwrap_or(text);
        if text.is_empty() {
            return Err(HostNameError::Empty);
        }
        if text.len() > 253 || text.split('.').any(|label| label.len() > 63) {
            return Err(HostNameError::TooLong);
        }
        let label_ok = |label: &str| {
            !label.is_empty()
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        if !text.split('.').all(label_ok) {
            return Err(HostNameError::Malformed);
        }
        // A last label of digits only is how an IPv4 address looks (WHATWG URL, "ends in a number").
        if text.rsplit('.').next().is_some_and(|label| label.bytes().all(|b| b.is_ascii_digit())) {
            return Err(HostNameError::IpAddress);
        }
        Ok(Self(text.to_ascii_lowercase().into()))
    }
}

impl TryFrom<String> for ServerName {
    type Error = HostNameError;

    fn try_from(text: String) -> Result<Self, HostNameError> {
        text.parse()
    }
}

impl From<ServerName> for String {
    fn from(name: ServerName) -> Self {
        name.0.into()
    }
}

impl fmt::Display for ServerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ServerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn authority(text: &str) -> Result<String, HostNameError> {
        ServerName::from_authority(text).map(String::from)
    }

    #[test]
    fn one_host_has_one_form() {
        for text in ["test.com", "TEST.com", "Test.Com."] {
            assert_eq!(text.parse::<ServerName>().expect("valid").as_str(), "test.com");
        }
        assert_eq!("under_score.x".parse::<ServerName>().expect("valid").as_str(), "under_score.x");
    }

    #[test]
    fn refuses_what_is_no_host_name() {
        let long_label = format!("{}.com", "a".repeat(64));
        for (text, why) in [
            ("", HostNameError::Empty),
            (".", HostNameError::Empty),
            ("a..b", HostNameError::Malformed),
            ("a.b..", HostNameError::Malformed),
            ("-a.com", HostNameError::Malformed),
            ("a b.com", HostNameError::Malformed),
            ("*.a.com", HostNameError::Malformed),
            ("bücher.de", HostNameError::Malformed),
            ("a\0.com", HostNameError::Malformed),
            ("127.0.0.1", HostNameError::IpAddress),
            (&long_label, HostNameError::TooLong),
        ] {
            assert_eq!(text.parse::<ServerName>(), Err(why), "{text:?}");
        }
    }

    #[test]
    fn authority_loses_its_port_only() {
        assert_eq!(authority("Test.com:9443"), Ok("test.com".into()));
        assert_eq!(authority("test.com.:9443"), Ok("test.com".into()));
        assert_eq!(authority("test.com"), Ok("test.com".into()));
        assert_eq!(authority("[::1]:9443"), Err(HostNameError::IpAddress));
        assert_eq!(authority("[::1]"), Err(HostNameError::IpAddress));
        assert_eq!(authority("127.0.0.1:80"), Err(HostNameError::IpAddress));
        assert_eq!(authority("a@test.com"), Err(HostNameError::Malformed));
        assert_eq!(authority("test.com:80:90"), Err(HostNameError::Malformed));
        assert_eq!(authority("test.com:http"), Err(HostNameError::Malformed));
        assert_eq!(authority(":80"), Err(HostNameError::Empty));
    }
}
