use std::path::PathBuf;

use domain::{Revision, Secret};

use crate::{OpenError, StoreError};

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
    _private: (),
}

impl Store {
    /// Opens the database, brings its tables up to date, and checks the master key.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open(_config: &StoreConfig) -> Result<Self, OpenError> {
        unimplemented!()
    }

    /// The newest committed revision.
    ///
    /// # Errors
    /// The database failed.
    pub async fn revision(&self) -> Result<Revision, StoreError> {
        unimplemented!()
    }

    /// Closes the pool; pending writes are finished.
    pub async fn close(&self) {
        unimplemented!()
    }
}
