//! The CAs that a certificate's peer verification refers to.

use std::collections::{BTreeSet, HashMap};

use domain::{CaCertificateId, GatewayGroupId, SslCertificateId};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder};

use super::load::{Key, by_certificate};
use super::pairs::Extent;
use super::scope::Scope;
use crate::ca_certificate::revocation::{self, Lists};
use crate::ca_certificate::{StoredCaCertificate, stored};
use crate::column::Row;
use crate::entity::ca_certificate as bundle;
use crate::entity::ssl_certificate_ca::{ActiveModel, Column, Entity, Model};
use crate::{StoreError, batch};

/// The CAs of the certificates of `scope`, in order. Those of one CA share its revocation lists.
pub(super) async fn load(
    snapshot: &DatabaseTransaction,
    scope: &Scope,
    extent: Extent<'_>,
) -> Result<HashMap<Key, Vec<Result<StoredCaCertificate, StoreError>>>, StoreError> {
    let references = Entity::find()
        .filter(scope.condition(Column::GroupId, Column::SslCertificateId))
        .order_by_asc(Column::GroupId)
        .order_by_asc(Column::SslCertificateId)
        .order_by_asc(Column::Position)
        .all(snapshot)
        .await?;
    let bundles = bundles(snapshot, &references, extent).await?;
    Ok(by_certificate(references.into_iter().map(|reference| {
        let bundle = bundles.get(&(reference.group_id.clone(), reference.ca_certificate_id.clone()));
        let row = Row { table: "ssl_certificate_ca", id: &reference.ssl_certificate_id };
        let missing = || row.corrupt(format!("no CA certificate {:?}", reference.ca_certificate_id));
        let bundle = bundle.cloned().ok_or_else(missing);
        let bundle = bundle.and_then(|(model, lists)| stored(model, lists));
        ((reference.group_id, reference.ssl_certificate_id), bundle)
    })))
}

/// What is referred to, each bundle once, however many certificates share it.
async fn bundles(
    snapshot: &DatabaseTransaction,
    references: &[Model],
    extent: Extent<'_>,
) -> Result<HashMap<Key, (bundle::Model, Lists)>, StoreError> {
    let groups: BTreeSet<&str> = references.iter().map(|reference| reference.group_id.as_str()).collect();
    let groups: Vec<&str> = groups.into_iter().collect();
    let ids: BTreeSet<&str> =
        references.iter().map(|reference| reference.ca_certificate_id.as_str()).collect();
    let ids: Vec<&str> = ids.into_iter().collect();
    let mut lists = match extent {
        Extent::Facts => HashMap::new(),
        Extent::Whole(_) => revocation::load(snapshot, &groups, &ids).await?,
    };
    let mut bundles = HashMap::new();
    for some in ids.chunks(batch::VALUES) {
        // May find one too many, where two groups have the same id; nobody asks for that one.
        let rows = bundle::Entity::find()
            .filter(bundle::Column::GroupId.is_in(groups.iter().copied()))
            .filter(bundle::Column::Id.is_in(some.iter().copied()))
            .all(snapshot)
            .await?;
        for row in rows {
            let key = (row.group_id.clone(), row.id.clone());
            let its_lists = lists.remove(&key).unwrap_or_default();
            bundles.insert(key, (row, its_lists));
        }
    }
    Ok(bundles)
}

/// Replaces the CAs of a certificate.
pub(super) async fn put(
    transaction: &DatabaseTransaction,
    group: &GatewayGroupId,
    id: &SslCertificateId,
    cas: &[CaCertificateId],
) -> Result<(), StoreError> {
    Entity::delete_many()
        .filter(Scope::one(group, id).condition(Column::GroupId, Column::SslCertificateId))
        .exec(transaction)
        .await?;
    let rows: Vec<_> = (0..)
        .zip(cas)
        .map(|(position, ca)| ActiveModel {
            group_id: Set(group.to_string()),
            ssl_certificate_id: Set(id.to_string()),
            position: Set(position),
            ca_certificate_id: Set(ca.to_string()),
        })
        .collect();
    Ok(batch::insert(transaction, rows, None).await?)
}
