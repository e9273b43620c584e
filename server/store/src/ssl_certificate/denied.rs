//! The deny-lists that certificates have for themselves.

use std::collections::HashMap;

use domain::DenyEntry;
use sea_orm::{DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder};

use super::load::{Key, by_certificate};
use super::scope::Scope;
use crate::StoreError;
use crate::denied_client::entry_of;
use crate::entity::denied_client::{Column, Entity, Model};

/// The deny-lists of the certificates of `scope`, oldest entry first.
pub(super) async fn load(
    snapshot: &DatabaseTransaction,
    scope: &Scope,
) -> Result<HashMap<Key, Vec<Result<DenyEntry, StoreError>>>, StoreError> {
    let rows = Entity::find()
        .filter(scope.condition(Column::GroupId, Column::SslCertificateId))
        .order_by_asc(Column::Id)
        .all(snapshot)
        .await?;
    let of_certificate = |model: Model| {
        let entry = entry_of(&model);
        Some(((model.group_id, model.ssl_certificate_id?), entry))
    };
    Ok(by_certificate(rows.into_iter().filter_map(of_certificate)))
}
