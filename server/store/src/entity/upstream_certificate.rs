use sea_orm::entity::prelude::*;

/// A CA or an SSL certificate that an upstream refers to, be it shared or a service's or route's own.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "upstream_certificate")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) group_id: String,
    /// What has the upstream.
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) owner: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) owner_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) position: i32,
    /// One of the two is there.
    pub(crate) ca_certificate_id: Option<String>,
    pub(crate) ssl_certificate_id: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
