//! The gateway on real sockets: certificates made for the test, real TLS and HTTP clients, a clock that can be set.

mod access_log;
mod default_certificate;
mod denials;
mod events;
mod exempt_paths;
mod handshakes;
mod limits;
mod listeners;
mod modes;
mod plain_http;
mod policy_changes;
mod report;
mod requests;
mod resumption;
mod shutdown;
mod support;
