//! One folder per noun: list, form, detail, and `api` with this noun's server functions.

pub mod account;
pub mod ca_certificate;
pub mod client;
pub mod gateway_group;
pub mod handshake_event;
pub mod layout;
pub mod preferences;
pub mod service;
pub mod ssl_certificate;
