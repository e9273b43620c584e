//! All that is peculiar to SQLite: how a file is opened, its pragmas, its error codes, how its transactions begin.

use std::path::Path;
use std::time::Duration;

use sea_orm::sea_query::{Expr, Query};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous};
use sea_orm::sqlx::{self, ConnectOptions};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbErr, RuntimeErr, SqliteTransactionMode, SqlxSqliteConnector,
    Statement, TransactionOptions,
};

use crate::OpenError;

/// Readers that go on side by side; one connection more is the writer's.
const CONNECTIONS: u32 = 8;

/// How long to wait while another process writes (a backup, the command line).
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Opens a file that is there; does not write to it.
pub(crate) async fn connect(file: &Path) -> Result<DatabaseConnection, DbErr> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(false)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        // In WAL mode NORMAL may lose the last commits when the power fails; a save that was answered must not be lost.
        .synchronous(SqliteSynchronous::Full)
        .disable_statement_logging();
    let pool = SqlitePoolOptions::new().max_connections(CONNECTIONS).connect_with(options).await;
    let pool = pool.map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(error.into())))?;
    Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool))
}

/// Whether there is nothing in the file yet.
pub(crate) async fn is_empty(db: &DatabaseConnection) -> Result<bool, DbErr> {
    let anything = Query::select().expr(Expr::val(1)).from("sqlite_master").limit(1).take();
    Ok(db.query_one(&anything).await?.is_none())
}

/// Switches the file to the write-ahead log, so that readers and the writer do not wait for each other. The file keeps
/// this for all connections to come.
pub(crate) async fn use_write_ahead_log(db: &DatabaseConnection) -> Result<(), DbErr> {
    let pragma = Statement::from_string(db.get_database_backend(), "PRAGMA journal_mode = WAL");
    let mode: Option<String> = match db.query_one_raw(pragma).await? {
        Some(row) => row.try_get_by_index(0)?,
        None => None,
    };
    if mode.as_deref() == Some("wal") {
        return Ok(());
    }
    // SQLite answers with the mode it stays in where it cannot map shared memory.
    Err(DbErr::Custom("no write-ahead log on this file system: use a local disk".to_owned()))
}

/// How a transaction that writes begins: with the write lock. One that begins as a reader and becomes a writer fails at
/// once (`SQLITE_BUSY_SNAPSHOT`) if another has written in between; waiting does not help it.
pub(crate) fn write_transaction() -> TransactionOptions {
    TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    }
}

/// What went wrong with `file` in words for whoever starts Postern.
pub(crate) fn open_error(file: &Path, error: DbErr) -> OpenError {
    let path = file.display().to_string();
    let Some((code, message)) = primary_code(&error) else { return OpenError::Store(error.into()) };
    let to_mend = |problem: &str| OpenError::DataDir { path: path.clone(), problem: problem.to_owned() };
    // https://www.sqlite.org/rescode.html
    match code {
        5 | 6 => to_mend("another process holds the database; stop it and start again"),
        8 => {
            to_mend("it is read-only; let the user that Postern runs as write to the file and its directory")
        }
        10 => to_mend("reading or writing failed; check the disk"),
        13 => to_mend("no space left; make room on the disk"),
        14 => to_mend(
            "it cannot be opened; let the user that Postern runs as write to the file and its directory",
        ),
        11 | 26 => OpenError::NotADatabase { path, problem: message },
        _ => OpenError::Store(error.into()),
    }
}

/// SQLite's result code without its extension, and its message.
fn primary_code(error: &DbErr) -> Option<(i32, String)> {
    let (DbErr::Conn(RuntimeErr::SqlxError(cause))
    | DbErr::Exec(RuntimeErr::SqlxError(cause))
    | DbErr::Query(RuntimeErr::SqlxError(cause))) = error
    else {
        return None;
    };
    let sqlx::Error::Database(cause) = cause.as_ref() else { return None };
    let extended: i32 = cause.code()?.parse().ok()?;
    Some((extended & 0xff, cause.message().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_connection_keeps_what_it_was_told_and_who_refers_to_whom() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let file = dir.path().join("test.db");
        std::fs::write(&file, "").expect("written");
        let db = connect(&file).await.expect("connects");
        for (pragma, value) in [("synchronous", 2_i64), ("foreign_keys", 1), ("busy_timeout", 10_000)] {
            let read = Statement::from_string(db.get_database_backend(), format!("PRAGMA {pragma}"));
            let row = db.query_one_raw(read).await.expect("answers").expect("a row");
            assert_eq!(row.try_get_by_index::<i64>(0).expect("a number"), value, "{pragma}");
        }
    }
}
