use std::sync::Arc;

use crate::ClientTrust;

/// What is asked of the clients of a policy's hosts. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ClientPolicy {
    /// Who is let in.
    pub trust: Arc<ClientTrust>,
    /// What becomes of the others.
    pub enforcement: Enforcement,
    /// Whether clients are told the names of the CAs, to choose their certificate by (RFC 8446 §4.2.4).
    pub advertises_ca_names: bool,
}

/// What becomes of a handshake without a good client certificate.
///
/// Only a client that cannot prove that it has the key of the certificate which it presents is refused in every case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enforcement {
    /// It is refused.
    Required,
    /// It is refused with a bad certificate, and completed without any.
    Optional,
    /// It is completed, and each request is decided on by itself.
    PerRequest,
    /// It is completed; what would have been refused is only recorded.
    ReportOnly,
}

impl Enforcement {
    /// Whether a handshake without any certificate fails.
    pub(super) fn requires_certificate(self) -> bool {
        self == Self::Required
    }

    /// Whether a handshake with a bad certificate fails.
    pub(super) fn refuses_handshakes(self) -> bool {
        matches!(self, Self::Required | Self::Optional)
    }
}
