//! The addresses of the pages of handshakes.

use domain::{GatewayGroupId, HandshakeEventId};

/// The list.
pub(crate) fn list(group: &GatewayGroupId) -> String {
    format!("/groups/{group}/handshakes")
}

/// One event.
pub(super) fn detail(group: &GatewayGroupId, id: &HandshakeEventId) -> String {
    format!("{}/{id}", list(group))
}
