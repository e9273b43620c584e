use domain::{DeniedClient, DeniedClientId, DenyEntry, GatewayGroupId, SslCertificateId, UnixTime};
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
};
use serde_json::json;

use crate::column::{self, Row};
use crate::entity::denied_client::{ActiveModel, Column, Entity, Model};
use crate::write::{Action, AuditEntry, AuditNoun, Touched, Write};
use crate::{Author, ChangedNoun, Store, StoreError, WriteError, gateway_group, ssl_certificate};

/// The most entries that the deny-lists of a group have together. All of a list are in memory while it holds.
const MOST: u64 = 10_000;
/// The id under which the deny-list for all hosts of a group is touched.
const GROUP_DENIALS: &str = "denials";

impl Store {
    /// The deny-lists of a group and of its SSL certificates, newest entry first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn denied_clients(&self, group: &GatewayGroupId) -> Result<Vec<DeniedClient>, StoreError> {
        let rows = Entity::find()
            .filter(Column::GroupId.eq(group.as_str()))
            .order_by_desc(Column::CreatedAt)
            .order_by_desc(Column::Id)
            .all(&self.db)
            .await?;
        rows.into_iter().map(stored).collect()
    }

    /// The deny-list that holds for all hosts of a group. Those of single SSL certificates stand in
    /// [`StoredPeerVerification::denied`](crate::StoredPeerVerification::denied).
    ///
    /// # Errors
    /// The database failed, or an entry cannot be read: a list that lacks one would let somebody in.
    pub async fn group_denials(&self, group: &GatewayGroupId) -> Result<Vec<DenyEntry>, StoreError> {
        let rows = Entity::find().filter(on_list(group, None)).order_by_asc(Column::Id).all(&self.db).await?;
        rows.iter().map(entry_of).collect()
    }

    /// Denies a client: for the hosts of one SSL certificate of type server, or for all of the group.
    ///
    /// # Errors
    /// [`WriteError::NotFound`] (the group), [`WriteError::CertificateUnknown`], [`WriteError::AlreadyDenied`],
    /// [`WriteError::TooMany`].
    pub async fn deny_client(
        &self,
        author: &Author,
        group: &GatewayGroupId,
        ssl_certificate: Option<SslCertificateId>,
        entry: DenyEntry,
        label: String,
    ) -> Result<DeniedClient, WriteError> {
        let write = self.begin_write(author).await?;
        gateway_group::require(write.db(), group).await?;
        if let Some(id) = &ssl_certificate {
            gateway_group::require_server_certificate(&write, group, id).await?;
        }
        check(&write, group, ssl_certificate.as_ref(), &entry).await?;
        let denied = DeniedClient {
            id: column::new_id(),
            group: group.clone(),
            ssl_certificate,
            entry,
            label,
            author: author.name.clone(),
            created_at: write.at(),
        };
        Entity::insert(row(&denied)).exec_without_returning(write.db()).await?;
        finish(write, Action::Create, &denied).await?;
        Ok(denied)
    }

    /// Takes an entry off its deny-list.
    ///
    /// # Errors
    /// [`WriteError::NotFound`].
    pub async fn allow_client(
        &self,
        author: &Author,
        group: &GatewayGroupId,
        id: &DeniedClientId,
    ) -> Result<(), WriteError> {
        let write = self.begin_write(author).await?;
        let key = (group.to_string(), id.to_string());
        let model = Entity::find_by_id(key.clone()).one(write.db()).await?.ok_or(WriteError::NotFound)?;
        Entity::delete_by_id(key).exec(write.db()).await?;
        finish(write, Action::Delete, &stored(model)?).await
    }
}

/// Refuses an entry that the list has, and one too many.
async fn check(
    write: &Write,
    group: &GatewayGroupId,
    ssl_certificate: Option<&SslCertificateId>,
    entry: &DenyEntry,
) -> Result<(), WriteError> {
    let same =
        Entity::find().filter(on_list(group, ssl_certificate)).filter(Column::Entry.eq(entry.to_string()));
    if same.one(write.db()).await?.is_some() {
        return Err(WriteError::AlreadyDenied);
    }
    let count = Entity::find().filter(Column::GroupId.eq(group.as_str())).count(write.db()).await?;
    if count >= MOST { Err(WriteError::TooMany(MOST)) } else { Ok(()) }
}

/// Records what was done to an entry and commits.
async fn finish(write: Write, action: Action, denied: &DeniedClient) -> Result<(), WriteError> {
    let group = &denied.group;
    let touched = match &denied.ssl_certificate {
        Some(id) => ssl_certificate::note_change(&write, group, std::slice::from_ref(id)).await?,
        None => {
            let id = GROUP_DENIALS.to_owned();
            vec![Touched { noun: ChangedNoun::GroupDenials, group: group.clone(), id }]
        }
    };
    let entry = AuditEntry {
        action,
        noun: AuditNoun::DeniedClient,
        id: denied.id.as_str(),
        group: Some(group),
        detail: json!({
            "ssl_certificate": denied.ssl_certificate,
            "entry": denied.entry,
            "label": denied.label,
        }),
    };
    Ok(write.finish(entry, touched).await?)
}

/// Those of `entries` that are on any of the group's deny-lists, as texts.
pub(crate) async fn among(
    db: &impl ConnectionTrait,
    group: &GatewayGroupId,
    entries: &[String],
) -> Result<Vec<String>, StoreError> {
    let on_any = Entity::find()
        .filter(Column::GroupId.eq(group.as_str()))
        .filter(Column::Entry.is_in(entries.iter().map(String::as_str)));
    Ok(on_any.all(db).await?.into_iter().map(|model| model.entry).collect())
}

/// The entries of one list: of an SSL certificate, or of the group.
fn on_list(group: &GatewayGroupId, ssl_certificate: Option<&SslCertificateId>) -> Condition {
    let list = match ssl_certificate {
        Some(id) => Column::SslCertificateId.eq(id.as_str()),
        None => Column::SslCertificateId.is_null(),
    };
    Condition::all().add(Column::GroupId.eq(group.as_str())).add(list)
}

fn row(denied: &DeniedClient) -> ActiveModel {
    ActiveModel {
        group_id: Set(denied.group.to_string()),
        id: Set(denied.id.to_string()),
        ssl_certificate_id: Set(denied.ssl_certificate.as_ref().map(ToString::to_string)),
        entry: Set(denied.entry.to_string()),
        label: Set(denied.label.clone()),
        author: Set(denied.author.clone()),
        created_at: Set(denied.created_at.0),
    }
}

fn row_of(model: &Model) -> Row<'_> {
    Row { table: "denied_client", id: &model.id }
}

/// The certificates that an entry denies.
pub(crate) fn entry_of(model: &Model) -> Result<DenyEntry, StoreError> {
    row_of(model).parse("entry", &model.entry)
}

fn stored(model: Model) -> Result<DeniedClient, StoreError> {
    let row = row_of(&model);
    Ok(DeniedClient {
        id: row.parse("id", &model.id)?,
        group: row.parse("group", &model.group_id)?,
        ssl_certificate: model
            .ssl_certificate_id
            .as_deref()
            .map(|id| row.parse("SSL certificate", id))
            .transpose()?,
        entry: entry_of(&model)?,
        label: model.label,
        author: model.author,
        created_at: UnixTime(model.created_at),
    })
}
