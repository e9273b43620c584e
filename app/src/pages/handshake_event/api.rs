//! The server functions of handshakes. What they do stands in `answers`.

use domain::{HandshakeEvent, UnixTime};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

use super::query::HandshakeList;
use crate::error::UiError;

/// Some events, and the time at which they were asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedHandshakes {
    /// The events.
    pub list: HandshakeList,
    /// The server's time.
    pub now: UnixTime,
}

/// One event, and what its page needs besides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandshakeDetail {
    /// The event.
    pub event: HandshakeEvent,
    /// The server's time.
    pub now: UnixTime,
}

/// The newest events of a group, or those before `before`, as far as host and outcome are those that are asked for.
#[server(prefix = "/api", endpoint = "handshake/list", input = GetUrl)]
pub async fn list_handshakes(
    group: String,
    #[server(default)] host: String,
    #[server(default)] outcome: String,
    #[server(default)] before: String,
) -> Result<ListedHandshakes, UiError> {
    crate::error::answer(super::answers::list(&group, &host, &outcome, &before).await)
}

/// One event.
#[server(prefix = "/api", endpoint = "handshake/get", input = GetUrl)]
pub async fn get_handshake(group: String, id: String) -> Result<HandshakeDetail, UiError> {
    crate::error::answer(super::answers::get(&group, &id).await)
}
