//! Sessions of the dashboard, kept in the store under the hash of their id.

use std::sync::Arc;

use async_trait::async_trait;
use aws_lc_rs::digest::{SHA256, digest};
use domain::{Problem, UnixTime, UserId};
use store::{Store, StoredSession};
use tls::Clock;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};
use tower_sessions::{Session, SessionStore};

use crate::services::{Foundation, Sessions, internal};

/// The session's entry that names its user.
const USER: &str = "user";

/// The table of sessions.
#[derive(Debug, Clone)]
pub(super) struct SessionTable {
    store: Store,
    clock: Arc<dyn Clock>,
}

impl SessionTable {
    pub(super) fn new(foundation: &Foundation) -> Self {
        Self { store: foundation.store.clone(), clock: Arc::clone(&foundation.clock) }
    }
}

fn id_hash(id: Id) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, &id.0.to_be_bytes()).as_ref());
    hash
}

#[async_trait]
impl SessionStore for SessionTable {
    async fn create(&self, record: &mut Record) -> Result<()> {
        // 128 random bits: a collision is not going to happen, and would be refused as a signed-in session of another.
        while self.load(&record.id).await?.is_some() {
            record.id = Id::default();
        }
        self.save(record).await
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let session = StoredSession {
            id_hash: id_hash(record.id),
            data: serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))?,
            expires_at: UnixTime(record.expiry_date.unix_timestamp()),
        };
        self.store.save_session(&session).await.map_err(|error| Error::Backend(error.to_string()))
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let found = self.store.session(&id_hash(*id), self.clock.now()).await;
        let Some(session) = found.map_err(|error| Error::Backend(error.to_string()))? else {
            return Ok(None);
        };
        let expiry_date = time::OffsetDateTime::from_unix_timestamp(session.expires_at.0)
            .map_err(|error| Error::Decode(error.to_string()))?;
        let data = serde_json::from_str(&session.data).map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.store.delete_session(&id_hash(*id)).await.map_err(|error| Error::Backend(error.to_string()))
    }
}

/// The session of one request.
#[derive(Debug, Clone)]
pub(super) struct RequestSession(pub(super) Session);

#[async_trait]
impl Sessions for RequestSession {
    async fn user(&self) -> std::result::Result<Option<UserId>, Problem> {
        self.0.get(USER).await.map_err(|error| internal(&error))
    }

    async fn begin(&self, user: &UserId) -> std::result::Result<(), Problem> {
        // Nothing of the session from before signing in is kept, its id least of all (session fixation).
        self.end().await?;
        self.0.insert(USER, user).await.map_err(|error| internal(&error))
    }

    async fn end(&self) -> std::result::Result<(), Problem> {
        // Before the first sign-in there is no session in the table.
        if self.0.id().is_none() {
            return Ok(());
        }
        self.0.flush().await.map_err(|error| internal(&error))
    }
}
