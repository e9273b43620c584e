//! Shows the dashboard with made-up data, without gateway and store: for work on pages and style.
//!
//! `cargo run -p app --example preview` prints the address. The style sheet is read anew for every page.

// The views are deeply nested types.
#![recursion_limit = "512"]

#[path = "../tests/dashboard/browser.rs"]
#[expect(dead_code, reason = "the preview asks nothing, it only serves")]
mod browser;
#[path = "../tests/dashboard/fake.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod fake;
#[path = "../tests/dashboard/samples.rs"]
mod samples;

use std::path::Path;
use std::{fs, io};

use app::backend::ServiceChoices;
use axum::response::IntoResponse;
use axum::routing::get;
use domain::{
    Client, Fault, HandshakeEvent, ListenerState, PolicyChange, ReasonCode, Service, ServiceStatus, Stage,
    UnixTime, Upstream, Verdict,
};
use http::StatusCode;
use http::header::CONTENT_TYPE;

use crate::fake::{Fake, State};

#[tokio::main]
async fn main() -> io::Result<()> {
    let router =
        browser::router(&fake()).route("/app.css", get(stylesheet)).route("/favicon.svg", get(favicon));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    announce(&format!("http://{}/", listener.local_addr()?));
    axum::serve(listener, router).await
}

#[expect(clippy::print_stdout, reason = "this is what the person who started it waits for")]
fn announce(address: &str) {
    println!("{address}");
}

fn fake() -> Fake {
    let mut default = samples::group("default", "default", 9443);
    default.ssl_certificates = 3;
    default.last_policy_change =
        Some(PolicyChange { at: samples::NOW.plus_seconds(-90), revision: default.revision, closed: 3 });
    let mut staging = samples::group("staging", "Staging", 9444);
    staging.listener_state =
        ListenerState::Failed { address: staging.listener, reason: "address already in use".to_owned() };
    let root = samples::root_ca();
    let mut unused = samples::root_ca();
    unused.id = "01JC0PARTNERCA000000000".parse().expect("valid");
    unused.certificates = vec![samples::certificate("Partner CA", "Partner CA", 400)];
    let day = UnixTime::DAY;
    let mut fresh =
        samples::server_certificate("01JC9ZC7QSERVERCERT00001", "test.com", 36_500, vec![root.clone()]);
    fresh.created_at = samples::NOW.plus_seconds(-day);
    Fake::new(State {
        caller: Some(samples::administrator()),
        set_up_token: None,
        groups: vec![default, staging, samples::group("empty", "Empty", 9445)],
        ssl_certificates: vec![
            fresh,
            samples::server_certificate("01JC9ZC8APISERVER0000002", "*.api.example.com", 23, Vec::new()),
            samples::server_certificate(
                "01JC9ZC9OLDSERVER0000003",
                "old.example.com",
                -3,
                vec![root.clone()],
            ),
        ],
        ca_certificates: vec![root, unused],
        services: services(),
        service_choices: service_choices(),
        events: events(),
        clients: clients(),
        denied: vec![samples::denied("d1", "DEVICE-3")],
        dropped: 3,
        ..State::default()
    })
}

fn services() -> Vec<ServiceStatus> {
    let mut broken = samples::service();
    broken.service.service.id = "01JBROKEN".parse().expect("valid");
    broken.service.service.value.name = "billing".parse().expect("valid");
    broken.service.service.value.hosts =
        ["a", "b", "c", "d"].map(|name| format!("{name}.billing.example.com").parse().expect("valid")).into();
    broken.fault = Some(Fault::CaUnknown { id: "01JC0ROOTCA0000000000000".parse().expect("valid") });
    broken.nodes.clear();
    let mut echo = samples::service();
    echo.service.service.id = "01JECHO".parse().expect("valid");
    echo.service.service.value = Service::httpbin();
    echo.service.routes.truncate(1);
    echo.nodes.clear();
    vec![broken, echo, samples::service()]
}

fn service_choices() -> ServiceChoices {
    ServiceChoices {
        ca_certificates: vec![samples::root_ca()],
        client_certificates: vec![("01JCLIENT".parse().expect("valid"), "gateway".to_owned())],
        upstreams: vec![samples::shared_upstream("01JPOOL", "pool", Upstream::default())],
    }
}

fn clients() -> Vec<Client> {
    let mut denied = samples::client("DEVICE-3");
    denied.denied = true;
    let mut partner = samples::client("a-partner-with-a-rather-long-name.clients.partner.example.com");
    partner.issuer = "CN=Partner CA,OU=Trust Services,O=Partner Inc,C=DE".to_owned();
    partner.not_after = samples::NOW.plus_seconds(9 * UnixTime::DAY);
    partner.hosts =
        ["a", "b", "c", "d"].map(|name| format!("{name}.api.example.com").parse().expect("valid")).into();
    vec![samples::client("DEVICE-7"), partner, denied]
}

fn events() -> Vec<HandshakeEvent> {
    let refused = |reason, detail: &str| Verdict::Refused { reason, detail: detail.to_owned() };
    let stranger = samples::peer_certificate("DEVICE-9", "OTHER CA", 30);
    let detail =
        "the certificate of CN=DEVICE-9 was issued by CN=OTHER CA, which is none of the CAs of this policy";
    let device = || Some(samples::peer_certificate("DEVICE-7", "ROOTCA", 90));
    let old = samples::peer_certificate("DEVICE-1", "ROOTCA", -3);
    let mut resumed = samples::event(8, 3, device(), Verdict::Accepted);
    resumed.resumed = true;
    let mut nameless =
        samples::event(5, 95, None, refused(ReasonCode::NoSni, "the ClientHello names no host"));
    (nameless.server_name, nameless.tls_version, nameless.ssl_certificate) = (None, None, None);
    let mut closed = samples::event(4, 130, device(), refused(ReasonCode::DenyListed, "denied by admin"));
    closed.stage = Stage::OpenConnection;
    let reported =
        Verdict::Tolerated { reason: ReasonCode::Expired, detail: "expired 3 days ago".to_owned() };
    vec![
        resumed,
        samples::event(7, 12, Some(stranger), refused(ReasonCode::IssuerUnknown, detail)),
        samples::event(6, 40, None, refused(ReasonCode::NoClientCert, "the client presented no certificate")),
        nameless,
        closed,
        samples::event(3, 4_000, Some(old), reported),
    ]
}

async fn stylesheet() -> impl IntoResponse {
    match concatenated() {
        Ok(css) => (StatusCode::OK, [(CONTENT_TYPE, "text/css")], css),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, [(CONTENT_TYPE, "text/plain")], error.to_string()),
    }
}

/// `tokens.css`, `base.css`, then the others by name: the order of the build.
fn concatenated() -> io::Result<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../style");
    let mut names: Vec<_> =
        fs::read_dir(&folder)?.map(|entry| entry.map(|entry| entry.file_name())).collect::<Result<_, _>>()?;
    let rank = |name: &std::ffi::OsStr| match name.to_str() {
        Some("tokens.css") => 0,
        Some("base.css") => 1,
        _ => 2,
    };
    names.sort_by_key(|name| (rank(name), name.clone()));
    names.iter().map(|name| fs::read_to_string(folder.join(name))).collect()
}

async fn favicon() -> impl IntoResponse {
    ([(CONTENT_TYPE, "image/svg+xml")], include_str!("../../public/favicon.svg"))
}
