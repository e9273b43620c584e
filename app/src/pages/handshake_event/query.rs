//! What the list of handshakes is asked for, and what it answers.

use domain::{HandshakeEvent, HandshakeEventId, ReasonCode};
use serde::{Deserialize, Serialize};

/// Which events are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandshakeQuery {
    /// Text that the host contains; empty for all.
    pub host: String,
    /// Which verdicts.
    pub outcome: Outcome,
    /// Only events before this one.
    pub before: Option<HandshakeEventId>,
}

/// Which verdicts are wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// All.
    #[default]
    Any,
    /// Those that let somebody in with no reservation.
    Accepted,
    /// Those that refused somebody, or would have but for the policy's mode.
    NotAccepted,
    /// Those with this reason.
    Reason(ReasonCode),
}

/// Some events of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandshakeList {
    /// At most 50, newest first.
    pub events: Vec<HandshakeEvent>,
    /// Whether there are older ones.
    pub has_more: bool,
    /// Events of the group that could not be kept, since this instance started: there were too many at once.
    pub dropped: u64,
}
