use domain::{GatewayGroup, Sni, SslCertificateId};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

use crate::error::UiError;
#[cfg(feature = "ssr")]
use crate::form::{FormPage, finish};

/// An SSL certificate that can be a group's default certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerCertificate {
    /// Its id.
    pub id: SslCertificateId,
    /// Its hosts.
    pub snis: Vec<Sni>,
}

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

/// The newest server certificates of a group, at most [`domain::PageRequest::MOST`].
#[server(prefix = "/api", endpoint = "gateway-group/server-certificates", input = GetUrl)]
pub async fn list_server_certificates(group: String) -> Result<Vec<ServerCertificate>, UiError> {
    crate::error::answer(answers::server_certificates(&group).await)
}

/// Creates a group and leads to its overview.
#[server(prefix = "/api", endpoint = "gateway-group/create")]
pub async fn create_group(
    #[server(default)] name: String,
    #[server(default)] listener: String,
) -> Result<(), UiError> {
    let result = answers::create(answers::settings(&name, &listener, "", "")).await;
    let typed = [("name", name.as_str()), ("listener", listener.as_str())];
    finish::<CreateGroup>(result, &FormPage { path: "/groups/new", typed: &typed })
}

/// Changes a group's settings.
#[server(prefix = "/api", endpoint = "gateway-group/update")]
pub async fn update_group(
    #[server(default)] group: String,
    #[server(default)] name: String,
    #[server(default)] listener: String,
    #[server(default)] http_listener: String,
    #[server(default)] default_certificate: String,
) -> Result<(), UiError> {
    let settings = answers::settings(&name, &listener, &http_listener, &default_certificate);
    let result = answers::update(&group, settings).await;
    let typed = [
        ("name", name.as_str()),
        ("listener", listener.as_str()),
        ("http_listener", http_listener.as_str()),
        ("default_certificate", default_certificate.as_str()),
    ];
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
    use domain::{
        CertificateType, Fault, Field, FieldError, GatewayGroup, GatewayGroupId, GroupName, Noun,
        PageRequest, Problem,
    };

    use super::super::form::{parse_certificate, parse_listener};
    use super::ServerCertificate;
    use crate::backend::{Backend, GroupSettings};
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

    pub(super) async fn create(settings: Result<GroupSettings, Problem>) -> Result<LocalPath, Problem> {
        let backend = Backend::of_request()?;
        let caller = backend.caller().await?;
        let group = backend.gateway_groups.create(&caller, settings?).await?;
        Ok(local(&page_of(group.id.as_str(), "")))
    }

    pub(super) async fn update(
        group: &str,
        settings: Result<GroupSettings, Problem>,
    ) -> Result<LocalPath, Problem> {
        let backend = Backend::of_request()?;
        let caller = backend.caller().await?;
        let group = backend.gateway_groups.update(&caller, &id(group)?, settings?).await?;
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

    /// What was typed, read; with every reason why it cannot be.
    pub(super) fn settings(
        name: &str,
        listener: &str,
        http_listener: &str,
        default_certificate: &str,
    ) -> Result<GroupSettings, Problem> {
        let name = name.parse::<GroupName>().map_err(|fault| at(Field::Name, fault));
        let listener = parse_listener(listener).map_err(|fault| at(Field::Listener, fault));
        let http_listener =
            if_typed(http_listener, parse_listener).map_err(|fault| at(Field::HttpListener, fault));
        let default_certificate = if_typed(default_certificate, parse_certificate)
            .map_err(|fault| at(Field::DefaultCertificate, fault));
        match (name, listener, http_listener, default_certificate) {
            (Ok(name), Ok(listener), Ok(http_listener), Ok(default_certificate)) => Ok(GroupSettings {
                name,
                listener,
                http_listener,
                default_certificate,
                protection: domain::Protection::default(),
            }),
            (name, listener, http_listener, default_certificate) => {
                let errors = [name.err(), listener.err(), http_listener.err(), default_certificate.err()];
                Err(Problem::Invalid(errors.into_iter().flatten().collect()))
            }
        }
    }

    /// What an optional field says; nothing if nothing stands there.
    fn if_typed<T>(text: &str, parse: impl Fn(&str) -> Result<T, Fault>) -> Result<Option<T>, Fault> {
        if text.trim().is_empty() { Ok(None) } else { parse(text).map(Some) }
    }

    fn at(field: Field, fault: Fault) -> FieldError {
        FieldError::new(field, fault)
    }
}
