use domain::UnixTime;

use crate::{Store, StoreError};

/// A dashboard session as stored. The id is the SHA-256 of the cookie's value: who reads the table cannot sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSession {
    /// The hashed id.
    pub id_hash: [u8; 32],
    /// What the session holds, as JSON.
    pub data: String,
    /// When it ends.
    pub expires_at: UnixTime,
}

impl Store {
    /// Saves a session, replacing one with the same id.
    ///
    /// # Errors
    /// The database failed.
    pub async fn save_session(&self, _session: &StoredSession) -> Result<(), StoreError> {
        unimplemented!()
    }

    /// A session that has not ended at `now`.
    ///
    /// # Errors
    /// The database failed.
    pub async fn session(
        &self,
        _id_hash: &[u8; 32],
        _now: UnixTime,
    ) -> Result<Option<StoredSession>, StoreError> {
        unimplemented!()
    }

    /// Ends a session.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_session(&self, _id_hash: &[u8; 32]) -> Result<(), StoreError> {
        unimplemented!()
    }

    /// Removes sessions that have ended; gives how many.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_ended_sessions(&self, _now: UnixTime) -> Result<u64, StoreError> {
        unimplemented!()
    }
}
