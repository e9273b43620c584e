use sea_orm::entity::prelude::*;

/// A gateway group.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "gateway_group")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: String,
    pub(crate) name: String,
    /// The name in lower case; unique.
    pub(crate) name_key: String,
    pub(crate) listener: String,
    /// The address that two groups may not share; unique. None while the port is 0.
    pub(crate) listener_key: Option<String>,
    /// Where plain HTTP is answered, if anywhere.
    pub(crate) http_listener: Option<String>,
    /// As `listener_key`. That neither is among the other kind's is for the writer to check.
    pub(crate) http_listener_key: Option<String>,
    /// One of the group's SSL certificates. No foreign key, as these refer to their group in turn: who deletes a
    /// certificate clears this.
    pub(crate) default_certificate: Option<String>,
    /// What clients may use up, in JSON.
    pub(crate) protection: String,
    /// How nodes are told who the client is.
    pub(crate) identity_headers: String,
    pub(crate) revision: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
