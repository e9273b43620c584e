//! The record of one TLS attempt: what a person needs to understand why a client was let in or not.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{
    ConnectionId, Fingerprint, GatewayGroupId, HandshakeEventId, PeerVerificationMode, Revision, ServerName,
    SslCertificateId, UnixTime,
};

/// One TLS attempt, accepted or refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandshakeEvent {
    /// Its id.
    pub id: HandshakeEventId,
    /// The connection; stands in the access log too.
    pub connection: ConnectionId,
    /// When the verdict fell.
    pub at: UnixTime,
    /// What the verdict was on.
    pub stage: Stage,
    /// The group whose listener it came to.
    pub group: GatewayGroupId,
    /// The client's address: the peer's, or what a trusted proxy says in the PROXY protocol.
    pub client: SocketAddr,
    /// The peer's address, if a proxy stands between it and the client.
    pub proxy: Option<SocketAddr>,
    /// The address that the client came to.
    pub local: SocketAddr,
    /// The host the client asked for, if it did and it is a host name.
    pub server_name: Option<ServerName>,
    /// The SSL certificate whose policy decided.
    pub ssl_certificate: Option<SslCertificateId>,
    /// What that policy asks of clients; `None` if no policy decided.
    pub mode: Option<PeerVerificationMode>,
    /// The revision of that policy.
    pub revision: Revision,
    /// TLS version, once agreed (`TLSv1.3`).
    pub tls_version: Option<String>,
    /// Cipher suite, once agreed.
    pub cipher_suite: Option<String>,
    /// Key exchange group, once agreed.
    pub key_exchange: Option<String>,
    /// Application protocol, once agreed (`h2`).
    pub alpn: Option<String>,
    /// Whether an earlier session was resumed.
    pub resumed: bool,
    /// The client's chain as presented, leaf first; at most 10.
    pub peer_chain: Vec<PeerCertificate>,
    /// Let in or not.
    pub verdict: Verdict,
    /// Microseconds from accept to verdict.
    pub duration_us: u64,
}

/// What a verdict was on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// A handshake.
    Handshake,
    /// A connection that had been let in before: a policy changed, or a certificate or revocation list ran out.
    OpenConnection,
    /// A request on a connection; the first one of a connection that is refused for this reason.
    Request,
}

/// One certificate of a chain that a client presented. Texts are escaped and cut to 256 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerCertificate {
    /// The subject name.
    pub subject: String,
    /// The issuer name.
    pub issuer: String,
    /// The serial number in hex.
    pub serial: String,
    /// Start of validity.
    pub not_before: UnixTime,
    /// End of validity.
    pub not_after: UnixTime,
    /// The SANs with their kinds (`dns:a.example.com`), at most 20.
    pub names: Vec<String>,
    /// SHA-256 of the certificate.
    pub fingerprint: Fingerprint,
}

/// Let in or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// Let in: with a verified certificate, or where none is needed.
    Accepted,
    /// Let in without an identity, although no good certificate was presented: the policy only reports, or leaves it to
    /// each request's path.
    Tolerated {
        /// Why the certificate does not count, as a code.
        reason: ReasonCode,
        /// Why, with the facts, for operators; clients never see it.
        detail: String,
    },
    /// Not let in, or sent away later.
    Refused {
        /// Why, as a code.
        reason: ReasonCode,
        /// Why, with the facts, for operators; clients never see it.
        detail: String,
    },
}

impl Verdict {
    /// The reason, unless all was well.
    pub fn reason(&self) -> Option<ReasonCode> {
        match self {
            Self::Accepted => None,
            Self::Tolerated { reason, .. } | Self::Refused { reason, .. } => Some(*reason),
        }
    }

    /// Whether the client was let in.
    pub fn is_let_in(&self) -> bool {
        !matches!(self, Self::Refused { .. })
    }
}

/// Why a client was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasonCode {
    /// The ClientHello has no SNI, and the group has no default certificate.
    NoSni,
    /// No certificate covers the host.
    UnknownHost,
    /// The host's policy cannot be enforced.
    PolicyBroken,
    /// A client certificate is required, none came.
    NoClientCert,
    /// No configured CA issued the certificate.
    IssuerUnknown,
    /// The certificate, or one of its chain, has expired.
    Expired,
    /// The certificate, or one of its chain, is not valid yet.
    NotYetValid,
    /// A revocation list names it.
    Revoked,
    /// The deny-list names it.
    DenyListed,
    /// The revocation list is out of date, and the policy says block.
    CrlStale,
    /// The certificate is not for TLS clients.
    PurposeInvalid,
    /// A signature does not verify.
    BadSignature,
    /// A key or algorithm that is too weak or unknown.
    WeakKeyOrAlg,
    /// More intermediates than `depth` allows.
    ChainTooDeep,
    /// The identity is not on the allow-list.
    SanNotAllowed,
    /// No TLS version or cipher suite in common.
    TlsVersionOrCipher,
    /// The client went away or sent an alert.
    ClientAborted,
    /// The client took too long.
    HandshakeTimeout,
    /// A request's host belongs to another policy (HTTP 421).
    #[serde(rename = "misdirected_421")]
    Misdirected421,
    /// The path needs a verified client (HTTP 400).
    PathRequiresCert,
}

impl ReasonCode {
    /// All of them.
    pub const ALL: [Self; 20] = [
        Self::NoSni,
        Self::UnknownHost,
        Self::PolicyBroken,
        Self::NoClientCert,
        Self::IssuerUnknown,
        Self::Expired,
        Self::NotYetValid,
        Self::Revoked,
        Self::DenyListed,
        Self::CrlStale,
        Self::PurposeInvalid,
        Self::BadSignature,
        Self::WeakKeyOrAlg,
        Self::ChainTooDeep,
        Self::SanNotAllowed,
        Self::TlsVersionOrCipher,
        Self::ClientAborted,
        Self::HandshakeTimeout,
        Self::Misdirected421,
        Self::PathRequiresCert,
    ];

    /// The code as written in events, metrics and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoSni => "no_sni",
            Self::UnknownHost => "unknown_host",
            Self::PolicyBroken => "policy_broken",
            Self::NoClientCert => "no_client_cert",
            Self::IssuerUnknown => "issuer_unknown",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::Revoked => "revoked",
            Self::DenyListed => "deny_listed",
            Self::CrlStale => "crl_stale",
            Self::PurposeInvalid => "purpose_invalid",
            Self::BadSignature => "bad_signature",
            Self::WeakKeyOrAlg => "weak_key_or_alg",
            Self::ChainTooDeep => "chain_too_deep",
            Self::SanNotAllowed => "san_not_allowed",
            Self::TlsVersionOrCipher => "tls_version_or_cipher",
            Self::ClientAborted => "client_aborted",
            Self::HandshakeTimeout => "handshake_timeout",
            Self::Misdirected421 => "misdirected_421",
            Self::PathRequiresCert => "path_requires_cert",
        }
    }
}

/// A text that is no reason code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a reason code")]
pub struct ReasonCodeError;

impl FromStr for ReasonCode {
    type Err = ReasonCodeError;

    fn from_str(text: &str) -> Result<Self, ReasonCodeError> {
        Self::ALL.into_iter().find(|code| code.as_str() == text).ok_or(ReasonCodeError)
    }
}

impl fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_they_are_written() {
        for code in ReasonCode::ALL {
            assert_eq!(code.as_str().parse(), Ok(code));
        }
        assert_eq!("fine".parse::<ReasonCode>(), Err(ReasonCodeError));
    }
}
