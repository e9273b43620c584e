//! The dashboard over HTTP: who may reach it, what every answer carries, and the pages.

mod assets;
mod context;
mod guard;
mod headers;
mod health;
mod limit;
mod listen;
mod metrics;
mod session;
mod tls_config;

use std::sync::Arc;
use std::time::Duration;

use app::backend::{CaCertificates, Clients, GatewayGroups, HandshakeEvents, Services, SslCertificates};
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use domain::Secret;
use leptos::config::LeptosOptions;
use leptos_axum::{LeptosRoutes as _, generate_route_list, render_app_async_with_context};
use tls::Clock;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;
use tower_sessions::cookie::SameSite;
use tower_sessions::{Expiry, SessionManagerLayer};

use crate::record::Recorder;
use crate::services::{
    AccountService, CaCertificateService, ClientService, Foundation, GatewayGroupService,
    HandshakeEventService, ServiceService, SslCertificateService,
};

pub(crate) use guard::OwnNames;
pub(crate) use listen::{Listener, serve};
pub(crate) use tls_config::{DashboardCertificate, dashboard_certificate};

/// From a request's head to the end of its answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// A session ends so long after signing in.
const SESSION_LENGTH: time::Duration = time::Duration::hours(12);

/// What the dashboard needs.
#[derive(Debug, Clone)]
pub(crate) struct Dashboard {
    pub(crate) foundation: Foundation,
    pub(crate) accounts: Arc<AccountService>,
    pub(crate) recorder: Recorder,
    /// What scrapers from elsewhere need to read the metrics; without it nobody elsewhere can.
    pub(crate) metrics_token: Option<Secret>,
    /// Whether browsers reach it over TLS: cookies are `Secure` then.
    pub(crate) secure: bool,
    pub(crate) own_names: OwnNames,
}

/// The ports that are the same for every request.
#[derive(Clone)]
struct Ports {
    gateway_groups: Arc<dyn GatewayGroups>,
    ssl_certificates: Arc<dyn SslCertificates>,
    ca_certificates: Arc<dyn CaCertificates>,
    clients: Arc<dyn Clients>,
    handshake_events: Arc<dyn HandshakeEvents>,
    services: Arc<dyn Services>,
    accounts: Arc<AccountService>,
    clock: Arc<dyn Clock>,
}

/// The whole dashboard, ready to serve.
pub(crate) fn router(dashboard: Dashboard) -> Router {
    let Dashboard { foundation, accounts, recorder, metrics_token, secure, own_names } = dashboard;
    let own_names = Arc::new(own_names);
    let ports = Ports {
        gateway_groups: Arc::new(GatewayGroupService { foundation: foundation.clone() }),
        ssl_certificates: Arc::new(SslCertificateService { foundation: foundation.clone() }),
        ca_certificates: Arc::new(CaCertificateService { foundation: foundation.clone() }),
        clients: Arc::new(ClientService { foundation: foundation.clone() }),
        handshake_events: Arc::new(HandshakeEventService {
            foundation: foundation.clone(),
            recorder: recorder.clone(),
        }),
        services: Arc::new(ServiceService { foundation: foundation.clone() }),
        accounts,
        clock: Arc::clone(&foundation.clock),
    };
    let pages = pages(&ports)
        .layer(session_layer(&foundation, secure))
        .layer(from_fn(limit::bounded_body))
        .layer(from_fn_with_state(Arc::clone(&own_names), guard::same_site_only));
    let metrics = metrics::Metrics {
        foundation: foundation.clone(),
        recorder,
        token: metrics_token.map(Arc::new),
        own_names,
    };
    Router::new()
        .merge(assets::router())
        .merge(health::router(foundation))
        .merge(metrics::router(metrics))
        .merge(pages)
        .layer(CatchPanicLayer::new())
        .layer(TimeoutLayer::with_status_code(http::StatusCode::REQUEST_TIMEOUT, ANSWER_TIMEOUT))
        .layer(from_fn_with_state(headers::Transport { secure }, headers::security_headers))
}

fn pages(ports: &Ports) -> Router {
    // Only what leptos_axum asks for; the assets are embedded and addressed by `app::Assets`.
    let options = LeptosOptions::builder().output_name("app").build();
    let routes = generate_route_list(app::App);
    let shell = || app::shell(assets::for_shell());
    let context = {
        let ports = ports.clone();
        move || context::provide(&ports)
    };
    Router::new()
        .leptos_routes_with_context(&options, routes, context.clone(), shell)
        .fallback(render_app_async_with_context(context, shell))
        .with_state(options)
}

fn session_layer(foundation: &Foundation, secure: bool) -> SessionManagerLayer<session::SessionTable> {
    // The prefix makes browsers refuse the cookie from another host or over plain HTTP (RFC 6265bis §4.1.3.2).
    let name = if secure { "__Host-postern" } else { "postern" };
    SessionManagerLayer::new(session::SessionTable::new(foundation))
        .with_name(name)
        .with_secure(secure)
        .with_http_only(true)
        .with_same_site(SameSite::Strict)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(SESSION_LENGTH))
}
