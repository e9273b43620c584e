use sea_orm::entity::prelude::*;

/// A TLS attempt. What lists are filtered by stands in columns of its own.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "handshake_event")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: String,
    pub(crate) group_id: String,
    pub(crate) at: i64,
    pub(crate) host: Option<String>,
    /// The code of the reason; None if it was accepted.
    pub(crate) reason: Option<String>,
    /// The whole event in JSON.
    pub(crate) event: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
