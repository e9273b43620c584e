//! Statements over many rows, cut so that none has more values than the databases take (SQLite 32,766; PostgreSQL
//! 65,535).

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, DatabaseTransaction, DbErr, EntityTrait};

/// Rows in one INSERT; no table has more than 20 columns.
pub(crate) const ROWS: usize = 500;

/// Values in one IN list.
pub(crate) const VALUES: usize = 5_000;

/// Inserts all rows.
pub(crate) async fn insert<A: ActiveModelTrait>(
    transaction: &DatabaseTransaction,
    rows: Vec<A>,
    on_conflict: Option<OnConflict>,
) -> Result<(), DbErr> {
    let mut rows = rows.into_iter();
    loop {
        let some: Vec<A> = rows.by_ref().take(ROWS).collect();
        if some.is_empty() {
            return Ok(());
        }
        let insert = A::Entity::insert_many(some);
        let insert = match &on_conflict {
            Some(rule) => insert.on_conflict(rule.clone()),
            None => insert,
        };
        insert.exec_without_returning(transaction).await?;
    }
}
