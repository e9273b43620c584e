use serde::{Deserialize, Serialize};

use crate::{
    Certificate, Fault, FieldWarning, GatewayGroupId, PeerVerification, Revision, Sni, SslCertificateId,
    UnixTime,
};

/// One chain: the leaf first, then its intermediates in order.
pub type Chain = Vec<Certificate>;

/// The managed object (APISIX: `ssl`). Holds no key: a key goes in and never comes out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SslCertificate {
    /// Its id.
    pub id: SslCertificateId,
    /// The group that it belongs to.
    pub group: GatewayGroupId,
    /// Shown to clients, or to upstreams.
    pub certificate_type: CertificateType,
    /// Whether it is in use.
    pub status: Status,
    /// The hosts under which it is offered; empty for type client.
    pub snis: Vec<Sni>,
    /// Its chains: one for each key, so RSA and ECDSA can stand side by side. At least one, unless it is broken.
    pub chains: Vec<Chain>,
    /// What is asked of the clients of its hosts.
    pub peer_verification: PeerVerification,
    /// Whether the gateway can serve it.
    pub health: Health,
    /// What is worth knowing.
    pub warnings: Vec<FieldWarning>,
    /// When it was added.
    pub created_at: UnixTime,
    /// When it was last changed.
    pub updated_at: UnixTime,
    /// The revision of its last change.
    pub revision: Revision,
}

impl SslCertificate {
    /// The leaf of the first chain.
    pub fn leaf(&self) -> Option<&Certificate> {
        self.chains.first().and_then(|chain| chain.first())
    }

    /// When the first of its leaves expires.
    pub fn not_after(&self) -> Option<UnixTime> {
        self.chains.iter().filter_map(|chain| chain.first()).map(|leaf| leaf.not_after).min()
    }
}

/// Whom an SSL certificate is shown to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CertificateType {
    /// The clients of the listener.
    #[default]
    Server,
    /// Upstreams that ask for a client certificate.
    Client,
}

/// Whether an object is in use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Status {
    /// In use.
    #[default]
    Enabled,
    /// Kept, as if it were absent for traffic.
    Disabled,
}

/// Whether the gateway can serve an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Health {
    /// It can.
    Sound,
    /// It cannot: its hosts refuse handshakes until this is mended.
    Broken(Fault),
}
