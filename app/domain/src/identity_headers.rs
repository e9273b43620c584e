use serde::{Deserialize, Serialize};

/// How nodes are told who the client is. Copies of such header fields that clients send never get through, whatever this is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityHeaders {
    /// Not at all.
    #[default]
    None,
    /// `Client-Cert` and `Client-Cert-Chain` (RFC 9440).
    Rfc9440,
    /// `X-Forwarded-Client-Cert`, as Envoy does.
    Xfcc,
    /// `X-SSL-Client-Verify`, `-S-DN`, `-I-DN`, `-Serial`, `-Fingerprint` and `-Cert`, as configurations of nginx do.
    Nginx,
}

impl IdentityHeaders {
    /// All of them, in the order of forms.
    pub const ALL: [Self; 4] = [Self::None, Self::Rfc9440, Self::Xfcc, Self::Nginx];

    /// Its name in forms and documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Rfc9440 => "rfc9440",
            Self::Xfcc => "xfcc",
            Self::Nginx => "nginx",
        }
    }
}
