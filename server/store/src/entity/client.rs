use sea_orm::entity::prelude::*;

/// A client that was let in with a verified certificate.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "client")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) group_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) fingerprint: Vec<u8>,
    pub(crate) name: String,
    pub(crate) subject: String,
    pub(crate) issuer: String,
    pub(crate) serial: String,
    /// Its SANs as a JSON array.
    pub(crate) names: String,
    pub(crate) not_after: i64,
    /// The hosts that it came for as a JSON array, the latest first.
    pub(crate) hosts: String,
    pub(crate) first_seen: i64,
    pub(crate) last_seen: i64,
    pub(crate) handshakes: i64,
    /// What searches look through, in lower case, one a line.
    pub(crate) search_text: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
