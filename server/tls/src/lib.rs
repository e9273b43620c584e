//! Bytes in, typed answer out: PEM and DER, X.509 checks, chains, the verifier of client certificates, and the rustls
//! configuration of one policy.
//!
//! No io and no clock in here (whoever calls passes the time), so that all of it can be fuzzed and tested at any date.
//! No error, `Debug` or finding holds a byte of a key.

mod algorithm;
mod ascii_name;
mod chain;
mod clock;
mod crl;
mod der;
mod facts;
mod handshake_signature;
mod header_facts;
mod host_config;
mod identity;
mod inspect;
mod material;
mod name;
mod node_tls;
mod observe;
mod pem;
mod private_key;
mod provider;
mod refusal_of;
mod signature;
mod text;
mod trust;
mod x509;

pub use clock::{Clock, SystemClock};
pub use facts::certificate_facts;
pub use header_facts::HeaderFacts;
pub use host_config::{ClientPolicy, Enforcement, HostConfig};
pub use identity::{Identity, KeyPair};
pub use inspect::{Upload, inspect, name_owner};
pub use node_tls::{NodeRoots, NodeTls, NodeTlsRules, node_refusal};
pub use observe::{Observed, observe};
pub use refusal_of::refusal_of;
pub use trust::{
    ClientCa, ClientTrust, GroupDenials, REVOCATION_LIST_LIMIT, Refusal, RevocationLists, TrustAnchors,
    TrustRules,
};

/// The greatest size of one uploaded field, in bytes.
pub const FIELD_LIMIT: usize = 64 * 1024;
