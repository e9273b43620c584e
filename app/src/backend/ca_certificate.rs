use async_trait::async_trait;
use domain::{CaCertificate, CaCertificateId, Caller, GatewayGroupId, Problem, SslCertificateId};

/// The CA certificates of gateway groups.
#[async_trait]
pub trait CaCertificates: Send + Sync {
    /// The group's CAs, each with the SSL certificates whose peer verification uses it; newest first.
    async fn list(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
    ) -> Result<Vec<(CaCertificate, Vec<SslCertificateId>)>, Problem>;

    /// Deletes a CA that no SSL certificate refers to; [`Problem::Stale`] if one does.
    async fn delete(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        id: &CaCertificateId,
    ) -> Result<(), Problem>;
}
