//! The addresses of the pages of SSL certificates. Ids need no escaping: see [`domain::SslCertificateId`].

use domain::{GatewayGroupId, SslCertificateId};

/// The list.
pub(crate) fn list(group: &GatewayGroupId) -> String {
    format!("/groups/{group}/ssl-certificates")
}

/// The list with a row marked that has just been added.
#[cfg(feature = "ssr")]
pub(super) fn added(group: &GatewayGroupId, id: &SslCertificateId) -> String {
    format!("{}?added={id}", list(group))
}

/// The dialog "Add SSL Certificate".
pub(crate) fn add(group: &GatewayGroupId) -> String {
    format!("{}/new", list(group))
}

/// One certificate.
pub(crate) fn detail(group: &GatewayGroupId, id: &SslCertificateId) -> String {
    format!("{}/{id}", list(group))
}

/// The dialog "Edit".
pub(crate) fn edit(group: &GatewayGroupId, id: &SslCertificateId) -> String {
    format!("{}/edit", detail(group, id))
}

/// The dialog "Replace certificate".
pub(super) fn replace(group: &GatewayGroupId, id: &SslCertificateId) -> String {
    format!("{}/replace", detail(group, id))
}

/// The dialog "Delete".
pub(super) fn delete(group: &GatewayGroupId, id: &SslCertificateId) -> String {
    format!("{}/delete", detail(group, id))
}

/// The question that is asked before peer verification is switched off, on the certificate's page.
pub(super) fn peer_verification_off(group: &GatewayGroupId, id: &SslCertificateId) -> String {
    format!("{}?{}={}", detail(group, id), CONFIRM, PEER_VERIFICATION_OFF)
}

/// The name, in the query of a certificate's page, of the question that is asked on it.
pub(super) const CONFIRM: &str = "confirm";
/// The question whether to switch peer verification off.
pub(super) const PEER_VERIFICATION_OFF: &str = "peer-verification-off";
