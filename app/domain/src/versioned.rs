use serde::{Deserialize, Serialize};

use crate::{Revision, UnixTime};

/// An object as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versioned<I, T> {
    /// Its id; never changes.
    pub id: I,
    /// The revision of its last change: who edits says which one they saw.
    pub revision: Revision,
    /// When it was made.
    pub created_at: UnixTime,
    /// When it was changed last.
    pub updated_at: UnixTime,
    /// What it says.
    pub value: T,
}
