//! Whether what an upstream refers to is there, and fit for it.

use domain::{
    CertificateType, Fault, Field, FieldError, GatewayGroupId, Status, UpstreamChoice, UpstreamTls,
};
use store::{Store, StoreError};

/// What is wrong with the references of an upstream.
///
/// # Errors
/// The store failed.
pub(super) async fn errors(
    store: &Store,
    group: &GatewayGroupId,
    choice: &UpstreamChoice,
) -> Result<Vec<FieldError>, StoreError> {
    match choice {
        UpstreamChoice::Shared(id) => {
            let is_there = store.upstream(group, id).await?.is_some();
            let fault = (!is_there).then(|| Fault::UpstreamUnknown { id: id.clone() });
            Ok(fault.map(|fault| FieldError::new(Field::Upstream, fault)).into_iter().collect())
        }
        UpstreamChoice::Own(upstream) => {
            let mut errors = ca_errors(store, group, &upstream.tls).await?;
            errors.extend(client_certificate_error(store, group, &upstream.tls).await?);
            Ok(errors)
        }
    }
}

async fn ca_errors(
    store: &Store,
    group: &GatewayGroupId,
    tls: &UpstreamTls,
) -> Result<Vec<FieldError>, StoreError> {
    if tls.ca_certificates.is_empty() {
        return Ok(Vec::new());
    }
    let known = store.ca_certificates_by_id(group, &tls.ca_certificates).await?;
    let unknown = tls.ca_certificates.iter().filter(|id| known.iter().all(|ca| ca.id != **id));
    Ok(unknown.map(|id| FieldError::new(Field::UpstreamCa, Fault::CaUnknown { id: id.clone() })).collect())
}

async fn client_certificate_error(
    store: &Store,
    group: &GatewayGroupId,
    tls: &UpstreamTls,
) -> Result<Option<FieldError>, StoreError> {
    let Some(id) = &tls.client_certificate else { return Ok(None) };
    let fault = match store.ssl_certificate(group, id).await? {
        None => Fault::CertificateUnknown { id: id.clone() },
        Some(stored) if stored.certificate_type != CertificateType::Client => {
            Fault::NotAClientCertificate { id: id.clone() }
        }
        Some(stored) if stored.status == Status::Disabled => Fault::CertificateDisabled { id: id.clone() },
        Some(_) => return Ok(None),
    };
    Ok(Some(FieldError::new(Field::ClientCertificate, fault)))
}
