//! The dashboard's pages, rendered on the server through its routes: with the ports faked, and nothing else.

// The views are deeply nested types.
#![recursion_limit = "512"]

mod account;
mod browser;
mod ca_certificate;
mod ca_revocation;
mod client;
mod fake;
mod gateway_group;
mod gateway_protection;
mod handshake_event;
mod layout;
mod preferences;
mod samples;
mod service;
mod service_forms;
mod ssl_certificate;
mod ssl_certificate_forms;
mod ssl_certificate_policy;
mod style;
