//! The server functions of CA certificates. What they do stands in `answers`.

use domain::{CaCertificate, SslCertificateId, UnixTime};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

use crate::error::UiError;

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
