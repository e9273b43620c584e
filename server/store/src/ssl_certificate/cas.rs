//! The CAs that a certificate's peer verification refers to.

use std::collections::HashMap;

use domain::{CaCertificateId, GatewayGroupId, SslCertificateId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder};

use super::load::{Key, by_certificate};
use super::scope::Scope;
use crate::ca_certificate::{StoredCaCertificate, stored};
use crate::column::Row;
use crate::entity::ca_certificate as bundle;
use crate::entity::ssl_certificate_ca::{ActiveModel, Column, Entity};
use crate::{StoreError, batch};

/// The CAs of the certificates of `scope`, in order.
pub(super) async fn load(
    snapshot: &DatabaseTransaction,
    scope: &Scope,
) -> Result<HashMap<Key, Vec<Result<StoredCaCertificate, StoreError>>>, StoreError> {
    let wanted = || scope.condition(Column::GroupId, Column::SslCertificateId);
    let references = Entity::find()
        .filter(wanted())
        .order_by_asc(Column::GroupId)
        .order_by_asc(Column::SslCertificateId)
        .order_by_asc(Column::Position)
        .all(snapshot)
        .await?;
    // Each bundle once, however many certificates share it.
    let referred_to = Query::select()
        .columns([Column::GroupId, Column::CaCertificateId])
        .from(Entity)
        .cond_where(wanted())
        .take();
    let key = Expr::tuple([Expr::col(bundle::Column::GroupId), Expr::col(bundle::Column::Id)]);
    let bundles = bundle::Entity::find().filter(key.in_subquery(referred_to)).all(snapshot).await?;
    let bundles: HashMap<Key, bundle::Model> =
        bundles.into_iter().map(|model| ((model.group_id.clone(), model.id.clone()), model)).collect();
    Ok(by_certificate(references.into_iter().map(|reference| {
        let bundle = bundles.get(&(reference.group_id.clone(), reference.ca_certificate_id.clone()));
        let row = Row { table: "ssl_certificate_ca", id: &reference.ssl_certificate_id };
        let missing = || row.corrupt(format!("no CA certificate {:?}", reference.ca_certificate_id));
        let bundle = bundle.cloned().ok_or_else(missing).and_then(stored);
        ((reference.group_id, reference.ssl_certificate_id), bundle)
    })))
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
