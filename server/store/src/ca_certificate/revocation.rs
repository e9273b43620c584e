//! The revocation lists of CAs. They may be large: they are read only for those who enforce or show them.

use std::collections::HashMap;
use std::sync::Arc;

use aws_lc_rs::digest;
use domain::{CaCertificateId, GatewayGroupId, StaleRevocationLists};
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder,
};
use serde_json::{Value, json};

use super::{StoredCaCertificate, references, stored};
use crate::column::Word;
use crate::entity::ca_certificate as bundle;
use crate::entity::revocation_list::{ActiveModel, Column, Entity};
use crate::upstream::certificates::{self, Certificate};
use crate::write::{Action, AuditEntry, AuditNoun};
use crate::{Author, Store, StoreError, WriteError, batch, ssl_certificate};

/// The revocation lists of one CA.
pub(crate) type Lists = Arc<[Vec<u8>]>;

impl Store {
    /// Changes how clients of a CA are found to be revoked; `None` leaves it as it is. `lists` take the place of all that
    /// there are. All SSL certificates and upstreams that refer to the CA count as changed.
    ///
    /// # Errors
    /// [`WriteError::NotFound`].
    pub async fn update_revocation(
        &self,
        author: &Author,
        group: &GatewayGroupId,
        id: &CaCertificateId,
        lists: Option<Vec<Vec<u8>>>,
        stale: Option<StaleRevocationLists>,
    ) -> Result<StoredCaCertificate, WriteError> {
        let write = self.begin_write(author).await?;
        let key = (group.to_string(), id.to_string());
        let mut model =
            bundle::Entity::find_by_id(key.clone()).one(write.db()).await?.ok_or(WriteError::NotFound)?;
        if let Some(lists) = lists {
            put(write.db(), group, id, lists).await?;
        }
        if let Some(stale) = stale {
            let mut row = model.into_active_model();
            row.stale_revocation_lists = Set(stale.word().to_owned());
            model = row.update(write.db()).await?;
        }
        let mut lists = load(write.db(), &[group.as_str()], &[id.as_str()]).await?;
        let ca = stored(model, lists.remove(&key).unwrap_or_default())?;
        let mut users = references::load(write.db(), group, &[id.as_str()]).await?;
        let users = users.remove(id.as_str()).unwrap_or_default();
        let mut touched = ssl_certificate::note_change(&write, group, &users).await?;
        touched.extend(certificates::note_change(&write, group, Certificate::Ca(id)).await?);
        let entry = AuditEntry {
            action: Action::Update,
            noun: AuditNoun::CaCertificate,
            id: id.as_str(),
            group: Some(group),
            detail: detail(&ca),
        };
        write.finish(entry, touched).await?;
        Ok(ca)
    }
}

/// The lists of the CAs that are in one of `groups` and have one of `ids`.
pub(crate) async fn load(
    db: &impl ConnectionTrait,
    groups: &[&str],
    ids: &[&str],
) -> Result<HashMap<(String, String), Lists>, StoreError> {
    let mut found: HashMap<(String, String), Vec<Vec<u8>>> = HashMap::new();
    for some in ids.chunks(batch::VALUES) {
        let rows = Entity::find()
            .filter(Column::GroupId.is_in(groups.iter().copied()))
            .filter(Column::CaCertificateId.is_in(some.iter().copied()))
            .order_by_asc(Column::Position)
            .all(db)
            .await?;
        for row in rows {
            found.entry((row.group_id, row.ca_certificate_id)).or_default().push(row.der);
        }
    }
    Ok(found.into_iter().map(|(key, lists)| (key, lists.into())).collect())
}

/// Replaces the lists of a CA.
pub(super) async fn put(
    transaction: &DatabaseTransaction,
    group: &GatewayGroupId,
    id: &CaCertificateId,
    lists: Vec<Vec<u8>>,
) -> Result<(), StoreError> {
    Entity::delete_many()
        .filter(Column::GroupId.eq(group.as_str()))
        .filter(Column::CaCertificateId.eq(id.as_str()))
        .exec(transaction)
        .await?;
    let rows: Vec<_> = (0..)
        .zip(lists)
        .map(|(position, der)| ActiveModel {
            group_id: Set(group.to_string()),
            ca_certificate_id: Set(id.to_string()),
            position: Set(position),
            der: Set(der),
        })
        .collect();
    Ok(batch::insert(transaction, rows, None).await?)
}

/// Which lists hold from now on.
fn detail(ca: &StoredCaCertificate) -> Value {
    let sha256 = |der: &Vec<u8>| hex::encode(digest::digest(&digest::SHA256, der));
    json!({
        "revocation_lists_sha256": ca.revocation_lists.iter().map(sha256).collect::<Vec<_>>(),
        "stale_revocation_lists": ca.stale_revocation_lists.word(),
    })
}
