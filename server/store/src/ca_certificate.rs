use domain::{CaCertificateId, GatewayGroupId, SslCertificateId, UnixTime};

use crate::{Author, Store, StoreError, WriteError};

/// A CA bundle as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCaCertificate {
    /// Its id.
    pub id: CaCertificateId,
    /// Its group.
    pub group: GatewayGroupId,
    /// The bundle in PEM, as uploaded.
    pub pem: String,
    /// When it was uploaded.
    pub created_at: UnixTime,
}

/// Where the CAs of a new or changed policy come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaSource {
    /// A new bundle in PEM. If the group has the same text already, that one is used.
    Upload(String),
    /// Some that the group has.
    Existing(Vec<CaCertificateId>),
}

impl Store {
    /// The group's CAs with the SSL certificates that refer to them, newest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn ca_certificates(
        &self,
        _group: &GatewayGroupId,
    ) -> Result<Vec<(StoredCaCertificate, Vec<SslCertificateId>)>, StoreError> {
        unimplemented!()
    }

    /// Some of the group's CAs; unknown ids are left out.
    ///
    /// # Errors
    /// The database failed.
    pub async fn ca_certificates_by_id(
        &self,
        _group: &GatewayGroupId,
        _ids: &[CaCertificateId],
    ) -> Result<Vec<StoredCaCertificate>, StoreError> {
        unimplemented!()
    }

    /// Deletes a CA that no SSL certificate refers to.
    ///
    /// # Errors
    /// [`WriteError::NotFound`], [`WriteError::InUse`].
    pub async fn delete_ca_certificate(
        &self,
        _author: &Author,
        _group: &GatewayGroupId,
        _id: &CaCertificateId,
    ) -> Result<(), WriteError> {
        unimplemented!()
    }
}
