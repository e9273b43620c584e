//! The newest TLS attempts. What is expensive to put into words is put into words when somebody reads it.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use domain::{
    ConnectionId, GatewayGroupId, HandshakeEvent, PeerCertificate, Revision, ServerName, SslCertificateId,
    UnixTime, Verdict,
};
use rustls::pki_types::CertificateDer;
use rustls::{CipherSuite, HandshakeKind, NamedGroup, ProtocolVersion, ServerConnection};
use ulid::Ulid;

use crate::snapshot::Policy;

/// Certificates of a chain that an event keeps.
const CHAIN_LENGTH: usize = 10;
/// Bytes of a chain that an event keeps: enough for any honest one, while a full ring stays small.
const CHAIN_BYTES: usize = 16 * 1024;
/// Characters of a text in an event.
const TEXT_CHARACTERS: usize = 256;

/// A chain as presented, leaf first; empty if the client presented none.
pub(crate) type PeerChain = Arc<[CertificateDer<'static>]>;

/// What is known of an attempt as soon as the client has said where it wants to go.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    pub(crate) connection: Ulid,
    pub(crate) group: Arc<GatewayGroupId>,
    pub(crate) client: SocketAddr,
    pub(crate) at: UnixTime,
    pub(crate) started: Instant,
    pub(crate) server_name: Option<ServerName>,
}

/// Whose policy decided.
#[derive(Debug, Clone)]
pub(crate) struct Decider {
    pub(crate) certificate: Option<SslCertificateId>,
    pub(crate) revision: Revision,
}

impl Decider {
    /// No policy did: there is none for the host at this revision.
    pub(crate) fn nobody(revision: Revision) -> Self {
        Self { certificate: None, revision }
    }
}

impl From<&Policy> for Decider {
    fn from(policy: &Policy) -> Self {
        Self { certificate: Some(policy.certificate.clone()), revision: policy.revision }
    }
}

/// What client and gateway agreed on.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Negotiated {
    version: Option<ProtocolVersion>,
    cipher_suite: Option<CipherSuite>,
    key_exchange: Option<NamedGroup>,
    alpn: Option<&'static str>,
    pub(crate) resumed: bool,
}

impl Negotiated {
    /// Of a finished handshake.
    pub(crate) fn of(session: &ServerConnection) -> Self {
        Self {
            version: session.protocol_version(),
            cipher_suite: session.negotiated_cipher_suite().map(|suite| suite.suite()),
            key_exchange: session.negotiated_key_exchange_group().map(|group| group.name()),
            alpn: match session.alpn_protocol() {
                Some(b"h2") => Some("h2"),
                Some(b"http/1.1") => Some("http/1.1"),
                _ => None,
            },
            resumed: session.handshake_kind() == Some(HandshakeKind::Resumed),
        }
    }

    /// Whether the client speaks HTTP/2 on the connection.
    pub(crate) fn is_http2(&self) -> bool {
        self.alpn == Some("h2")
    }

    fn version(&self) -> Option<String> {
        Some(match self.version? {
            ProtocolVersion::TLSv1_2 => "TLSv1.2".to_owned(),
            ProtocolVersion::TLSv1_3 => "TLSv1.3".to_owned(),
            other => format!("{other:?}"),
        })
    }

    /// The cipher suite under its registered name, where rustls has one of its own for TLS 1.3.
    fn cipher_suite(&self) -> Option<String> {
        let name = self.cipher_suite?.as_str()?;
        Some(name.strip_prefix("TLS13_").map_or_else(|| name.to_owned(), |suite| format!("TLS_{suite}")))
    }
}

/// A verdict on an attempt.
#[derive(Debug)]
pub(crate) struct Record {
    attempt: Arc<Attempt>,
    decider: Decider,
    negotiated: Negotiated,
    chain: PeerChain,
    verdict: Verdict,
    duration: Duration,
}

impl Record {
    /// Made at the moment of the verdict.
    pub(crate) fn new(
        attempt: &Arc<Attempt>,
        decider: Decider,
        negotiated: Negotiated,
        chain: &PeerChain,
        verdict: Verdict,
    ) -> Self {
        Self {
            attempt: Arc::clone(attempt),
            decider,
            negotiated,
            chain: bounded(chain),
            verdict,
            duration: attempt.started.elapsed(),
        }
    }

    fn log(&self) {
        let Attempt { connection, group, client, server_name, .. } = &*self.attempt;
        let host = server_name.as_ref().map_or("", ServerName::as_str);
        match &self.verdict {
            Verdict::Accepted => tracing::debug!(%connection, %group, %client, host, "client let in"),
            Verdict::Tolerated { reason, detail } => {
                tracing::debug!(%connection, %group, %client, host, %reason, detail, "client tolerated");
            }
            Verdict::Refused { reason, detail } => {
                tracing::info!(%connection, %group, %client, host, %reason, detail, "client refused");
            }
        }
    }

    fn in_words(&self) -> HandshakeEvent {
        HandshakeEvent {
            id: Ulid::new().to_string().parse().expect("a ULID is 26 letters and digits"),
            connection: connection_id(self.attempt.connection),
            stage: domain::Stage::Handshake,
            proxy: None,
            local: self.attempt.client,
            mode: None,
            at: self.attempt.at,
            group: GatewayGroupId::clone(&self.attempt.group),
            client: self.attempt.client,
            server_name: self.attempt.server_name.clone(),
            ssl_certificate: self.decider.certificate.clone(),
            revision: self.decider.revision,
            tls_version: self.negotiated.version(),
            cipher_suite: self.negotiated.cipher_suite(),
            key_exchange: self.negotiated.key_exchange.and_then(|group| group.as_str()).map(str::to_owned),
            alpn: self.negotiated.alpn.map(str::to_owned),
            resumed: self.negotiated.resumed,
            peer_chain: self.chain.iter().filter_map(|der| peer_certificate(der)).collect(),
            verdict: self.verdict.clone(),
            duration_us: u64::try_from(self.duration.as_micros()).unwrap_or(u64::MAX),
        }
    }
}

fn connection_id(connection: Ulid) -> ConnectionId {
    connection.to_string().parse().expect("a ULID is 26 letters and digits")
}

/// The certificate in words; `None` if it cannot be read at all.
fn peer_certificate(der: &[u8]) -> Option<PeerCertificate> {
    let facts = tls::certificate_facts(der).ok()?;
    Some(PeerCertificate {
        subject: cut(&facts.subject),
        issuer: cut(&facts.issuer),
        serial: cut(&facts.serial),
        not_before: facts.not_before,
        not_after: facts.not_after,
        names: Vec::new(),
        fingerprint: facts.fingerprint,
    })
}

fn cut(text: &str) -> String {
    text.chars().take(TEXT_CHARACTERS).collect()
}

/// The part of a chain that an event keeps; nearly always all of it, and then no copy.
fn bounded(chain: &PeerChain) -> PeerChain {
    let mut bytes = 0;
    let kept = chain
        .iter()
        .take(CHAIN_LENGTH)
        .take_while(|certificate| {
            bytes += certificate.len();
            bytes <= CHAIN_BYTES
        })
        .count();
    if kept == chain.len() { Arc::clone(chain) } else { chain.iter().take(kept).cloned().collect() }
}

/// The newest verdicts of all groups, up to a bound.
#[derive(Debug)]
pub(crate) struct Events {
    most: usize,
    ring: Mutex<VecDeque<Arc<Record>>>,
}

impl Events {
    /// Keeps at most `most`.
    pub(crate) fn new(most: usize) -> Self {
        Self { most, ring: Mutex::default() }
    }

    /// Adds one, in place of the oldest if the ring is full.
    pub(crate) fn record(&self, record: Record) {
        record.log();
        if self.most == 0 {
            return;
        }
        let record = Arc::new(record);
        let mut ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        let oldest = if ring.len() >= self.most { ring.pop_front() } else { None };
        ring.push_back(record);
        drop(ring);
        // Freed with the lock given back: others wait for it.
        drop(oldest);
    }

    /// The newest of a group, newest first.
    pub(crate) fn newest(&self, group: &GatewayGroupId, most: usize) -> Vec<HandshakeEvent> {
        let records: Vec<Arc<Record>> = {
            let ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
            ring.iter()
                .rev()
                .filter(|record| *record.attempt.group == *group)
                .take(most)
                .map(Arc::clone)
                .collect()
        };
        records.iter().map(|record| record.in_words()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(group: &str, at: i64) -> Record {
        let attempt = Attempt {
            connection: Ulid::new(),
            group: Arc::new(group.parse().expect("valid")),
            client: SocketAddr::from(([127, 0, 0, 1], 1)),
            at: UnixTime(at),
            started: Instant::now(),
            server_name: None,
        };
        let chain = PeerChain::from([]);
        let nobody = Decider::nobody(Revision(1));
        Record::new(&Arc::new(attempt), nobody, Negotiated::default(), &chain, Verdict::Accepted)
    }

    fn times(events: &Events, group: &str, most: usize) -> Vec<i64> {
        events.newest(&group.parse().expect("valid"), most).iter().map(|event| event.at.0).collect()
    }

    #[test]
    fn keeps_the_newest_and_tells_groups_apart() {
        let events = Events::new(3);
        for (group, at) in [("a", 1), ("a", 2), ("b", 3), ("a", 4)] {
            events.record(record(group, at));
        }
        assert_eq!(times(&events, "a", 10), [4, 2]);
        assert_eq!(times(&events, "a", 1), [4]);
        assert_eq!(times(&events, "b", 10), [3]);
        assert_eq!(times(&events, "c", 10), [0_i64; 0]);
    }

    #[test]
    fn a_ring_of_no_size_keeps_nothing() {
        let events = Events::new(0);
        events.record(record("a", 1));
        assert_eq!(times(&events, "a", 10), [0_i64; 0]);
    }

    #[test]
    fn long_chains_are_cut() {
        let chain = |length: usize, bytes: usize| -> PeerChain {
            (0..length).map(|_| CertificateDer::from(vec![0; bytes])).collect()
        };
        for (length, bytes, kept) in
            [(0, 0, 0), (3, 1000, 3), (11, 1, 10), (3, CHAIN_BYTES / 2, 2), (1, 60_000, 0)]
        {
            assert_eq!(bounded(&chain(length, bytes)).len(), kept, "{length} certificates of {bytes} bytes");
        }
        let honest = chain(2, 900);
        assert!(Arc::ptr_eq(&honest, &bounded(&honest)));
    }
}
