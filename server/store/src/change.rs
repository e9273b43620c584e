use domain::{GatewayGroupId, Revision, UnixTime};

use crate::{Store, StoreError};

/// Who makes a change, and when: stands in the audit row.
#[derive(Debug, Clone)]
pub struct Author {
    /// The user's name, or `system`.
    pub name: String,
    /// When.
    pub at: UnixTime,
}

/// One object that a committed write touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedObject {
    /// The write's revision.
    pub revision: Revision,
    /// The object's group.
    pub group: GatewayGroupId,
    /// What it is.
    pub noun: ChangedNoun,
    /// Its id.
    pub id: String,
}

/// What kind of object was touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangedNoun {
    /// A gateway group.
    GatewayGroup,
    /// An SSL certificate: also named when a CA that it refers to changed.
    SslCertificate,
}

impl Store {
    /// The objects touched after `since`, oldest first; each object once, with its newest revision.
    ///
    /// # Errors
    /// The database failed.
    pub async fn changes_since(&self, _since: Revision) -> Result<Vec<ChangedObject>, StoreError> {
        unimplemented!()
    }
}
