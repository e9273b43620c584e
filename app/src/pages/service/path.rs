//! The addresses of the pages of services. Ids need no escaping: see [`domain::ServiceId`].

use domain::{GatewayGroupId, ServiceId};

/// The list.
pub(crate) fn list(group: &GatewayGroupId) -> String {
    format!("/groups/{group}/services")
}

/// The form for a new one.
pub(crate) fn add(group: &GatewayGroupId) -> String {
    format!("{}/new", list(group))
}

/// One service.
pub(crate) fn detail(group: &GatewayGroupId, id: &ServiceId) -> String {
    format!("{}/{id}", list(group))
}

/// One service that has just been saved.
#[cfg(feature = "ssr")]
pub(super) fn saved(group: &GatewayGroupId, id: &ServiceId) -> String {
    format!("{}?saved=true", detail(group, id))
}

/// The form for an existing one.
pub(super) fn edit(group: &GatewayGroupId, id: &ServiceId) -> String {
    format!("{}/edit", detail(group, id))
}

/// The question before one is deleted.
pub(super) fn delete(group: &GatewayGroupId, id: &ServiceId) -> String {
    format!("{}/delete", detail(group, id))
}
