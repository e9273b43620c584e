//! The package through its public interface, on certificates that OpenSSL made (`fixtures/generate.sh`) and on such that
//! rcgen makes here.

mod allow_and_deny;
mod client_trust;
mod crl;
mod der;
mod enforcement;
mod handshake;
mod identity;
mod in_memory;
mod inspection;
mod matrix;
mod node_tls;
mod policies;
mod properties;
mod revocation;
mod revocation_lists;
mod support;
mod trust_anchors;
