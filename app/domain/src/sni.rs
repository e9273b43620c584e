//! The names under which a server certificate is offered.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{HostNameError, ServerName};

/// Why a text is not an SNI pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SniError {
    /// What stands behind the wildcard, or the whole text, is not a host name.
    #[error(transparent)]
    HostName(#[from] HostNameError),
    /// A `*` anywhere else than as the whole first label.
    #[error("a wildcard stands alone or as the whole first part: * or *.example.com")]
    Wildcard,
}

/// A host name or wildcard under which a server certificate is offered (APISIX: an entry of `ssl.snis`).
///
/// `*.example.com` covers exactly one more label: `a.example.com`, but neither `example.com` nor `a.b.example.com`.
/// Look-up order: exact, then one-label wildcard, then `*`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Sni {
    /// Exactly this host.
    Exact(ServerName),
    /// Every host with one more label in front of this name.
    Wildcard(ServerName),
    /// Every host that no other pattern covers.
    Any,
}

impl Sni {
    /// Whether this pattern covers `host`.
    pub fn covers(&self, host: &ServerName) -> bool {
        match self {
            Self::Exact(name) => name == host,
            Self::Wildcard(parent) => host.parent() == Some(parent.as_str()),
            Self::Any => true,
        }
    }
}

impl FromStr for Sni {
    type Err = SniError;

    fn from_str(text: &str) -> Result<Self, SniError> {
        if text == "*" {
            return Ok(Self::Any);
        }
        if let Some(parent) = text.strip_prefix("*.") {
            if parent.contains('*') {
                return Err(SniError::Wildcard);
            }
            return Ok(Self::Wildcard(parent.parse()?));
        }
        if text.contains('*') {
            return Err(SniError::Wildcard);
        }
        Ok(Self::Exact(text.parse()?))
    }
}

impl TryFrom<String> for Sni {
    type Error = SniError;

    fn try_from(text: String) -> Result<Self, SniError> {
        text.parse()
    }
}

impl From<Sni> for String {
    fn from(sni: Sni) -> Self {
        sni.to_string()
    }
}

impl fmt::Display for Sni {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(name) => name.fmt(f),
            Self::Wildcard(parent) => write!(f, "*.{parent}"),
            Self::Any => f.write_str("*"),
        }
    }
}

impl fmt::Debug for Sni {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sni(text: &str) -> Sni {
        text.parse().expect("valid")
    }

    fn host(text: &str) -> ServerName {
        text.parse().expect("valid")
    }

    #[test]
    fn text_and_value_are_two_forms_of_one_thing() {
        for text in ["*", "*.example.com", "test.com"] {
            assert_eq!(sni(text).to_string(), text);
        }
        assert_eq!(sni("*.EXAMPLE.com.").to_string(), "*.example.com");
    }

    #[test]
    fn refuses_wildcards_elsewhere() {
        for text in ["*foo.com", "a.*.com", "*.*.com", "a.*", "**"] {
            assert_eq!(text.parse::<Sni>(), Err(SniError::Wildcard), "{text}");
        }
        assert_eq!("*.".parse::<Sni>(), Err(SniError::HostName(HostNameError::Empty)));
    }

    #[test]
    fn wildcard_covers_one_label() {
        let wildcard = sni("*.example.com");
        assert!(wildcard.covers(&host("a.example.com")));
        assert!(!wildcard.covers(&host("example.com")));
        assert!(!wildcard.covers(&host("a.b.example.com")));
        assert!(sni("*").covers(&host("a.b.example.com")));
        assert!(!sni("test.com").covers(&host("a.test.com")));
    }
}
