//! The server functions of SSL certificates. What they do stands in `answers`.

use domain::{
    CertificateType, DeniedClient, FieldWarning, Inspection, Revision, SslCertificate, Status, UnixTime,
};
use leptos::prelude::*;
use leptos::server_fn::codec::{GetUrl, MultipartData};
use serde::{Deserialize, Serialize};

use super::protocol::MultipartForm;
use super::query::SslCertificateList;
use crate::error::UiError;

/// One certificate, and what its page needs besides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SslCertificateDetail {
    /// The certificate.
    pub certificate: SslCertificate,
    /// The clients that its hosts turn away, and no other hosts of the group.
    pub denied: Vec<DeniedClient>,
    /// The revision that this instance's listener serves.
    pub served: Revision,
    /// The server's time.
    pub now: UnixTime,
}

/// One page of a group's certificates.
#[server(prefix = "/api", endpoint = "ssl-certificate/list", input = GetUrl)]
pub async fn list_ssl_certificates(
    group: String,
    #[server(default)] search: String,
    #[server(default)] certificate_type: Option<CertificateType>,
    #[server(default)] status: Option<Status>,
    #[server(default)] expiring: bool,
    #[server(default)] page: u32,
) -> Result<SslCertificateList, UiError> {
    let query = super::query::SslCertificateQuery {
        search: search.chars().take(128).collect(),
        certificate_type,
        status,
        expiring,
        page: domain::PageRequest::new(page, super::query::PAGE_SIZE),
    };
    crate::error::answer(super::answers::list(&group, &query).await)
}

/// One certificate.
#[server(prefix = "/api", endpoint = "ssl-certificate/get", input = GetUrl)]
pub async fn get_ssl_certificate(group: String, id: String) -> Result<SslCertificateDetail, UiError> {
    crate::error::answer(super::answers::get(&group, &id).await)
}

/// Says what stands in a form, while it is still open. Saves nothing.
#[server(prefix = "/api", endpoint = "ssl-certificate/inspect", input = MultipartFormData, protocol = MultipartForm)]
pub async fn inspect_ssl_certificate(form: MultipartData) -> Result<Inspection, UiError> {
    crate::error::answer(super::answers::inspect(form).await)
}

/// Adds a certificate; leads on to the list.
#[server(prefix = "/api", endpoint = "ssl-certificate/add", input = MultipartFormData, protocol = MultipartForm)]
pub async fn add_ssl_certificate(form: MultipartData) -> Result<(), UiError> {
    super::answers::add::<AddSslCertificate>(form).await
}

/// Changes SNIs and peer verification; leads on to the certificate's page.
#[server(prefix = "/api", endpoint = "ssl-certificate/edit", input = MultipartFormData, protocol = MultipartForm)]
pub async fn edit_ssl_certificate(form: MultipartData) -> Result<(), UiError> {
    super::answers::edit::<EditSslCertificate>(form).await
}

/// Puts another certificate and key in place of the old ones; leads on to the certificate's page.
#[server(prefix = "/api", endpoint = "ssl-certificate/replace", input = MultipartFormData, protocol = MultipartForm)]
pub async fn replace_ssl_certificate(form: MultipartData) -> Result<(), UiError> {
    super::answers::replace::<ReplaceSslCertificate>(form).await
}

/// Switches a certificate on (`enabled`) or off (`disabled`); leads on to its page.
#[server(prefix = "/api", endpoint = "ssl-certificate/set-status")]
pub async fn set_ssl_certificate_status(
    #[server(default)] group: String,
    #[server(default)] id: String,
    #[server(default)] status: String,
) -> Result<(), UiError> {
    super::answers::set_status::<SetSslCertificateStatus>(&group, &id, &status).await
}

/// Switches peer verification `on` or `off`, and keeps its CAs and depth; leads on to the certificate's page.
#[server(prefix = "/api", endpoint = "ssl-certificate/set-peer-verification")]
pub async fn set_peer_verification(
    #[server(default)] group: String,
    #[server(default)] id: String,
    #[server(default)] peer_verification: String,
) -> Result<(), UiError> {
    super::answers::set_peer_verification::<SetPeerVerification>(&group, &id, &peer_verification).await
}

/// Takes the client `denied` off a certificate's deny-list; leads on to the certificate's page.
#[server(prefix = "/api", endpoint = "ssl-certificate/allow-client-again")]
pub async fn allow_client_again(
    #[server(default)] group: String,
    #[server(default)] id: String,
    #[server(default)] denied: String,
) -> Result<(), UiError> {
    super::answers::allow_client_again::<AllowClientAgain>(&group, &id, &denied).await
}

/// What deleting a certificate would open.
#[server(prefix = "/api", endpoint = "ssl-certificate/deletion-consequences", input = GetUrl)]
pub async fn deletion_consequences(group: String, id: String) -> Result<Vec<FieldWarning>, UiError> {
    crate::error::answer(super::answers::deletion_consequences(&group, &id).await)
}

/// Deletes a certificate and its keys; leads on to the list. If it opens something, that has to be accepted (`on`).
#[server(prefix = "/api", endpoint = "ssl-certificate/delete")]
pub async fn delete_ssl_certificate(
    #[server(default)] group: String,
    #[server(default)] id: String,
    #[server(default)] accepts_consequences: String,
) -> Result<(), UiError> {
    let accepts = accepts_consequences == "on";
    super::answers::delete::<DeleteSslCertificate>(&group, &id, accepts).await
}
