use app::backend::{HandshakeEvents, HandshakeList, HandshakeQuery, Outcome};
use async_trait::async_trait;
use domain::{Caller, GatewayGroupId, HandshakeEvent, HandshakeEventId, Noun, Problem};
use store::{EventFilter, EventOutcome};

use super::Foundation;
use super::authorise::{Action, authorise};
use super::problem::store_problem;
use crate::record::Recorder;

/// Events of one answer.
const PAGE: usize = 50;
/// The longest text that is searched for, in characters.
const SEARCH_LIMIT: usize = 128;

/// The record of TLS attempts, on the store.
#[derive(Debug, Clone)]
pub(crate) struct HandshakeEventService {
    pub(crate) foundation: Foundation,
    pub(crate) recorder: Recorder,
}

#[async_trait]
impl HandshakeEvents for HandshakeEventService {
    async fn list(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        query: &HandshakeQuery,
    ) -> Result<HandshakeList, Problem> {
        authorise(caller, Action::Read)?;
        if query.before.is_none() {
            // The newest are asked for: what waits to be written is written first.
            self.recorder.flush().await;
        }
        let filter = EventFilter {
            host: query.host.chars().take(SEARCH_LIMIT).collect(),
            outcome: outcome(query.outcome),
            before: query.before.clone(),
            most: PAGE as u64 + 1,
        };
        let mut events =
            self.foundation.store.handshake_events(group, &filter).await.map_err(store_problem)?;
        let has_more = events.len() > PAGE;
        events.truncate(PAGE);
        Ok(HandshakeList { events, has_more, dropped: self.dropped(group).await })
    }

    async fn get(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        id: &HandshakeEventId,
    ) -> Result<HandshakeEvent, Problem> {
        authorise(caller, Action::Read)?;
        let event = self.foundation.store.handshake_event(group, id).await.map_err(store_problem)?;
        event.ok_or(Problem::NotFound(Noun::HandshakeEvent))
    }
}

impl HandshakeEventService {
    /// Events that did not reach the store, on their way to the recorder or from there on.
    async fn dropped(&self, group: &GatewayGroupId) -> u64 {
        let report = self.foundation.publisher.gateway().report().await;
        let before = report.events_dropped.get(group).copied().unwrap_or_default();
        before + self.recorder.dropped(group)
    }
}

fn outcome(wanted: Outcome) -> EventOutcome {
    match wanted {
        Outcome::Any => EventOutcome::Any,
        Outcome::Accepted => EventOutcome::Accepted,
        Outcome::NotAccepted => EventOutcome::NotAccepted,
        Outcome::Reason(reason) => EventOutcome::Reason(reason),
    }
}
