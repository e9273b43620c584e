//! The server functions of services. What they do stands in `answers`.
//!
//! A form sends its controls as `fields[name]`; their names stand in `control.rs` beside this file. What is not sent stays
//! as it is.

use std::collections::HashMap;

use domain::{
    CaCertificate, ServiceStatus, SharedUpstream, SslCertificateId, UnixTime, UpstreamId, Versioned,
};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

use crate::error::UiError;

/// The services of a group, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceList {
    /// The services as they fare.
    pub items: Vec<ServiceStatus>,
    /// The server's time.
    pub now: UnixTime,
}

/// One service, and what its page needs besides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceDetail {
    /// The service as it fares.
    pub status: ServiceStatus,
    /// The server's time.
    pub now: UnixTime,
}

/// What services may refer to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceChoices {
    /// CAs that can vouch for nodes.
    pub ca_certificates: Vec<CaCertificate>,
    /// SSL certificates of type client that nodes can be shown, with their names.
    pub client_certificates: Vec<(SslCertificateId, String)>,
    /// Upstreams that services share.
    pub upstreams: Vec<Versioned<UpstreamId, SharedUpstream>>,
}

/// A group's services.
#[server(prefix = "/api", endpoint = "service/list", input = GetUrl)]
pub async fn list_services(group: String) -> Result<ServiceList, UiError> {
    crate::error::answer(super::answers::list(&group).await)
}

/// One service.
#[server(prefix = "/api", endpoint = "service/get", input = GetUrl)]
pub async fn get_service(group: String, id: String) -> Result<ServiceDetail, UiError> {
    crate::error::answer(super::answers::get(&group, &id).await)
}

/// What a service's form offers to choose from.
#[server(prefix = "/api", endpoint = "service/choices", input = GetUrl)]
pub async fn list_service_choices(group: String) -> Result<ServiceChoices, UiError> {
    crate::error::answer(super::answers::choices(&group).await)
}

/// Adds a service with its routes; leads on to its page.
#[server(prefix = "/api", endpoint = "service/add")]
pub async fn add_service(
    #[server(default)] group: String,
    #[server(default)] fields: HashMap<String, String>,
) -> Result<(), UiError> {
    super::answers::add::<AddService>(&group, fields).await
}

/// Changes a service and its routes, unless there is a newer `revision` of it; leads on to its page.
#[server(prefix = "/api", endpoint = "service/update")]
pub async fn update_service(
    #[server(default)] group: String,
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] fields: HashMap<String, String>,
) -> Result<(), UiError> {
    super::answers::update::<UpdateService>(&group, &id, &revision, fields).await
}

/// Deletes a service with its routes; leads on to the list.
#[server(prefix = "/api", endpoint = "service/delete")]
pub async fn delete_service(
    #[server(default)] group: String,
    #[server(default)] id: String,
) -> Result<(), UiError> {
    super::answers::delete::<DeleteService>(&group, &id).await
}
