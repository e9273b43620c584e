use sea_orm::entity::prelude::*;

/// An SNI of an SSL certificate.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ssl_certificate_sni")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) group_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) ssl_certificate_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) position: i32,
    pub(crate) sni: String,
    /// The SNI again while its certificate is an enabled server certificate; unique in the group.
    pub(crate) claimed: Option<String>,
    /// For an exact name what follows its first label: the wildcard `*.parent` covers it.
    pub(crate) parent: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
