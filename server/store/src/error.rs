use domain::{CaCertificateId, GatewayGroupId, Noun, ServiceId, Sni, SslCertificateId, UpstreamId};

/// The database, or what stands in it, is not usable. Goes to the log, not to users.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A statement failed.
    #[error("database")]
    Database(#[source] sea_orm::DbErr),
    /// A row holds something that no version of Postern wrote.
    #[error("{table} row {id}: {problem}")]
    Corrupt {
        /// Where.
        table: &'static str,
        /// Which.
        id: String,
        /// What.
        problem: String,
    },
    /// A sealed key cannot be opened: it was changed, moved to another object, or sealed under another master key.
    #[error("the private key of {0} cannot be unsealed")]
    Unseal(SslCertificateId),
}

/// Why a write was not done. All but `Store` are answers to the user.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The object is not there.
    #[error("not found")]
    NotFound,
    /// It has changed since it was read.
    #[error("changed since it was read")]
    Stale,
    /// Another enabled certificate of the group has an SNI.
    #[error("{sni} is taken by {by}")]
    SniTaken {
        /// The SNI.
        sni: Sni,
        /// Who has it.
        by: SslCertificateId,
    },
    /// The service is not in the group.
    #[error("no service {0} in this group")]
    ServiceUnknown(ServiceId),
    /// The upstream is not in the group.
    #[error("no upstream {0} in this group")]
    UpstreamUnknown(UpstreamId),
    /// The SSL certificate that nodes are to be shown is not in the group.
    #[error("no SSL certificate {0} in this group")]
    ClientCertificateUnknown(SslCertificateId),
    /// The SSL certificate that nodes are to be shown is of type server.
    #[error("SSL certificate {0} is not of type client")]
    NotAClientCertificate(SslCertificateId),
    /// The CA is not in the group.
    #[error("no CA {0} in this group")]
    CaUnknown(CaCertificateId),
    /// Another of the kind has the name.
    #[error("the name is taken")]
    NameTaken,
    /// Another group has the listener's address.
    #[error("the address is taken by {0}")]
    AddressTaken(GatewayGroupId),
    /// A TLS listener, or another group, has the plain HTTP listener's address.
    #[error("the plain HTTP listener's address is taken by {0}")]
    HttpAddressTaken(GatewayGroupId),
    /// The SSL certificate is not in the group, or not of type server.
    #[error("no server certificate {0} in this group")]
    CertificateUnknown(SslCertificateId),
    /// The group has certificates; the CA is referred to.
    #[error("still in use by {0}")]
    InUse(u64),
    /// A service, a route or an upstream refers to it.
    #[error("still in use by {noun:?} {id}")]
    InUseBy {
        /// What refers to it.
        noun: Noun,
        /// Its id.
        id: String,
    },
    /// The client is on that deny-list already.
    #[error("denied already")]
    AlreadyDenied,
    /// There are as many as there may be.
    #[error("there are {0} already, the most that there may be")]
    TooMany(u64),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sea_orm::DbErr> for StoreError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Database(error)
    }
}

impl From<sea_orm::DbErr> for WriteError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Store(error.into())
    }
}

/// Why the store could not be opened. Shown to whoever starts Postern: says what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The data directory cannot be made, read or written.
    #[error("data directory {path}: {problem}")]
    DataDir {
        /// The directory or file.
        path: String,
        /// What is wrong and what to do.
        problem: String,
    },
    /// The file is there but no database.
    #[error(
        "{path} is not a Postern database: {problem}; move it away to start with a new one, or restore a backup"
    )]
    NotADatabase {
        /// The file.
        path: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The database was written by a newer Postern.
    #[error("the database was written by a newer version of Postern; start that version")]
    Newer,
    /// There are sealed keys, but no master key.
    #[error(
        "the master key is missing: put the file {path} back or set POSTERN_MASTER_KEY; without it the private keys in the database cannot be read"
    )]
    MasterKeyLost {
        /// Where the file was expected.
        path: String,
    },
    /// The master key is not the one the keys were sealed under.
    #[error(
        "the master key from {origin} is not the one this database was sealed with; put the right one back"
    )]
    MasterKeyWrong {
        /// The file's path, or `POSTERN_MASTER_KEY`.
        origin: String,
    },
    /// The master key cannot be used.
    #[error("the master key from {origin} is not usable: {problem}")]
    MasterKeyMalformed {
        /// The file's path, or `POSTERN_MASTER_KEY`.
        origin: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The database answers with an error.
    #[error("database")]
    Store(#[from] StoreError),
}
