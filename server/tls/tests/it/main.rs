//! The package through its public interface, on certificates that OpenSSL made (`fixtures/generate.sh`) and on such that
//! rcgen makes here.

mod client_trust;
mod handshake;
mod identity;
mod in_memory;
mod inspection;
mod policies;
mod properties;
mod support;
mod trust_anchors;
