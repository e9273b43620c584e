use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use domain::{GatewayGroupId, PeerVerificationMode, Revision, ServerName, SslCertificateId, UnixTime};
use rustls::pki_types::CertificateDer;
use ulid::Ulid;

use crate::snapshot::Policy;

/// A chain as presented, leaf first; empty if the client presented none.
pub(crate) type PeerChain = Arc<[CertificateDer<'static>]>;

/// What is known of an attempt as soon as the client has said where it wants to go.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    pub(crate) connection: Ulid,
    pub(crate) group: Arc<GatewayGroupId>,
    /// The client's address: the peer's, or what a trusted proxy says.
    pub(crate) client: SocketAddr,
    /// The peer's address, if it is such a proxy.
    pub(crate) proxy: Option<SocketAddr>,
    /// The address that the client came to.
    pub(crate) local: SocketAddr,
    pub(crate) at: UnixTime,
    pub(crate) started: Instant,
    pub(crate) server_name: Option<ServerName>,
}

/// Whose policy decided.
#[derive(Debug, Clone)]
pub(crate) struct Decider {
    pub(super) certificate: Option<SslCertificateId>,
    pub(super) revision: Revision,
    pub(super) mode: Option<PeerVerificationMode>,
    /// Names the policy in metrics; `None` if no policy decided.
    pub(super) label: Option<Arc<str>>,
}

impl Decider {
    /// No policy did: there is none for the host at this revision.
    pub(crate) fn nobody(revision: Revision) -> Self {
        Self { certificate: None, revision, mode: None, label: None }
    }
}

impl From<&Policy> for Decider {
    fn from(policy: &Policy) -> Self {
        Self {
            certificate: Some(policy.certificate.clone()),
            revision: policy.revision,
            mode: policy.mode(),
            label: Some(Arc::clone(policy.label())),
        }
    }
}
