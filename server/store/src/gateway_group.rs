use std::collections::HashMap;
use std::net::SocketAddr;

use domain::{
    CertificateType, GatewayGroupId, IdentityHeaders, ObjectName, Protection, Revision, SslCertificateId,
};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::{Value, json};

use crate::column::{self, Row, Word};
use crate::entity::gateway_group::{Column, Entity, Model};
use crate::entity::ssl_certificate;
use crate::write::{Action, AuditEntry, AuditNoun, Touched, Write};
use crate::{Author, ChangedNoun, Store, StoreError, WriteError, service};

/// A gateway group's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayGroupRow {
    /// Its name, unique without regard to case.
    pub name: ObjectName,
    /// Where it listens; unique unless the port is 0.
    pub listener: SocketAddr,
    /// Where it answers plain HTTP, if anywhere; no listener of any group has the same, unless the port is 0.
    pub http_listener: Option<SocketAddr>,
    /// The server certificate of this group that clients get which name no host.
    pub default_certificate: Option<SslCertificateId>,
    /// What one client, or all of them together, may use up.
    pub protection: Protection,
    /// How nodes are told who the client is, where a service says nothing else.
    pub identity_headers: IdentityHeaders,
}

/// A gateway group as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredGatewayGroup {
    /// Its id.
    pub id: GatewayGroupId,
    /// Its settings.
    pub row: GatewayGroupRow,
    /// How many SSL certificates it has.
    pub ssl_certificates: u64,
    /// The revision of its last change.
    pub revision: Revision,
}

impl Store {
    /// All groups, by name.
    ///
    /// # Errors
    /// The database failed.
    pub async fn gateway_groups(&self) -> Result<Vec<StoredGatewayGroup>, StoreError> {
        let snapshot = self.snapshot().await?;
        let groups = Entity::find().order_by_asc(Column::NameKey).all(&snapshot).await?;
        let counted: Vec<(String, i64)> = ssl_certificate::Entity::find()
            .select_only()
            .column(ssl_certificate::Column::GroupId)
            .column_as(ssl_certificate::Column::Id.count(), "certificates")
            .group_by(ssl_certificate::Column::GroupId)
            .into_tuple()
            .all(&snapshot)
            .await?;
        let counted: HashMap<String, i64> = counted.into_iter().collect();
        let count = |id: &str| counted.get(id).copied().unwrap_or_default().unsigned_abs();
        groups.into_iter().map(|group| stored(&group, count(&group.id))).collect()
    }

    /// One group.
    ///
    /// # Errors
    /// The database failed.
    pub async fn gateway_group(&self, id: &GatewayGroupId) -> Result<Option<StoredGatewayGroup>, StoreError> {
        let snapshot = self.snapshot().await?;
        match Entity::find_by_id(id.as_str()).one(&snapshot).await? {
            Some(group) => stored(&group, ssl_certificates_of(&snapshot, id).await?).map(Some),
            None => Ok(None),
        }
    }

    /// Creates a group, with the built-in echo as its first service. `id` is chosen by the caller for the first one only;
    /// otherwise a new ULID.
    ///
    /// # Errors
    /// [`WriteError::NameTaken`], [`WriteError::AddressTaken`], [`WriteError::HttpAddressTaken`],
    /// [`WriteError::CertificateUnknown`]; [`WriteError::Stale`] if there is a group with this `id`.
    pub async fn insert_gateway_group(
        &self,
        author: &Author,
        id: Option<GatewayGroupId>,
        row: GatewayGroupRow,
    ) -> Result<StoredGatewayGroup, WriteError> {
        let write = self.begin_write(author).await?;
        let id = id.unwrap_or_else(column::new_id);
        if Entity::find_by_id(id.as_str()).one(write.db()).await?.is_some() {
            return Err(WriteError::Stale);
        }
        check(&write, &id, &row).await?;
        let group = model(&id, &row, write.revision());
        Entity::insert(group.clone().into_active_model()).exec_without_returning(write.db()).await?;
        let httpbin = service::insert_httpbin(&write, &id).await?;
        finish(write, Action::Create, &id, detail(&row), httpbin).await?;
        Ok(stored(&group, 0)?)
    }

    /// Changes a group.
    ///
    /// # Errors
    /// [`WriteError::NotFound`], [`WriteError::NameTaken`], [`WriteError::AddressTaken`],
    /// [`WriteError::HttpAddressTaken`], [`WriteError::CertificateUnknown`].
    pub async fn update_gateway_group(
        &self,
        author: &Author,
        id: &GatewayGroupId,
        row: GatewayGroupRow,
    ) -> Result<StoredGatewayGroup, WriteError> {
        let write = self.begin_write(author).await?;
        require(write.db(), id).await?;
        check(&write, id, &row).await?;
        let all = model(id, &row, write.revision()).into_active_model().reset_all();
        let group = Entity::update(all).exec(write.db()).await?;
        let ssl_certificates = ssl_certificates_of(write.db(), id).await?;
        finish(write, Action::Update, id, detail(&row), []).await?;
        Ok(stored(&group, ssl_certificates)?)
    }

    /// Deletes a group that has no SSL certificates; its services, routes, upstreams, CA certificates,
    /// deny-list and inventory go with it.
    ///
    /// # Errors
    /// [`WriteError::NotFound`], [`WriteError::InUse`].
    pub async fn delete_gateway_group(&self, author: &Author, id: &GatewayGroupId) -> Result<(), WriteError> {
        let write = self.begin_write(author).await?;
        let group = require(write.db(), id).await?;
        let ssl_certificates = ssl_certificates_of(write.db(), id).await?;
        if ssl_certificates > 0 {
            return Err(WriteError::InUse(ssl_certificates));
        }
        // The foreign keys take along what belongs to it. Its handshake events stay until they are old.
        Entity::delete_by_id(id.as_str()).exec(write.db()).await?;
        finish(write, Action::Delete, id, json!({ "name": group.name }), []).await
    }
}

/// The group, which must be there.
pub(crate) async fn require(db: &impl ConnectionTrait, id: &GatewayGroupId) -> Result<Model, WriteError> {
    Entity::find_by_id(id.as_str()).one(db).await?.ok_or(WriteError::NotFound)
}

async fn ssl_certificates_of(db: &impl ConnectionTrait, id: &GatewayGroupId) -> Result<u64, StoreError> {
    let certificates = ssl_certificate::Entity::find();
    Ok(certificates.filter(ssl_certificate::Column::GroupId.eq(id.as_str())).count(db).await?)
}

/// Refuses a name or an address that is taken, and a default certificate that is none.
async fn check(write: &Write, id: &GatewayGroupId, row: &GatewayGroupRow) -> Result<(), WriteError> {
    let same_name = Entity::find()
        .filter(Column::Id.ne(id.as_str()))
        .filter(Column::NameKey.eq(column::name_key(&row.name)));
    if same_name.one(write.db()).await?.is_some() {
        return Err(WriteError::NameTaken);
    }
    check_addresses(write, id, row).await?;
    match &row.default_certificate {
        Some(certificate) => require_server_certificate(write, id, certificate).await,
        None => Ok(()),
    }
}

async fn check_addresses(
    write: &Write,
    id: &GatewayGroupId,
    row: &GatewayGroupRow,
) -> Result<(), WriteError> {
    let (listener, http_listener) = (listener_key(row.listener), row.http_listener.and_then(listener_key));
    if let Some(by) = listener_at(write, id, listener.as_deref()).await? {
        return Err(WriteError::AddressTaken(by));
    }
    if http_listener.is_some() && http_listener == listener {
        return Err(WriteError::HttpAddressTaken(id.clone()));
    }
    match listener_at(write, id, http_listener.as_deref()).await? {
        Some(by) => Err(WriteError::HttpAddressTaken(by)),
        None => Ok(()),
    }
}

/// The group other than `id` that has a listener of either kind at an address.
async fn listener_at(
    write: &Write,
    id: &GatewayGroupId,
    address: Option<&str>,
) -> Result<Option<GatewayGroupId>, StoreError> {
    let Some(address) = address else { return Ok(None) };
    let there =
        Condition::any().add(Column::ListenerKey.eq(address)).add(Column::HttpListenerKey.eq(address));
    let other = Entity::find().filter(Column::Id.ne(id.as_str())).filter(there).one(write.db()).await?;
    other.map(|other| row_of(&other).parse("id", &other.id)).transpose()
}

/// Refuses what is no server certificate of the group.
pub(crate) async fn require_server_certificate(
    write: &Write,
    group: &GatewayGroupId,
    id: &SslCertificateId,
) -> Result<(), WriteError> {
    let found =
        ssl_certificate::Entity::find_by_id((group.to_string(), id.to_string())).one(write.db()).await?;
    let is_server = found.is_some_and(|found| found.certificate_type == CertificateType::Server.word());
    if is_server { Ok(()) } else { Err(WriteError::CertificateUnknown(id.clone())) }
}

/// Leaves a group without its default certificate if it is this one. Answers the group if so: its instances must know.
pub(crate) async fn clear_default_certificate(
    write: &Write,
    group: &GatewayGroupId,
    certificate: &SslCertificateId,
) -> Result<Option<Touched>, WriteError> {
    let cleared = Entity::update_many()
        .col_expr(Column::DefaultCertificate, Expr::value(None::<String>))
        .col_expr(Column::Revision, Expr::value(write.revision()))
        .filter(Column::Id.eq(group.as_str()))
        .filter(Column::DefaultCertificate.eq(certificate.as_str()))
        .exec(write.db())
        .await?;
    Ok((cleared.rows_affected > 0).then(|| touched(group)))
}

fn touched(id: &GatewayGroupId) -> Touched {
    Touched { noun: ChangedNoun::GatewayGroup, group: id.clone(), id: id.to_string() }
}

/// Records what was done to a group, and what else was touched by it, and commits.
async fn finish(
    write: Write,
    action: Action,
    id: &GatewayGroupId,
    detail: Value,
    others: impl IntoIterator<Item = Touched>,
) -> Result<(), WriteError> {
    let noun = AuditNoun::GatewayGroup;
    let entry = AuditEntry { action, noun, id: id.as_str(), group: Some(id), detail };
    Ok(write.finish(entry, std::iter::once(touched(id)).chain(others).collect()).await?)
}

fn detail(row: &GatewayGroupRow) -> Value {
    json!({
        "name": row.name,
        "listener": row.listener,
        "http_listener": row.http_listener,
        "default_certificate": row.default_certificate,
        "protection": row.protection,
        "identity_headers": row.identity_headers.word(),
    })
}

fn model(id: &GatewayGroupId, row: &GatewayGroupRow, revision: i64) -> Model {
    Model {
        id: id.to_string(),
        name: row.name.to_string(),
        name_key: column::name_key(&row.name),
        listener: row.listener.to_string(),
        listener_key: listener_key(row.listener),
        http_listener: row.http_listener.map(|address| address.to_string()),
        http_listener_key: row.http_listener.and_then(listener_key),
        default_certificate: row.default_certificate.as_ref().map(ToString::to_string),
        protection: column::json(&row.protection),
        identity_headers: row.identity_headers.word().to_owned(),
        revision,
    }
}

/// What makes two listeners clash. Port 0 asks for any free port, so it clashes with none; an IPv4 address written as
/// IPv6 is the IPv4 address.
fn listener_key(listener: SocketAddr) -> Option<String> {
    let address = SocketAddr::new(listener.ip().to_canonical(), listener.port());
    (address.port() != 0).then(|| address.to_string())
}

fn row_of(model: &Model) -> Row<'_> {
    Row { table: "gateway_group", id: &model.id }
}

fn stored(model: &Model, ssl_certificates: u64) -> Result<StoredGatewayGroup, StoreError> {
    let row = row_of(model);
    Ok(StoredGatewayGroup {
        id: row.parse("id", &model.id)?,
        row: GatewayGroupRow {
            name: row.parse("name", &model.name)?,
            listener: row.parse("listener", &model.listener)?,
            http_listener: model
                .http_listener
                .as_deref()
                .map(|address| row.parse("http_listener", address))
                .transpose()?,
            default_certificate: model
                .default_certificate
                .as_deref()
                .map(|id| row.parse("default_certificate", id))
                .transpose()?,
            protection: protection(row, &model.protection)?,
            identity_headers: row.word("identity_headers", &model.identity_headers)?,
        },
        ssl_certificates,
        revision: column::revision(model.revision),
    })
}

/// Limits that cannot be read are an error, and so are those that no form lets through: the defaults may be wider than
/// what somebody has set.
fn protection(row: Row<'_>, text: &str) -> Result<Protection, StoreError> {
    let protection: Protection = row.json("protection", text)?;
    match protection.errors().first() {
        None => Ok(protection),
        Some(error) => Err(row.corrupt(format!("unusable protection: {error:?}"))),
    }
}
