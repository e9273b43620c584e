//! The server functions of CA certificates. What they do stands in `answers`.

use domain::{CaCertificate, SslCertificateId, UnixTime};
use leptos::prelude::*;
use leptos::server_fn::codec::{GetUrl, MultipartData};
use serde::{Deserialize, Serialize};

use crate::error::UiError;
use crate::pages::ssl_certificate::protocol::MultipartForm;

/// The CA certificates of a group, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaCertificateList {
    /// Each with the SSL certificates whose peer verification uses it.
    pub items: Vec<(CaCertificate, Vec<SslCertificateId>)>,
    /// The server's time.
    pub now: UnixTime,
}

impl CaCertificateList {
    /// The CAs alone.
    pub fn certificates(self) -> Vec<CaCertificate> {
        self.items.into_iter().map(|(certificate, _)| certificate).collect()
    }
}

/// One CA certificate, and what its page needs besides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaCertificateDetail {
    /// The CA.
    pub certificate: CaCertificate,
    /// The SSL certificates whose peer verification uses it.
    pub users: Vec<SslCertificateId>,
    /// The server's time.
    pub now: UnixTime,
}

/// One CA certificate.
#[server(prefix = "/api", endpoint = "ca-certificate/get", input = GetUrl)]
pub async fn get_ca_certificate(group: String, id: String) -> Result<CaCertificateDetail, UiError> {
    crate::error::answer(super::answers::get(&group, &id).await)
}

/// Puts other revocation lists in place of those there are, and sets what happens once they are stale; leads on to the
/// CA's page.
#[server(prefix = "/api", endpoint = "ca-certificate/set-revocation", input = MultipartFormData, protocol = MultipartForm)]
pub async fn set_revocation(form: MultipartData) -> Result<(), UiError> {
    super::answers::set_revocation::<SetRevocation>(form).await
}

/// Takes all revocation lists of a CA away; leads on to its page.
#[server(prefix = "/api", endpoint = "ca-certificate/remove-revocation-lists")]
pub async fn remove_revocation_lists(
    #[server(default)] group: String,
    #[server(default)] id: String,
) -> Result<(), UiError> {
    super::answers::remove_revocation_lists::<RemoveRevocationLists>(&group, &id).await
}

/// A group's CA certificates.
#[server(prefix = "/api", endpoint = "ca-certificate/list", input = GetUrl)]
pub async fn list_ca_certificates(group: String) -> Result<CaCertificateList, UiError> {
    crate::error::answer(super::answers::list(&group).await)
}

/// Deletes a CA certificate that nothing uses; leads on to the list.
#[server(prefix = "/api", endpoint = "ca-certificate/delete")]
pub async fn delete_ca_certificate(
    #[server(default)] group: String,
    #[server(default)] id: String,
) -> Result<(), UiError> {
    super::answers::delete::<DeleteCaCertificate>(&group, &id).await
}
