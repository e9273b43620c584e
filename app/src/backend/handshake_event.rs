use async_trait::async_trait;
use domain::{Caller, GatewayGroupId, HandshakeEvent, HandshakeEventId, Problem};

use crate::pages::handshake_event::query::{HandshakeList, HandshakeQuery};

/// The record of TLS attempts.
#[async_trait]
pub trait HandshakeEvents: Send + Sync {
    /// A group's events, newest first, those of the last second included.
    async fn list(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        query: &HandshakeQuery,
    ) -> Result<HandshakeList, Problem>;

    /// One event.
    async fn get(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        id: &HandshakeEventId,
    ) -> Result<HandshakeEvent, Problem>;
}
