use std::collections::HashMap;
use std::collections::hash_map::Entry;

use aws_lc_rs::digest::{SHA256, digest};
use domain::{Certificate, Fingerprint, GatewayGroupId, HandshakeEvent, ServerName};
use store::ClientSeen;

/// Names of a client that are kept.
const NAMES: usize = 20;

/// The clients that were let in since the inventory was last brought up to date, so that a client that comes a thousand
/// times a second costs one row.
#[derive(Debug, Default)]
pub(super) struct SeenClients(HashMap<(GatewayGroupId, Fingerprint, Option<ServerName>), ClientSeen>);

impl SeenClients {
    /// A client was let in with this certificate.
    pub(super) fn add(&mut self, event: &HandshakeEvent, leaf: &[u8]) {
        let key = (event.group.clone(), fingerprint(leaf), event.server_name.clone());
        match self.0.entry(key) {
            Entry::Occupied(mut seen) => {
                let seen = seen.get_mut();
                seen.first_seen = seen.first_seen.min(event.at);
                seen.last_seen = seen.last_seen.max(event.at);
                seen.handshakes += 1;
            }
            Entry::Vacant(place) => match tls::certificate_facts(leaf) {
                Ok(facts) => {
                    place.insert(first_seen(event, facts));
                }
                Err(fault) => {
                    tracing::warn!(?fault, "a client's certificate was verified but cannot be read");
                }
            },
        }
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// All of them; then there are none.
    pub(super) fn take(&mut self) -> Vec<ClientSeen> {
        self.0.drain().map(|(_, seen)| seen).collect()
    }
}

fn fingerprint(certificate: &[u8]) -> Fingerprint {
    let mut sum = [0; 32];
    sum.copy_from_slice(digest(&SHA256, certificate).as_ref());
    Fingerprint(sum)
}

fn first_seen(event: &HandshakeEvent, facts: Certificate) -> ClientSeen {
    let alternative = facts.dns_names.first().or(facts.other_names.first());
    let name = facts.common_name.as_ref().or(alternative).unwrap_or(&facts.subject).clone();
    let dns_names = facts.dns_names.iter().map(|name| format!("dns:{name}"));
    let names = dns_names.chain(facts.other_names.iter().cloned()).take(NAMES).collect();
    ClientSeen {
        group: event.group.clone(),
        fingerprint: facts.fingerprint,
        name,
        subject: facts.subject,
        issuer: facts.issuer,
        serial: facts.serial,
        names,
        not_after: facts.not_after,
        host: event.server_name.clone(),
        first_seen: event.at,
        last_seen: event.at,
        handshakes: 1,
    }
}

#[cfg(test)]
mod tests {
    use domain::{Revision, Stage, UnixTime, Verdict};
    use rcgen::{CertificateParams, DnType, KeyPair};

    use super::*;

    fn leaf(common_name: Option<&str>, names: &[&str]) -> Vec<u8> {
        let key = KeyPair::generate().expect("a key");
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let mut params = CertificateParams::new(names).expect("names");
        params.distinguished_name = rcgen::DistinguishedName::new();
        if let Some(name) = common_name {
            params.distinguished_name.push(DnType::CommonName, name);
        }
        params.self_signed(&key).expect("a certificate").der().to_vec()
    }

    fn event(host: &str, at: i64) -> HandshakeEvent {
        let address = std::net::SocketAddr::from(([127, 0, 0, 1], 1));
        let ulid = || ulid::Ulid::new().to_string();
        HandshakeEvent {
            id: ulid().parse().expect("an id"),
            connection: ulid().parse().expect("an id"),
            at: UnixTime(at),
            stage: Stage::Handshake,
            group: GatewayGroupId::default_group(),
            client: address,
            proxy: None,
            local: address,
            server_name: Some(host.parse().expect("a host name")),
            ssl_certificate: None,
            mode: None,
            revision: Revision(1),
            tls_version: None,
            cipher_suite: None,
            key_exchange: None,
            alpn: None,
            resumed: false,
            peer_chain: Vec::new(),
            verdict: Verdict::Accepted,
            duration_us: 1,
        }
    }

    #[test]
    fn a_client_that_comes_often_is_one_row_for_each_host() {
        let (ann, bob) = (leaf(Some("ann"), &[]), leaf(Some("bob"), &[]));
        let mut clients = SeenClients::default();
        for (host, at, leaf) in
            [("a.test", 5, &ann), ("a.test", 3, &ann), ("b.test", 9, &ann), ("a.test", 4, &bob)]
        {
            clients.add(&event(host, at), leaf);
        }
        let mut seen = clients.take();
        seen.sort_by_key(|seen| (seen.name.clone(), seen.host.clone().map(|host| host.to_string())));
        let rows: Vec<_> = seen
            .iter()
            .map(|it| (it.name.as_str(), it.first_seen.0, it.last_seen.0, it.handshakes))
            .collect();
        assert_eq!(rows, [("ann", 3, 5, 2), ("ann", 9, 9, 1), ("bob", 4, 4, 1)]);
        assert_eq!(clients.len(), 0);
    }

    #[test]
    fn a_client_is_called_by_its_common_name_or_else_a_san() {
        let mut clients = SeenClients::default();
        clients.add(&event("a.test", 1), &leaf(None, &["device.test"]));
        let seen = clients.take();
        assert_eq!(
            (seen[0].name.as_str(), seen[0].names.as_slice()),
            ("device.test", &["dns:device.test".to_owned()][..])
        );
    }

    #[test]
    fn what_is_no_certificate_is_left_out() {
        let mut clients = SeenClients::default();
        clients.add(&event("a.test", 1), b"nonsense");
        assert!(clients.take().is_empty());
    }
}
