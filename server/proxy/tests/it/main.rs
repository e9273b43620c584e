//! The gateway on real sockets: certificates made for the test, real TLS and HTTP clients, a clock that can be set.

mod default_certificate;
mod handshakes;
mod limits;
mod listeners;
mod plain_http;
mod policy_changes;
mod requests;
mod resumption;
mod shutdown;
mod support;
