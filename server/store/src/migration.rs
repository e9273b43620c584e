//! Brings the tables of any earlier version up to this one's.
//!
//! A migration names tables and columns by enums of its own, never by entities: what it did stays what it did when the
//! entities move on.

mod m0001_initial;
mod m0002_routing;

use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr, DynIden};
use sea_orm_migration::sea_query::{Alias, IntoIden};
use sea_orm_migration::{MigrationTrait, MigratorTrait, SchemaManager};

struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(m0001_initial::Migration), Box::new(m0002_routing::Migration)]
    }

    fn migration_table_name() -> DynIden {
        Alias::new(TABLE).into_iden()
    }
}

/// Which migrations have been applied. Its presence tells a Postern database from any other.
const TABLE: &str = "postern_migration";

/// What a database is to this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Age {
    /// It has no table that Postern made.
    Unknown,
    /// This version, or an earlier one, wrote it.
    Known,
    /// A version after this one has changed its tables.
    Newer,
}

/// Says what a database is to this version, without writing to it.
pub(crate) async fn age(db: &DatabaseConnection) -> Result<Age, DbErr> {
    if !SchemaManager::new(db).has_table(TABLE).await? {
        return Ok(Age::Unknown);
    }
    let known = Migrator::migrations();
    let applied = Migrator::get_migration_models(db).await?;
    let is_known = |version: &str| known.iter().any(|migration| migration.name() == version);
    Ok(if applied.iter().all(|row| is_known(&row.version)) { Age::Known } else { Age::Newer })
}

/// Applies what has not been applied. All of it stands or falls with the transaction.
pub(crate) async fn up(transaction: &DatabaseTransaction) -> Result<(), DbErr> {
    if Migrator::get_pending_migrations(transaction).await?.is_empty() {
        return Ok(());
    }
    Migrator::up(transaction, None).await
}
