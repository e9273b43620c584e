use std::net::SocketAddr;

use domain::{GatewayGroupId, GroupName, Revision};

use crate::{Author, Store, StoreError, WriteError};

/// A gateway group's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayGroupRow {
    /// Its name, unique without regard to case.
    pub name: GroupName,
    /// Where it listens; unique unless the port is 0.
    pub listener: SocketAddr,
}

/// A gateway group as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredGatewayGroup {
    /// Its id.
    pub id: GatewayGroupId,
    /// Its settings.
    pub row: GatewayGroupRow,
    /// How many SSL certificates it has.
    pub ssl_certificates: u64,
    /// The revision of its last change.
    pub revision: Revision,
}

impl Store {
    /// All groups, by name.
    ///
    /// # Errors
    /// The database failed.
    pub async fn gateway_groups(&self) -> Result<Vec<StoredGatewayGroup>, StoreError> {
        unimplemented!()
    }

    /// One group.
    ///
    /// # Errors
    /// The database failed.
    pub async fn gateway_group(
        &self,
        _id: &GatewayGroupId,
    ) -> Result<Option<StoredGatewayGroup>, StoreError> {
        unimplemented!()
    }

    /// Creates a group. `id` is chosen by the caller for the first one only; otherwise a new ULID.
    ///
    /// # Errors
    /// [`WriteError::NameTaken`], [`WriteError::AddressTaken`].
    pub async fn insert_gateway_group(
        &self,
        _author: &Author,
        _id: Option<GatewayGroupId>,
        _row: GatewayGroupRow,
    ) -> Result<StoredGatewayGroup, WriteError> {
        unimplemented!()
    }

    /// Changes a group.
    ///
    /// # Errors
    /// [`WriteError::NotFound`], [`WriteError::NameTaken`], [`WriteError::AddressTaken`].
    pub async fn update_gateway_group(
        &self,
        _author: &Author,
        _id: &GatewayGroupId,
        _row: GatewayGroupRow,
    ) -> Result<StoredGatewayGroup, WriteError> {
        unimplemented!()
    }

    /// Deletes a group that has no SSL certificates; its CA certificates go with it.
    ///
    /// # Errors
    /// [`WriteError::NotFound`], [`WriteError::InUse`].
    pub async fn delete_gateway_group(
        &self,
        _author: &Author,
        _id: &GatewayGroupId,
    ) -> Result<(), WriteError> {
        unimplemented!()
    }
}
