//! What Postern keeps of its own doings, and who may use it.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, binary, string_len_null, text};

use super::{id, index, word};

pub(super) fn tables() -> [TableCreateStatement; 6] {
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

pub(super) fn indexes() -> [IndexCreateStatement; 3] {
    [
        // The delta since a revision.
        index("object_change_by_revision", ObjectChange::Table).col(ObjectChange::Revision).take(),
        index("audit_by_group", Audit::Table).col(Audit::GroupId).col(Audit::Revision).take(),
        index("session_by_end", Session::Table).col(Session::ExpiresAt).take(),
    ]
}

/// The row that counts revisions.
pub(super) fn first_revision() -> InsertStatement {
    let mut revision = Query::insert();
    revision
        .into_table(Counter::Table)
        .columns([Counter::Name, Counter::Value])
        .values_panic(["revision".into(), 0_i64.into()]);
    revision
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
