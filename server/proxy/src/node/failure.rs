//! Why a node did not answer.

use std::fmt;

use http::Request;

/// How far a request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FailureStage {
    /// The node could not be found, refused the connection, or did not prove who it is.
    Connect,
    /// It did not accept a connection in time.
    ConnectTimeout,
    /// It closed a connection that had been kept, without a word.
    Stale,
    /// It broke off while the request was sent.
    Sending,
    /// It took no more of the request in time.
    SendTimeout,
    /// It broke off before its answer, or gave one that nobody could understand.
    Answering,
    /// It did not answer in time.
    ReadTimeout,
    /// The client's own body failed: the node is not to blame.
    Client,
}

/// A request that was not answered.
#[derive(Debug)]
pub(crate) struct NodeFailure<B> {
    /// How far it came.
    pub(crate) stage: FailureStage,
    /// Why, in words for operators; escaped.
    pub(crate) reason: String,
    /// The whole request, if nothing of its body was read.
    pub(crate) request: Option<Request<B>>,
}

/// A [`NodeFailure`] without its request.
#[derive(Debug)]
pub(crate) struct Trouble {
    stage: FailureStage,
    reason: String,
}

impl Trouble {
    /// `reason` may hold what the node said.
    pub(crate) fn new(stage: FailureStage, reason: impl fmt::Display) -> Self {
        let reason = reason.to_string();
        let is_plain = reason.chars().all(|character| !character.is_control());
        let reason = if is_plain { reason } else { reason.escape_debug().to_string() };
        Self { stage, reason }
    }

    /// Adds the request.
    pub(crate) fn with<B>(self, request: Option<Request<B>>) -> NodeFailure<B> {
        NodeFailure { stage: self.stage, reason: self.reason, request }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_one_line_whatever_nodes_say() {
        for (said, shown) in
            [("connection refused", "connection refused"), ("a\r\nb\u{1b}", "a\\r\\nb\\u{1b}")]
        {
            assert_eq!(Trouble::new(FailureStage::Connect, said).reason, shown);
        }
    }
}
