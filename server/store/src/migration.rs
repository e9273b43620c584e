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

#[cfg(test)]
mod tests {
    use std::fs::File;

    use domain::{GatewayGroupId, IdentityHeaders, Route, RouteId, Service, ServiceId, UnixTime};
    use sea_orm::ConnectionTrait;

    use super::*;
    use crate::{Store, StoreConfig, sqlite};

    /// A database that only the first migrations have made, with these rows.
    async fn made_by(migrations: u32, rows: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().expect("temporary directory");
        let file = dir.path().join("postern.db");
        File::create_new(&file).expect("created");
        let db = sqlite::connect(&file).await.expect("connects");
        Migrator::up(&db, Some(migrations)).await.expect("applied");
        for sql in rows {
            db.execute_unprepared(sql).await.expect(sql);
        }
        db.close().await.expect("closes");
        dir
    }

    #[tokio::test]
    async fn groups_of_the_first_version_get_the_service_that_has_answered_them() {
        let dir = made_by(
            1,
            &[
                "UPDATE counter SET value = 7",
                "INSERT INTO gateway_group (id, name, name_key, listener, protection, revision) \
                 VALUES ('default', 'default', 'default', '127.0.0.1:1', '{}', 5), \
                 ('old', 'old', 'old', '127.0.0.1:2', '{}', 6)",
                "INSERT INTO audit (revision, at, author, action, noun, group_id, object_id, detail) \
                 VALUES (4, 1000, 'alice', 'create', 'gateway_group', 'default', 'default', '{}'), \
                 (5, 2000, 'alice', 'update', 'gateway_group', 'default', 'default', '{}')",
            ],
        )
        .await;
        let store = Store::open(&StoreConfig { data_dir: dir.path().to_owned(), master_key: None }).await;
        let store = store.expect("brought up to date");
        let groups = store.gateway_groups().await.expect("readable");
        assert_eq!(groups.len(), 2);
        for (group, made) in groups.iter().zip([1_000, 0]) {
            assert_eq!(group.row.identity_headers, IdentityHeaders::None);
            let services = store.services(&group.id).await.expect("readable");
            let [httpbin] = &services[..] else { panic!("one service: {services:?}") };
            let (service, routes) = (&httpbin.service, &httpbin.routes);
            assert_eq!(service.value, Service::httpbin());
            assert_eq!(service.created_at, UnixTime(made));
            assert_eq!(service.revision, group.revision);
            let id: ServiceId = "httpbin".parse().expect("an id");
            let route = Route::of_service(id.clone(), vec!["/*".parse().expect("a path")]);
            assert_eq!(service.id, id);
            assert_eq!(routes.iter().map(|route| &route.value).collect::<Vec<_>>(), [&route]);
            let alone: RouteId = "httpbin".parse().expect("an id");
            let alone = store.route(&group.id, &alone).await.expect("readable");
            assert_eq!(alone.as_ref(), routes.first());
        }
        assert_eq!(store.revision().await.expect("readable").0, 7, "a migration is no write");
    }

    #[tokio::test]
    async fn a_migrated_group_is_as_a_new_one() {
        let row = "INSERT INTO gateway_group (id, name, name_key, listener, protection, revision) \
                   VALUES ('default', 'default', 'default', '127.0.0.1:1', '{}', 1)";
        let dir = made_by(1, &["UPDATE counter SET value = 1", row]).await;
        let store = Store::open(&StoreConfig { data_dir: dir.path().to_owned(), master_key: None }).await;
        let store = store.expect("brought up to date");
        let migrated = store.gateway_group(&GatewayGroupId::default_group()).await.expect("readable");
        let mut row = migrated.expect("there").row;
        row.name = "new".parse().expect("a name");
        row.listener = "127.0.0.1:2".parse().expect("an address");
        let author = crate::Author { name: "alice".to_owned(), at: UnixTime(0) };
        let new = store.insert_gateway_group(&author, None, row).await.expect("written").id;
        let of = |group| {
            let store = &store;
            async move {
                let services = store.services(&group).await.expect("readable").into_iter();
                let values = services.map(|with_routes| {
                    let routes: Vec<_> =
                        with_routes.routes.into_iter().map(|route| (route.id, route.value)).collect();
                    (with_routes.service.id, with_routes.service.value, routes)
                });
                values.collect::<Vec<_>>()
            }
        };
        assert_eq!(of(new).await, of(GatewayGroupId::default_group()).await);
    }
}
