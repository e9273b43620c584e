//! The one way to change configuration: rows, the objects they touch, an audit row and the next revision, all in one
//! transaction.
//!
//! The only commit is [`Write::finish`], which asks for the audit entry and the touched objects, so that no write can
//! forget them. A [`Write`] that is dropped before leaves nothing behind. Sessions are not configuration and go past it.

use domain::{GatewayGroupId, Revision, UnixTime};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, TransactionTrait,
};
use serde_json::Value;
use tokio::sync::OwnedMutexGuard;

use crate::column::{self, Row, Word};
use crate::entity::{audit, counter, object_change};
use crate::{Author, ChangedNoun, Store, StoreError, batch, sqlite};

/// The name of the counter.
const REVISION: &str = "revision";

/// A write that is going on.
#[derive(Debug)]
pub(crate) struct Write {
    // Before `turn`: what is not finished is rolled back before the next writer has its turn.
    transaction: DatabaseTransaction,
    revision: Revision,
    author: Author,
    _turn: OwnedMutexGuard<()>,
}

/// What the audit log says of a write.
#[derive(Debug)]
pub(crate) struct AuditEntry<'a> {
    /// What was done.
    pub(crate) action: Action,
    /// To what.
    pub(crate) noun: AuditNoun,
    /// Its id.
    pub(crate) id: &'a str,
    /// Its group, if it has one.
    pub(crate) group: Option<&'a GatewayGroupId>,
    /// The facts, as a JSON object: never a key, a password or a hash of one.
    pub(crate) detail: Value,
}

/// What was done.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Action {
    Create,
    Update,
    Delete,
}

impl Action {
    fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

/// What it was done to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum AuditNoun {
    GatewayGroup,
    SslCertificate,
    CaCertificate,
    DeniedClient,
    Service,
    Route,
    Upstream,
    User,
}

impl AuditNoun {
    fn word(self) -> &'static str {
        match self {
            Self::GatewayGroup => "gateway_group",
            Self::SslCertificate => "ssl_certificate",
            Self::CaCertificate => "ca_certificate",
            Self::DeniedClient => "denied_client",
            Self::Service => "service",
            Self::Route => "route",
            Self::Upstream => "upstream",
            Self::User => "user",
        }
    }
}

/// An object that instances must read again.
#[derive(Debug, Clone)]
pub(crate) struct Touched {
    pub(crate) noun: ChangedNoun,
    pub(crate) group: GatewayGroupId,
    pub(crate) id: String,
}

impl Store {
    /// Waits for its turn, then begins.
    pub(crate) async fn begin_write(&self, author: &Author) -> Result<Write, StoreError> {
        let turn = self.turn.clone().lock_owned().await;
        let transaction = self.db.begin_with_options(sqlite::write_transaction()).await?;
        // First of all: its row lock makes the writers of a shared database queue, so that what a write has checked
        // still holds when it commits, and revisions are committed in order.
        let revision = next_revision(&transaction).await?;
        Ok(Write { transaction, revision, author: author.clone(), _turn: turn })
    }
}

impl Write {
    /// Where to read and write.
    pub(crate) fn db(&self) -> &DatabaseTransaction {
        &self.transaction
    }

    /// The revision that this write becomes, as a column holds it.
    pub(crate) fn revision(&self) -> i64 {
        column::revision_value(self.revision)
    }

    /// When it is made.
    pub(crate) fn at(&self) -> UnixTime {
        self.author.at
    }

    /// Records what was done and commits.
    pub(crate) async fn finish(self, entry: AuditEntry<'_>, touched: Vec<Touched>) -> Result<(), StoreError> {
        self.record_touched(touched).await?;
        let row = audit::ActiveModel {
            revision: Set(self.revision()),
            at: Set(self.author.at.0),
            author: Set(self.author.name),
            action: Set(entry.action.word().to_owned()),
            noun: Set(entry.noun.word().to_owned()),
            group_id: Set(entry.group.map(GatewayGroupId::to_string)),
            object_id: Set(entry.id.to_owned()),
            detail: Set(entry.detail.to_string()),
        };
        audit::Entity::insert(row).exec_without_returning(&self.transaction).await?;
        Ok(self.transaction.commit().await?)
    }

    async fn record_touched(&self, touched: Vec<Touched>) -> Result<(), StoreError> {
        let newest = OnConflict::columns([
            object_change::Column::Noun,
            object_change::Column::GroupId,
            object_change::Column::ObjectId,
        ])
        .update_column(object_change::Column::Revision)
        .to_owned();
        let rows: Vec<_> = touched
            .into_iter()
            .map(|object| object_change::ActiveModel {
                noun: Set(object.noun.word().to_owned()),
                group_id: Set(object.group.into()),
                object_id: Set(object.id),
                revision: Set(self.revision()),
            })
            .collect();
        Ok(batch::insert(&self.transaction, rows, Some(newest)).await?)
    }
}

/// The newest revision that is committed.
pub(crate) async fn committed_revision(db: &impl ConnectionTrait) -> Result<Revision, StoreError> {
    let counter = counter::Entity::find_by_id(REVISION).one(db).await?;
    counter.map(|counter| column::revision(counter.value)).ok_or_else(no_counter)
}

async fn next_revision(transaction: &DatabaseTransaction) -> Result<Revision, StoreError> {
    let counted = counter::Entity::update_many()
        .col_expr(counter::Column::Value, Expr::col(counter::Column::Value).add(1))
        .filter(counter::Column::Name.eq(REVISION))
        .exec_with_returning(transaction)
        .await?;
    counted.first().map(|counter| column::revision(counter.value)).ok_or_else(no_counter)
}

fn no_counter() -> StoreError {
    Row { table: "counter", id: REVISION }.corrupt("missing".to_owned())
}
