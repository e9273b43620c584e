//! What the server functions of services do.

use std::collections::HashMap;

use domain::{Caller, GatewayGroupId, Noun, Problem, Revision, ServiceId};
use leptos::server_fn::ServerFn;

use super::api::{ServiceChoices, ServiceDetail, ServiceList};
use super::control::form_name;
use super::fields::Fields;
use super::form::REVISION;
use super::{path, read};
use crate::backend::Backend;
use crate::error::{UiError, answer};
use crate::form::{FormPage, finish};
use crate::local_path::LocalPath;
use crate::pages::ssl_certificate::parse::group_id;

pub(super) async fn list(group: &str) -> Result<ServiceList, Problem> {
    let (backend, caller) = authenticated().await?;
    let items = backend.services.list(&caller, &group_id(group)?).await?;
    Ok(ServiceList { items, now: (backend.now)() })
}

pub(super) async fn get(group: &str, id: &str) -> Result<ServiceDetail, Problem> {
    let (backend, caller) = authenticated().await?;
    let status = backend.services.get(&caller, &group_id(group)?, &service_id(id)?).await?;
    Ok(ServiceDetail { status, now: (backend.now)() })
}

pub(super) async fn choices(group: &str) -> Result<ServiceChoices, Problem> {
    let (backend, caller) = authenticated().await?;
    backend.services.choices(&caller, &group_id(group)?).await
}

pub(super) async fn add<F: ServerFn>(group: &str, fields: HashMap<String, String>) -> Result<(), UiError> {
    let fields = Fields::from(fields);
    let result = async {
        let (backend, caller) = authenticated().await?;
        let group = group_id(group)?;
        let draft = read::draft(&fields, None)?;
        let added = backend.services.add(&caller, &group, draft).await;
        let added = added.map_err(|problem| read::by_row(problem, &fields))?;
        Ok(local(&path::saved(&group, &added.service.service.id)))
    }
    .await;
    finish_at::<F>(result, group_id(group).map(|group| path::add(&group)), &fields, None)
}

pub(super) async fn update<F: ServerFn>(
    group: &str,
    id: &str,
    revision: &str,
    fields: HashMap<String, String>,
) -> Result<(), UiError> {
    let fields = Fields::from(fields);
    let result = async {
        let (backend, caller) = authenticated().await?;
        let (group, id) = (group_id(group)?, service_id(id)?);
        let expected = Revision(revision.parse().map_err(|_| Problem::Stale)?);
        let stored = backend.services.get(&caller, &group, &id).await?.service;
        let draft = read::draft(&fields, Some(&stored))?;
        let updated = backend.services.update(&caller, &group, &id, draft, expected).await;
        updated.map_err(|problem| read::by_row(problem, &fields))?;
        Ok(local(&path::saved(&group, &id)))
    }
    .await;
    finish_at::<F>(result, service_page(group, id, path::edit), &fields, Some(revision))
}

pub(super) async fn delete<F: ServerFn>(group: &str, id: &str) -> Result<(), UiError> {
    let result = async {
        let (backend, caller) = authenticated().await?;
        let group = group_id(group)?;
        backend.services.delete(&caller, &group, &service_id(id)?).await?;
        Ok(local(&path::list(&group)))
    }
    .await;
    finish_at::<F>(result, service_page(group, id, path::delete), &Fields::default(), None)
}

async fn authenticated() -> Result<(Backend, Caller), Problem> {
    let backend = Backend::of_request()?;
    let caller = backend.caller().await?;
    Ok((backend, caller))
}

fn service_page(
    group: &str,
    id: &str,
    page: fn(&GatewayGroupId, &ServiceId) -> String,
) -> Result<String, Problem> {
    Ok(page(&group_id(group)?, &service_id(id)?))
}

fn finish_at<F: ServerFn>(
    result: Result<LocalPath, Problem>,
    page: Result<String, Problem>,
    fields: &Fields,
    seen: Option<&str>,
) -> Result<(), UiError> {
    let Ok(path) = page else {
        return answer(result.map(|_| ()));
    };
    let typed: Vec<_> = fields.pairs().map(|(name, text)| (form_name(name), text)).collect();
    let typed = typed.iter().map(|(name, text)| (name.as_str(), *text));
    let typed: Vec<_> = typed.chain(seen.map(|revision| (REVISION, revision))).collect();
    finish::<F>(result, &FormPage { path: &path, typed: &typed })
}

fn service_id(text: &str) -> Result<ServiceId, Problem> {
    text.parse().map_err(|_| Problem::NotFound(Noun::Service))
}

fn local(path: &str) -> LocalPath {
    path.parse().unwrap_or_else(|_| LocalPath::home())
}
