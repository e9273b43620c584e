use std::sync::Arc;
use std::time::Duration;

use domain::{
    ConnectionId, GatewayGroupId, HandshakeEvent, PeerCertificate, ReasonCode, ServerName, Stage, UnixTime,
    Verdict,
};
use rustls::pki_types::CertificateDer;
use ulid::Ulid;

use super::{Attempt, Decider, Negotiated, PeerChain};
use crate::log_limit::LogLimit;

/// Certificates of a chain that a record keeps.
const CHAIN_LENGTH: usize = 10;
/// Bytes of a chain that a record keeps: enough for any honest one.
const CHAIN_BYTES: usize = 16 * 1024;
/// Characters of a text in an event.
const TEXT_CHARACTERS: usize = 256;
/// Names of a certificate in an event.
const NAMES: usize = 20;

/// A verdict, and all that it was made on.
#[derive(Debug)]
pub(crate) struct Finding {
    pub(crate) stage: Stage,
    pub(crate) attempt: Arc<Attempt>,
    pub(crate) decider: Decider,
    pub(crate) negotiated: Negotiated,
    pub(crate) chain: PeerChain,
    pub(crate) verdict: Verdict,
    /// Whether the client's certificate was verified, and found good.
    pub(crate) is_verified: bool,
}

/// A verdict on a client: an event that is not in words yet. Clones are cheap, and are the same event.
#[derive(Debug, Clone)]
pub struct Record(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    id: Ulid,
    at: UnixTime,
    duration: Duration,
    finding: Finding,
}

impl Record {
    /// Made at the moment of the verdict, which is `at`.
    pub(crate) fn new(mut finding: Finding, at: UnixTime) -> Self {
        finding.chain = bounded(&finding.chain);
        let duration = finding.attempt.started.elapsed();
        Self(Arc::new(Inner { id: Ulid::new(), at, duration, finding }))
    }

    /// The event in words. Reads certificates, so it is not for the threads of the traffic.
    pub fn to_event(&self) -> HandshakeEvent {
        let Inner { id, at, duration, finding } = &*self.0;
        let Finding { stage, attempt, decider, negotiated, chain, verdict, is_verified: _ } = finding;
        HandshakeEvent {
            id: id.to_string().parse().expect("a ULID is 26 letters and digits"),
            connection: connection_id(attempt.connection),
            at: *at,
            stage: *stage,
            group: GatewayGroupId::clone(&attempt.group),
            client: attempt.client,
            proxy: attempt.proxy,
            local: attempt.local,
            server_name: attempt.server_name.clone(),
            ssl_certificate: decider.certificate.clone(),
            mode: decider.mode,
            revision: decider.revision,
            tls_version: negotiated.version_name(),
            cipher_suite: negotiated.cipher_suite_name(),
            key_exchange: negotiated.key_exchange_name(),
            alpn: negotiated.alpn.map(str::to_owned),
            resumed: negotiated.resumed,
            peer_chain: chain.iter().filter_map(|der| peer_certificate(der)).collect(),
            verdict: verdict.clone(),
            duration_us: u64::try_from(duration.as_micros()).unwrap_or(u64::MAX),
        }
    }

    /// The client's certificate in DER, if this is the handshake (new or resumed) of a client that was let in with a
    /// verified one.
    pub fn verified_leaf(&self) -> Option<&[u8]> {
        let finding = &self.0.finding;
        let is_counted = finding.is_verified
            && finding.stage == Stage::Handshake
            && matches!(finding.verdict, Verdict::Accepted);
        finding.chain.first().filter(|_| is_counted).map(|leaf| &**leaf)
    }

    /// The group whose listener the client came to.
    pub fn group(&self) -> &GatewayGroupId {
        &self.0.finding.attempt.group
    }

    pub(crate) fn verdict(&self) -> &Verdict {
        &self.0.finding.verdict
    }

    pub(crate) fn label(&self) -> Option<&Arc<str>> {
        self.0.finding.decider.label.as_ref()
    }

    pub(crate) fn is_resumed(&self) -> bool {
        self.0.finding.negotiated.resumed
    }

    /// From accept to the verdict.
    pub(crate) fn duration(&self) -> Duration {
        self.0.duration
    }

    pub(super) fn chain_bytes(&self) -> usize {
        self.0.finding.chain.iter().map(|certificate| certificate.len()).sum()
    }

    /// Says it to operators. Strangers can cause refusals at any rate, so `refusals` decides which of those are said.
    pub(super) fn log(&self, refusals: &LogLimit) {
        let finding = &self.0.finding;
        let Attempt { connection, group, client, server_name, .. } = &*finding.attempt;
        let host = server_name.as_ref().map_or("", ServerName::as_str);
        match &finding.verdict {
            Verdict::Accepted => tracing::debug!(%connection, %group, %client, host, "client let in"),
            Verdict::Tolerated { reason, detail } => {
                tracing::debug!(%connection, %group, %client, host, %reason, detail, "client tolerated");
            }
            Verdict::Refused { reason, detail } if refusals.admits_one("clients refused") => {
                let what = refused_what(*reason);
                tracing::info!(%connection, %group, %client, host, %reason, detail, "{what} refused");
            }
            Verdict::Refused { .. } => {}
        }
    }
}

fn refused_what(reason: ReasonCode) -> &'static str {
    match reason {
        ReasonCode::Misdirected421 | ReasonCode::PathRequiresCert => "request",
        _ => "client",
    }
}

/// A connection's id as events and the access log have it.
pub(crate) fn connection_id(connection: Ulid) -> ConnectionId {
    connection.to_string().parse().expect("a ULID is 26 letters and digits")
}

/// The certificate in words; `None` if it cannot be read at all.
fn peer_certificate(der: &[u8]) -> Option<PeerCertificate> {
    let facts = tls::certificate_facts(der).ok()?;
    let dns_names = facts.dns_names.iter().map(|name| format!("dns:{name}"));
    let names = dns_names.chain(facts.other_names).take(NAMES);
    Some(PeerCertificate {
        subject: cut(&facts.subject),
        issuer: cut(&facts.issuer),
        serial: cut(&facts.serial),
        not_before: facts.not_before,
        not_after: facts.not_after,
        names: names.map(|name| cut(&name)).collect(),
        fingerprint: facts.fingerprint,
    })
}

/// The text, `…` marking where it was cut: a deny-list's entry made of a cut name would match nobody.
fn cut(text: &str) -> String {
    match text.char_indices().nth(TEXT_CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The part of a chain that a record keeps; nearly always all of it, and then no copy.
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
    if kept == chain.len() { Arc::clone(chain) } else { chain.iter().take(kept).map(owned).collect() }
}

/// A copy that keeps nothing else alive.
fn owned(certificate: &CertificateDer<'static>) -> CertificateDer<'static> {
    CertificateDer::from(certificate.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn a_cut_shows() {
        let longest = "é".repeat(TEXT_CHARACTERS);
        assert_eq!(cut(&longest), longest);
        assert_eq!(cut(&format!("{longest}x")), format!("{longest}…"));
    }
}
