//! The addresses of the pages of clients.

use domain::{DeniedClientId, DenyEntry, GatewayGroupId};
use leptos_router::params::ParamsMap;

/// The name, in the query of the list of denied clients, of the entry that has just been added.
pub(super) const ADDED: &str = "added";
/// The names, in the query of the dialog, of what is to be denied and what to call it: those of the form's controls.
pub(super) const ENTRY: &str = "deny_entry";
pub(super) const LABEL: &str = "label";
pub(super) const SCOPE: &str = "ssl_certificate";

/// The clients that were let in.
pub(crate) fn list(group: &GatewayGroupId) -> String {
    format!("/groups/{group}/clients")
}

/// The clients that are denied.
pub(crate) fn denied(group: &GatewayGroupId) -> String {
    format!("{}/denied", list(group))
}

/// The dialog that asks for a client to deny.
pub(super) fn deny(group: &GatewayGroupId) -> String {
    format!("{}/deny", list(group))
}

/// The same dialog, for a client that is known.
pub(crate) fn deny_this(group: &GatewayGroupId, entry: &DenyEntry, name: &str) -> String {
    let query: ParamsMap =
        [(ENTRY, entry.to_string()), (LABEL, super::entry::label(name))].into_iter().collect();
    format!("{}{}", deny(group), query.to_query_string())
}

/// The list of denied clients with one marked that has just been added.
#[cfg(feature = "ssr")]
pub(super) fn added(group: &GatewayGroupId, id: &DeniedClientId) -> String {
    format!("{}?{ADDED}={id}", denied(group))
}

/// The question before a client is allowed again.
pub(super) fn allow(group: &GatewayGroupId, id: &DeniedClientId) -> String {
    format!("{}/{id}/allow", denied(group))
}
