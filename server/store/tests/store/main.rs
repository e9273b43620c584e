//! The store on real files: what a caller sees, and what stands on the disk after it.

mod ca_certificate;
mod change;
mod concurrency;
mod failed_write;
mod gateway_group;
mod open;
mod secrecy;
mod session;
mod snis;
mod ssl_certificate;
mod support;
mod user;
mod write;
