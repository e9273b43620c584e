use sea_orm::entity::prelude::*;

/// An SSL certificate without its SNIs, pairs and CAs.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ssl_certificate")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) group_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: String,
    pub(crate) certificate_type: String,
    pub(crate) status: String,
    pub(crate) peer_verification: String,
    pub(crate) depth: i32,
    /// Path patterns as a JSON array.
    pub(crate) exempt_paths: String,
    /// Identities as a JSON array.
    pub(crate) allow_list: String,
    pub(crate) advertises_ca_names: bool,
    /// When the first of its leaves expires.
    pub(crate) not_after: i64,
    /// Id, subjects and issuers in lower case, one a line.
    pub(crate) search_text: String,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    pub(crate) revision: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
