//! What the server functions of CA certificates do.

use domain::{CaCertificateId, Caller, GatewayGroupId, Noun, Problem};
use leptos::server_fn::ServerFn;
use leptos::server_fn::codec::MultipartData;

use super::api::{CaCertificateDetail, CaCertificateList};
use super::upload::RevocationForm;
use super::{delete_path, detail_path, list_path};
use crate::backend::{Backend, RevocationChange};
use crate::error::{UiError, answer};
use crate::form::{FormPage, finish};
use crate::local_path::LocalPath;
use crate::pages::ssl_certificate::parse::group_id;

pub(super) async fn list(group: &str) -> Result<CaCertificateList, Problem> {
    let backend = Backend::of_request()?;
    let caller = backend.caller().await?;
    let items = backend.ca_certificates.list(&caller, &group_id(group)?).await?;
    Ok(CaCertificateList { items, now: (backend.now)() })
}

pub(super) async fn get(group: &str, id: &str) -> Result<CaCertificateDetail, Problem> {
    let (backend, caller) = authenticated().await?;
    let (group, id) = (group_id(group)?, ca_certificate_id(id)?);
    let (certificate, users) = backend.ca_certificates.get(&caller, &group, &id).await?;
    Ok(CaCertificateDetail { certificate, users, now: (backend.now)() })
}

pub(super) async fn set_revocation<F: ServerFn>(form: MultipartData) -> Result<(), UiError> {
    let form = match received(form).await {
        Ok(form) => form,
        Err(problem) => return answer(Err(problem)),
    };
    let (group, id) = match (group_id(&form.group), ca_certificate_id(&form.id)) {
        (Ok(group), Ok(id)) => (group, id),
        (Err(problem), _) | (_, Err(problem)) => return answer(Err(problem)),
    };
    let result = match form.change() {
        Ok(change) => change_revocation(&group, &id, change).await,
        Err(problem) => Err(problem),
    };
    finish::<F>(result, &FormPage { path: &detail_path(&group, &id), typed: &[] })
}

pub(super) async fn remove_revocation_lists<F: ServerFn>(group: &str, id: &str) -> Result<(), UiError> {
    let (group, id) = match (group_id(group), ca_certificate_id(id)) {
        (Ok(group), Ok(id)) => (group, id),
        (Err(problem), _) | (_, Err(problem)) => return answer(Err(problem)),
    };
    let none = RevocationChange { lists: Some(Vec::new()), stale: None };
    let result = change_revocation(&group, &id, none).await;
    finish::<F>(result, &FormPage { path: &detail_path(&group, &id), typed: &[] })
}

async fn change_revocation(
    group: &GatewayGroupId,
    id: &CaCertificateId,
    change: RevocationChange,
) -> Result<LocalPath, Problem> {
    let (backend, caller) = authenticated().await?;
    backend.ca_certificates.set_revocation(&caller, group, id, change).await?;
    Ok(format!("{}?saved=true", detail_path(group, id)).parse().unwrap_or_else(|_| LocalPath::home()))
}

/// The form of somebody who is signed in: nobody else gets as far as being read.
async fn received(form: MultipartData) -> Result<RevocationForm, Problem> {
    authenticated().await?;
    RevocationForm::read(form.into_inner().ok_or(Problem::WrongContentType)?).await
}

async fn authenticated() -> Result<(Backend, Caller), Problem> {
    let backend = Backend::of_request()?;
    let caller = backend.caller().await?;
    Ok((backend, caller))
}

pub(super) async fn delete<F: ServerFn>(group: &str, id: &str) -> Result<(), UiError> {
    let result = async {
        let backend = Backend::of_request()?;
        let caller = backend.caller().await?;
        let group = group_id(group)?;
        backend.ca_certificates.delete(&caller, &group, &ca_certificate_id(id)?).await?;
        Ok(list_path(&group).parse().unwrap_or_else(|_| LocalPath::home()))
    }
    .await;
    match group_id(group).and_then(|group| Ok(delete_path(&group, &ca_certificate_id(id)?))) {
        Ok(path) => finish::<F>(result, &FormPage { path: &path, typed: &[] }),
        Err(_) => answer(result.map(|_| ())),
    }
}

fn ca_certificate_id(text: &str) -> Result<CaCertificateId, Problem> {
    text.parse().map_err(|_| Problem::NotFound(Noun::CaCertificate))
}
