//! What Postern remembers: entities, migrations and repositories over sea-orm, on SQLite or PostgreSQL.
//!
//! The only package that names sea-orm. Every write puts its rows, an audit row and the next revision into one
//! transaction. What the gateway has seen (handshake events, clients) is no configuration and has neither. Private keys are sealed before they reach the database. Only `sqlite` may hold SQL or pragmas of one
//! database.

mod batch;
mod ca_certificate;
mod change;
mod client;
mod column;
mod data_dir;
mod denied_client;
mod entity;
mod error;
mod gateway_group;
mod handshake_event;
mod master_key;
mod migration;
mod object;
mod open;
mod references;
mod route;
mod seal;
mod service;
mod session;
mod snapshot;
mod sqlite;
mod ssl_certificate;
mod upstream;
mod user;
mod write;

pub use ca_certificate::{CaSource, NewCaCertificate, StoredCaCertificate};
pub use change::{Author, ChangedNoun, ChangedObject};
pub use client::ClientSeen;
pub use error::{OpenError, StoreError, WriteError};
pub use gateway_group::{GatewayGroupRow, StoredGatewayGroup};
pub use handshake_event::{EventFilter, EventOutcome};
pub use open::{Store, StoreConfig};
pub use session::StoredSession;
pub use ssl_certificate::{
    CertificateFilter, NewSslCertificate, SslCertificatePatch, StoredPair, StoredPeerVerification,
    StoredSslCertificate,
};
pub use user::StoredUser;
