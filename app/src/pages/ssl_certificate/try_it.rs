use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use domain::{GatewayGroup, ListenerState, PeerVerification, PeerVerificationMode, Sni, SslCertificate};
use leptos::prelude::*;

use crate::components::Command;
use crate::language::{Language, Text};
use crate::text::ssl_certificate as words;

/// The guide's commands for one certificate's host and its group's listener, ready to copy.
pub(super) fn curl_commands(
    language: Language,
    certificate: &SslCertificate,
    group: &GatewayGroup,
) -> impl IntoView + use<> {
    let address = reachable(group);
    let lines = certificate.snis.first().map(example_host).map(|host| {
        let without = curl(&host, address, false);
        match outcome_without(&certificate.peer_verification) {
            Some(outcome) => {
                vec![(words::WITH_CLIENT_CERTIFICATE, curl(&host, address, true)), (outcome, without)]
            }
            None => vec![(words::PLAIN_REQUEST, without)],
        }
    });
    let commands = lines
        .into_iter()
        .flatten()
        .map(|(label, text)| view! { <p>{language.pick(label)}</p> <Command text/> })
        .collect_view();
    view! { <div class="commands">{commands}</div> }
}

/// What becomes of a client without a certificate; nothing to be said where none is asked for.
fn outcome_without(verification: &PeerVerification) -> Option<Text> {
    match verification.mode {
        PeerVerificationMode::Off => None,
        PeerVerificationMode::Required if verification.exempt_paths.is_empty() => {
            Some(words::WITHOUT_CLIENT_CERTIFICATE)
        }
        // Every handshake completes, and each request is judged by its path.
        PeerVerificationMode::Required => Some(words::WITHOUT_BUT_EXEMPT),
        PeerVerificationMode::Optional | PeerVerificationMode::ReportOnly => Some(words::WITHOUT_IS_ANSWERED),
    }
}

/// A host that the SNI covers.
pub(crate) fn example_host(sni: &Sni) -> String {
    match sni {
        Sni::Exact(name) => name.to_string(),
        Sni::Wildcard(parent) => format!("www.{parent}"),
        Sni::Any => "example.com".to_owned(),
    }
}

/// Where the group's listener can be reached from its own machine.
pub(crate) fn reachable(group: &GatewayGroup) -> SocketAddr {
    let address = match &group.listener_state {
        ListenerState::Listening(address) => *address,
        ListenerState::Failed { address, .. } => *address,
        ListenerState::Starting => group.listener,
    };
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// The guide's request for `host` to a listener at `address`, with the guide's client certificate or without one.
pub(crate) fn curl(host: &str, address: SocketAddr, with_client_certificate: bool) -> String {
    curl_path(host, address, "/ip", with_client_certificate)
}

/// The same request for another path, which is escaped already.
pub(crate) fn curl_path(
    host: &str,
    address: SocketAddr,
    path: &str,
    with_client_certificate: bool,
) -> String {
    let port = address.port();
    let ip = match address.ip() {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    };
    let client = if with_client_certificate { " \\\n  --cert client.crt --key client.key" } else { "" };
    format!("curl -ikv --resolve \"{host}:{port}:{ip}\" \"https://{host}:{port}{path}\"{client}")
}

#[cfg(test)]
mod tests {
    use domain::{GatewayGroupId, Revision};

    use super::*;

    fn group(listener: &str) -> GatewayGroup {
        let listener: SocketAddr = listener.parse().expect("valid");
        GatewayGroup {
            id: GatewayGroupId::default_group(),
            name: "default".parse().expect("valid"),
            listener,
            listener_state: ListenerState::Listening(listener),
            http_listener: None,
            http_listener_state: None,
            default_certificate: None,
            ssl_certificates: 1,
            revision: Revision(1),
            protection: domain::Protection::default(),
            identity_headers: domain::IdentityHeaders::default(),
            last_policy_change: None,
        }
    }

    #[test]
    fn the_guides_commands_word_for_word() {
        let address = reachable(&group("0.0.0.0:9443"));
        assert_eq!(
            curl("test.com", address, true),
            "curl -ikv --resolve \"test.com:9443:127.0.0.1\" \"https://test.com:9443/ip\" \\\n  --cert client.crt --key client.key"
        );
        assert_eq!(
            curl("test.com", address, false),
            "curl -ikv --resolve \"test.com:9443:127.0.0.1\" \"https://test.com:9443/ip\""
        );
    }

    #[test]
    fn listeners_of_every_kind_can_be_reached() {
        for (listener, resolved) in [
            ("[::]:9443", "test.com:9443:[::1]"),
            ("192.0.2.7:9443", "test.com:9443:192.0.2.7"),
            ("127.0.0.1:40123", "test.com:40123:127.0.0.1"),
        ] {
            let command = curl("test.com", reachable(&group(listener)), false);
            assert!(command.contains(&format!("\"{resolved}\"")), "{command}");
        }
    }

    #[test]
    fn wildcards_get_a_host_that_they_cover() {
        for (sni, host) in
            [("test.com", "test.com"), ("*.example.com", "www.example.com"), ("*", "example.com")]
        {
            let sni: Sni = sni.parse().expect("valid");
            assert_eq!(example_host(&sni), host);
            assert!(sni.covers(&host.parse().expect("valid")));
        }
    }
}
