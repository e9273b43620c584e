//! Putting and deleting shared upstreams.

use domain::{
    GatewayGroupId, Noun, Revision, SharedUpstream, Upstream, UpstreamChoice, UpstreamId, Versioned,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
};
use serde_json::Value;

use super::certificates::{self, Owner};
use crate::entity::upstream::{Column, Entity, Model};
use crate::entity::{route, service};
use crate::object;
use crate::references::References;
use crate::write::{Action, AuditEntry, AuditNoun, Write};
use crate::{Author, Store, StoreError, WriteError, column, gateway_group};

/// The most shared upstreams of a group.
const MOST: u64 = 10_000;

impl Store {
    /// Adds an upstream, or puts it in the place of the one that has this id. `id` is a new ULID if the author has none in
    /// mind, `expected` the revision that the author has seen.
    ///
    /// # Errors
    /// [`WriteError::NotFound`] (the group; the upstream, where a revision is expected), [`WriteError::Stale`],
    /// [`WriteError::NameTaken`], [`WriteError::CaUnknown`], [`WriteError::ClientCertificateUnknown`],
    /// [`WriteError::NotAClientCertificate`], [`WriteError::TooMany`].
    pub async fn put_upstream(
        &self,
        author: &Author,
        group: &GatewayGroupId,
        id: Option<UpstreamId>,
        upstream: SharedUpstream,
        expected: Option<Revision>,
    ) -> Result<Versioned<UpstreamId, SharedUpstream>, WriteError> {
        let write = self.begin_write(author).await?;
        gateway_group::require(write.db(), group).await?;
        let id = id.unwrap_or_else(column::new_id);
        let old = Entity::find_by_id((group.to_string(), id.to_string())).one(write.db()).await?;
        object::check_seen(old.as_ref().map(|old| old.revision), expected)?;
        check(&write, group, &id, &upstream, old.is_none()).await?;
        let action = if old.is_none() { Action::Create } else { Action::Update };
        let created_at = old.as_ref().map_or(write.at().0, |old| old.created_at);
        let model = Model {
            group_id: group.to_string(),
            id: id.to_string(),
            name_key: column::name_key(&upstream.name),
            config: column::json(&upstream),
            created_at,
            updated_at: write.at().0,
            revision: write.revision(),
        };
        let row = model.into_active_model().reset_all();
        match old {
            None => Entity::insert(row).exec_without_returning(write.db()).await.map(drop)?,
            Some(_) => row.update(write.db()).await.map(drop)?,
        }
        certificates::put(&write, group, Owner::Upstream, &[(id.as_str(), Some(&upstream.upstream))]).await?;
        let put = object::written(&write, id, created_at, upstream);
        finish(write, action, group, &put.id, object::facts(&put.value)).await?;
        Ok(put)
    }

    /// Deletes an upstream. With `force` also one that services and routes still refer to: their requests are answered
    /// with 503 then.
    ///
    /// # Errors
    /// [`WriteError::NotFound`], [`WriteError::InUseBy`].
    pub async fn delete_upstream(
        &self,
        author: &Author,
        group: &GatewayGroupId,
        id: &UpstreamId,
        force: bool,
    ) -> Result<(), WriteError> {
        let write = self.begin_write(author).await?;
        let key = (group.to_string(), id.to_string());
        let old = Entity::find_by_id(key.clone()).one(write.db()).await?.ok_or(WriteError::NotFound)?;
        if !force {
            check_unused(&write, group, id).await?;
        }
        certificates::put(&write, group, Owner::Upstream, &[(id.as_str(), None)]).await?;
        Entity::delete_by_id(key).exec(write.db()).await?;
        finish(write, Action::Delete, group, id, object::stored_facts(&old.config)).await
    }
}

/// Refuses a name that is taken, a reference to nothing, and one upstream too many.
async fn check(
    write: &Write,
    group: &GatewayGroupId,
    id: &UpstreamId,
    upstream: &SharedUpstream,
    is_new: bool,
) -> Result<(), WriteError> {
    let of_group = Entity::find().filter(Column::GroupId.eq(group.as_str()));
    let same_name = of_group.clone().filter(Column::NameKey.eq(column::name_key(&upstream.name)));
    if same_name.filter(Column::Id.ne(id.as_str())).one(write.db()).await?.is_some() {
        return Err(WriteError::NameTaken);
    }
    if is_new && of_group.count(write.db()).await? >= MOST {
        return Err(WriteError::TooMany(MOST));
    }
    References::of_upstream(&upstream.upstream).check(write, group).await
}

/// Refuses to go on if a service or a route refers to the upstream.
async fn check_unused(write: &Write, group: &GatewayGroupId, id: &UpstreamId) -> Result<(), WriteError> {
    let service = service::Entity::find()
        .filter(service::Column::GroupId.eq(group.as_str()))
        .filter(service::Column::UpstreamId.eq(id.as_str()))
        .order_by_asc(service::Column::Id);
    if let Some(user) = service.one(write.db()).await? {
        return Err(WriteError::InUseBy { noun: Noun::Service, id: user.id });
    }
    let route = route::Entity::find()
        .filter(route::Column::GroupId.eq(group.as_str()))
        .filter(route::Column::UpstreamId.eq(id.as_str()))
        .order_by_asc(route::Column::Id);
    match route.one(write.db()).await? {
        Some(user) => Err(WriteError::InUseBy { noun: Noun::Route, id: user.id }),
        None => Ok(()),
    }
}

/// Gives upstreams this write's revision.
pub(super) async fn advance(write: &Write, group: &GatewayGroupId, ids: &[String]) -> Result<(), StoreError> {
    object::advance::<Entity>(write, group, [Column::GroupId, Column::Id, Column::Revision], ids).await
}

/// The upstream, if the service or route has its own.
pub(crate) fn own(choice: &UpstreamChoice) -> Option<&Upstream> {
    match choice {
        UpstreamChoice::Own(upstream) => Some(upstream),
        UpstreamChoice::Shared(_) => None,
    }
}

/// The id of the upstream, as a column holds it, if it is shared.
pub(crate) fn shared(choice: &UpstreamChoice) -> Option<String> {
    match choice {
        UpstreamChoice::Own(_) => None,
        UpstreamChoice::Shared(id) => Some(id.to_string()),
    }
}

async fn finish(
    write: Write,
    action: Action,
    group: &GatewayGroupId,
    id: &UpstreamId,
    detail: Value,
) -> Result<(), WriteError> {
    let noun = AuditNoun::Upstream;
    let entry = AuditEntry { action, noun, id: id.as_str(), group: Some(group), detail };
    Ok(write.finish(entry, vec![Owner::Upstream.touched(group, id.as_str())]).await?)
}
