//! What is configured: groups, their certificates, and whom they turn away.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, binary, boolean, integer, string_len, string_len_null, text};

use super::{id, index, word};

/// A host name or wildcard: at most 255 characters.
fn host(column: impl IntoIden) -> ColumnDef {
    string_len(column, 255)
}

pub(super) fn tables() -> [TableCreateStatement; 8] {
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
            .col(text(GatewayGroup::Protection))
            .col(big_integer(GatewayGroup::Revision))
            .take(),
        Table::create()
            .table(CaCertificate::Table)
            .col(id(CaCertificate::GroupId))
            .col(id(CaCertificate::Id))
            .col(text(CaCertificate::Pem))
            .col(binary(CaCertificate::PemSha256))
            .col(word(CaCertificate::StaleRevocationLists))
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
            .table(RevocationList::Table)
            .col(id(RevocationList::GroupId))
            .col(id(RevocationList::CaCertificateId))
            .col(integer(RevocationList::Position))
            .col(binary(RevocationList::Der))
            .primary_key(
                Index::create()
                    .col(RevocationList::GroupId)
                    .col(RevocationList::CaCertificateId)
                    .col(RevocationList::Position),
            )
            .foreign_key(
                ForeignKey::create()
                    .from(RevocationList::Table, (RevocationList::GroupId, RevocationList::CaCertificateId))
                    .to(CaCertificate::Table, (CaCertificate::GroupId, CaCertificate::Id))
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
            .col(text(SslCertificate::ExemptPaths))
            .col(text(SslCertificate::AllowList))
            .col(boolean(SslCertificate::AdvertisesCaNames))
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
        denied_client(),
    ]
}

fn denied_client() -> TableCreateStatement {
    Table::create()
        .table(DeniedClient::Table)
        .col(id(DeniedClient::GroupId))
        .col(id(DeniedClient::Id))
        .col(string_len_null(DeniedClient::SslCertificateId, 64))
        .col(text(DeniedClient::Entry))
        .col(text(DeniedClient::Label))
        .col(text(DeniedClient::Author))
        .col(big_integer(DeniedClient::CreatedAt))
        .primary_key(Index::create().col(DeniedClient::GroupId).col(DeniedClient::Id))
        .foreign_key(
            ForeignKey::create()
                .from(DeniedClient::Table, DeniedClient::GroupId)
                .to(GatewayGroup::Table, GatewayGroup::Id)
                .on_delete(ForeignKeyAction::Cascade),
        )
        // Holds for those that name an SSL certificate; one for the whole group has null there.
        .foreign_key(
            ForeignKey::create()
                .from(DeniedClient::Table, (DeniedClient::GroupId, DeniedClient::SslCertificateId))
                .to(SslCertificate::Table, (SslCertificate::GroupId, SslCertificate::Id))
                .on_delete(ForeignKeyAction::Cascade),
        )
        .take()
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

pub(super) fn indexes() -> [IndexCreateStatement; 8] {
    [
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
        // Whether a client is denied.
        index("denied_client_by_entry", DeniedClient::Table)
            .col(DeniedClient::GroupId)
            .col(DeniedClient::Entry)
            .take(),
        // The deny-lists of SSL certificates.
        index("denied_client_by_certificate", DeniedClient::Table)
            .col(DeniedClient::GroupId)
            .col(DeniedClient::SslCertificateId)
            .take(),
    ]
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
    Protection,
    Revision,
}

#[derive(DeriveIden)]
enum CaCertificate {
    Table,
    GroupId,
    Id,
    Pem,
    PemSha256,
    StaleRevocationLists,
    CreatedAt,
}

#[derive(DeriveIden)]
enum RevocationList {
    Table,
    GroupId,
    CaCertificateId,
    Position,
    Der,
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
    ExemptPaths,
    AllowList,
    AdvertisesCaNames,
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

#[derive(DeriveIden)]
enum DeniedClient {
    Table,
    GroupId,
    Id,
    SslCertificateId,
    Entry,
    Label,
    Author,
    CreatedAt,
}
