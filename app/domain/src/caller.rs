use serde::{Deserialize, Serialize};

use crate::{UserId, UserName};

/// Who asks: the result of authentication, and the input of every authorisation.
///
/// There is no anonymous caller; an operation that needs none takes none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// The user.
    pub id: UserId,
    /// The name that the user signs in with; stands in the audit log.
    pub name: UserName,
    /// What the user may do.
    pub role: Role,
}

/// What a user may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// Everything.
    Administrator,
}
