use domain::{GatewayGroupId, Revision, UnixTime};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::column::{self, Row};
use crate::entity::object_change::{Column, Entity, Model};
use crate::{Store, StoreError};

/// Who makes a change, and when: stands in the audit row.
#[derive(Debug, Clone)]
pub struct Author {
    /// The user's name, or `system`.
    pub name: String,
    /// When.
    pub at: UnixTime,
}

/// One object that a committed write touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedObject {
    /// The write's revision.
    pub revision: Revision,
    /// The object's group.
    pub group: GatewayGroupId,
    /// What it is.
    pub noun: ChangedNoun,
    /// Its id.
    pub id: String,
}

/// What kind of object was touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangedNoun {
    /// A gateway group.
    GatewayGroup,
    /// An SSL certificate: also named when a CA that it refers to changed.
    SslCertificate,
    /// The deny-list that holds for all hosts of a group.
    GroupDenials,
    /// A service: also named when a certificate that its own upstream refers to changed.
    Service,
    /// A route: as a service.
    Route,
    /// An upstream that services and routes share: as a service.
    Upstream,
}

impl Store {
    /// The objects touched after `since`, oldest first; each object once, with its newest revision.
    ///
    /// # Errors
    /// The database failed.
    pub async fn changes_since(&self, since: Revision) -> Result<Vec<ChangedObject>, StoreError> {
        let rows = Entity::find()
            .filter(Column::Revision.gt(column::revision_value(since)))
            .order_by_asc(Column::Revision)
            .order_by_asc(Column::Noun)
            .order_by_asc(Column::GroupId)
            .order_by_asc(Column::ObjectId)
            .all(&self.db)
            .await?;
        let object = |model: Model| {
            let row = Row { table: "object_change", id: &model.object_id };
            Ok(ChangedObject {
                revision: column::revision(model.revision),
                group: row.parse("group", &model.group_id)?,
                noun: row.word("noun", &model.noun)?,
                id: model.object_id,
            })
        };
        rows.into_iter().map(object).collect()
    }
}
