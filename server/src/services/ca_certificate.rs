use app::backend::CaCertificates;
use async_trait::async_trait;
use domain::{CaCertificate, CaCertificateId, Caller, GatewayGroupId, Noun, Problem, SslCertificateId};
use store::StoredCaCertificate;
use tls::TrustAnchors;

use super::Foundation;
use super::authorise::{Action, authorise};
use super::problem::{store_problem, write_problem};

/// CA certificates, on the store.
#[derive(Debug, Clone)]
pub(crate) struct CaCertificateService {
    pub(crate) foundation: Foundation,
}

#[async_trait]
impl CaCertificates for CaCertificateService {
    async fn list(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
    ) -> Result<Vec<(CaCertificate, Vec<SslCertificateId>)>, Problem> {
        authorise(caller, Action::Read)?;
        let stored = self.foundation.store.ca_certificates(group).await.map_err(store_problem)?;
        Ok(stored.into_iter().map(|(ca, used_by)| (view(ca), used_by)).collect())
    }

    async fn delete(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        id: &CaCertificateId,
    ) -> Result<(), Problem> {
        authorise(caller, Action::Write)?;
        let author = self.foundation.author(caller);
        let deleted = self.foundation.store.delete_ca_certificate(&author, group, id).await;
        deleted.map_err(|error| write_problem(Noun::CaCertificate, error))
    }
}

/// A stored CA as shown. One that cannot be read any more has no certificates to show; the policies that refer to it
/// are broken and say so.
pub(super) fn view(stored: StoredCaCertificate) -> CaCertificate {
    let certificates = match TrustAnchors::load(&stored.pem) {
        Ok(anchors) => anchors.facts().to_vec(),
        Err(fault) => {
            tracing::warn!(ca_certificate = %stored.id, ?fault, "a stored CA certificate cannot be read");
            Vec::new()
        }
    };
    CaCertificate { id: stored.id, group: stored.group, certificates, created_at: stored.created_at }
}
