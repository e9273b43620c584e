//! Routes: which belong to a service, and those that stand for themselves.

mod write;

use std::cmp::Reverse;
use std::collections::HashMap;

use domain::{GatewayGroupId, Route, RouteId, ServiceId, Versioned};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

pub(crate) use self::write::{advance, check_count, put_all, remove, rows_of_service};
use crate::entity::route::{Column, Entity, Model};
use crate::object::{self, Object};
use crate::{Store, StoreError};

impl Store {
    /// All routes of a group, also those without a service, by id.
    ///
    /// # Errors
    /// The database failed, or a row cannot be read.
    pub async fn routes(&self, group: &GatewayGroupId) -> Result<Vec<Versioned<RouteId, Route>>, StoreError> {
        let rows = Entity::find()
            .filter(Column::GroupId.eq(group.as_str()))
            .order_by_asc(Column::Id)
            .all(&self.db)
            .await?;
        rows.iter().map(stored).collect()
    }

    /// One route.
    ///
    /// # Errors
    /// The database failed, or the row cannot be read.
    pub async fn route(
        &self,
        group: &GatewayGroupId,
        id: &RouteId,
    ) -> Result<Option<Versioned<RouteId, Route>>, StoreError> {
        let row = Entity::find_by_id((group.to_string(), id.to_string())).one(&self.db).await?;
        row.as_ref().map(stored).transpose()
    }

    /// All routes of all groups, in slices of at most `slice` ordered by group and id, for start-up: those after `after`.
    ///
    /// # Errors
    /// The database failed, or a row cannot be read: without a route, a wider one might take its requests.
    pub async fn routes_after(
        &self,
        after: Option<&(GatewayGroupId, RouteId)>,
        slice: u64,
    ) -> Result<Vec<(GatewayGroupId, Versioned<RouteId, Route>)>, StoreError> {
        let after = after.map(|(group, id)| (group, id.as_str()));
        let rows = object::slice_after::<Entity>((Column::GroupId, Column::Id), after, slice);
        let rows = rows.all(&self.db).await?;
        rows.iter().map(|model| object(model).of_group()).collect()
    }
}

/// The routes of one service of a group, or of all of them: by service, in order.
pub(crate) async fn by_service(
    db: &impl ConnectionTrait,
    group: &GatewayGroupId,
    service: Option<&ServiceId>,
) -> Result<HashMap<String, Vec<Versioned<RouteId, Route>>>, StoreError> {
    let belongs = match service {
        Some(service) => Column::ServiceId.eq(service.as_str()),
        None => Column::ServiceId.is_not_null(),
    };
    let rows = Entity::find().filter(Column::GroupId.eq(group.as_str())).filter(belongs).all(db).await?;
    let mut services: HashMap<String, Vec<Versioned<RouteId, Route>>> = HashMap::new();
    for model in rows {
        let route = stored(&model)?;
        services.entry(model.service_id.unwrap_or_default()).or_default().push(route);
    }
    for routes in services.values_mut() {
        in_order(routes);
    }
    Ok(services)
}

/// Sorts routes of one service: those of the greatest priority first, and those of the same by id.
pub(crate) fn in_order(routes: &mut [Versioned<RouteId, Route>]) {
    routes.sort_by(|a, b| (Reverse(a.value.priority), &a.id).cmp(&(Reverse(b.value.priority), &b.id)));
}

fn object(model: &Model) -> Object<'_> {
    Object {
        table: "route",
        group_id: &model.group_id,
        id: &model.id,
        config: &model.config,
        created_at: model.created_at,
        updated_at: model.updated_at,
        revision: model.revision,
    }
}

pub(crate) fn stored(model: &Model) -> Result<Versioned<RouteId, Route>, StoreError> {
    object(model).versioned()
}
