//! What an inventory's row becomes by what is seen next.

use domain::Client;

use super::ClientSeen;
use crate::column;
use crate::entity::client::Model;

/// The most hosts that are remembered of a client.
const MOST_HOSTS: usize = 20;

/// The client as it is known after all of `seen`; `None` if it was neither known nor seen.
pub(super) fn merged(known: Option<Client>, seen: &[&ClientSeen]) -> Option<Client> {
    let mut in_order = seen.to_vec();
    in_order.sort_by_key(|seen| seen.last_seen);
    in_order.into_iter().fold(known, |client, seen| Some(with(client, seen)))
}

fn with(client: Option<Client>, seen: &ClientSeen) -> Client {
    let mut client = client.unwrap_or_else(|| unknown(seen));
    client.first_seen = client.first_seen.min(seen.first_seen);
    client.last_seen = client.last_seen.max(seen.last_seen);
    client.handshakes = client.handshakes.saturating_add(seen.handshakes);
    if let Some(host) = &seen.host {
        client.hosts.retain(|other| other != host);
        client.hosts.insert(0, host.clone());
        client.hosts.truncate(MOST_HOSTS);
    }
    client
}

/// A client that has done nothing yet.
fn unknown(seen: &ClientSeen) -> Client {
    Client {
        group: seen.group.clone(),
        fingerprint: seen.fingerprint,
        name: seen.name.clone(),
        subject: seen.subject.clone(),
        issuer: seen.issuer.clone(),
        serial: seen.serial.clone(),
        names: seen.names.clone(),
        not_after: seen.not_after,
        hosts: Vec::new(),
        first_seen: seen.first_seen,
        last_seen: seen.last_seen,
        handshakes: 0,
        denied: false,
    }
}

/// The client's row.
pub(super) fn model(client: &Client) -> Model {
    Model {
        group_id: client.group.to_string(),
        fingerprint: client.fingerprint.0.to_vec(),
        name: client.name.clone(),
        subject: client.subject.clone(),
        issuer: client.issuer.clone(),
        serial: client.serial.clone(),
        names: column::json(&client.names),
        not_after: client.not_after.0,
        hosts: column::json(&client.hosts),
        first_seen: client.first_seen.0,
        last_seen: client.last_seen.0,
        handshakes: i64::try_from(client.handshakes).unwrap_or(i64::MAX),
        search_text: search_text(client),
    }
}

fn search_text(client: &Client) -> String {
    let fingerprint = client.fingerprint.to_string();
    let own = [&client.name, &client.subject, &client.issuer, &client.serial, &fingerprint];
    let names = client.names.iter().map(String::as_str);
    let hosts = client.hosts.iter().map(domain::ServerName::as_str);
    let lines: Vec<&str> = own.into_iter().map(String::as_str).chain(names).chain(hosts).collect();
    lines.join("\n").to_lowercase()
}
