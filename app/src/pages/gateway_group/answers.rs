//! What the server functions of gateway groups do: know the caller, parse, ask the backend, and say where to go next.

use domain::{
    CertificateType, GatewayGroup, GatewayGroupId, IdentityHeaders, Noun, PageRequest, Problem, Protection,
};

use super::api::ServerCertificate;
use super::parse::SettingsForm;
use crate::backend::Backend;
use crate::local_path::LocalPath;
use crate::pages::ssl_certificate::query::SslCertificateQuery;

pub(super) async fn list() -> Result<Vec<GatewayGroup>, Problem> {
    let backend = Backend::of_request()?;
    let caller = backend.caller().await?;
    backend.gateway_groups.list(&caller).await
}

pub(super) async fn get(group: &str) -> Result<GatewayGroup, Problem> {
    let backend = Backend::of_request()?;
    let caller = backend.caller().await?;
    backend.gateway_groups.get(&caller, &id(group)?).await
}

pub(super) async fn server_certificates(group: &str) -> Result<Vec<ServerCertificate>, Problem> {
    let backend = Backend::of_request()?;
    let caller = backend.caller().await?;
    let query = SslCertificateQuery {
        certificate_type: Some(CertificateType::Server),
        page: PageRequest::new(1, PageRequest::MOST),
        ..SslCertificateQuery::default()
    };
    let list = backend.ssl_certificates.list(&caller, &id(group)?, &query).await?;
    let certificates = list.page.items.into_iter();
    Ok(certificates.map(|one| ServerCertificate { id: one.id, snis: one.snis }).collect())
}

pub(super) async fn create(form: &SettingsForm<'_>) -> Result<LocalPath, Problem> {
    let backend = Backend::of_request()?;
    let caller = backend.caller().await?;
    let settings = form.read(&Protection::default(), IdentityHeaders::default())?;
    let group = backend.gateway_groups.create(&caller, settings).await?;
    Ok(local(&page_of(group.id.as_str(), "")))
}

pub(super) async fn update(group: &str, form: &SettingsForm<'_>) -> Result<LocalPath, Problem> {
    let backend = Backend::of_request()?;
    let caller = backend.caller().await?;
    let id = id(group)?;
    let set = backend.gateway_groups.get(&caller, &id).await?;
    let settings = form.read(&set.protection, set.identity_headers)?;
    let group = backend.gateway_groups.update(&caller, &id, settings).await?;
    Ok(local(&page_of(group.id.as_str(), "/settings?saved=true")))
}

pub(super) async fn delete(group: &str) -> Result<LocalPath, Problem> {
    let backend = Backend::of_request()?;
    let caller = backend.caller().await?;
    backend.gateway_groups.delete(&caller, &id(group)?).await?;
    Ok(LocalPath::home())
}

/// A page of a group, from an id that nobody has checked yet.
pub(super) fn page_of(group: &str, page: &str) -> String {
    match id(group) {
        Ok(id) => format!("/groups/{id}{page}"),
        Err(_) => "/".to_owned(),
    }
}

fn local(path: &str) -> LocalPath {
    path.parse().unwrap_or_else(|_| LocalPath::home())
}

fn id(group: &str) -> Result<GatewayGroupId, Problem> {
    group.parse().map_err(|_| Problem::NotFound(Noun::GatewayGroup))
}
