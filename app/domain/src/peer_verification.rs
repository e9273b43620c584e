use serde::{Deserialize, Serialize};

use crate::{AllowedIdentity, CaCertificate, Fault, PathPattern};

/// Verification of client certificates for an SSL certificate's hosts.
///
/// With [`PeerVerificationMode::Off`] the rest is kept but not used, so that switching on again needs no upload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerVerification {
    /// What is asked of clients.
    pub mode: PeerVerificationMode,
    /// The CAs whose clients are let in. Not empty unless the mode is off.
    pub ca_certificates: Vec<CaCertificate>,
    /// How long a client's chain may be.
    pub depth: Depth,
    /// Paths of requests that need no client certificate, with mode required only. If there are any, every handshake is
    /// completed and each request is judged by its path (APISIX: `client.skip_mtls_uri_regex`).
    pub exempt_paths: Vec<PathPattern>,
    /// Whom to let in of those that the CAs vouch for; empty: all of them.
    pub allow_list: Vec<AllowedIdentity>,
    /// Whether clients are told the names of the CAs, to choose their certificate by (RFC 8446 §4.2.4).
    pub advertises_ca_names: bool,
}

/// What is asked of clients.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum PeerVerificationMode {
    /// No certificate is asked for.
    #[default]
    Off,
    /// A certificate is required; without a good one the handshake is refused (or, with exempt paths, all requests but
    /// those for such a path).
    Required,
    /// A client may come without a certificate, and then has no identity; a bad certificate is refused.
    Optional,
    /// Whatever is presented is verified and recorded, and nobody is refused.
    ReportOnly,
}

impl PeerVerificationMode {
    /// Whether clients are asked for a certificate.
    pub fn asks(self) -> bool {
        self != Self::Off
    }
}

/// How many intermediates may stand between a client certificate and the CA (OpenSSL's meaning; APISIX: `client.depth`).
/// 0 to 10, 1 if not said otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Depth(u8);

impl Depth {
    /// The greatest depth; path building gets expensive beyond.
    pub const MOST: u8 = 10;

    /// A depth.
    ///
    /// # Errors
    /// More than [`Depth::MOST`].
    pub fn new(intermediates: u8) -> Result<Self, Fault> {
        if intermediates > Self::MOST {
            return Err(Fault::OutOfRange { least: 0, most: u64::from(Self::MOST) });
        }
        Ok(Self(intermediates))
    }

    /// The number of intermediates.
    pub fn intermediates(self) -> usize {
        usize::from(self.0)
    }
}

impl Default for Depth {
    fn default() -> Self {
        Self(1)
    }
}

impl TryFrom<u8> for Depth {
    type Error = &'static str;

    fn try_from(intermediates: u8) -> Result<Self, Self::Error> {
        Self::new(intermediates).map_err(|_| "a depth is 0 to 10")
    }
}

impl From<Depth> for u8 {
    fn from(depth: Depth) -> Self {
        depth.0
    }
}
