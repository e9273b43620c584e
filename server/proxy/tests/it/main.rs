//! The gateway on real sockets: certificates made for the test, real TLS and HTTP clients, a clock that can be set.

mod access_log;
mod bad_nodes;
mod client_hello;
mod default_certificate;
mod denials;
mod events;
mod exempt_paths;
mod grpc;
mod handshakes;
mod hop_by_hop;
mod http2_abuse;
mod limits;
mod listeners;
mod modes;
mod node_schemes;
mod plain_http;
mod policy_changes;
mod property;
mod proxy_protocol;
mod report;
mod request_framing;
mod requests;
mod resumption;
mod shutdown;
mod support;
mod tunnels;
