//! SSL certificates: the rows of one stand in four tables, which are read and written together here.

mod audit;
mod cas;
mod denied;
mod load;
mod overlaps;
mod pairs;
mod read;
mod scope;
mod snis;
mod write;

pub(crate) use self::write::note_change;

use domain::{
    AllowedIdentity, CertificateType, DenyEntry, Depth, GatewayGroupId, PathPattern, PeerVerificationMode,
    Revision, Secret, Sni, SslCertificateId, Status, UnixTime,
};

use crate::{CaSource, StoredCaCertificate};

/// An SSL certificate as stored, its keys unsealed.
#[derive(Debug, Clone)]
pub struct StoredSslCertificate {
    /// Its id.
    pub id: SslCertificateId,
    /// Its group.
    pub group: GatewayGroupId,
    /// Whom it is shown to.
    pub certificate_type: CertificateType,
    /// Whether it is in use.
    pub status: Status,
    /// The hosts.
    pub snis: Vec<Sni>,
    /// Chains and keys. Empty if a key could not be unsealed: `problem` says so, and the others are not held up by it.
    pub pairs: Vec<StoredPair>,
    /// What is asked of clients.
    pub peer_verification: StoredPeerVerification,
    /// Why its keys are not here.
    pub problem: Option<String>,
    /// When it was added.
    pub created_at: UnixTime,
    /// When it was last changed.
    pub updated_at: UnixTime,
    /// The revision of its last change.
    pub revision: Revision,
}

/// One chain with its key, and what lists are searched by.
#[derive(Debug, Clone)]
pub struct StoredPair {
    /// The chain in PEM, leaf first. No key in it.
    pub certificate_pem: String,
    /// The key in PEM. Empty where only facts were asked for.
    pub private_key_pem: Secret,
    /// The leaf's subject, for search.
    pub subject: String,
    /// The leaf's issuer, for search.
    pub issuer: String,
    /// When the leaf expires.
    pub not_after: UnixTime,
}

/// What is asked of clients, as stored.
#[derive(Debug, Clone)]
pub struct StoredPeerVerification {
    /// The mode.
    pub mode: PeerVerificationMode,
    /// The CAs.
    pub ca_certificates: Vec<StoredCaCertificate>,
    /// How many intermediates.
    pub depth: Depth,
    /// Paths that need no client certificate.
    pub exempt_paths: Vec<PathPattern>,
    /// The identities that are let in; empty: all.
    pub allow_list: Vec<AllowedIdentity>,
    /// Whether clients are told the names of the CAs.
    pub advertises_ca_names: bool,
    /// The deny-list of this certificate's hosts; the group's holds beside it.
    pub denied: Vec<DenyEntry>,
}

/// A new SSL certificate.
#[derive(Debug, Clone)]
pub struct NewSslCertificate {
    /// Whom it is shown to.
    pub certificate_type: CertificateType,
    /// The hosts.
    pub snis: Vec<Sni>,
    /// Chains and keys.
    pub pairs: Vec<StoredPair>,
    /// The mode.
    pub peer_verification: PeerVerificationMode,
    /// The CAs; `None` for none.
    pub ca: Option<CaSource>,
    /// How many intermediates.
    pub depth: Depth,
    /// Paths that need no client certificate.
    pub exempt_paths: Vec<PathPattern>,
    /// The identities that are let in; empty: all.
    pub allow_list: Vec<AllowedIdentity>,
    /// Whether clients are told the names of the CAs.
    pub advertises_ca_names: bool,
    /// Take SNIs over from other enabled certificates: one that keeps a host loses the SNI, one that would keep none
    /// is disabled.
    pub replace: bool,
}

/// What is to change; `None` leaves it as it is.
#[derive(Debug, Clone, Default)]
pub struct SslCertificatePatch {
    /// Switch it on or off.
    pub status: Option<Status>,
    /// Other chains and keys.
    pub pairs: Option<Vec<StoredPair>>,
    /// Other hosts.
    pub snis: Option<Vec<Sni>>,
    /// Another mode.
    pub peer_verification: Option<PeerVerificationMode>,
    /// Other CAs.
    pub ca: Option<CaSource>,
    /// Another depth.
    pub depth: Option<Depth>,
    /// Other paths that need no client certificate.
    pub exempt_paths: Option<Vec<PathPattern>>,
    /// Another allow-list.
    pub allow_list: Option<Vec<AllowedIdentity>>,
    /// Whether clients are told the names of the CAs from now on.
    pub advertises_ca_names: Option<bool>,
    /// As in [`NewSslCertificate::replace`].
    pub replace: bool,
}

/// Which SSL certificates are wanted.
#[derive(Debug, Clone, Default)]
pub struct CertificateFilter {
    /// Text that the SNIs, the subject, the issuer or the id contains; empty for all.
    pub search: String,
    /// Only this type.
    pub certificate_type: Option<CertificateType>,
    /// Only this status.
    pub status: Option<Status>,
    /// Only those that expire before this.
    pub expires_before: Option<UnixTime>,
}
