use domain::{Role, UserId, UserName};

use crate::{Author, Store, StoreError, WriteError};

/// A user as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredUser {
    /// The id.
    pub id: UserId,
    /// The name to sign in with.
    pub name: UserName,
    /// What the user may do.
    pub role: Role,
    /// The password's hash in PHC format (argon2id).
    pub password_hash: String,
}

impl Store {
    /// A user by name.
    ///
    /// # Errors
    /// The database failed.
    pub async fn user_by_name(&self, _name: &UserName) -> Result<Option<StoredUser>, StoreError> {
        unimplemented!()
    }

    /// A user by id.
    ///
    /// # Errors
    /// The database failed.
    pub async fn user(&self, _id: &UserId) -> Result<Option<StoredUser>, StoreError> {
        unimplemented!()
    }

    /// How many users there are.
    ///
    /// # Errors
    /// The database failed.
    pub async fn users(&self) -> Result<u64, StoreError> {
        unimplemented!()
    }

    /// Creates the first user. Does so at most once, however many ask at the same time.
    ///
    /// # Errors
    /// [`WriteError::Stale`] if there is a user already.
    pub async fn insert_first_user(
        &self,
        _author: &Author,
        _name: UserName,
        _password_hash: String,
    ) -> Result<StoredUser, WriteError> {
        unimplemented!()
    }
}
