use serde::{Deserialize, Serialize};

use crate::{SerialNumber, UnixTime};

/// The facts of one certificate revocation list (RFC 5280 §5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevocationList {
    /// The CA that issued it.
    pub issuer: String,
    /// When it was issued.
    pub this_update: UnixTime,
    /// When the next one is due; from then on this one is stale. Some lists do not say.
    pub next_update: Option<UnixTime>,
    /// The list's number, if it has one.
    pub number: Option<SerialNumber>,
    /// How many certificates it revokes.
    pub entries: u64,
}

impl RevocationList {
    /// Whether its successor is overdue.
    pub fn is_stale(&self, now: UnixTime) -> bool {
        self.next_update.is_some_and(|next| next < now)
    }
}

/// What to do with clients of a CA whose revocation list is stale.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum StaleRevocationLists {
    /// Refuse them: nobody knows who has been revoked since.
    #[default]
    Block,
    /// Go by the old list, and warn the operator.
    Warn,
}
