//! Every word that a person reads, in every language, one module a page or noun.
//!
//! Pages and components hold no text of their own. A text that lacks a language does not compile.

pub mod account;
pub mod ca_certificate;
pub mod client;
pub mod common;
pub mod fault;
pub mod field;
pub mod gateway_group;
pub mod handshake_event;
pub mod problem;
pub mod protection;
pub mod reason;
pub mod service;
pub mod ssl_certificate;
pub mod time;
pub mod warning;
