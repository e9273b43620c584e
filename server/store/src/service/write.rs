//! Putting and deleting services as such; their routes are put together with them in `with_routes`.

use domain::{GatewayGroupId, Noun, Revision, Route, RouteId, RoutePath, Service, ServiceId, Versioned};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter};
use serde_json::Value;

use crate::entity::service::{Column, Entity, Model};
use crate::references::References;
use crate::upstream::certificates::{self, Owner};
use crate::write::{Action, AuditEntry, AuditNoun, Touched, Write};
use crate::{Author, Store, StoreError, WriteError, column, gateway_group, object, route, upstream};

/// The most services of a group.
const MOST: u64 = 2_000;

impl Store {
    /// Adds a service, or puts it in the place of the one that has this id; its routes stay. `id` is a new ULID if the
    /// author has none in mind, `expected` the revision that the author has seen.
    ///
    /// # Errors
    /// [`WriteError::NotFound`] (the group; the service, where a revision is expected), [`WriteError::Stale`],
    /// [`WriteError::NameTaken`], [`WriteError::UpstreamUnknown`], [`WriteError::CaUnknown`],
    /// [`WriteError::ClientCertificateUnknown`], [`WriteError::NotAClientCertificate`], [`WriteError::TooMany`].
    pub async fn put_service(
        &self,
        author: &Author,
        group: &GatewayGroupId,
        id: Option<ServiceId>,
        service: Service,
        expected: Option<Revision>,
    ) -> Result<Versioned<ServiceId, Service>, WriteError> {
        let write = self.begin_write(author).await?;
        let id = id.unwrap_or_else(column::new_id);
        let old = find_to_put(&write, group, &id, expected).await?;
        References::of_choice(&service.upstream).check(&write, group).await?;
        let action = action(old.as_ref());
        let put = put(&write, group, id, service, old).await?;
        finish(write, action, group, &put.id, object::facts(&put.value), Vec::new()).await?;
        Ok(put)
    }

    /// Deletes a service. With `force` also one that routes still refer to: they match nothing then.
    ///
    /// # Errors
    /// [`WriteError::NotFound`], [`WriteError::InUseBy`].
    pub async fn delete_service(
        &self,
        author: &Author,
        group: &GatewayGroupId,
        id: &ServiceId,
        force: bool,
    ) -> Result<(), WriteError> {
        let write = self.begin_write(author).await?;
        let old = require(&write, group, id).await?;
        if !force {
            let mut users = route::rows_of_service(&write, group, id.as_str()).await?;
            if let Some((id, _)) = users.pop_first() {
                return Err(WriteError::InUseBy { noun: Noun::Route, id });
            }
        }
        remove(&write, group, id).await?;
        finish(write, Action::Delete, group, id, object::stored_facts(&old.config), Vec::new()).await
    }
}

/// The service in whose place another is to be put, if there is one.
pub(super) async fn find_to_put(
    write: &Write,
    group: &GatewayGroupId,
    id: &ServiceId,
    expected: Option<Revision>,
) -> Result<Option<Model>, WriteError> {
    gateway_group::require(write.db(), group).await?;
    let old = Entity::find_by_id((group.to_string(), id.to_string())).one(write.db()).await?;
    object::check_seen(old.as_ref().map(|old| old.revision), expected)?;
    Ok(old)
}

pub(super) async fn require(
    write: &Write,
    group: &GatewayGroupId,
    id: &ServiceId,
) -> Result<Model, WriteError> {
    let row = Entity::find_by_id((group.to_string(), id.to_string())).one(write.db()).await?;
    row.ok_or(WriteError::NotFound)
}

pub(super) fn action(old: Option<&Model>) -> Action {
    if old.is_none() { Action::Create } else { Action::Update }
}

/// Writes a service in the place of `old`. What it refers to has been checked.
pub(super) async fn put(
    write: &Write,
    group: &GatewayGroupId,
    id: ServiceId,
    service: Service,
    old: Option<Model>,
) -> Result<Versioned<ServiceId, Service>, WriteError> {
    check(write, group, &id, &service, old.is_none()).await?;
    let created_at = old.as_ref().map_or(write.at().0, |old| old.created_at);
    let put = object::written(write, id, created_at, service);
    let row = model(group, &put).into_active_model().reset_all();
    match old {
        None => Entity::insert(row).exec_without_returning(write.db()).await.map(drop)?,
        Some(_) => row.update(write.db()).await.map(drop)?,
    }
    let upstream = upstream::own(&put.value.upstream);
    certificates::put(write, group, Owner::Service, &[(put.id.as_str(), upstream)]).await?;
    Ok(put)
}

/// Refuses a name that is taken, and one service too many.
async fn check(
    write: &Write,
    group: &GatewayGroupId,
    id: &ServiceId,
    service: &Service,
    is_new: bool,
) -> Result<(), WriteError> {
    let of_group = Entity::find().filter(Column::GroupId.eq(group.as_str()));
    let same_name = of_group.clone().filter(Column::NameKey.eq(column::name_key(&service.name)));
    if same_name.filter(Column::Id.ne(id.as_str())).one(write.db()).await?.is_some() {
        return Err(WriteError::NameTaken);
    }
    if is_new && of_group.count(write.db()).await? >= MOST { Err(WriteError::TooMany(MOST)) } else { Ok(()) }
}

/// Deletes a service; its routes are the caller's business.
pub(super) async fn remove(write: &Write, group: &GatewayGroupId, id: &ServiceId) -> Result<(), StoreError> {
    certificates::put(write, group, Owner::Service, &[(id.as_str(), None)]).await?;
    Entity::delete_by_id((group.to_string(), id.to_string())).exec(write.db()).await?;
    Ok(())
}

/// Gives services this write's revision.
pub(crate) async fn advance(write: &Write, group: &GatewayGroupId, ids: &[String]) -> Result<(), StoreError> {
    object::advance::<Entity>(write, group, [Column::GroupId, Column::Id, Column::Revision], ids).await
}

/// The service of a new group: the built-in echo for every path. Its ids are known to whoever writes scripts.
pub(crate) async fn insert_httpbin(
    write: &Write,
    group: &GatewayGroupId,
) -> Result<[Touched; 2], WriteError> {
    let id: ServiceId = "httpbin".parse().expect("an id");
    let route = Route::of_service(id.clone(), vec![RoutePath::Prefix("/".into())]);
    put(write, group, id, Service::httpbin(), None).await?;
    let id: RouteId = "httpbin".parse().expect("an id");
    route::put_all(write, group, &[&object::written(write, id, write.at().0, route)]).await?;
    Ok([Owner::Service, Owner::Route].map(|owner| owner.touched(group, "httpbin")))
}

fn model(group: &GatewayGroupId, service: &Versioned<ServiceId, Service>) -> Model {
    Model {
        group_id: group.to_string(),
        id: service.id.to_string(),
        name_key: column::name_key(&service.value.name),
        upstream_id: upstream::shared(&service.value.upstream),
        config: column::json(&service.value),
        created_at: service.created_at.0,
        updated_at: service.updated_at.0,
        revision: column::revision_value(service.revision),
    }
}

/// Records what was done to a service and some of its routes, and commits.
pub(super) async fn finish(
    write: Write,
    action: Action,
    group: &GatewayGroupId,
    id: &ServiceId,
    detail: Value,
    routes: Vec<Touched>,
) -> Result<(), WriteError> {
    let touched = std::iter::once(Owner::Service.touched(group, id.as_str())).chain(routes).collect();
    let noun = AuditNoun::Service;
    let entry = AuditEntry { action, noun, id: id.as_str(), group: Some(group), detail };
    Ok(write.finish(entry, touched).await?)
}
