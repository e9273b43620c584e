//! Identifiers. All of them follow the rule that Apache APISIX has for object ids, so that ids chosen by existing
//! scripts are valid here.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why a text is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an id has 1 to 64 characters out of A-Z a-z 0-9 - _ .")]
pub struct IdError;

fn checked(text: &str) -> Result<&str, IdError> {
    let ok = (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        // A path of nothing but dots would change meaning inside a URL.
        && !text.bytes().all(|b| b == b'.');
    if ok { Ok(text) } else { Err(IdError) }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Box<str>);

        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                checked(text).map(|text| Self(text.into()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0.into()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// Names one SSL certificate (APISIX: `ssl.id`).
    SslCertificateId
);
id!(
    /// Names one CA certificate of a gateway group.
    CaCertificateId
);
id!(
    /// Names one gateway group; also stands in URLs (`?gateway_group_id=`).
    GatewayGroupId
);
id!(
    /// Names one user of the dashboard.
    UserId
);
id!(
    /// Names one entry of a deny-list.
    DeniedClientId
);
id!(
    /// Names one handshake event; later ones are greater.
    HandshakeEventId
);
id!(
    /// Names one accepted connection; joins handshake events and access log.
    ConnectionId
);

id!(
    /// Names one service of a gateway group.
    ServiceId
);
id!(
    /// Names one route of a gateway group.
    RouteId
);
id!(
    /// Names one upstream of a gateway group that services and routes may share.
    UpstreamId
);

impl GatewayGroupId {
    /// The group that a new database starts with.
    pub fn default_group() -> Self {
        Self("default".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_what_apisix_accepts() {
        for text in ["1", "default", "01J9ZC7Q", "a.b-c_d", &"x".repeat(64)] {
            assert_eq!(text.parse::<SslCertificateId>().expect("valid").as_str(), text);
        }
    }

    #[test]
    fn refuses_what_would_change_a_path_or_a_line() {
        for text in ["", ".", "..", "a/b", "a b", "a\n", "é", &"x".repeat(65)] {
            assert_eq!(text.parse::<SslCertificateId>(), Err(IdError), "{text:?}");
        }
    }
}
