//! What the server functions of clients do.

use domain::{
    DeniedClientId, DenyEntry, Fault, Field, FieldError, GatewayGroupId, Noun, PageRequest, Problem,
    SslCertificateId,
};
use leptos::server_fn::ServerFn;

use super::api::{ClientList, DeniedClientList};
use super::list_state::{ListState, PAGE_SIZE};
use super::{entry, path};
use crate::backend::{Backend, NewDeniedClient};
use crate::error::{UiError, answer};
use crate::form::{FormPage, finish};
use crate::local_path::LocalPath;
use crate::pages::ssl_certificate::parse::group_id;

pub(super) async fn list(group: &str, search: &str, page: u32) -> Result<ClientList, Problem> {
    let backend = Backend::of_request()?;
    let caller = backend.caller().await?;
    let group = group_id(group)?;
    let request = PageRequest::new(page, PAGE_SIZE);
    let page = backend.clients.list(&caller, &group, &ListState::search_of(search), request).await?;
    let denied = backend.clients.denied(&caller, &group).await?.len();
    Ok(ClientList { page, denied, now: (backend.now)() })
}

pub(super) async fn denied(group: &str) -> Result<DeniedClientList, Problem> {
    let backend = Backend::of_request()?;
    let caller = backend.caller().await?;
    let items = backend.clients.denied(&caller, &group_id(group)?).await?;
    Ok(DeniedClientList { items, now: (backend.now)() })
}

pub(super) async fn deny<F: ServerFn>(
    group: &str,
    entry: &str,
    label: &str,
    scope: &str,
) -> Result<(), UiError> {
    let result = async {
        let backend = Backend::of_request()?;
        let caller = backend.caller().await?;
        let group = group_id(group)?;
        let denied = backend.clients.deny(&caller, &group, new(entry, label, scope)?).await?;
        Ok(local(&path::added(&group, &denied.id)))
    }
    .await;
    let typed = [(path::ENTRY, entry), (path::LABEL, label), (path::SCOPE, scope)];
    finish_at::<F>(result, group, |group| Ok(path::deny(group)), &typed)
}

pub(super) async fn allow<F: ServerFn>(group: &str, id: &str) -> Result<(), UiError> {
    let result = async {
        let backend = Backend::of_request()?;
        let caller = backend.caller().await?;
        let group = group_id(group)?;
        backend.clients.allow_again(&caller, &group, &denied_id(id)?).await?;
        Ok(local(&path::denied(&group)))
    }
    .await;
    finish_at::<F>(result, group, |group| Ok(path::allow(group, &denied_id(id)?)), &[])
}

/// What was typed, read.
fn new(entry: &str, label: &str, scope: &str) -> Result<NewDeniedClient, Problem> {
    let invalid = |fault| Problem::from(FieldError::new(Field::DenyEntry, fault));
    let entry = match entry.trim() {
        "" => return Err(invalid(Fault::Required)),
        text => text.parse::<DenyEntry>().map_err(|_| invalid(Fault::InvalidDenyEntry))?,
    };
    let ssl_certificate = match scope {
        "" => None,
        id => Some(id.parse::<SslCertificateId>().map_err(|_| Problem::NotFound(Noun::SslCertificate))?),
    };
    Ok(NewDeniedClient { ssl_certificate, entry, label: entry::label(label) })
}

fn denied_id(text: &str) -> Result<DeniedClientId, Problem> {
    text.parse().map_err(|_| Problem::NotFound(Noun::DeniedClient))
}

fn local(path: &str) -> LocalPath {
    path.parse().unwrap_or_else(|_| LocalPath::home())
}

fn finish_at<F: ServerFn>(
    result: Result<LocalPath, Problem>,
    group: &str,
    page: impl FnOnce(&GatewayGroupId) -> Result<String, Problem>,
    typed: &[(&str, &str)],
) -> Result<(), UiError> {
    match group_id(group).and_then(|group| page(&group)) {
        Ok(path) => finish::<F>(result, &FormPage { path: &path, typed }),
        Err(_) => answer(result.map(|_| ())),
    }
}
