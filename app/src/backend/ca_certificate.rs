use async_trait::async_trait;
use domain::{
    CaCertificate, CaCertificateId, Caller, GatewayGroupId, Problem, SslCertificateId, StaleRevocationLists,
};

/// The CA certificates of gateway groups.
#[async_trait]
pub trait CaCertificates: Send + Sync {
    /// The group's CAs, each with the SSL certificates whose peer verification uses it; newest first.
    async fn list(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
    ) -> Result<Vec<(CaCertificate, Vec<SslCertificateId>)>, Problem>;

    /// One CA, with the SSL certificates whose peer verification uses it.
    async fn get(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        id: &CaCertificateId,
    ) -> Result<(CaCertificate, Vec<SslCertificateId>), Problem>;

    /// Changes how clients of this CA are found to be revoked. Checked, saved, and in force before this returns where that
    /// takes less than a second.
    async fn set_revocation(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        id: &CaCertificateId,
        change: RevocationChange,
    ) -> Result<CaCertificate, Problem>;

    /// Deletes a CA that no SSL certificate refers to; [`Problem::Stale`] if one does.
    async fn delete(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        id: &CaCertificateId,
    ) -> Result<(), Problem>;
}

/// What is to change of a CA's revocation lists; `None` leaves it as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RevocationChange {
    /// Lists in place of older ones of the same issuers, PEM or DER, at most [`RevocationChange::LIMIT`] bytes; empty: no
    /// list of any issuer is kept.
    pub lists: Option<Vec<u8>>,
    /// What to do once a list is stale.
    pub stale: Option<StaleRevocationLists>,
}

impl RevocationChange {
    /// The greatest size of the lists of one CA together, in bytes.
    pub const LIMIT: usize = 2 * 1024 * 1024;
}
