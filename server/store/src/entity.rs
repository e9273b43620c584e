//! One file for each table: the columns as they stand in the database, and nothing else.
//!
//! Numbers are `i64` and words are texts here, as both databases have them; [`crate::column`] turns them into domain
//! types. Tables belong to migrations: nothing here creates or changes one.

pub(crate) mod audit;
pub(crate) mod ca_certificate;
pub(crate) mod client;
pub(crate) mod counter;
pub(crate) mod denied_client;
pub(crate) mod gateway_group;
pub(crate) mod handshake_event;
pub(crate) mod object_change;
pub(crate) mod revocation_list;
pub(crate) mod route;
pub(crate) mod seal_check;
pub(crate) mod service;
pub(crate) mod session;
pub(crate) mod ssl_certificate;
pub(crate) mod ssl_certificate_ca;
pub(crate) mod ssl_certificate_pair;
pub(crate) mod ssl_certificate_sni;
pub(crate) mod upstream;
pub(crate) mod upstream_certificate;
pub(crate) mod user;
