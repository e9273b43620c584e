//! The server functions of clients. What they do stands in `answers`.

use domain::{Client, DeniedClient, Page, UnixTime};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

use crate::error::UiError;

/// One page of a group's clients.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientList {
    /// The rows, latest seen first.
    pub page: Page<Client>,
    /// How many entries the deny-lists have.
    pub denied: usize,
    /// The server's time.
    pub now: UnixTime,
}

/// A group's deny-list and those of its SSL certificates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeniedClientList {
    /// The entries, newest first.
    pub items: Vec<DeniedClient>,
    /// The server's time.
    pub now: UnixTime,
}

/// One page of the clients that were let in.
#[server(prefix = "/api", endpoint = "client/list", input = GetUrl)]
pub async fn list_clients(
    group: String,
    #[server(default)] search: String,
    #[server(default)] page: u32,
) -> Result<ClientList, UiError> {
    crate::error::answer(super::answers::list(&group, &search, page).await)
}

/// The clients that are denied.
#[server(prefix = "/api", endpoint = "client/denied", input = GetUrl)]
pub async fn list_denied_clients(group: String) -> Result<DeniedClientList, UiError> {
    crate::error::answer(super::answers::denied(&group).await)
}

/// Denies a client, everywhere in the group or for the hosts of one SSL certificate; leads on to the denied ones.
#[server(prefix = "/api", endpoint = "client/deny")]
pub async fn deny_client(
    #[server(default)] group: String,
    #[server(default)] deny_entry: String,
    #[server(default)] label: String,
    #[server(default)] ssl_certificate: String,
) -> Result<(), UiError> {
    super::answers::deny::<DenyClient>(&group, &deny_entry, &label, &ssl_certificate).await
}

/// Takes a client off the deny-list; leads back to it.
#[server(prefix = "/api", endpoint = "client/allow")]
pub async fn allow_client(
    #[server(default)] group: String,
    #[server(default)] id: String,
) -> Result<(), UiError> {
    super::answers::allow::<AllowClient>(&group, &id).await
}
