use domain::UnixTime;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::entity::session::{ActiveModel, Column, Entity};
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
    pub async fn save_session(&self, session: &StoredSession) -> Result<(), StoreError> {
        let _turn = self.turn.lock().await;
        let row = ActiveModel {
            id_hash: Set(session.id_hash.to_vec()),
            data: Set(session.data.clone()),
            expires_at: Set(session.expires_at.0),
        };
        let replace =
            OnConflict::column(Column::IdHash).update_columns([Column::Data, Column::ExpiresAt]).to_owned();
        Entity::insert(row).on_conflict(replace).exec_without_returning(&self.db).await?;
        Ok(())
    }

    /// A session that has not ended at `now`.
    ///
    /// # Errors
    /// The database failed.
    pub async fn session(
        &self,
        id_hash: &[u8; 32],
        now: UnixTime,
    ) -> Result<Option<StoredSession>, StoreError> {
        let row =
            Entity::find_by_id(id_hash.to_vec()).filter(Column::ExpiresAt.gt(now.0)).one(&self.db).await?;
        Ok(row.map(|row| StoredSession {
            id_hash: *id_hash,
            data: row.data,
            expires_at: UnixTime(row.expires_at),
        }))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_session(&self, id_hash: &[u8; 32]) -> Result<(), StoreError> {
        let _turn = self.turn.lock().await;
        Entity::delete_by_id(id_hash.to_vec()).exec(&self.db).await?;
        Ok(())
    }

    /// Removes sessions that have ended; gives how many.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_ended_sessions(&self, now: UnixTime) -> Result<u64, StoreError> {
        let _turn = self.turn.lock().await;
        let deleted = Entity::delete_many().filter(Column::ExpiresAt.lte(now.0)).exec(&self.db).await?;
        Ok(deleted.rows_affected)
    }
}
