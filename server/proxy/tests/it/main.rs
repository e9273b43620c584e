//! The gateway on real sockets: certificates made for the test, real TLS and HTTP clients, a clock that can be set.

mod handshakes;
mod limits;
mod listeners;
mod policy_changes;
mod requests;
mod resumption;
mod shutdown;
mod support;
