use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use app::backend::Backend;
use http::HeaderValue;
use http::header::CONTENT_SECURITY_POLICY;
use http::request::Parts;
use leptos::nonce::use_nonce;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::ResponseOptions;
use tower_sessions::Session;

use super::listen::ClientAddress;
use super::session::RequestSession;
use super::{Ports, headers};
use crate::services::RequestAccounts;

/// Gives the request that is being answered its ports, and its page the policy that names the page's nonce. Runs after
/// leptos' own contexts are there.
pub(super) fn provide(ports: &Ports) {
    // Without a session there is no request: the list of routes is being made.
    let Some(parts) = use_context::<Parts>() else { return };
    let Some(session) = parts.extensions.get::<Session>().cloned() else { return };
    let client = parts
        .extensions
        .get::<ClientAddress>()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ClientAddress(address)| address.ip());
    provide_context(Backend {
        accounts: Arc::new(RequestAccounts {
            service: Arc::clone(&ports.accounts),
            session: Arc::new(RequestSession(session)),
            client,
        }),
        gateway_groups: Arc::clone(&ports.gateway_groups),
        ssl_certificates: Arc::clone(&ports.ssl_certificates),
        ca_certificates: Arc::clone(&ports.ca_certificates),
        clients: Arc::clone(&ports.clients),
        handshake_events: Arc::clone(&ports.handshake_events),
        services: Arc::clone(&ports.services),
        now: {
            let clock = Arc::clone(&ports.clock);
            Arc::new(move || clock.now())
        },
    });
    if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>())
        && let Ok(policy) = HeaderValue::from_str(&headers::page_policy(&nonce))
    {
        response.insert_header(CONTENT_SECURITY_POLICY, policy);
    }
}
