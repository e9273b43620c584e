//! The words that the browser and every part of the server share: identifiers, host names, certificate facts,
//! policies, and what can be wrong with any of them.
//!
//! Everything here is pure. This package must not know an async runtime, io, a clock, a database or a user-interface
//! framework: whoever needs the time passes a [`UnixTime`].

mod ca_certificate;
mod caller;
mod certificate;
mod client;
mod client_identity;
mod denied_client;
mod field;
mod gateway_group;
mod handshake_event;
mod header_name;
mod id;
mod identity_headers;
mod inspection;
mod object_name;
mod page;
mod path_pattern;
mod peer_verification;
mod problem;
mod protection;
mod revision;
mod revocation_list;
mod route;
mod secret;
mod server_name;
mod service;
mod sni;
mod ssl_certificate;
mod time;
mod upstream;
mod user;
mod versioned;

pub use ca_certificate::CaCertificate;
pub use caller::{Caller, Role};
pub use certificate::{Certificate, Fingerprint, FingerprintError, KeyAlgorithm, PublicKey, X509Version};
pub use client::Client;
pub use client_identity::{AllowedIdentity, AllowedIdentityError, ClientIdentity};
pub use denied_client::{DeniedClient, DenyEntry, DenyEntryError, SerialNumber};
pub use field::{AnchorRule, Fault, Field, FieldError, FieldWarning, Limit, Warning};
pub use gateway_group::{GatewayGroup, ListenerState, PolicyChange};
pub use handshake_event::{HandshakeEvent, PeerCertificate, ReasonCode, ReasonCodeError, Stage, Verdict};
pub use header_name::HeaderName;
pub use id::{
    CaCertificateId, ConnectionId, DeniedClientId, GatewayGroupId, HandshakeEventId, IdError, RouteId,
    ServiceId, SslCertificateId, UpstreamId, UserId,
};
pub use identity_headers::IdentityHeaders;
pub use inspection::{Inspection, KeyFinding};
pub use object_name::ObjectName;
pub use page::{Page, PageRequest};
pub use path_pattern::PathPattern;
pub use peer_verification::{Depth, PeerVerification, PeerVerificationMode};
pub use problem::{Noun, Problem};
pub use protection::{IpRange, Protection, ProtectionLimit};
pub use revision::Revision;
pub use revocation_list::{RevocationList, StaleRevocationLists};
pub use route::{Method, Route, RoutePath, RoutePathError};
pub use secret::Secret;
pub use server_name::{HostNameError, ServerName};
pub use service::{Service, ServiceStatus, ServiceWithRoutes, SharedUpstream, UpstreamChoice};
pub use sni::{Sni, SniError};
pub use ssl_certificate::{CertificateType, Chain, Health, SslCertificate, Status};
pub use time::UnixTime;
pub use upstream::{
    ActiveCheck, Balancing, CheckKind, HashKey, HealthChecks, Keepalive, Node, NodeAddress, NodeAddressError,
    NodeHealth, NodeHost, NodeState, PassHost, PassiveCheck, Scheme, Timeouts, Upstream, UpstreamNumber,
    UpstreamTls,
};
pub use user::{Password, UserName};
pub use versioned::Versioned;
