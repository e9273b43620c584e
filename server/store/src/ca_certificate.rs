mod references;
pub(crate) mod revocation;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use aws_lc_rs::digest;
use domain::{CaCertificateId, GatewayGroupId, SslCertificateId, StaleRevocationLists, UnixTime};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;

use self::revocation::Lists;
use crate::column::{self, Row, Word};
use crate::entity::ca_certificate::{ActiveModel, Column, Entity, Model};
use crate::upstream::certificates::{self, Certificate};
use crate::write::{Action, AuditEntry, AuditNoun, Write};
use crate::{Author, Store, StoreError, WriteError, batch};

/// A CA bundle as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCaCertificate {
    /// Its id.
    pub id: CaCertificateId,
    /// Its group.
    pub group: GatewayGroupId,
    /// The bundle in PEM, as uploaded.
    pub pem: String,
    /// Its revocation lists in DER, shared by all that were read together with it. Empty where only facts of SSL
    /// certificates were asked for.
    pub revocation_lists: Arc<[Vec<u8>]>,
    /// What to do once one of them is stale.
    pub stale_revocation_lists: StaleRevocationLists,
    /// When it was uploaded.
    pub created_at: UnixTime,
}

/// Where the CAs of a new or changed policy come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaSource {
    /// A new bundle. If the group has the same text already, that one is used, with the lists that it has.
    Upload(NewCaCertificate),
    /// Some that the group has.
    Existing(Vec<CaCertificateId>),
}

/// A CA bundle to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCaCertificate {
    /// The bundle in PEM.
    pub pem: String,
    /// Its revocation lists in DER.
    pub revocation_lists: Vec<Vec<u8>>,
    /// What to do once one of them is stale.
    pub stale_revocation_lists: StaleRevocationLists,
}

impl NewCaCertificate {
    /// A bundle without revocation lists.
    pub fn without_lists(pem: impl Into<String>) -> Self {
        Self {
            pem: pem.into(),
            revocation_lists: Vec::new(),
            stale_revocation_lists: StaleRevocationLists::default(),
        }
    }
}

impl Store {
    /// The group's CAs with the SSL certificates that refer to them, newest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn ca_certificates(
        &self,
        group: &GatewayGroupId,
    ) -> Result<Vec<(StoredCaCertificate, Vec<SslCertificateId>)>, StoreError> {
        let snapshot = self.snapshot().await?;
        let bundles = Entity::find()
            .filter(Column::GroupId.eq(group.as_str()))
            .order_by_desc(Column::CreatedAt)
            .order_by_desc(Column::Id)
            .all(&snapshot)
            .await?;
        with_users(&snapshot, group, bundles).await
    }

    /// One CA with the SSL certificates that refer to it.
    ///
    /// # Errors
    /// The database failed.
    pub async fn ca_certificate(
        &self,
        group: &GatewayGroupId,
        id: &CaCertificateId,
    ) -> Result<Option<(StoredCaCertificate, Vec<SslCertificateId>)>, StoreError> {
        let snapshot = self.snapshot().await?;
        let bundles = Entity::find_by_id((group.to_string(), id.to_string())).all(&snapshot).await?;
        Ok(with_users(&snapshot, group, bundles).await?.pop())
    }

    /// Some of the group's CAs; unknown ids are left out.
    ///
    /// # Errors
    /// The database failed.
    pub async fn ca_certificates_by_id(
        &self,
        group: &GatewayGroupId,
        ids: &[CaCertificateId],
    ) -> Result<Vec<StoredCaCertificate>, StoreError> {
        let snapshot = self.snapshot().await?;
        let mut found: HashMap<String, StoredCaCertificate> = HashMap::new();
        for some in ids.chunks(batch::VALUES) {
            let bundles = Entity::find().filter(among(group, some)).all(&snapshot).await?;
            let bundles = with_lists(&snapshot, group, bundles).await?;
            found.extend(bundles.into_iter().map(|bundle| (bundle.id.to_string(), bundle)));
        }
        // In the order asked for.
        Ok(ids.iter().filter_map(|id| found.remove(id.as_str())).collect())
    }

    /// Deletes a CA that no SSL certificate and no upstream refers to.
    ///
    /// # Errors
    /// [`WriteError::NotFound`], [`WriteError::InUse`] (by SSL certificates), [`WriteError::InUseBy`].
    pub async fn delete_ca_certificate(
        &self,
        author: &Author,
        group: &GatewayGroupId,
        id: &CaCertificateId,
    ) -> Result<(), WriteError> {
        let write = self.begin_write(author).await?;
        let key = (group.to_string(), id.to_string());
        if Entity::find_by_id(key.clone()).one(write.db()).await?.is_none() {
            return Err(WriteError::NotFound);
        }
        let users = references::count(write.db(), group, id).await?;
        if users > 0 {
            return Err(WriteError::InUse(users));
        }
        certificates::check_unused(&write, group, Certificate::Ca(id)).await?;
        // The foreign key takes its revocation lists along.
        Entity::delete_by_id(key).exec(write.db()).await?;
        let entry = AuditEntry {
            action: Action::Delete,
            noun: AuditNoun::CaCertificate,
            id: id.as_str(),
            group: Some(group),
            detail: json!({}),
        };
        // No instance holds a CA that nothing refers to.
        Ok(write.finish(entry, Vec::new()).await?)
    }
}

/// The ids of the CAs that a policy is to refer to, each once, in order; a bundle that is new to the group is added.
pub(crate) async fn resolve(
    write: &Write,
    group: &GatewayGroupId,
    source: CaSource,
) -> Result<Vec<CaCertificateId>, WriteError> {
    match source {
        CaSource::Upload(new) => Ok(vec![find_or_insert(write, group, new).await?]),
        CaSource::Existing(mut ids) => {
            let mut seen = HashSet::new();
            ids.retain(|id| seen.insert(id.clone()));
            for some in ids.chunks(batch::VALUES) {
                let found = Entity::find().filter(among(group, some)).all(write.db()).await?;
                let found: HashSet<&str> = found.iter().map(|model| model.id.as_str()).collect();
                if let Some(unknown) = some.iter().find(|id| !found.contains(id.as_str())) {
                    return Err(WriteError::CaUnknown(unknown.clone()));
                }
            }
            Ok(ids)
        }
    }
}

async fn find_or_insert(
    write: &Write,
    group: &GatewayGroupId,
    new: NewCaCertificate,
) -> Result<CaCertificateId, StoreError> {
    let NewCaCertificate { pem, revocation_lists, stale_revocation_lists } = new;
    let pem_sha256 = digest::digest(&digest::SHA256, pem.as_bytes()).as_ref().to_vec();
    let same = Entity::find()
        .filter(Column::GroupId.eq(group.as_str()))
        .filter(Column::PemSha256.eq(pem_sha256.clone()))
        .one(write.db())
        .await?;
    if let Some(model) = same {
        return row_of(&model).parse("id", &model.id);
    }
    let id: CaCertificateId = column::new_id();
    let row = ActiveModel {
        group_id: Set(group.to_string()),
        id: Set(id.to_string()),
        pem: Set(pem),
        pem_sha256: Set(pem_sha256),
        stale_revocation_lists: Set(stale_revocation_lists.word().to_owned()),
        created_at: Set(write.at().0),
    };
    Entity::insert(row).exec_without_returning(write.db()).await?;
    revocation::put(write.db(), group, &id, revocation_lists).await?;
    Ok(id)
}

fn among(group: &GatewayGroupId, ids: &[CaCertificateId]) -> Condition {
    Condition::all()
        .add(Column::GroupId.eq(group.as_str()))
        .add(Column::Id.is_in(ids.iter().map(CaCertificateId::as_str)))
}

fn row_of(model: &Model) -> Row<'_> {
    Row { table: "ca_certificate", id: &model.id }
}

/// The CAs of these rows with their revocation lists.
async fn with_lists(
    snapshot: &DatabaseTransaction,
    group: &GatewayGroupId,
    bundles: Vec<Model>,
) -> Result<Vec<StoredCaCertificate>, StoreError> {
    let ids: Vec<&str> = bundles.iter().map(|bundle| bundle.id.as_str()).collect();
    let mut lists = revocation::load(snapshot, &[group.as_str()], &ids).await?;
    let with_lists = |model: Model| {
        let lists = lists.remove(&(model.group_id.clone(), model.id.clone())).unwrap_or_default();
        stored(model, lists)
    };
    bundles.into_iter().map(with_lists).collect()
}

/// The CAs of these rows with their revocation lists and who refers to them.
async fn with_users(
    snapshot: &DatabaseTransaction,
    group: &GatewayGroupId,
    bundles: Vec<Model>,
) -> Result<Vec<(StoredCaCertificate, Vec<SslCertificateId>)>, StoreError> {
    let ids: Vec<&str> = bundles.iter().map(|bundle| bundle.id.as_str()).collect();
    let mut users = references::load(snapshot, group, &ids).await?;
    let bundles = with_lists(snapshot, group, bundles).await?.into_iter();
    let with_users = |bundle: StoredCaCertificate| {
        let users = users.remove(bundle.id.as_str()).unwrap_or_default();
        (bundle, users)
    };
    Ok(bundles.map(with_users).collect())
}

pub(crate) fn stored(model: Model, revocation_lists: Lists) -> Result<StoredCaCertificate, StoreError> {
    let row = row_of(&model);
    Ok(StoredCaCertificate {
        id: row.parse("id", &model.id)?,
        group: row.parse("group", &model.group_id)?,
        revocation_lists,
        stale_revocation_lists: row.word("stale_revocation_lists", &model.stale_revocation_lists)?,
        pem: model.pem,
        created_at: UnixTime(model.created_at),
    })
}
