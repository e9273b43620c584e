//! Services, alone or with the routes that an operator edits together with them.
//!
//! The revision of a service moves when one of its routes changes, so that who edits both as one hears of it.

mod with_routes;
mod write;

use domain::{GatewayGroupId, Service, ServiceId, ServiceWithRoutes, Versioned};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

pub(crate) use self::write::{advance, insert_httpbin};
use crate::entity::service::{Column, Entity, Model};
use crate::object::{self, Object};
use crate::{Store, StoreError, route};

impl Store {
    /// All services of a group with their routes, by name.
    ///
    /// # Errors
    /// The database failed, or a row cannot be read.
    pub async fn services(&self, group: &GatewayGroupId) -> Result<Vec<ServiceWithRoutes>, StoreError> {
        let snapshot = self.snapshot().await?;
        let rows = Entity::find()
            .filter(Column::GroupId.eq(group.as_str()))
            .order_by_asc(Column::NameKey)
            .all(&snapshot)
            .await?;
        let mut routes = route::by_service(&snapshot, group, None).await?;
        let with_routes = |model: &Model| {
            let routes = routes.remove(&model.id).unwrap_or_default();
            Ok(ServiceWithRoutes { service: stored(model)?, routes })
        };
        rows.iter().map(with_routes).collect()
    }

    /// One service with its routes.
    ///
    /// # Errors
    /// The database failed, or a row cannot be read.
    pub async fn service(
        &self,
        group: &GatewayGroupId,
        id: &ServiceId,
    ) -> Result<Option<ServiceWithRoutes>, StoreError> {
        let snapshot = self.snapshot().await?;
        let row = Entity::find_by_id((group.to_string(), id.to_string())).one(&snapshot).await?;
        let Some(model) = row else { return Ok(None) };
        let routes = route::by_service(&snapshot, group, Some(id)).await?.remove(id.as_str());
        Ok(Some(ServiceWithRoutes { service: stored(&model)?, routes: routes.unwrap_or_default() }))
    }

    /// One service, for those who have its routes already.
    ///
    /// # Errors
    /// The database failed, or the row cannot be read.
    pub async fn service_without_routes(
        &self,
        group: &GatewayGroupId,
        id: &ServiceId,
    ) -> Result<Option<Versioned<ServiceId, Service>>, StoreError> {
        let row = Entity::find_by_id((group.to_string(), id.to_string())).one(&self.db).await?;
        row.as_ref().map(stored).transpose()
    }

    /// All services of all groups, in slices of at most `slice` ordered by group and id, for start-up: those after
    /// `after`.
    ///
    /// # Errors
    /// The database failed, or a row cannot be read.
    pub async fn services_after(
        &self,
        after: Option<&(GatewayGroupId, ServiceId)>,
        slice: u64,
    ) -> Result<Vec<(GatewayGroupId, Versioned<ServiceId, Service>)>, StoreError> {
        let after = after.map(|(group, id)| (group, id.as_str()));
        let rows = object::slice_after::<Entity>((Column::GroupId, Column::Id), after, slice);
        let rows = rows.all(&self.db).await?;
        rows.iter().map(|model| object(model).of_group()).collect()
    }
}

fn object(model: &Model) -> Object<'_> {
    Object {
        table: "service",
        group_id: &model.group_id,
        id: &model.id,
        config: &model.config,
        created_at: model.created_at,
        updated_at: model.updated_at,
        revision: model.revision,
    }
}

fn stored(model: &Model) -> Result<Versioned<ServiceId, Service>, StoreError> {
    object(model).versioned()
}
