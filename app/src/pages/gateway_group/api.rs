//! The server functions of gateway groups. What they do stands in `answers`.

#![expect(clippy::too_many_arguments, reason = "a server function takes each control of its form by name")]

use std::collections::HashMap;

#[cfg(feature = "ssr")]
use domain::Problem;
use domain::{GatewayGroup, Sni, SslCertificateId};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use leptos::server_fn::ServerFn;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use super::answers;
#[cfg(feature = "ssr")]
use super::parse::SettingsForm;
use crate::error::UiError;
#[cfg(feature = "ssr")]
use crate::form::{FormPage, finish};
#[cfg(feature = "ssr")]
use crate::local_path::LocalPath;

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

/// Creates a group with the usual limits and leads to its overview.
#[server(prefix = "/api", endpoint = "gateway-group/create")]
pub async fn create_group(
    #[server(default)] name: String,
    #[server(default)] listener: String,
) -> Result<(), UiError> {
    let form = SettingsForm { name: &name, listener: &listener, ..SettingsForm::default() };
    finish_form::<CreateGroup>(answers::create(&form).await, "/groups/new", &form)
}

/// Changes a group's settings. A form without `limits` leaves them, and who speaks the PROXY protocol, as they are.
#[server(prefix = "/api", endpoint = "gateway-group/update")]
pub async fn update_group(
    #[server(default)] group: String,
    #[server(default)] name: String,
    #[server(default)] listener: String,
    #[server(default)] http_listener: String,
    #[server(default)] default_certificate: String,
    #[server(default)] identity_headers: String,
    #[server(default)] limits: HashMap<String, String>,
    #[server(default)] proxy_protocol: String,
) -> Result<(), UiError> {
    let form = SettingsForm {
        name: &name,
        listener: &listener,
        http_listener: &http_listener,
        default_certificate: &default_certificate,
        identity_headers: &identity_headers,
        limits,
        proxy_protocol: &proxy_protocol,
    };
    let result = answers::update(&group, &form).await;
    finish_form::<UpdateGroup>(result, &answers::page_of(&group, "/settings"), &form)
}

/// Deletes a group that has no SSL certificates.
#[server(prefix = "/api", endpoint = "gateway-group/delete")]
pub async fn delete_group(#[server(default)] group: String) -> Result<(), UiError> {
    let result = answers::delete(&group).await;
    let path = answers::page_of(&group, "/delete");
    finish::<DeleteGroup>(result, &FormPage { path: &path, typed: &[] })
}

#[cfg(feature = "ssr")]
fn finish_form<F: ServerFn>(
    result: Result<LocalPath, Problem>,
    path: &str,
    form: &SettingsForm<'_>,
) -> Result<(), UiError> {
    let typed = form.typed();
    let typed: Vec<_> = typed.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    finish::<F>(result, &FormPage { path, typed: &typed })
}
