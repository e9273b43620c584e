//! Adding, changing and deleting SSL certificates.

use domain::{CertificateType, GatewayGroupId, Revision, SslCertificateId, Status};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::Value;

use super::pairs::Extent;
use super::snis::{Claim, Loss};
use super::{NewSslCertificate, SslCertificatePatch, StoredSslCertificate, audit, cas, pairs, read, snis};
use crate::column::{self, Row, Word};
use crate::entity::ssl_certificate::{ActiveModel, Column, Entity, Model};
use crate::upstream::certificates::{self, Certificate};
use crate::write::{Action, AuditEntry, AuditNoun, Touched, Write};
use crate::{Author, ChangedNoun, Store, StoreError, WriteError, batch, ca_certificate, gateway_group};

impl Store {
    /// Adds a certificate under a new ULID.
    ///
    /// # Errors
    /// [`WriteError::NotFound`] (the group), [`WriteError::SniTaken`], [`WriteError::CaUnknown`].
    pub async fn insert_ssl_certificate(
        &self,
        author: &Author,
        group: &GatewayGroupId,
        new: NewSslCertificate,
    ) -> Result<StoredSslCertificate, WriteError> {
        let write = self.begin_write(author).await?;
        gateway_group::require(write.db(), group).await?;
        let id: SslCertificateId = column::new_id();
        let status = Status::Enabled;
        let row = ActiveModel {
            group_id: Set(group.to_string()),
            id: Set(id.to_string()),
            certificate_type: Set(new.certificate_type.word().to_owned()),
            status: Set(status.word().to_owned()),
            peer_verification: Set(new.peer_verification.word().to_owned()),
            depth: Set(u8::from(new.depth).into()),
            exempt_paths: Set(column::json(&new.exempt_paths)),
            allow_list: Set(column::json(&new.allow_list)),
            advertises_ca_names: Set(new.advertises_ca_names),
            not_after: Set(pairs::not_after(&new.pairs)),
            search_text: Set(pairs::search_text(&id, &new.pairs)),
            created_at: Set(write.at().0),
            updated_at: Set(write.at().0),
            revision: Set(write.revision()),
        };
        Entity::insert(row).exec_without_returning(write.db()).await?;
        let claim = Claim::of(new.certificate_type, status, new.replace);
        let losses = snis::put(&write, group, &id, &new.snis, claim).await?;
        pairs::put(write.db(), &self.sealer, group, &id, &new.pairs).await?;
        if let Some(source) = new.ca {
            let ids = ca_certificate::resolve(&write, group, source).await?;
            cas::put(write.db(), group, &id, &ids).await?;
        }
        self.finish_ssl_certificate(write, Action::Create, group, &id, &[], &losses).await
    }

    /// Changes a certificate. `expected` is the revision that the author has seen.
    ///
    /// # Errors
    /// [`WriteError::NotFound`], [`WriteError::Stale`], [`WriteError::SniTaken`], [`WriteError::CaUnknown`].
    pub async fn update_ssl_certificate(
        &self,
        author: &Author,
        group: &GatewayGroupId,
        id: &SslCertificateId,
        patch: SslCertificatePatch,
        expected: Option<Revision>,
    ) -> Result<StoredSslCertificate, WriteError> {
        let write = self.begin_write(author).await?;
        let model = require(&write, group, id).await?;
        if expected.is_some_and(|seen| column::revision(model.revision) != seen) {
            return Err(WriteError::Stale);
        }
        let changed = audit::changed(&patch);
        let losses = change_snis(&write, group, id, &model, &patch).await?;
        let mut row = model.into_active_model();
        row.updated_at = Set(write.at().0);
        row.revision = Set(write.revision());
        if let Some(status) = patch.status {
            row.status = Set(status.word().to_owned());
        }
        change_policy(&mut row, &patch);
        if let Some(new) = patch.pairs {
            row.not_after = Set(pairs::not_after(&new));
            row.search_text = Set(pairs::search_text(id, &new));
            pairs::put(write.db(), &self.sealer, group, id, &new).await?;
        }
        if let Some(source) = patch.ca {
            let ids = ca_certificate::resolve(&write, group, source).await?;
            cas::put(write.db(), group, id, &ids).await?;
        }
        Entity::update(row).exec(write.db()).await?;
        self.finish_ssl_certificate(write, Action::Update, group, id, &changed, &losses).await
    }

    /// Deletes a certificate and its keys. A group that had it as default certificate has none then; one that nodes are
    /// shown stays.
    ///
    /// # Errors
    /// [`WriteError::NotFound`], [`WriteError::InUseBy`].
    pub async fn delete_ssl_certificate(
        &self,
        author: &Author,
        group: &GatewayGroupId,
        id: &SslCertificateId,
    ) -> Result<(), WriteError> {
        let write = self.begin_write(author).await?;
        let certificate =
            read::one(write.db(), group, id, Extent::Facts).await?.ok_or(WriteError::NotFound)?;
        certificates::check_unused(&write, group, Certificate::Ssl(id)).await?;
        // The foreign keys take its parts along.
        Entity::delete_by_id((group.to_string(), id.to_string())).exec(write.db()).await?;
        let bereft = gateway_group::clear_default_certificate(&write, group, id).await?;
        let mut detail = audit::facts(&certificate);
        if bereft.is_some() {
            detail["was_default"] = true.into();
        }
        finish(write, Action::Delete, group, id, detail, &[], bereft.into_iter().collect()).await
    }

    /// Commits, and gives the certificate as it is now.
    async fn finish_ssl_certificate(
        &self,
        write: Write,
        action: Action,
        group: &GatewayGroupId,
        id: &SslCertificateId,
        changed: &[&str],
        losses: &[Loss],
    ) -> Result<StoredSslCertificate, WriteError> {
        let certificate = read::one(write.db(), group, id, Extent::Whole(&self.sealer)).await?;
        let certificate = certificate.ok_or(WriteError::NotFound)?;
        let detail = audit::detail(&certificate, changed, losses);
        let users = certificates::note_change(&write, group, Certificate::Ssl(id)).await?;
        finish(write, action, group, id, detail, losses, users).await?;
        Ok(certificate)
    }
}

async fn require(write: &Write, group: &GatewayGroupId, id: &SslCertificateId) -> Result<Model, WriteError> {
    let row = Entity::find_by_id((group.to_string(), id.to_string())).one(write.db()).await?;
    row.ok_or(WriteError::NotFound)
}

/// Takes over what the patch says of the policy and stands in the certificate's own row.
fn change_policy(row: &mut ActiveModel, patch: &SslCertificatePatch) {
    if let Some(mode) = patch.peer_verification {
        row.peer_verification = Set(mode.word().to_owned());
    }
    if let Some(depth) = patch.depth {
        row.depth = Set(u8::from(depth).into());
    }
    if let Some(exempt_paths) = &patch.exempt_paths {
        row.exempt_paths = Set(column::json(exempt_paths));
    }
    if let Some(allow_list) = &patch.allow_list {
        row.allow_list = Set(column::json(allow_list));
    }
    if let Some(advertises_ca_names) = patch.advertises_ca_names {
        row.advertises_ca_names = Set(advertises_ca_names);
    }
}

/// Gives certificates whose policies change, though they themselves do not, this write's revision, and says that they are
/// touched.
pub(crate) async fn note_change(
    write: &Write,
    group: &GatewayGroupId,
    ids: &[SslCertificateId],
) -> Result<Vec<Touched>, StoreError> {
    for some in ids.chunks(batch::VALUES) {
        Entity::update_many()
            .col_expr(Column::Revision, Expr::val(write.revision()))
            .filter(Column::GroupId.eq(group.as_str()))
            .filter(Column::Id.is_in(some.iter().map(SslCertificateId::as_str)))
            .exec(write.db())
            .await?;
    }
    Ok(ids.iter().map(|id| touched(group, id)).collect())
}

fn touched(group: &GatewayGroupId, id: &SslCertificateId) -> Touched {
    Touched { noun: ChangedNoun::SslCertificate, group: group.clone(), id: id.to_string() }
}

/// Writes the SNIs again where the patch has others, or where they come into use or go out of it.
async fn change_snis(
    write: &Write,
    group: &GatewayGroupId,
    id: &SslCertificateId,
    model: &Model,
    patch: &SslCertificatePatch,
) -> Result<Vec<Loss>, WriteError> {
    if patch.snis.is_none() && patch.status.is_none() {
        return Ok(Vec::new());
    }
    let row = Row { table: "ssl_certificate", id: id.as_str() };
    let certificate_type: CertificateType = row.word("type", &model.certificate_type)?;
    let status = match patch.status {
        Some(status) => status,
        None => row.word("status", &model.status)?,
    };
    let claim = Claim::of(certificate_type, status, patch.replace);
    match &patch.snis {
        Some(snis) => snis::put(write, group, id, snis, claim).await,
        None => {
            let snis = snis::of(write.db(), group, id).await?;
            snis::put(write, group, id, &snis, claim).await
        }
    }
}

async fn finish(
    write: Write,
    action: Action,
    group: &GatewayGroupId,
    id: &SslCertificateId,
    detail: Value,
    losses: &[Loss],
    others: Vec<Touched>,
) -> Result<(), WriteError> {
    let certificates = std::iter::once(id).chain(losses.iter().map(|loss| &loss.from));
    let certificates = certificates.map(|id| touched(group, id));
    let all = certificates.chain(others).collect();
    let noun = AuditNoun::SslCertificate;
    let entry = AuditEntry { action, noun, id: id.as_str(), group: Some(group), detail };
    Ok(write.finish(entry, all).await?)
}
