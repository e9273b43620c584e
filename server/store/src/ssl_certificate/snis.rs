//! SNIs: an enabled server certificate claims its own, and within a group no two claim the same.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::{CertificateType, GatewayGroupId, Sni, SslCertificateId, Status};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder};

use super::load::{Key, by_certificate};
use super::scope::Scope;
use crate::column::{Row, Word};
use crate::entity::ssl_certificate;
use crate::entity::ssl_certificate_sni::{ActiveModel, Column, Entity, Model};
use crate::write::Write;
use crate::{StoreError, WriteError, batch};

/// What a certificate does about its SNIs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Claim {
    /// It does not use them: it is disabled, or not a server certificate.
    None,
    /// It takes them if nobody has them.
    IfFree,
    /// It takes them from whoever has them.
    TakeOver,
}

impl Claim {
    /// The claim of a certificate in this state.
    pub(super) fn of(certificate_type: CertificateType, status: Status, replace: bool) -> Self {
        match (certificate_type, status) {
            (CertificateType::Client, _) | (_, Status::Disabled) => Self::None,
            (CertificateType::Server, Status::Enabled) if replace => Self::TakeOver,
            (CertificateType::Server, Status::Enabled) => Self::IfFree,
        }
    }
}

/// What another certificate lost.
#[derive(Debug)]
pub(super) struct Loss {
    /// Whose they were.
    pub(super) from: SslCertificateId,
    /// The SNIs that changed hands.
    pub(super) snis: Vec<String>,
    /// It had no other, so it keeps them and is disabled.
    pub(super) disabled: bool,
}

/// The SNIs of the certificates of `scope`, in order.
pub(super) async fn load(
    snapshot: &DatabaseTransaction,
    scope: &Scope,
) -> Result<HashMap<Key, Vec<Result<Sni, StoreError>>>, StoreError> {
    let rows = Entity::find()
        .filter(scope.condition(Column::GroupId, Column::SslCertificateId))
        .order_by_asc(Column::GroupId)
        .order_by_asc(Column::SslCertificateId)
        .order_by_asc(Column::Position)
        .all(snapshot)
        .await?;
    Ok(by_certificate(rows.into_iter().map(|row| {
        let sni = row_of(&row).parse("SNI", &row.sni);
        ((row.group_id, row.ssl_certificate_id), sni)
    })))
}

/// The SNIs of one certificate.
pub(super) async fn of(
    transaction: &DatabaseTransaction,
    group: &GatewayGroupId,
    id: &SslCertificateId,
) -> Result<Vec<Sni>, StoreError> {
    load(transaction, &Scope::one(group, id)).await?.into_values().flatten().collect()
}

/// Replaces the SNIs of a certificate, and gives what others lost by it.
pub(super) async fn put(
    write: &Write,
    group: &GatewayGroupId,
    id: &SslCertificateId,
    snis: &[Sni],
    claim: Claim,
) -> Result<Vec<Loss>, WriteError> {
    // Its own first, so that whoever claims one of the names after this is somebody else.
    Entity::delete_many()
        .filter(Scope::one(group, id).condition(Column::GroupId, Column::SslCertificateId))
        .exec(write.db())
        .await?;
    let losses = match claim {
        Claim::None => Vec::new(),
        Claim::IfFree | Claim::TakeOver => {
            let holders = holders(write.db(), group, snis).await?;
            match snis.iter().find_map(|sni| Some((sni, holders.get(sni)?))) {
                None => Vec::new(),
                Some((sni, by)) if claim == Claim::IfFree => {
                    return Err(WriteError::SniTaken { sni: sni.clone(), by: by.clone() });
                }
                Some(_) => release(write, group, holders).await?,
            }
        }
    };
    let mut seen = HashSet::new();
    let distinct = snis.iter().filter(|sni| seen.insert(*sni));
    let rows: Vec<_> = (0..)
        .zip(distinct)
        .map(|(position, sni)| ActiveModel {
            group_id: Set(group.to_string()),
            ssl_certificate_id: Set(id.to_string()),
            position: Set(position),
            sni: Set(sni.to_string()),
            claimed: Set((claim != Claim::None).then(|| sni.to_string())),
            parent: Set(parent(sni).map(str::to_owned)),
        })
        .collect();
    batch::insert(write.db(), rows, None).await?;
    Ok(losses)
}

/// Who claims any of `snis`.
async fn holders(
    transaction: &DatabaseTransaction,
    group: &GatewayGroupId,
    snis: &[Sni],
) -> Result<BTreeMap<Sni, SslCertificateId>, StoreError> {
    let mut holders = BTreeMap::new();
    for some in snis.chunks(batch::VALUES) {
        let claimed = Column::Claimed.is_in(some.iter().map(Sni::to_string));
        let rows = Entity::find().filter(in_group(group).add(claimed)).all(transaction).await?;
        for row in rows {
            holders.insert(row_of(&row).parse("SNI", &row.sni)?, holder(&row)?);
        }
    }
    Ok(holders)
}

/// Takes SNIs from their holders. One that keeps another SNI loses the row; one that would keep none is disabled and
/// keeps its rows, unclaimed, so that it can be enabled again as it was.
async fn release(
    write: &Write,
    group: &GatewayGroupId,
    holders: BTreeMap<Sni, SslCertificateId>,
) -> Result<Vec<Loss>, StoreError> {
    let mut lost: BTreeMap<SslCertificateId, Vec<String>> = BTreeMap::new();
    for (sni, id) in holders {
        lost.entry(id).or_default().push(sni.to_string());
    }
    let mut losses = Vec::with_capacity(lost.len());
    for (from, snis) in lost {
        let had = of(write.db(), group, &from).await?.len();
        let disabled = had == snis.len();
        let its = Scope::one(group, &from);
        let its_rows = its.condition(Column::GroupId, Column::SslCertificateId);
        let its_row = its.condition(ssl_certificate::Column::GroupId, ssl_certificate::Column::Id);
        let mut change = ssl_certificate::Entity::update_many()
            .col_expr(ssl_certificate::Column::Revision, Expr::val(write.revision()))
            .col_expr(ssl_certificate::Column::UpdatedAt, Expr::val(write.at().0))
            .filter(its_row);
        if disabled {
            change = change.col_expr(ssl_certificate::Column::Status, Expr::val(Status::Disabled.word()));
            Entity::update_many()
                .col_expr(Column::Claimed, Expr::val(None::<String>))
                .filter(its_rows)
                .exec(write.db())
                .await?;
        } else {
            for some in snis.chunks(batch::VALUES) {
                let taken = its_rows.clone().add(Column::Sni.is_in(some.iter().map(String::as_str)));
                Entity::delete_many().filter(taken).exec(write.db()).await?;
            }
        }
        change.exec(write.db()).await?;
        losses.push(Loss { from, snis, disabled });
    }
    Ok(losses)
}

/// For an exact name: what follows its first label.
pub(super) fn parent(sni: &Sni) -> Option<&str> {
    match sni {
        Sni::Exact(name) => name.parent(),
        Sni::Wildcard(_) | Sni::Any => None,
    }
}

pub(super) fn in_group(group: &GatewayGroupId) -> Condition {
    Condition::all().add(Column::GroupId.eq(group.as_str()))
}

pub(super) fn holder(model: &Model) -> Result<SslCertificateId, StoreError> {
    row_of(model).parse("id", &model.ssl_certificate_id)
}

pub(super) fn row_of(model: &Model) -> Row<'_> {
    Row { table: "ssl_certificate_sni", id: &model.ssl_certificate_id }
}
