//! CA certificates: list, page, revocation lists, delete. They are added together with an SSL certificate.

#[cfg(feature = "ssr")]
mod answers;
pub mod api;
mod delete;
mod detail;
mod list;
mod revocation;
#[cfg(feature = "ssr")]
mod upload;
mod users;

pub use delete::DeleteCaCertificate;
pub use detail::CaCertificatePage;
pub use list::CaCertificatesPage;

use domain::{CaCertificateId, GatewayGroupId};

/// The address of the list.
pub(crate) fn list_path(group: &GatewayGroupId) -> String {
    format!("/groups/{group}/ca-certificates")
}

/// The address of one CA.
pub(crate) fn detail_path(group: &GatewayGroupId, id: &CaCertificateId) -> String {
    format!("{}/{id}", list_path(group))
}

/// The address of the question before one is deleted.
fn delete_path(group: &GatewayGroupId, id: &CaCertificateId) -> String {
    format!("{}/{id}/delete", list_path(group))
}
