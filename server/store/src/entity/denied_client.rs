use sea_orm::entity::prelude::*;

/// An entry of a deny-list.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "denied_client")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) group_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: String,
    /// The SSL certificate whose hosts it is for; None for all hosts of the group.
    pub(crate) ssl_certificate_id: Option<String>,
    pub(crate) entry: String,
    pub(crate) label: String,
    pub(crate) author: String,
    pub(crate) created_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
