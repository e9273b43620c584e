//! CA certificates: list, delete. They are added together with an SSL certificate.

#[cfg(feature = "ssr")]
mod answers;
pub mod api;
mod delete;
mod list;

pub use delete::DeleteCaCertificate;
pub use list::CaCertificatesPage;

use domain::{CaCertificateId, GatewayGroupId};

/// The address of the list.
fn list_path(group: &GatewayGroupId) -> String {
    format!("/groups/{group}/ca-certificates")
}

/// The address of the question before one is deleted.
fn delete_path(group: &GatewayGroupId, id: &CaCertificateId) -> String {
    format!("{}/{id}/delete", list_path(group))
}
