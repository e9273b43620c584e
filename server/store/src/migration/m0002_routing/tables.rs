use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, integer, string_len, string_len_null, text};

/// An id: at most 64 characters.
fn id(column: impl IntoIden) -> ColumnDef {
    string_len(column, 64)
}

/// An id of something that the row may refer to.
fn id_null(column: impl IntoIden) -> ColumnDef {
    string_len_null(column, 64)
}

pub(super) fn tables() -> [TableCreateStatement; 4] {
    [
        object(Upstream::Table).col(text(Object::NameKey)).take(),
        // No foreign keys from here on to what an object refers to by its own wish: who insists may take that away.
        object(Service::Table).col(text(Object::NameKey)).col(id_null(Service::UpstreamId)).take(),
        object(Route::Table).col(id_null(Route::ServiceId)).col(id_null(Route::UpstreamId)).take(),
        upstream_certificate(),
    ]
}

/// A table of things that a group has, each with its value in JSON.
fn object(table: impl IntoIden) -> TableCreateStatement {
    let table = table.into_iden();
    Table::create()
        .table(table.clone())
        .col(id(Object::GroupId))
        .col(id(Object::Id))
        .col(text(Object::Config))
        .col(big_integer(Object::CreatedAt))
        .col(big_integer(Object::UpdatedAt))
        .col(big_integer(Object::Revision))
        .primary_key(Index::create().col(Object::GroupId).col(Object::Id))
        .foreign_key(
            ForeignKey::create()
                .from(table, Object::GroupId)
                .to(GatewayGroup::Table, GatewayGroup::Id)
                .on_delete(ForeignKeyAction::Cascade),
        )
        .take()
}

fn upstream_certificate() -> TableCreateStatement {
    Table::create()
        .table(UpstreamCertificate::Table)
        .col(id(Object::GroupId))
        .col(string_len(UpstreamCertificate::Owner, 16))
        .col(id(UpstreamCertificate::OwnerId))
        .col(integer(UpstreamCertificate::Position))
        .col(id_null(UpstreamCertificate::CaCertificateId))
        .col(id_null(UpstreamCertificate::SslCertificateId))
        .primary_key(
            Index::create()
                .col(Object::GroupId)
                .col(UpstreamCertificate::Owner)
                .col(UpstreamCertificate::OwnerId)
                .col(UpstreamCertificate::Position),
        )
        .foreign_key(
            ForeignKey::create()
                .from(UpstreamCertificate::Table, Object::GroupId)
                .to(GatewayGroup::Table, GatewayGroup::Id)
                .on_delete(ForeignKeyAction::Cascade),
        )
        // No action, not restrict: that would already refuse while a group goes with all that it has.
        .foreign_key(
            ForeignKey::create()
                .from(UpstreamCertificate::Table, (Object::GroupId, UpstreamCertificate::CaCertificateId))
                .to(CaCertificate::Table, (CaCertificate::GroupId, CaCertificate::Id))
                .on_delete(ForeignKeyAction::NoAction),
        )
        .foreign_key(
            ForeignKey::create()
                .from(UpstreamCertificate::Table, (Object::GroupId, UpstreamCertificate::SslCertificateId))
                .to(SslCertificate::Table, (SslCertificate::GroupId, SslCertificate::Id))
                .on_delete(ForeignKeyAction::NoAction),
        )
        .take()
}

pub(super) fn indexes() -> [IndexCreateStatement; 7] {
    [
        index("upstream_by_name", Upstream::Table).unique().col(Object::GroupId).col(Object::NameKey).take(),
        index("service_by_name", Service::Table).unique().col(Object::GroupId).col(Object::NameKey).take(),
        // Whether an upstream is in use.
        index("service_by_upstream", Service::Table).col(Object::GroupId).col(Service::UpstreamId).take(),
        index("route_by_upstream", Route::Table).col(Object::GroupId).col(Route::UpstreamId).take(),
        // The routes of a service.
        index("route_by_service", Route::Table).col(Object::GroupId).col(Route::ServiceId).take(),
        // Who uses a CA or an SSL certificate, in order: else SQLite would rather walk down the primary key.
        index("upstream_certificate_by_ca", UpstreamCertificate::Table)
            .col(Object::GroupId)
            .col(UpstreamCertificate::CaCertificateId)
            .col(UpstreamCertificate::Owner)
            .col(UpstreamCertificate::OwnerId)
            .take(),
        index("upstream_certificate_by_certificate", UpstreamCertificate::Table)
            .col(Object::GroupId)
            .col(UpstreamCertificate::SslCertificateId)
            .col(UpstreamCertificate::Owner)
            .col(UpstreamCertificate::OwnerId)
            .take(),
    ]
}

fn index(name: &str, table: impl IntoIden) -> IndexCreateStatement {
    Index::create().name(name).table(table.into_iden()).take()
}

#[derive(DeriveIden)]
pub(super) enum GatewayGroup {
    Table,
    Id,
    IdentityHeaders,
    Revision,
}

#[derive(DeriveIden)]
enum CaCertificate {
    Table,
    GroupId,
    Id,
}

#[derive(DeriveIden)]
enum SslCertificate {
    Table,
    GroupId,
    Id,
}

/// The columns that services, routes and upstreams have in common.
#[derive(DeriveIden)]
pub(super) enum Object {
    GroupId,
    Id,
    NameKey,
    Config,
    CreatedAt,
    UpdatedAt,
    Revision,
}

#[derive(DeriveIden)]
enum Upstream {
    Table,
}

#[derive(DeriveIden)]
pub(super) enum Service {
    Table,
    UpstreamId,
}

#[derive(DeriveIden)]
pub(super) enum Route {
    Table,
    ServiceId,
    UpstreamId,
}

#[derive(DeriveIden)]
enum UpstreamCertificate {
    Table,
    Owner,
    OwnerId,
    Position,
    CaCertificateId,
    SslCertificateId,
}
