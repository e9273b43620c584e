use domain::GatewayGroup;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::UiError;
#[cfg(feature = "ssr")]
use crate::form::{FormPage, finish};

/// All groups, by name.
#[server(prefix = "/api", endpoint = "gateway-group/list", input = GetUrl)]
pub async fn list_groups() -> Result<Vec<GatewayGroup>, UiError> {
    crate::error::answer(answers::list().await)
}

/// One group.
#[server(prefix = "/api", endpoint = "gateway-group/get", input = GetUrl)]
pub async fn get_group(group: String) -> Result<GatewayGroup, UiError> {
    crate::error::answer(answers::get(&group).await)
}

/// Creates a group and leads to its overview.
#[server(prefix = "/api", endpoint = "gateway-group/create")]
pub async fn create_group(
    #[server(default)] name: String,
    #[server(default)] listener: String,
) -> Result<(), UiError> {
    let result = answers::create(&name, &listener).await;
    let typed = [("name", name.as_str()), ("listener", listener.as_str())];
    finish::<CreateGroup>(result, &FormPage { path: "/groups/new", typed: &typed })
}

/// Changes a group's name and listener.
#[server(prefix = "/api", endpoint = "gateway-group/update")]
pub async fn update_group(
    #[server(default)] group: String,
    #[server(default)] name: String,
    #[server(default)] listener: String,
) -> Result<(), UiError> {
    let result = answers::update(&group, &name, &listener).await;
    let typed = [("name", name.as_str()), ("listener", listener.as_str())];
    let path = answers::page_of(&group, "/settings");
    finish::<UpdateGroup>(result, &FormPage { path: &path, typed: &typed })
}

/// Deletes a group that has no SSL certificates.
#[server(prefix = "/api", endpoint = "gateway-group/delete")]
pub async fn delete_group(#[server(default)] group: String) -> Result<(), UiError> {
    let result = answers::delete(&group).await;
    let path = answers::page_of(&group, "/delete");
    finish::<DeleteGroup>(result, &FormPage { path: &path, typed: &[] })
}

#[cfg(feature = "ssr")]
mod answers {
    use domain::{Fault, Field, FieldError, GatewayGroup, GatewayGroupId, GroupName, Noun, Problem};

    use super::super::form::parse_listener;
    use crate::backend::{Backend, GroupSettings};
    use crate::local_path::LocalPath;

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

    pub(super) async fn create(name: &str, listener: &str) -> Result<LocalPath, Problem> {
        let backend = Backend::of_request()?;
        let caller = backend.caller().await?;
        let group = backend.gateway_groups.create(&caller, settings(name, listener)?).await?;
        Ok(local(&page_of(group.id.as_str(), "")))
    }

    pub(super) async fn update(group: &str, name: &str, listener: &str) -> Result<LocalPath, Problem> {
        let backend = Backend::of_request()?;
        let caller = backend.caller().await?;
        let group = backend.gateway_groups.update(&caller, &id(group)?, settings(name, listener)?).await?;
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

    fn settings(name: &str, listener: &str) -> Result<GroupSettings, Problem> {
        let name = name.parse::<GroupName>().map_err(|fault| at(Field::Name, fault));
        let listener = parse_listener(listener).map_err(|fault| at(Field::Listener, fault));
        match (name, listener) {
            (Ok(name), Ok(listener)) => Ok(GroupSettings { name, listener }),
            (name, listener) => {
                Err(Problem::Invalid([name.err(), listener.err()].into_iter().flatten().collect()))
            }
        }
    }

    fn at(field: Field, fault: Fault) -> FieldError {
        FieldError::new(field, fault)
    }
}
