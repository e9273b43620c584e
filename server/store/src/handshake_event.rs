//! The record of TLS attempts. No configuration: it has no revision, and nobody waits for it.

use domain::{GatewayGroupId, HandshakeEvent, HandshakeEventId, ReasonCode, UnixTime};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, LikeExpr, OnConflict, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::column::{self, Row};
use crate::entity::handshake_event::{ActiveModel, Column, Entity, Model};
use crate::{Store, StoreError, batch};

/// Rows that one statement deletes: others get to write in between.
const SLICE: u64 = 2_000;

/// Which events are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Text that the host contains; empty for all.
    pub host: String,
    /// Which verdicts.
    pub outcome: EventOutcome,
    /// Only events before this one.
    pub before: Option<HandshakeEventId>,
    /// How many at most.
    pub most: u64,
}

/// Which verdicts are wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum EventOutcome {
    /// All.
    #[default]
    Any,
    /// Those that let somebody in with no reservation.
    Accepted,
    /// Those that refused somebody, or would have but for the policy's mode.
    NotAccepted,
    /// Those with this reason.
    Reason(ReasonCode),
}

impl Store {
    /// Adds events. Whatever is written by one statement, 500 of them, stands or falls together; an event that is there
    /// already is left as it is, so that a call that failed can be made again.
    ///
    /// # Errors
    /// The database failed.
    pub async fn insert_handshake_events(&self, events: &[HandshakeEvent]) -> Result<(), StoreError> {
        let known = OnConflict::column(Column::Id).do_nothing().to_owned();
        for some in events.chunks(batch::ROWS) {
            let rows: Vec<ActiveModel> = some.iter().map(row).collect();
            let insert = Entity::insert_many(rows).on_conflict(known.clone());
            let _turn = self.turn.lock().await;
            insert.exec_without_returning(&self.db).await?;
        }
        Ok(())
    }

    /// A group's events, newest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn handshake_events(
        &self,
        group: &GatewayGroupId,
        filter: &EventFilter,
    ) -> Result<Vec<HandshakeEvent>, StoreError> {
        let rows = Entity::find()
            .filter(condition(group, filter))
            .order_by_desc(Column::Id)
            .limit(filter.most)
            .all(&self.db)
            .await?;
        rows.iter().map(stored).collect()
    }

    /// One event of a group.
    ///
    /// # Errors
    /// The database failed.
    pub async fn handshake_event(
        &self,
        group: &GatewayGroupId,
        id: &HandshakeEventId,
    ) -> Result<Option<HandshakeEvent>, StoreError> {
        let row = Entity::find_by_id(id.as_str()).filter(Column::GroupId.eq(group.as_str())).one(&self.db);
        row.await?.as_ref().map(stored).transpose()
    }

    /// Removes the events before `older_than`, and the oldest of those that are more than `most_rows`; gives how many.
    ///
    /// # Errors
    /// The database failed; what had been removed by then is.
    pub async fn trim_handshake_events(
        &self,
        older_than: UnixTime,
        most_rows: u64,
    ) -> Result<u64, StoreError> {
        let mut removed = 0;
        loop {
            let slice = self.delete_oldest_events(Some(older_than), SLICE).await?;
            removed += slice;
            if slice < SLICE {
                break;
            }
        }
        let rows = Entity::find().select_only().column(Column::Id).count(&self.db).await?;
        let mut excess = rows.saturating_sub(most_rows);
        while excess > 0 {
            let slice = self.delete_oldest_events(None, Ord::min(excess, SLICE)).await?;
            removed += slice;
            // None left: somebody else trims too.
            if slice == 0 {
                break;
            }
            excess = excess.saturating_sub(slice);
        }
        Ok(removed)
    }

    async fn delete_oldest_events(&self, before: Option<UnixTime>, most: u64) -> Result<u64, StoreError> {
        let delete = Entity::delete_many().filter(Expr::col(Column::Id).in_subquery(oldest(before, most)));
        let _turn = self.turn.lock().await;
        Ok(delete.exec(&self.db).await?.rows_affected)
    }
}

/// The ids of the oldest events.
fn oldest(before: Option<UnixTime>, most: u64) -> SelectStatement {
    let mut ids = Query::select();
    ids.column(Column::Id).from(Entity);
    if let Some(end) = before {
        ids.and_where(Expr::col(Column::At).lt(end.0));
    }
    ids.order_by(Column::At, sea_orm::Order::Asc).order_by(Column::Id, sea_orm::Order::Asc).limit(most).take()
}

fn condition(group: &GatewayGroupId, filter: &EventFilter) -> Condition {
    let mut all = Condition::all().add(ColumnTrait::eq(&Column::GroupId, group.as_str()));
    match filter.outcome {
        EventOutcome::Any => {}
        EventOutcome::Accepted => all = all.add(ColumnTrait::is_null(&Column::Reason)),
        EventOutcome::NotAccepted => all = all.add(ColumnTrait::is_not_null(&Column::Reason)),
        EventOutcome::Reason(code) => all = all.add(ColumnTrait::eq(&Column::Reason, code.as_str())),
    }
    if let Some(id) = &filter.before {
        all = all.add(ColumnTrait::lt(&Column::Id, id.as_str()));
    }
    match filter.host.trim() {
        "" => all,
        host => {
            let pattern = LikeExpr::new(column::contains_pattern(&host.to_lowercase())).escape('\\');
            all.add(Expr::col(Column::Host).like(pattern))
        }
    }
}

fn row(event: &HandshakeEvent) -> ActiveModel {
    ActiveModel {
        id: Set(event.id.to_string()),
        group_id: Set(event.group.to_string()),
        at: Set(event.at.0),
        host: Set(event.server_name.as_ref().map(|name| name.as_str().to_owned())),
        reason: Set(event.verdict.reason().map(|code| code.as_str().to_owned())),
        event: Set(column::json(event)),
    }
}

fn stored(model: &Model) -> Result<HandshakeEvent, StoreError> {
    Row { table: "handshake_event", id: &model.id }.json("event", &model.event)
}
