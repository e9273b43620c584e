//! What the server functions of handshakes do.

use domain::{HandshakeEventId, Noun, Problem};

use super::api::{HandshakeDetail, ListedHandshakes};
use super::list_state::{ListState, outcome_from_code};
use crate::backend::{Backend, HandshakeQuery};
use crate::pages::ssl_certificate::parse::group_id;

pub(super) async fn list(
    group: &str,
    host: &str,
    outcome: &str,
    before: &str,
) -> Result<ListedHandshakes, Problem> {
    let backend = Backend::of_request()?;
    let caller = backend.caller().await?;
    let query = HandshakeQuery {
        host: ListState::host_of(host),
        outcome: outcome_from_code(outcome),
        before: before.parse().ok(),
    };
    let list = backend.handshake_events.list(&caller, &group_id(group)?, &query).await?;
    Ok(ListedHandshakes { list, now: (backend.now)() })
}

pub(super) async fn get(group: &str, id: &str) -> Result<HandshakeDetail, Problem> {
    let backend = Backend::of_request()?;
    let caller = backend.caller().await?;
    let id: HandshakeEventId = id.parse().map_err(|_| Problem::NotFound(Noun::HandshakeEvent))?;
    let event = backend.handshake_events.get(&caller, &group_id(group)?, &id).await?;
    Ok(HandshakeDetail { event, now: (backend.now)() })
}
