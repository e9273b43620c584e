//! The words that the browser and every part of the server share: identifiers, host names, certificate facts,
//! policies, and what can be wrong with any of them.
//!
//! Everything here is pure. This package must not know an async runtime, io, a clock, a database or a user-interface
//! framework: whoever needs the time passes a [`UnixTime`].

mod ca_certificate;
mod caller;
mod certificate;
mod field;
mod gateway_group;
mod handshake_event;
mod id;
mod inspection;
mod page;
mod peer_verification;
mod problem;
mod revision;
mod secret;
mod server_name;
mod sni;
mod ssl_certificate;
mod time;
mod user;

pub use ca_certificate::CaCertificate;
pub use caller::{Caller, Role};
pub use certificate::{Certificate, Fingerprint, KeyAlgorithm, PublicKey, X509Version};
pub use field::{AnchorRule, Fault, Field, FieldError, FieldWarning, Limit, Warning};
pub use gateway_group::{GatewayGroup, GroupName, ListenerState};
pub use handshake_event::{HandshakeEvent, PeerCertificate, ReasonCode, Verdict};
pub use id::{CaCertificateId, ConnectionId, GatewayGroupId, IdError, SslCertificateId, UserId};
pub use inspection::{Inspection, KeyFinding};
pub use page::{Page, PageRequest};
pub use peer_verification::{Depth, PeerVerification, PeerVerificationMode};
pub use problem::{Noun, Problem};
pub use revision::Revision;
pub use secret::Secret;
pub use server_name::{HostNameError, ServerName};
pub use sni::{Sni, SniError};
pub use ssl_certificate::{CertificateType, Chain, Health, SslCertificate, Status};
pub use time::UnixTime;
pub use user::{Password, UserName};
