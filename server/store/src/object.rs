//! What the rows of services, routes and upstreams have in common: an id that is the group's own, the value in JSON, and
//! a history.

use std::str::FromStr;

use domain::{GatewayGroupId, IdError, Revision, UnixTime, Versioned};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::column::{self, Row};
use crate::write::Write;
use crate::{StoreError, WriteError, batch};

/// A row of one of these tables.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Object<'a> {
    pub(crate) table: &'static str,
    pub(crate) group_id: &'a str,
    pub(crate) id: &'a str,
    pub(crate) config: &'a str,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    pub(crate) revision: i64,
}

impl Object<'_> {
    /// The value with its id and history.
    pub(crate) fn versioned<I, T>(self) -> Result<Versioned<I, T>, StoreError>
    where
        I: FromStr<Err = IdError>,
        T: DeserializeOwned,
    {
        let row = Row { table: self.table, id: self.id };
        Ok(Versioned {
            id: row.parse("id", self.id)?,
            revision: column::revision(self.revision),
            created_at: UnixTime(self.created_at),
            updated_at: UnixTime(self.updated_at),
            value: row.json("config", self.config)?,
        })
    }

    /// The same with its group.
    pub(crate) fn of_group<I, T>(self) -> Result<(GatewayGroupId, Versioned<I, T>), StoreError>
    where
        I: FromStr<Err = IdError>,
        T: DeserializeOwned,
    {
        let row = Row { table: self.table, id: self.id };
        Ok((row.parse("group", self.group_id)?, self.versioned()?))
    }
}

/// A value as this write leaves it.
pub(crate) fn written<I, T>(write: &Write, id: I, created_at: i64, value: T) -> Versioned<I, T> {
    Versioned {
        id,
        revision: column::revision(write.revision()),
        created_at: UnixTime(created_at),
        updated_at: write.at(),
        value,
    }
}

/// Refuses a write by somebody who has seen another revision than the one that is there.
pub(crate) fn check_seen(there: Option<i64>, expected: Option<Revision>) -> Result<(), WriteError> {
    match (there, expected) {
        (_, None) => Ok(()),
        (None, Some(_)) => Err(WriteError::NotFound),
        (Some(there), Some(seen)) if column::revision(there) == seen => Ok(()),
        (Some(_), Some(_)) => Err(WriteError::Stale),
    }
}

/// A value for the audit log.
pub(crate) fn facts(value: &impl Serialize) -> Value {
    stored_facts(&column::json(value))
}

/// What stood in a row, for the audit log: also where it cannot be read.
pub(crate) fn stored_facts(config: &str) -> Value {
    serde_json::from_str(config).unwrap_or_else(|_| config.into())
}

/// Gives some of a group's objects this write's revision. `columns`: group, id, revision.
pub(crate) async fn advance<E: EntityTrait>(
    write: &Write,
    group: &GatewayGroupId,
    columns: [E::Column; 3],
    ids: &[String],
) -> Result<(), StoreError> {
    let [group_id, id, revision] = columns;
    for some in ids.chunks(batch::VALUES) {
        E::update_many()
            .col_expr(revision, Expr::val(write.revision()))
            .filter(ColumnTrait::eq(&group_id, group.as_str()))
            .filter(ColumnTrait::is_in(&id, some.iter().map(String::as_str)))
            .exec(write.db())
            .await?;
    }
    Ok(())
}

/// At most `slice` rows of all groups ordered by group and id: those after `after`.
pub(crate) fn slice_after<E: EntityTrait>(
    (group_id, id): (E::Column, E::Column),
    after: Option<(&GatewayGroupId, &str)>,
    slice: u64,
) -> Select<E> {
    let rows = E::find().order_by_asc(group_id).order_by_asc(id).limit(slice);
    match after {
        None => rows,
        Some((group, last)) => {
            let last = Expr::tuple([Expr::val(group.as_str()), Expr::val(last)]);
            rows.filter(Expr::tuple([Expr::col(group_id), Expr::col(id)]).gt(last))
        }
    }
}
