//! The first tables.
//!
//! Whatever belongs to a gateway group has the group's id in its primary key, and refers to others by both: the database
//! itself keeps groups apart, and an id that a script chose may stand in two of them.

mod bookkeeping;
mod gateway;
mod observed;

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::string_len;

/// The migration.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[expect(elided_lifetimes_in_paths, reason = "the trait elides it, and async_trait wants the same here")]
#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in bookkeeping::tables().into_iter().chain(gateway::tables()).chain(observed::tables()) {
            manager.create_table(table).await?;
        }
        for index in bookkeeping::indexes().into_iter().chain(gateway::indexes()).chain(observed::indexes()) {
            manager.create_index(index).await?;
        }
        manager.execute(bookkeeping::first_revision()).await
    }
}

/// An id: at most 64 characters.
fn id(column: impl IntoIden) -> ColumnDef {
    string_len(column, 64)
}

/// A word of a closed set.
fn word(column: impl IntoIden) -> ColumnDef {
    string_len(column, 16)
}

fn index(name: &str, table: impl IntoIden) -> IndexCreateStatement {
    Index::create().name(name).table(table.into_iden()).take()
}
