//! The echo service of the groups that are there. Its values stand here as texts: what this version means by them must not
//! change when a later one means something else.

use sea_orm_migration::prelude::*;

use super::tables::{GatewayGroup, Object, Route, Service};

const ID: &str = "httpbin";
const SERVICE: &str = r#"{"name":"httpbin","upstream":{"own":{"scheme":"echo"}}}"#;
const ROUTE: &str = r#"{"paths":["/*"],"service":"httpbin"}"#;

#[derive(DeriveIden)]
enum Audit {
    Table,
    At,
    GroupId,
}

pub(super) async fn add_to_all_groups(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let service = [Object::GroupId, Object::Id, Object::NameKey, Object::Config];
    let service = insert(Service::Table, service, &[ID, ID, SERVICE])?;
    manager.execute(service).await?;
    let route = [Object::GroupId.into_iden(), Object::Id.into_iden(), Route::ServiceId.into_iden()];
    let route = route.into_iter().chain([Object::Config.into_iden()]);
    let route = insert(Route::Table, route, &[ID, ID, ROUTE])?;
    manager.execute(route).await
}

/// Inserts a row for each group: its id and the same `values` for all of them. It is as old as the group, which has been
/// answered by the echo service from its beginning.
fn insert(
    table: impl IntoTableRef,
    columns: impl IntoIterator<Item = impl IntoIden>,
    values: &[&str],
) -> Result<InsertStatement, DbErr> {
    let group = |column: GatewayGroup| Expr::col((GatewayGroup::Table, column));
    let made = Query::select()
        .expr(Expr::col((Audit::Table, Audit::At)).min())
        .from(Audit::Table)
        .and_where(Expr::col((Audit::Table, Audit::GroupId)).equals((GatewayGroup::Table, GatewayGroup::Id)))
        .take();
    let made = || Func::coalesce([SimpleExpr::SubQuery(None, Box::new(made.clone().into())), Expr::val(0)]);
    let mut rows = Query::select().from(GatewayGroup::Table).expr(group(GatewayGroup::Id)).take();
    for value in values {
        rows.expr(Expr::val(*value));
    }
    rows.expr(made()).expr(made()).expr(group(GatewayGroup::Revision));
    let stamps = [Object::CreatedAt, Object::UpdatedAt, Object::Revision].map(IntoIden::into_iden);
    let columns: Vec<DynIden> = columns.into_iter().map(IntoIden::into_iden).chain(stamps).collect();
    let insert =
        Query::insert().into_table(table).columns(columns).select_from(rows).map(|insert| insert.take());
    insert.map_err(|error| DbErr::Custom(error.to_string()))
}
