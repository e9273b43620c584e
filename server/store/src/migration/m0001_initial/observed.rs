//! What was seen: TLS attempts, and the clients that were let in. No configuration.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, binary, string_len_null, text};

use super::{id, index};

pub(super) fn tables() -> [TableCreateStatement; 2] {
    [
        // No foreign key: an attempt on a group that has been deleted in the meantime must not keep others from being
        // written, and to delete a group must not take as long as to delete all its events.
        Table::create()
            .table(HandshakeEvent::Table)
            .col(id(HandshakeEvent::Id).primary_key())
            .col(id(HandshakeEvent::GroupId))
            .col(big_integer(HandshakeEvent::At))
            .col(string_len_null(HandshakeEvent::Host, 255))
            .col(string_len_null(HandshakeEvent::Reason, 32))
            .col(text(HandshakeEvent::Event))
            .take(),
        Table::create()
            .table(Client::Table)
            .col(id(Client::GroupId))
            .col(binary(Client::Fingerprint))
            .col(text(Client::Name))
            .col(text(Client::Subject))
            .col(text(Client::Issuer))
            .col(text(Client::Serial))
            .col(text(Client::Names))
            .col(big_integer(Client::NotAfter))
            .col(text(Client::Hosts))
            .col(big_integer(Client::FirstSeen))
            .col(big_integer(Client::LastSeen))
            .col(big_integer(Client::Handshakes))
            .col(text(Client::SearchText))
            .primary_key(Index::create().col(Client::GroupId).col(Client::Fingerprint))
            .foreign_key(
                ForeignKey::create()
                    .from(Client::Table, Client::GroupId)
                    .to(GatewayGroup::Table, GatewayGroup::Id)
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .take(),
    ]
}

pub(super) fn indexes() -> [IndexCreateStatement; 5] {
    [
        // The list, newest first. The host stands in it, so that a search for one reads no other event.
        index("handshake_event_by_group", HandshakeEvent::Table)
            .col(HandshakeEvent::GroupId)
            .col(HandshakeEvent::Id)
            .col(HandshakeEvent::Host)
            .take(),
        index("handshake_event_by_reason", HandshakeEvent::Table)
            .col(HandshakeEvent::GroupId)
            .col(HandshakeEvent::Reason)
            .col(HandshakeEvent::Id)
            .take(),
        // Those with any reason; often few among many.
        index("handshake_event_not_accepted", HandshakeEvent::Table)
            .col(HandshakeEvent::GroupId)
            .col(HandshakeEvent::Id)
            .and_where(Expr::col(HandshakeEvent::Reason).is_not_null())
            .take(),
        // The oldest of all groups, which go first.
        index("handshake_event_by_age", HandshakeEvent::Table)
            .col(HandshakeEvent::At)
            .col(HandshakeEvent::Id)
            .take(),
        // The inventory, latest seen first.
        index("client_by_last_seen", Client::Table)
            .col(Client::GroupId)
            .col(Client::LastSeen)
            .col(Client::Fingerprint)
            .take(),
    ]
}

#[derive(DeriveIden)]
enum HandshakeEvent {
    Table,
    Id,
    GroupId,
    At,
    Host,
    Reason,
    Event,
}

#[derive(DeriveIden)]
enum Client {
    Table,
    GroupId,
    Fingerprint,
    Name,
    Subject,
    Issuer,
    Serial,
    Names,
    NotAfter,
    Hosts,
    FirstSeen,
    LastSeen,
    Handshakes,
    SearchText,
}

/// A table that is made elsewhere.
#[derive(DeriveIden)]
enum GatewayGroup {
    Table,
    Id,
}
