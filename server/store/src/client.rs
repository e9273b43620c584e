//! The inventory: clients that were let in with a verified certificate. No configuration: it has no revision.

mod merge;

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::{Client, DenyEntry, Fingerprint, GatewayGroupId, Page, PageRequest, ServerName, UnixTime};
use sea_orm::sea_query::{Expr, ExprTrait, LikeExpr, OnConflict, Query};
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, IntoActiveModel, Order, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, TransactionTrait,
};

use self::merge::{merged, model};
use crate::column::{self, Row};
use crate::entity::client::{Column, Entity, Model};
use crate::entity::gateway_group;
use crate::{Store, StoreError, batch, denied_client, sqlite};

/// Rows that one statement deletes: others get to write in between.
const SLICE: u64 = 2_000;

/// What was seen of a client since it was last recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientSeen {
    /// The group.
    pub group: GatewayGroupId,
    /// SHA-256 of its certificate, which tells it apart.
    pub fingerprint: Fingerprint,
    /// What to call it.
    pub name: String,
    /// The subject name, escaped.
    pub subject: String,
    /// The issuer name, escaped.
    pub issuer: String,
    /// The serial number in hex with colons.
    pub serial: String,
    /// The SANs with their kinds, escaped.
    pub names: Vec<String>,
    /// When its certificate expires.
    pub not_after: UnixTime,
    /// The host that it came for.
    pub host: Option<ServerName>,
    /// When it was first seen.
    pub first_seen: UnixTime,
    /// When it was last seen.
    pub last_seen: UnixTime,
    /// How many handshakes it made.
    pub handshakes: u64,
}

/// Group and fingerprint.
type Key = (String, Vec<u8>);

impl Store {
    /// Adds what was seen to the inventory. Clients of groups that are gone are left out.
    ///
    /// # Errors
    /// The database failed; of the 500 clients that are written together all are recorded or none.
    pub async fn record_clients(&self, seen: &[ClientSeen]) -> Result<(), StoreError> {
        let mut clients: BTreeMap<Key, Vec<&ClientSeen>> = BTreeMap::new();
        for one in seen {
            clients.entry((one.group.to_string(), one.fingerprint.0.to_vec())).or_default().push(one);
        }
        let clients: Vec<(Key, Vec<&ClientSeen>)> = clients.into_iter().collect();
        for some in clients.chunks(batch::ROWS) {
            let _turn = self.turn.lock().await;
            let transaction = self.db.begin_with_options(sqlite::write_transaction()).await?;
            record(&transaction, some).await?;
            transaction.commit().await?;
        }
        Ok(())
    }

    /// One page of a group's inventory, latest seen first; `search` is text that a name, issuer, host or fingerprint
    /// contains.
    ///
    /// # Errors
    /// The database failed.
    pub async fn clients(
        &self,
        group: &GatewayGroupId,
        search: &str,
        page: PageRequest,
    ) -> Result<Page<Client>, StoreError> {
        let snapshot = self.snapshot().await?;
        let matching = Entity::find().filter(condition(group, search));
        let total = matching.clone().count(&snapshot).await?;
        let rows = matching
            .order_by_desc(Column::LastSeen)
            .order_by_desc(Column::Fingerprint)
            .offset(page.offset())
            .limit(u64::from(page.size()))
            .all(&snapshot)
            .await?;
        let mut items = rows.into_iter().map(stored).collect::<Result<Vec<Client>, StoreError>>()?;
        mark_denied(&snapshot, group, &mut items).await?;
        Ok(Page { items, total, request: page })
    }

    /// Removes the clients of each group that were seen longest ago, beyond `most_per_group`; gives how many.
    ///
    /// # Errors
    /// The database failed; what had been removed by then is.
    pub async fn trim_clients(&self, most_per_group: u64) -> Result<u64, StoreError> {
        let counted: Vec<(String, i64)> = Entity::find()
            .select_only()
            .column(Column::GroupId)
            .column_as(Column::Fingerprint.count(), "clients")
            .group_by(Column::GroupId)
            .into_tuple()
            .all(&self.db)
            .await?;
        let mut removed = 0;
        for (group, count) in counted {
            let mut excess = count.unsigned_abs().saturating_sub(most_per_group);
            while excess > 0 {
                let slice = self.delete_oldest_clients(&group, Ord::min(excess, SLICE)).await?;
                removed += slice;
                // None left: the group has been deleted in the meantime.
                if slice == 0 {
                    break;
                }
                excess = excess.saturating_sub(slice);
            }
        }
        Ok(removed)
    }

    async fn delete_oldest_clients(&self, group: &str, most: u64) -> Result<u64, StoreError> {
        let oldest = Query::select()
            .column(Column::Fingerprint)
            .from(Entity)
            .and_where(Expr::col(Column::GroupId).eq(group))
            .order_by(Column::LastSeen, Order::Asc)
            .order_by(Column::Fingerprint, Order::Asc)
            .limit(most)
            .take();
        let delete = Entity::delete_many()
            .filter(ColumnTrait::eq(&Column::GroupId, group))
            .filter(Expr::col(Column::Fingerprint).in_subquery(oldest));
        let _turn = self.turn.lock().await;
        Ok(delete.exec(&self.db).await?.rows_affected)
    }
}

/// Writes some clients, each with all that was seen of it.
async fn record(
    transaction: &DatabaseTransaction,
    clients: &[(Key, Vec<&ClientSeen>)],
) -> Result<(), StoreError> {
    let groups: HashSet<String> = gateway_group::Entity::find()
        .select_only()
        .column(gateway_group::Column::Id)
        .into_tuple()
        .all(transaction)
        .await?
        .into_iter()
        .collect();
    let mut known = known(transaction, clients).await?;
    let mut rows = Vec::with_capacity(clients.len());
    for (key, seen) in clients.iter().filter(|((group, _), _)| groups.contains(group)) {
        let known = known.remove(key).map(stored).transpose()?;
        rows.extend(merged(known, seen).map(|client| model(&client).into_active_model()));
    }
    let replace = OnConflict::columns([Column::GroupId, Column::Fingerprint])
        .update_columns([
            Column::Name,
            Column::Subject,
            Column::Issuer,
            Column::Serial,
            Column::Names,
            Column::NotAfter,
            Column::Hosts,
            Column::FirstSeen,
            Column::LastSeen,
            Column::Handshakes,
            Column::SearchText,
        ])
        .to_owned();
    Ok(batch::insert(transaction, rows, Some(replace)).await?)
}

/// Those that are in the inventory already.
async fn known(
    transaction: &DatabaseTransaction,
    clients: &[(Key, Vec<&ClientSeen>)],
) -> Result<HashMap<Key, Model>, StoreError> {
    let groups: HashSet<&str> = clients.iter().map(|((group, _), _)| group.as_str()).collect();
    let mut known = HashMap::new();
    for group in groups {
        let fingerprints = clients
            .iter()
            .filter(|((its, _), _)| its == group)
            .map(|((_, fingerprint), _)| fingerprint.clone());
        let rows = Entity::find()
            .filter(ColumnTrait::eq(&Column::GroupId, group))
            .filter(ColumnTrait::is_in(&Column::Fingerprint, fingerprints))
            .all(transaction)
            .await?;
        known.extend(rows.into_iter().map(|row| ((row.group_id.clone(), row.fingerprint.clone()), row)));
    }
    Ok(known)
}

/// Says of each client whether a deny-list names it, by its fingerprint or by its issuer and serial number.
async fn mark_denied(
    snapshot: &DatabaseTransaction,
    group: &GatewayGroupId,
    clients: &mut [Client],
) -> Result<(), StoreError> {
    let entries: Vec<String> = clients.iter().flat_map(entries_for).collect();
    let denied: HashSet<String> =
        denied_client::among(snapshot, group, &entries).await?.into_iter().collect();
    for client in clients {
        client.denied = entries_for(client).any(|entry| denied.contains(&entry));
    }
    Ok(())
}

/// The entries that would deny a client, as they stand in lists.
fn entries_for(client: &Client) -> impl Iterator<Item = String> + use<> {
    let by_certificate = DenyEntry::Certificate(client.fingerprint);
    let by_serial = client.serial.parse().ok();
    let by_serial =
        by_serial.map(|serial| DenyEntry::Serial { issuer: client.issuer.as_str().into(), serial });
    std::iter::once(by_certificate).chain(by_serial).map(|entry| entry.to_string())
}

fn condition(group: &GatewayGroupId, search: &str) -> Condition {
    let all = Condition::all().add(ColumnTrait::eq(&Column::GroupId, group.as_str()));
    match search.trim() {
        "" => all,
        text => {
            let pattern = LikeExpr::new(column::contains_pattern(&text.to_lowercase())).escape('\\');
            all.add(Expr::col(Column::SearchText).like(pattern))
        }
    }
}

fn stored(model: Model) -> Result<Client, StoreError> {
    let id = hex::encode(&model.fingerprint);
    let row = Row { table: "client", id: &id };
    let fingerprint = <[u8; 32]>::try_from(model.fingerprint.as_slice())
        .map_err(|_| row.corrupt("unusable fingerprint".to_owned()))?;
    Ok(Client {
        group: row.parse("group", &model.group_id)?,
        fingerprint: Fingerprint(fingerprint),
        names: row.json("names", &model.names)?,
        hosts: row.json("hosts", &model.hosts)?,
        name: model.name,
        subject: model.subject,
        issuer: model.issuer,
        serial: model.serial,
        not_after: UnixTime(model.not_after),
        first_seen: UnixTime(model.first_seen),
        last_seen: UnixTime(model.last_seen),
        handshakes: model.handshakes.unsigned_abs(),
        denied: false,
    })
}
