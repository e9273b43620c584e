//! Chains and their keys: the only place where keys are sealed and unsealed.

use std::collections::HashMap;

use domain::{GatewayGroupId, Secret, SslCertificateId, UnixTime};
use sea_orm::ActiveValue::Set;
use sea_orm::{DatabaseTransaction, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};

use super::StoredPair;
use super::load::{Key, by_certificate};
use super::scope::Scope;
use crate::column::Row;
use crate::entity::ssl_certificate_pair::{ActiveModel, Column, Entity, Model};
use crate::seal::{Place, Sealer};
use crate::{StoreError, batch};

/// How much of a certificate is wanted.
#[derive(Debug, Clone, Copy)]
pub(super) enum Extent<'a> {
    /// What is shown: keys are neither read nor unsealed, and revocation lists are left out.
    Facts,
    /// All that is needed to serve it, the keys unsealed by this.
    Whole(&'a Sealer),
}

/// A pair without its key.
#[derive(Debug, FromQueryResult)]
struct Facts {
    group_id: String,
    ssl_certificate_id: String,
    certificate_pem: String,
    subject: String,
    issuer: String,
    not_after: i64,
}

/// The pairs of the certificates of `scope`, in order.
pub(super) async fn load(
    snapshot: &DatabaseTransaction,
    scope: &Scope,
    extent: Extent<'_>,
) -> Result<HashMap<Key, Vec<Result<StoredPair, StoreError>>>, StoreError> {
    let pairs = Entity::find()
        .filter(scope.condition(Column::GroupId, Column::SslCertificateId))
        .order_by_asc(Column::GroupId)
        .order_by_asc(Column::SslCertificateId)
        .order_by_asc(Column::Position);
    match extent {
        Extent::Facts => {
            let facts = pairs.select_only().columns([
                Column::GroupId,
                Column::SslCertificateId,
                Column::CertificatePem,
                Column::Subject,
                Column::Issuer,
                Column::NotAfter,
            ]);
            let facts: Vec<Facts> = facts.into_model().all(snapshot).await?;
            Ok(by_certificate(facts.into_iter().map(|facts| {
                let key = (facts.group_id.clone(), facts.ssl_certificate_id.clone());
                (key, Ok(facts.with_key(Secret::default())))
            })))
        }
        Extent::Whole(sealer) => {
            let rows = pairs.all(snapshot).await?;
            Ok(by_certificate(rows.into_iter().map(|row| {
                let key = (row.group_id.clone(), row.ssl_certificate_id.clone());
                (key, unsealed(sealer, row))
            })))
        }
    }
}

impl Facts {
    fn with_key(self, private_key_pem: Secret) -> StoredPair {
        StoredPair {
            certificate_pem: self.certificate_pem,
            private_key_pem,
            subject: self.subject,
            issuer: self.issuer,
            not_after: UnixTime(self.not_after),
        }
    }
}

fn unsealed(sealer: &Sealer, model: Model) -> Result<StoredPair, StoreError> {
    let row = Row { table: "ssl_certificate_pair", id: &model.ssl_certificate_id };
    let id: SslCertificateId = row.parse("id", &model.ssl_certificate_id)?;
    let place = place(&model.group_id, &model.ssl_certificate_id, model.position);
    let private_key_pem =
        sealer.open(&place, &model.private_key_sealed).map_err(|_| StoreError::Unseal(id))?;
    let facts = Facts {
        group_id: model.group_id,
        ssl_certificate_id: model.ssl_certificate_id,
        certificate_pem: model.certificate_pem,
        subject: model.subject,
        issuer: model.issuer,
        not_after: model.not_after,
    };
    Ok(facts.with_key(private_key_pem))
}

/// Replaces the pairs of a certificate.
pub(super) async fn put(
    transaction: &DatabaseTransaction,
    sealer: &Sealer,
    group: &GatewayGroupId,
    id: &SslCertificateId,
    pairs: &[StoredPair],
) -> Result<(), StoreError> {
    Entity::delete_many()
        .filter(Scope::one(group, id).condition(Column::GroupId, Column::SslCertificateId))
        .exec(transaction)
        .await?;
    let rows: Vec<_> = (0..)
        .zip(pairs)
        .map(|(position, pair)| ActiveModel {
            group_id: Set(group.to_string()),
            ssl_certificate_id: Set(id.to_string()),
            position: Set(position),
            certificate_pem: Set(pair.certificate_pem.clone()),
            private_key_sealed: Set(
                sealer.seal(&place(group.as_str(), id.as_str(), position), pair.private_key_pem.expose())
            ),
            subject: Set(pair.subject.clone()),
            issuer: Set(pair.issuer.clone()),
            not_after: Set(pair.not_after.0),
        })
        .collect();
    Ok(batch::insert(transaction, rows, None).await?)
}

/// When the first of the leaves expires.
pub(super) fn not_after(pairs: &[StoredPair]) -> i64 {
    pairs.iter().map(|pair| pair.not_after.0).min().unwrap_or(i64::MAX)
}

/// What a search looks through besides the SNIs.
pub(super) fn search_text(id: &SslCertificateId, pairs: &[StoredPair]) -> String {
    let names = pairs.iter().flat_map(|pair| [pair.subject.as_str(), pair.issuer.as_str()]);
    let lines: Vec<&str> = std::iter::once(id.as_str()).chain(names).collect();
    lines.join("\n").to_lowercase()
}

fn place(group: &str, id: &str, position: i32) -> Place {
    Place::new("ssl_certificate_pair.private_key_sealed", &[group, id, &position.to_string()])
}
