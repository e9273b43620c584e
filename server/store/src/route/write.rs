//! Putting and deleting routes.

use std::collections::BTreeMap;

use domain::{GatewayGroupId, Revision, Route, RouteId, Versioned};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QuerySelect};
use serde_json::Value;

use crate::entity::route::{Column, Entity, Model};
use crate::references::References;
use crate::upstream::certificates::{self, Owner};
use crate::write::{Action, AuditEntry, AuditNoun, Write};
use crate::{Author, Store, StoreError, WriteError, batch, column, gateway_group, object, service, upstream};

/// The most routes of a group.
const MOST: u64 = 10_000;

impl Store {
    /// Adds a route, or puts it in the place of the one that has this id. `id` is a new ULID if the author has none in
    /// mind, `expected` the revision that the author has seen. The services that it belongs to, and did before, are at this
    /// write's revision then.
    ///
    /// # Errors
    /// [`WriteError::NotFound`] (the group; the route, where a revision is expected), [`WriteError::Stale`],
    /// [`WriteError::ServiceUnknown`], [`WriteError::UpstreamUnknown`], [`WriteError::CaUnknown`],
    /// [`WriteError::ClientCertificateUnknown`], [`WriteError::NotAClientCertificate`], [`WriteError::TooMany`].
    pub async fn put_route(
        &self,
        author: &Author,
        group: &GatewayGroupId,
        id: Option<RouteId>,
        route: Route,
        expected: Option<Revision>,
    ) -> Result<Versioned<RouteId, Route>, WriteError> {
        let write = self.begin_write(author).await?;
        gateway_group::require(write.db(), group).await?;
        let id = id.unwrap_or_else(column::new_id);
        let old = Entity::find_by_id((group.to_string(), id.to_string())).one(write.db()).await?;
        object::check_seen(old.as_ref().map(|old| old.revision), expected)?;
        References::of_route(&route).check(&write, group).await?;
        let action = if old.is_none() { Action::Create } else { Action::Update };
        let created_at = old.as_ref().map_or(write.at().0, |old| old.created_at);
        let put = object::written(&write, id, created_at, route);
        put_all(&write, group, &[&put]).await?;
        check_count(&write, group).await?;
        let before = old.and_then(|old| old.service_id);
        let services: Vec<String> =
            before.into_iter().chain(put.value.service.as_ref().map(ToString::to_string)).collect();
        service::advance(&write, group, &services).await?;
        finish(write, action, group, &put.id, object::facts(&put.value)).await?;
        Ok(put)
    }

    /// Deletes a route.
    ///
    /// # Errors
    /// [`WriteError::NotFound`].
    pub async fn delete_route(
        &self,
        author: &Author,
        group: &GatewayGroupId,
        id: &RouteId,
    ) -> Result<(), WriteError> {
        let write = self.begin_write(author).await?;
        let key = (group.to_string(), id.to_string());
        let old = Entity::find_by_id(key).one(write.db()).await?.ok_or(WriteError::NotFound)?;
        remove(&write, group, &[id.as_str()]).await?;
        service::advance(&write, group, old.service_id.as_slice()).await?;
        finish(write, Action::Delete, group, id, object::stored_facts(&old.config)).await
    }
}

/// Writes routes, new ones and changed ones.
pub(crate) async fn put_all(
    write: &Write,
    group: &GatewayGroupId,
    routes: &[&Versioned<RouteId, Route>],
) -> Result<(), StoreError> {
    let rows = routes.iter().map(|route| model(group, route).into_active_model()).collect();
    let in_place = OnConflict::columns([Column::GroupId, Column::Id])
        .update_columns([
            Column::ServiceId,
            Column::UpstreamId,
            Column::Config,
            Column::UpdatedAt,
            Column::Revision,
        ])
        .to_owned();
    batch::insert(write.db(), rows, Some(in_place)).await?;
    let upstreams: Vec<_> = routes
        .iter()
        .map(|route| (route.id.as_str(), route.value.upstream.as_ref().and_then(upstream::own)))
        .collect();
    certificates::put(write, group, Owner::Route, &upstreams).await
}

/// Deletes routes.
pub(crate) async fn remove(write: &Write, group: &GatewayGroupId, ids: &[&str]) -> Result<(), StoreError> {
    let nothing: Vec<_> = ids.iter().map(|id| (*id, None)).collect();
    certificates::put(write, group, Owner::Route, &nothing).await?;
    for some in ids.chunks(batch::VALUES) {
        Entity::delete_many()
            .filter(Column::GroupId.eq(group.as_str()))
            .filter(Column::Id.is_in(some.iter().copied()))
            .exec(write.db())
            .await?;
    }
    Ok(())
}

/// Refuses what has been written if the group has too many routes now.
pub(crate) async fn check_count(write: &Write, group: &GatewayGroupId) -> Result<(), WriteError> {
    let count = Entity::find().filter(Column::GroupId.eq(group.as_str())).count(write.db()).await?;
    if count > MOST { Err(WriteError::TooMany(MOST)) } else { Ok(()) }
}

/// The rows of a service's routes, by id.
pub(crate) async fn rows_of_service(
    write: &Write,
    group: &GatewayGroupId,
    service: &str,
) -> Result<BTreeMap<String, Model>, StoreError> {
    let rows = Entity::find()
        .filter(Column::GroupId.eq(group.as_str()))
        .filter(Column::ServiceId.eq(service))
        .all(write.db())
        .await?;
    Ok(rows.into_iter().map(|row| (row.id.clone(), row)).collect())
}

/// Gives routes this write's revision, and with them their services.
pub(crate) async fn advance(write: &Write, group: &GatewayGroupId, ids: &[String]) -> Result<(), StoreError> {
    object::advance::<Entity>(write, group, [Column::GroupId, Column::Id, Column::Revision], ids).await?;
    let mut services = Vec::new();
    for some in ids.chunks(batch::VALUES) {
        let of_these: Vec<Option<String>> = Entity::find()
            .select_only()
            .column(Column::ServiceId)
            .distinct()
            .filter(Column::GroupId.eq(group.as_str()))
            .filter(Column::Id.is_in(some.iter().map(String::as_str)))
            .into_tuple()
            .all(write.db())
            .await?;
        services.extend(of_these.into_iter().flatten());
    }
    service::advance(write, group, &services).await
}

fn model(group: &GatewayGroupId, route: &Versioned<RouteId, Route>) -> Model {
    Model {
        group_id: group.to_string(),
        id: route.id.to_string(),
        service_id: route.value.service.as_ref().map(ToString::to_string),
        upstream_id: route.value.upstream.as_ref().and_then(upstream::shared),
        config: column::json(&route.value),
        created_at: route.created_at.0,
        updated_at: route.updated_at.0,
        revision: column::revision_value(route.revision),
    }
}

async fn finish(
    write: Write,
    action: Action,
    group: &GatewayGroupId,
    id: &RouteId,
    detail: Value,
) -> Result<(), WriteError> {
    let noun = AuditNoun::Route;
    let entry = AuditEntry { action, noun, id: id.as_str(), group: Some(group), detail };
    Ok(write.finish(entry, vec![Owner::Route.touched(group, id.as_str())]).await?)
}
