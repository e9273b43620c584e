//! Bytes in, typed answer out: PEM and DER, X.509 checks, chains, the verifier of client certificates, and the rustls
//! configuration of one policy.
//!
//! No io and no clock in here (whoever calls passes the time), so that all of it can be fuzzed and tested at any date.
//! No error, `Debug` or finding holds a byte of a key.

mod clock;
mod host_config;
mod identity;
mod inspect;
mod trust;

pub use clock::{Clock, SystemClock};
pub use host_config::HostConfig;
pub use identity::{Identity, KeyPair};
pub use inspect::{Upload, inspect};
pub use trust::{ClientTrust, Refusal, TrustAnchors};

/// The greatest size of one uploaded field, in bytes.
pub const FIELD_LIMIT: usize = 64 * 1024;
