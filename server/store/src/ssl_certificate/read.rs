//! Reading SSL certificates: a page of a group, one, or all of them in slices.

use domain::{GatewayGroupId, Page, PageRequest, SslCertificateId};
use sea_orm::sea_query::{Expr, ExprTrait, LikeExpr, Query};
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::load::load;
use super::pairs::Extent;
use super::scope::{Scope, tuple};
use super::{CertificateFilter, StoredSslCertificate};
use crate::column::{self, Word};
use crate::entity::ssl_certificate::{Column, Entity};
use crate::entity::ssl_certificate_sni as sni;
use crate::{Store, StoreError};

impl Store {
    /// One page of a group's certificates, newest first, without keys.
    ///
    /// # Errors
    /// The database failed.
    pub async fn ssl_certificates(
        &self,
        group: &GatewayGroupId,
        filter: &CertificateFilter,
        page: PageRequest,
    ) -> Result<Page<StoredSslCertificate>, StoreError> {
        let snapshot = self.snapshot().await?;
        let matching = Entity::find().filter(condition(group, filter));
        let total = matching.clone().count(&snapshot).await?;
        let rows = matching
            .order_by_desc(Column::CreatedAt)
            .order_by_desc(Column::Id)
            .offset(page.offset())
            .limit(u64::from(page.size()))
            .all(&snapshot)
            .await?;
        let scope = Scope::page(group, &rows);
        let items = load(&snapshot, rows, &scope, Extent::Facts).await?;
        Ok(Page { items, total, request: page })
    }

    /// One certificate with its keys.
    ///
    /// # Errors
    /// The database failed.
    pub async fn ssl_certificate(
        &self,
        group: &GatewayGroupId,
        id: &SslCertificateId,
    ) -> Result<Option<StoredSslCertificate>, StoreError> {
        let snapshot = self.snapshot().await?;
        one(&snapshot, group, id, Extent::Whole(&self.sealer)).await
    }

    /// All certificates of all groups with their keys, in slices of at most `slice` ordered by group and id, for
    /// start-up: those after `after`. One that cannot be read has a `problem` and does not hold the others up.
    ///
    /// # Errors
    /// The database failed, or a row has an id that is none.
    pub async fn ssl_certificates_after(
        &self,
        after: Option<&(GatewayGroupId, SslCertificateId)>,
        slice: u64,
    ) -> Result<Vec<StoredSslCertificate>, StoreError> {
        let snapshot = self.snapshot().await?;
        let mut rows = Entity::find().order_by_asc(Column::GroupId).order_by_asc(Column::Id).limit(slice);
        if let Some((group, id)) = after {
            let key = Expr::tuple([Expr::col(Column::GroupId), Expr::col(Column::Id)]);
            rows = rows.filter(key.gt(tuple(&(group.to_string(), id.to_string()))));
        }
        let rows = rows.all(&snapshot).await?;
        match Scope::span(&rows) {
            Some(scope) => load(&snapshot, rows, &scope, Extent::Whole(&self.sealer)).await,
            None => Ok(Vec::new()),
        }
    }
}

/// One certificate, as this transaction sees it.
pub(super) async fn one(
    snapshot: &DatabaseTransaction,
    group: &GatewayGroupId,
    id: &SslCertificateId,
    extent: Extent<'_>,
) -> Result<Option<StoredSslCertificate>, StoreError> {
    let rows = Entity::find_by_id((group.to_string(), id.to_string())).all(snapshot).await?;
    Ok(load(snapshot, rows, &Scope::one(group, id), extent).await?.pop())
}

fn condition(group: &GatewayGroupId, filter: &CertificateFilter) -> Condition {
    let mut all = Condition::all().add(ColumnTrait::eq(&Column::GroupId, group.as_str()));
    if let Some(certificate_type) = filter.certificate_type {
        all = all.add(ColumnTrait::eq(&Column::CertificateType, certificate_type.word()));
    }
    if let Some(status) = filter.status {
        all = all.add(ColumnTrait::eq(&Column::Status, status.word()));
    }
    if let Some(end) = filter.expires_before {
        all = all.add(ColumnTrait::lt(&Column::NotAfter, end.0));
    }
    match filter.search.trim() {
        "" => all,
        text => all.add(containing(group, text)),
    }
}

/// Whether the search text or one of the SNIs contains `text`. Both are kept in lower case.
fn containing(group: &GatewayGroupId, text: &str) -> Condition {
    let pattern = || LikeExpr::new(column::contains_pattern(&text.to_lowercase())).escape('\\');
    let with_sni = Query::select()
        .column(sni::Column::SslCertificateId)
        .from(sni::Entity)
        .and_where(Expr::col(sni::Column::GroupId).eq(group.as_str()))
        .and_where(Expr::col(sni::Column::Sni).like(pattern()))
        .take();
    Condition::any()
        .add(Expr::col(Column::SearchText).like(pattern()))
        .add(Expr::col(Column::Id).in_subquery(with_sni))
}
