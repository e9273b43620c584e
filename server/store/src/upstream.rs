//! Upstreams that services and routes share, and the certificates that any upstream refers to.

pub(crate) mod certificates;
mod write;

use domain::{GatewayGroupId, SharedUpstream, UpstreamId, Versioned};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use self::write::advance;
pub(crate) use self::write::{own, shared};
use crate::entity::upstream::{Column, Entity, Model};
use crate::object::{self, Object};
use crate::{Store, StoreError};

impl Store {
    /// All upstreams of a group that are shared, by name.
    ///
    /// # Errors
    /// The database failed, or a row cannot be read.
    pub async fn upstreams(
        &self,
        group: &GatewayGroupId,
    ) -> Result<Vec<Versioned<UpstreamId, SharedUpstream>>, StoreError> {
        let rows = Entity::find()
            .filter(Column::GroupId.eq(group.as_str()))
            .order_by_asc(Column::NameKey)
            .all(&self.db)
            .await?;
        rows.iter().map(stored).collect()
    }

    /// One upstream.
    ///
    /// # Errors
    /// The database failed, or the row cannot be read.
    pub async fn upstream(
        &self,
        group: &GatewayGroupId,
        id: &UpstreamId,
    ) -> Result<Option<Versioned<UpstreamId, SharedUpstream>>, StoreError> {
        let row = Entity::find_by_id((group.to_string(), id.to_string())).one(&self.db).await?;
        row.as_ref().map(stored).transpose()
    }

    /// All upstreams of all groups, in slices of at most `slice` ordered by group and id, for start-up: those after
    /// `after`.
    ///
    /// # Errors
    /// The database failed, or a row cannot be read.
    pub async fn upstreams_after(
        &self,
        after: Option<&(GatewayGroupId, UpstreamId)>,
        slice: u64,
    ) -> Result<Vec<(GatewayGroupId, Versioned<UpstreamId, SharedUpstream>)>, StoreError> {
        let after = after.map(|(group, id)| (group, id.as_str()));
        let rows = object::slice_after::<Entity>((Column::GroupId, Column::Id), after, slice);
        let rows = rows.all(&self.db).await?;
        rows.iter().map(|model| object(model).of_group()).collect()
    }
}

fn object(model: &Model) -> Object<'_> {
    Object {
        table: "upstream",
        group_id: &model.group_id,
        id: &model.id,
        config: &model.config,
        created_at: model.created_at,
        updated_at: model.updated_at,
        revision: model.revision,
    }
}

fn stored(model: &Model) -> Result<Versioned<UpstreamId, SharedUpstream>, StoreError> {
    object(model).versioned()
}
