use sea_orm::entity::prelude::*;

/// Who did what: one row for each revision.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) revision: i64,
    pub(crate) at: i64,
    pub(crate) author: String,
    pub(crate) action: String,
    pub(crate) noun: String,
    pub(crate) group_id: Option<String>,
    pub(crate) object_id: String,
    /// JSON; never a key, a password or a hash of one.
    pub(crate) detail: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
