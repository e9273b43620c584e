//! Who a client says it is by its certificate, and which identities a policy lets in.

mod allowed;
mod pattern;

use serde::{Deserialize, Serialize};

use crate::Fingerprint;

pub use allowed::{AllowedIdentity, AllowedIdentityError};

/// What a client certificate says of its owner, as an allow-list asks for it. The texts are the certificate's own, not
/// escaped: they are compared, never shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientIdentity {
    /// The subject's last common name.
    pub common_name: Option<String>,
    /// The SAN's dNSNames.
    pub dns_names: Vec<String>,
    /// The SAN's uniformResourceIdentifiers.
    pub uris: Vec<String>,
    /// The SAN's rfc822Names.
    pub emails: Vec<String>,
    /// SHA-256 of the whole certificate in DER.
    pub certificate: Fingerprint,
    /// SHA-256 of the subject public key info in DER.
    pub public_key: Fingerprint,
}
