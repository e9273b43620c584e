use std::path::PathBuf;
use std::sync::Arc;

use domain::{Revision, Secret};
use sea_orm::ActiveValue::Set;
use sea_orm::{DatabaseConnection, DatabaseTransaction, EntityTrait, TransactionTrait};
use tokio::sync::Mutex;

use crate::data_dir::DataDir;
use crate::entity::seal_check;
use crate::master_key::{self, MasterKey};
use crate::migration::{self, Age};
use crate::seal::{Place, Sealer};
use crate::{OpenError, StoreError, sqlite, write};

/// Where the store is.
#[derive(Debug, Clone)]
pub struct StoreConfig {
    /// The data directory; made with mode 0700 if it is not there. Holds `postern.db` and `master.key`.
    pub data_dir: PathBuf,
    /// The master key, 32 bytes in base64 or hex, if it comes from `POSTERN_MASTER_KEY`; else from the file
    /// `master.key` (mode 0600), which is made on first start.
    pub master_key: Option<Secret>,
}

/// The open store. Cheap to clone; all clones share one pool of connections.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) db: DatabaseConnection,
    /// Held by the one who writes. SQLite has one writer at a time: queueing here is fair and free, queueing on its
    /// file lock is neither.
    pub(crate) turn: Arc<Mutex<()>>,
    pub(crate) sealer: Arc<Sealer>,
}

impl Store {
    /// Opens the database, brings its tables up to date, and checks the master key.
    ///
    /// A database that cannot be opened stays as it is, and no master key is made for it.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open(config: &StoreConfig) -> Result<Self, OpenError> {
        let dir = DataDir::new(&config.data_dir);
        let master_key = master_key::find(config, &dir)?;
        dir.prepare()?;
        let file = dir.database();
        let db = sqlite::connect(&file).await.map_err(|error| sqlite::open_error(&file, error))?;
        match initialise(&db, &dir, config, master_key).await {
            Ok(sealer) => Ok(Self { db, turn: Arc::default(), sealer: Arc::new(sealer) }),
            Err(error) => {
                // Takes the write-ahead log away again; `error` is what matters.
                db.close().await.ok();
                Err(error)
            }
        }
    }

    /// The newest committed revision.
    ///
    /// # Errors
    /// The database failed.
    pub async fn revision(&self) -> Result<Revision, StoreError> {
        write::committed_revision(&self.db).await
    }

    /// Closes the pool; pending writes are finished.
    pub async fn close(&self) {
        let _turn = self.turn.lock().await;
        if let Err(error) = self.db.close_by_ref().await {
            tracing::warn!(%error, "database did not close cleanly");
        }
    }
}

async fn initialise(
    db: &DatabaseConnection,
    dir: &DataDir,
    config: &StoreConfig,
    master_key: Option<MasterKey>,
) -> Result<Sealer, OpenError> {
    let file = dir.database();
    let failed = |error| sqlite::open_error(&file, error);
    match migration::age(db).await.map_err(failed)? {
        Age::Known => {}
        Age::Newer => return Err(OpenError::Newer),
        Age::Unknown if sqlite::is_empty(db).await.map_err(failed)? => {}
        Age::Unknown => {
            return Err(OpenError::NotADatabase {
                path: file.display().to_string(),
                problem: "it belongs to another program".to_owned(),
            });
        }
    }
    sqlite::use_write_ahead_log(db).await.map_err(failed)?;
    // One transaction: no half-made tables after a crash, and two processes that start at once make one master key.
    let transaction = db.begin_with_options(sqlite::write_transaction()).await.map_err(failed)?;
    migration::up(&transaction).await.map_err(failed)?;
    // Another process may have made the file until this one got the write lock.
    let master_key = master_key.map_or_else(|| master_key::find(config, dir), |key| Ok(Some(key)))?;
    let sealer = checked_sealer(&transaction, dir, master_key).await?;
    transaction.commit().await.map_err(failed)?;
    Ok(sealer)
}

/// The constant whose sealed form tells whether a master key is the right one.
const SEAL_CHECK: &str = "master_key";

/// The sealer of the right master key. A database without anything sealed takes the key that there is, or a new one.
async fn checked_sealer(
    transaction: &DatabaseTransaction,
    dir: &DataDir,
    master_key: Option<MasterKey>,
) -> Result<Sealer, OpenError> {
    let failed = |error| sqlite::open_error(&dir.database(), error);
    let place = Place::new("seal_check.sealed", &[SEAL_CHECK]);
    let check = seal_check::Entity::find_by_id(SEAL_CHECK).one(transaction).await.map_err(failed)?;
    match (check, master_key) {
        (Some(check), Some(key)) => match key.sealer.open(&place, &check.sealed) {
            Ok(_) => Ok(key.sealer),
            Err(_) => Err(OpenError::MasterKeyWrong { origin: key.origin }),
        },
        (Some(_), None) => Err(OpenError::MasterKeyLost { path: dir.master_key().display().to_string() }),
        (None, key) => {
            let sealer = key.map_or_else(|| master_key::create(dir), Ok)?.sealer;
            let check = seal_check::ActiveModel {
                name: Set(SEAL_CHECK.to_owned()),
                sealed: Set(sealer.seal(&place, SEAL_CHECK.as_bytes())),
            };
            seal_check::Entity::insert(check).exec_without_returning(transaction).await.map_err(failed)?;
            Ok(sealer)
        }
    }
}
