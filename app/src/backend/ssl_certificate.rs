use async_trait::async_trait;
use domain::{
    AllowedIdentity, CaCertificateId, Caller, CertificateType, Depth, FieldWarning, GatewayGroupId,
    Inspection, PathPattern, PeerVerificationMode, Problem, Revision, Secret, Sni, SslCertificate,
    SslCertificateId, Status,
};

use crate::pages::ssl_certificate::query::{SslCertificateList, SslCertificateQuery};

/// The SSL certificates of gateway groups.
#[async_trait]
pub trait SslCertificates: Send + Sync {
    /// One page of the group's certificates.
    async fn list(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        query: &SslCertificateQuery,
    ) -> Result<SslCertificateList, Problem>;

    /// One certificate.
    async fn get(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        id: &SslCertificateId,
    ) -> Result<SslCertificate, Problem>;

    /// Says what an upload is, without saving any of it. `editing` is the certificate whose form is open.
    async fn inspect(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        new: NewSslCertificate,
        editing: Option<&SslCertificateId>,
    ) -> Result<Inspection, Problem>;

    /// Adds a certificate: checked, saved, and served before this returns where that takes less than a second.
    async fn add(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        new: NewSslCertificate,
    ) -> Result<SslCertificate, Problem>;

    /// Changes what `change` names and nothing else. `expected` is the revision the caller has seen;
    /// [`Problem::Stale`] if there is a newer one.
    async fn update(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        id: &SslCertificateId,
        change: SslCertificateChange,
        expected: Option<Revision>,
    ) -> Result<SslCertificate, Problem>;

    /// What deleting it would open: its hosts that a wider certificate of the group would then serve and ask less of
    /// their clients.
    async fn consequences_of_deletion(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        id: &SslCertificateId,
    ) -> Result<Vec<FieldWarning>, Problem>;

    /// Deletes a certificate and its keys.
    async fn delete(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        id: &SslCertificateId,
    ) -> Result<(), Problem>;
}

/// What makes a new SSL certificate, as uploaded or pasted: nothing is parsed yet.
#[derive(Debug, Clone, Default)]
pub struct NewSslCertificate {
    /// Whom it is shown to.
    pub certificate_type: CertificateType,
    /// Certificate and key.
    pub upload: CertificateUpload,
    /// What is asked of clients; unused for type client.
    pub peer_verification: NewPeerVerification,
    /// The hosts.
    pub snis: SniChoice,
    /// Take SNIs over from the certificate that has them now, instead of refusing.
    pub replace: bool,
}

/// A certificate and its key, as they came: PEM or DER. Each at most 64 KiB.
#[derive(Debug, Clone, Default)]
pub struct CertificateUpload {
    /// Certificate and chain.
    pub certificate: Vec<u8>,
    /// Private key.
    pub private_key: Secret,
}

/// Peer verification, as asked for.
#[derive(Debug, Clone, Default)]
pub struct NewPeerVerification {
    /// What is asked of clients.
    pub mode: PeerVerificationMode,
    /// The CAs.
    pub ca: CaChoice,
    /// How many intermediates.
    pub depth: Depth,
    /// Paths that need no client certificate; with mode required only, empty otherwise.
    pub exempt_paths: Vec<PathPattern>,
    /// The identities that are let in; empty: all.
    pub allow_list: Vec<AllowedIdentity>,
    /// Keep the CAs' names from clients.
    pub hides_ca_names: bool,
}

/// Where the client CA comes from.
#[derive(Debug, Clone, Default)]
pub enum CaChoice {
    /// None was given. On a change: keep those there are.
    #[default]
    Unchanged,
    /// A file or a text, at most 64 KiB.
    Upload(Vec<u8>),
    /// Some that the group has.
    Existing(Vec<CaCertificateId>),
}

/// Where the SNIs come from.
#[derive(Debug, Clone, Default)]
pub enum SniChoice {
    /// The certificate's SANs, else its CN.
    #[default]
    FromCertificate,
    /// These.
    These(Vec<Sni>),
}

/// What is to change of an SSL certificate; `None` leaves it as it is.
#[derive(Debug, Clone, Default)]
pub struct SslCertificateChange {
    /// Switch it on or off.
    pub status: Option<Status>,
    /// Another certificate and key. SNIs stay unless `snis` says otherwise.
    pub upload: Option<CertificateUpload>,
    /// Other peer verification.
    pub peer_verification: Option<NewPeerVerification>,
    /// Other hosts.
    pub snis: Option<SniChoice>,
    /// Take SNIs over from the certificate that has them now, instead of refusing.
    pub replace: bool,
    /// Give up hosts even if a wider certificate then serves them and asks less of their clients, instead of refusing
    /// with [`Fault::OpensHost`](domain::Fault::OpensHost).
    pub accepts_consequences: bool,
}
