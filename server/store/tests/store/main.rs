//! The store on real files: what a caller sees, and what stands on the disk after it.

mod broken_write;
mod ca_certificate;
mod change;
mod client;
mod concurrency;
mod denied_client;
mod failed_write;
mod gateway_group;
mod handshake_event;
mod open;
mod revocation;
mod route;
mod secrecy;
mod service;
mod session;
mod snis;
mod ssl_certificate;
mod support;
mod upstream;
mod upstream_certificate;
mod user;
mod write;
