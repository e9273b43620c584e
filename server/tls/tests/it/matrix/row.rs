//! One row: a client, a listener, and what must come of their handshake.

use std::fmt;
use std::sync::Arc;

use domain::{Depth, ReasonCode, UnixTime};
use rustls::SupportedProtocolVersion;
use rustls::sign::CertifiedKey;
use rustls_pki_types::CertificateDer;
use tls::{Enforcement, HostConfig, refusal_of};

use crate::in_memory::{FixedClock, VERSIONS, certified, client, shake_hands};
use crate::policies::{policy, trust_in};
use crate::support::{Made, NOW, anchors, chain, fixture, read};

/// A client certificate, and what a listener must make of it.
pub(super) struct Row {
    /// What is special about the client.
    pub(super) name: &'static str,
    /// Let in, or why not.
    pub(super) verdict: Verdict,
    /// Who says so: a section of a standard, or what OpenSSL does where the standard leaves it open.
    pub(super) source: &'static str,
    listener: Listener,
    client: CertifiedKey,
}

/// What comes of a handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Accepted,
    Refused(ReasonCode),
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted => f.write_str("accepted"),
            Self::Refused(reason) => f.write_str(reason.as_str()),
        }
    }
}

/// A row whose client is let in.
pub(super) fn accepted(
    name: &'static str,
    source: &'static str,
    listener: &Listener,
    client: CertifiedKey,
) -> Row {
    Row { name, verdict: Verdict::Accepted, source, listener: listener.clone(), client }
}

/// A row whose client is refused.
pub(super) fn refused(
    reason: ReasonCode,
    name: &'static str,
    source: &'static str,
    listener: &Listener,
    client: CertifiedKey,
) -> Row {
    Row { name, verdict: Verdict::Refused(reason), source, listener: listener.clone(), client }
}

impl Row {
    /// What is wrong about the verdicts, one line for each TLS version.
    pub(super) fn faults(&self) -> Vec<String> {
        let host = self.listener.compile();
        VERSIONS.into_iter().filter_map(|version| self.fault(&host, version)).collect()
    }

    fn fault(&self, host: &HostConfig, version: &'static SupportedProtocolVersion) -> Option<String> {
        let (verdict, detail) = verdict(host, version, &self.client);
        let Self { name, verdict: expected, .. } = self;
        (verdict != *expected)
            .then(|| format!("{name}, {:?}: expected {expected}, got {verdict} ({detail})", version.version))
    }
}

/// The verdict of a handshake with its detail, read as the gateway reads it for a handshake event.
fn verdict(
    host: &HostConfig,
    version: &'static SupportedProtocolVersion,
    presented: &CertifiedKey,
) -> (Verdict, String) {
    let outcome = shake_hands(host, &Arc::new(client(version, Some(presented.clone()))));
    let Some(error) = outcome.server_error else {
        outcome.assert_accepted();
        assert_eq!(outcome.server.peer_certificates(), Some(&presented.cert[..]), "another chain arrived");
        return (Verdict::Accepted, String::new());
    };
    assert!(outcome.client_error.is_some(), "the client was not told");
    match outcome.observed.and_then(|observed| observed.refusal) {
        Some(refusal) => (Verdict::Refused(refusal.reason), refusal.detail),
        None => {
            let (reason, detail) = refusal_of(&error);
            (Verdict::Refused(reason), detail)
        }
    }
}

/// A listener that requires a client certificate.
#[derive(Debug, Clone)]
pub(super) struct Listener {
    ca: Vec<u8>,
    depth: u8,
    now: UnixTime,
}

impl Listener {
    /// For clients of the CAs in this PEM, through at most one intermediate.
    pub(super) fn of(ca: impl Into<Vec<u8>>) -> Self {
        Self { ca: ca.into(), depth: 1, now: NOW }
    }

    /// For clients of a CA below `tests/fixtures`.
    pub(super) fn of_fixture(name: &str) -> Self {
        Self::of(fixture(name))
    }

    /// Through at most this many intermediates.
    pub(super) fn depth(&self, depth: u8) -> Self {
        Self { depth, ..self.clone() }
    }

    /// At another time. The CA was uploaded earlier, when all was well.
    pub(super) fn at(&self, now: UnixTime) -> Self {
        Self { now, ..self.clone() }
    }

    /// The one place that knows how a policy is compiled.
    fn compile(&self) -> HostConfig {
        let server = read(&fixture("guide/server.crt"), &fixture("guide/server.key")).expect("accepted");
        let depth = Depth::new(self.depth).expect("in range");
        let trust = trust_in([anchors(&self.ca)], depth);
        let clock = Arc::new(FixedClock(self.now));
        HostConfig::new(&server.pairs, Some(policy(trust, Enforcement::Required)), clock).expect("compiles")
    }
}

/// A client that presents its own certificate alone.
pub(super) fn alone(leaf: &Made) -> CertifiedKey {
    through(leaf, &[])
}

/// A client that presents its own certificate, and these after it.
pub(super) fn through(leaf: &Made, others: &[&Made]) -> CertifiedKey {
    let others = others.iter().map(|other| other.der());
    certified(std::iter::once(leaf.der()).chain(others).collect(), &leaf.key())
}

/// A client that has the key of `leaf`, but presents `certificate`.
pub(super) fn presenting(certificate: CertificateDer<'static>, leaf: &Made) -> CertifiedKey {
    certified(vec![certificate], &leaf.key())
}

/// A client with certificates below `tests/fixtures`, its own first, and the key `key`.
pub(super) fn from_fixtures(certificates: &[&str], key: &str) -> CertifiedKey {
    certified(chain(certificates), &fixture(key))
}
