//! The first tables.
//!
//! Whatever belongs to a gateway group has the group's id in its primary key, and refers to others by both: the database
//! itself keeps groups apart, and an id that a script chose may stand in two of them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, binary, integer, string_len, string_len_null, text};

/// The migration.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[expect(elided_lifetimes_in_paths, reason = "the trait elides it, and async_trait wants the same here")]
#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in bookkeeping().into_iter().chain(people()).chain(gateway()) {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        let mut revision = Query::insert();
        revision
            .into_table(Counter::Table)
            .columns([Counter::Name, Counter::Value])
            .values_panic(["revision".into(), 0_i64.into()]);
        manager.execute(revision).await
    }
}

/// An id: at most 64 characters.
fn id(column: impl IntoIden) -> ColumnDef {
    string_len(column, 64)
}

/// A word of a closed set.
fn word(column: impl IntoIden) -> ColumnDef {
    string_len(column, 16)
}

/// A host name or wildcard: at most 255 characters.
fn host(column: impl IntoIden) -> ColumnDef {
    string_len(column, 255)
}

fn bookkeeping() -> [TableCreateStatement; 4] {
    [
        Table::create()
            .table(Counter::Table)
            .col(word(Counter::Name).primary_key())
            .col(big_integer(Counter::Value))
            .take(),
        Table::create()
            .table(ObjectChange::Table)
            .col(word(ObjectChange::Noun))
            .col(id(ObjectChange::GroupId))
            .col(id(ObjectChange::ObjectId))
            .col(big_integer(ObjectChange::Revision))
            .primary_key(
                Index::create()
                    .col(ObjectChange::Noun)
                    .col(ObjectChange::GroupId)
                    .col(ObjectChange::ObjectId),
            )
            .take(),
        // No foreign key to anything: what was done stays on record when its object is gone.
        Table::create()
            .table(Audit::Table)
            .col(big_integer(Audit::Revision).primary_key())
            .col(big_integer(Audit::At))
            .col(text(Audit::Author))
            .col(word(Audit::Action))
            .col(word(Audit::Noun))
            .col(string_len_null(Audit::GroupId, 64))
            .col(id(Audit::ObjectId))
            .col(text(Audit::Detail))
            .take(),
        Table::create()
            .table(SealCheck::Table)
            .col(word(SealCheck::Name).primary_key())
            .col(binary(SealCheck::Sealed))
            .take(),
    ]
}

fn people() -> [TableCreateStatement; 2] {
    [
        Table::create()
            .table(User::Table)
            .col(id(User::Id).primary_key())
            .col(id(User::Name).unique_key())
            .col(word(User::Role))
            .col(text(User::PasswordHash))
            .col(big_integer(User::CreatedAt))
            .take(),
        Table::create()
            .table(Session::Table)
            .col(binary(Session::IdHash).primary_key())
            .col(text(Session::Data))
            .col(big_integer(Session::ExpiresAt))
            .take(),
    ]
}

fn gateway() -> [TableCreateStatement; 6] {
    [
        Table::create()
            .table(GatewayGroup::Table)
            .col(id(GatewayGroup::Id).primary_key())
            .col(text(GatewayGroup::Name))
            .col(text(GatewayGroup::NameKey).unique_key())
            .col(id(GatewayGroup::Listener))
            .col(string_len_null(GatewayGroup::ListenerKey, 64).unique_key())
            .col(string_len_null(GatewayGroup::HttpListener, 64))
            .col(string_len_null(GatewayGroup::HttpListenerKey, 64).unique_key())
            .col(string_len_null(GatewayGroup::DefaultCertificate, 64))
            .col(big_integer(GatewayGroup::Revision))
            .take(),
        Table::create()
            .table(CaCertificate::Table)
            .col(id(CaCertificate::GroupId))
            .col(id(CaCertificate::Id))
            .col(text(CaCertificate::Pem))
            .col(binary(CaCertificate::PemSha256))
            .col(big_integer(CaCertificate::CreatedAt))
            .primary_key(Index::create().col(CaCertificate::GroupId).col(CaCertificate::Id))
            .foreign_key(
                ForeignKey::create()
                    .from(CaCertificate::Table, CaCertificate::GroupId)
                    .to(GatewayGroup::Table, GatewayGroup::Id)
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .take(),
        Table::create()
            .table(SslCertificate::Table)
            .col(id(SslCertificate::GroupId))
            .col(id(SslCertificate::Id))
            .col(word(SslCertificate::CertificateType))
            .col(word(SslCertificate::Status))
            .col(word(SslCertificate::PeerVerification))
            .col(integer(SslCertificate::Depth))
            .col(big_integer(SslCertificate::NotAfter))
            .col(text(SslCertificate::SearchText))
            .col(big_integer(SslCertificate::CreatedAt))
            .col(big_integer(SslCertificate::UpdatedAt))
            .col(big_integer(SslCertificate::Revision))
            .primary_key(Index::create().col(SslCertificate::GroupId).col(SslCertificate::Id))
            // No cascade: a group goes only when its certificates are gone.
            .foreign_key(
                ForeignKey::create()
                    .from(SslCertificate::Table, SslCertificate::GroupId)
                    .to(GatewayGroup::Table, GatewayGroup::Id)
                    .on_delete(ForeignKeyAction::Restrict),
            )
            .take(),
        part_of_ssl_certificate(SslCertificateSni::Table)
            .col(host(SslCertificateSni::Sni))
            .col(string_len_null(SslCertificateSni::Claimed, 255))
            .col(string_len_null(SslCertificateSni::Parent, 255))
            .take(),
        part_of_ssl_certificate(SslCertificatePair::Table)
            .col(text(SslCertificatePair::CertificatePem))
            .col(binary(SslCertificatePair::PrivateKeySealed))
            .col(text(SslCertificatePair::Subject))
            .col(text(SslCertificatePair::Issuer))
            .col(big_integer(SslCertificatePair::NotAfter))
            .take(),
        part_of_ssl_certificate(SslCertificateCa::Table)
            .col(id(SslCertificateCa::CaCertificateId))
            .foreign_key(
                ForeignKey::create()
                    .from(SslCertificateCa::Table, (Part::GroupId, SslCertificateCa::CaCertificateId))
                    .to(CaCertificate::Table, (CaCertificate::GroupId, CaCertificate::Id))
                    .on_delete(ForeignKeyAction::Restrict),
            )
            .take(),
    ]
}

/// A table of things that an SSL certificate has several of, in order, and that go with it.
fn part_of_ssl_certificate(table: impl IntoIden) -> TableCreateStatement {
    let table = table.into_iden();
    Table::create()
        .table(table.clone())
        .col(id(Part::GroupId))
        .col(id(Part::SslCertificateId))
        .col(integer(Part::Position))
        .primary_key(Index::create().col(Part::GroupId).col(Part::SslCertificateId).col(Part::Position))
        .foreign_key(
            ForeignKey::create()
                .from(table, (Part::GroupId, Part::SslCertificateId))
                .to(SslCertificate::Table, (SslCertificate::GroupId, SslCertificate::Id))
                .on_delete(ForeignKeyAction::Cascade),
        )
        .take()
}

fn indexes() -> [IndexCreateStatement; 9] {
    [
        // The delta since a revision.
        index("object_change_by_revision", ObjectChange::Table).col(ObjectChange::Revision).take(),
        index("audit_by_group", Audit::Table).col(Audit::GroupId).col(Audit::Revision).take(),
        index("session_by_end", Session::Table).col(Session::ExpiresAt).take(),
        // A bundle that the group has already is used again.
        index("ca_certificate_by_text", CaCertificate::Table)
            .unique()
            .col(CaCertificate::GroupId)
            .col(CaCertificate::PemSha256)
            .take(),
        // The list, newest first.
        index("ssl_certificate_by_age", SslCertificate::Table)
            .col(SslCertificate::GroupId)
            .col(SslCertificate::CreatedAt)
            .col(SslCertificate::Id)
            .take(),
        index("ssl_certificate_by_expiry", SslCertificate::Table)
            .col(SslCertificate::GroupId)
            .col(SslCertificate::NotAfter)
            .take(),
        // Two enabled server certificates of a group never share an SNI, whatever else goes wrong. Columns that are
        // null are not compared, in SQLite and in PostgreSQL.
        index("ssl_certificate_sni_by_claim", SslCertificateSni::Table)
            .unique()
            .col(Part::GroupId)
            .col(SslCertificateSni::Claimed)
            .take(),
        // The names that a wildcard covers.
        index("ssl_certificate_sni_by_parent", SslCertificateSni::Table)
            .col(Part::GroupId)
            .col(SslCertificateSni::Parent)
            .col(SslCertificateSni::Claimed)
            .take(),
        // Whether a CA is in use.
        index("ssl_certificate_ca_by_ca", SslCertificateCa::Table)
            .col(Part::GroupId)
            .col(SslCertificateCa::CaCertificateId)
            .take(),
    ]
}

fn index(name: &str, table: impl IntoIden) -> IndexCreateStatement {
    Index::create().name(name).table(table.into_iden()).take()
}

#[derive(DeriveIden)]
enum Counter {
    Table,
    Name,
    Value,
}

#[derive(DeriveIden)]
enum ObjectChange {
    Table,
    Noun,
    GroupId,
    ObjectId,
    Revision,
}

#[derive(DeriveIden)]
enum Audit {
    Table,
    Revision,
    At,
    Author,
    Action,
    Noun,
    GroupId,
    ObjectId,
    Detail,
}

#[derive(DeriveIden)]
enum SealCheck {
    Table,
    Name,
    Sealed,
}

#[derive(DeriveIden)]
enum User {
    Table,
    Id,
    Name,
    Role,
    PasswordHash,
    CreatedAt,
}

#[derive(DeriveIden)]
enum Session {
    Table,
    IdHash,
    Data,
    ExpiresAt,
}

#[derive(DeriveIden)]
enum GatewayGroup {
    Table,
    Id,
    Name,
    NameKey,
    Listener,
    ListenerKey,
    HttpListener,
    HttpListenerKey,
    DefaultCertificate,
    Revision,
}

#[derive(DeriveIden)]
enum CaCertificate {
    Table,
    GroupId,
    Id,
    Pem,
    PemSha256,
    CreatedAt,
}

#[derive(DeriveIden)]
enum SslCertificate {
    Table,
    GroupId,
    Id,
    CertificateType,
    Status,
    PeerVerification,
    Depth,
    NotAfter,
    SearchText,
    CreatedAt,
    UpdatedAt,
    Revision,
}

/// The columns that all parts of an SSL certificate have.
#[derive(DeriveIden)]
enum Part {
    GroupId,
    SslCertificateId,
    Position,
}

#[derive(DeriveIden)]
enum SslCertificateSni {
    Table,
    Sni,
    Claimed,
    Parent,
}

#[derive(DeriveIden)]
enum SslCertificatePair {
    Table,
    CertificatePem,
    PrivateKeySealed,
    Subject,
    Issuer,
    NotAfter,
}

#[derive(DeriveIden)]
enum SslCertificateCa {
    Table,
    CaCertificateId,
}
