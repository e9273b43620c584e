//! Services, routes and upstreams; how nodes are told who the client is.
//!
//! Every group that is there gets the service that it has been answered by so far: the built-in echo.

mod httpbin;
mod tables;

use sea_orm_migration::prelude::*;

use self::tables::GatewayGroup;

/// The migration.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[expect(elided_lifetimes_in_paths, reason = "the trait elides it, and async_trait wants the same here")]
#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let identity_headers =
            ColumnDef::new(GatewayGroup::IdentityHeaders).string_len(16).not_null().default("none").take();
        let group = Table::alter().table(GatewayGroup::Table).add_column(identity_headers).take();
        manager.alter_table(group).await?;
        for table in tables::tables() {
            manager.create_table(table).await?;
        }
        for index in tables::indexes() {
            manager.create_index(index).await?;
        }
        httpbin::add_to_all_groups(manager).await
    }
}
