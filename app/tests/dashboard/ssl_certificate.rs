//! The list and the page of one certificate.

use domain::{CertificateType, Fault, GatewayGroup, Health, PeerVerificationMode, Problem, Revision, Status};
use http::StatusCode;

use crate::browser::Browser;
use crate::fake::{Fake, State};
use crate::samples;

const LIST: &str = "/groups/default/ssl-certificates";
const DETAIL: &str = "/groups/default/ssl-certificates/01JSERVER";

/// A group with one certificate as in the guide, one that expires, and one for upstreams.
pub(crate) fn three_certificates() -> Fake {
    let mut client = samples::server_certificate("01JCLIENT", "unused.example", 400, Vec::new());
    client.certificate_type = CertificateType::Client;
    client.snis = Vec::new();
    client.status = Status::Disabled;
    Fake::new(State {
        caller: Some(samples::administrator()),
        groups: vec![GatewayGroup { ssl_certificates: 3, ..samples::group("default", "default", 9443) }],
        ssl_certificates: vec![
            samples::server_certificate("01JSERVER", "test.com", 36_500, vec![samples::root_ca()]),
            samples::server_certificate("01JWILDCARD", "*.api.example.com", 23, Vec::new()),
            client,
        ],
        ca_certificates: vec![samples::root_ca()],
        ..State::default()
    })
}

#[tokio::test]
async fn the_list_says_what_there_is_and_what_needs_a_look() {
    let answer = Browser::new(&three_certificates()).get(LIST).await;
    assert_eq!(answer.status, StatusCode::OK);
    answer.shows(&[
        "<title>SSL Certificates · Postern</title>",
        r#"<form method="get" action="/groups/default/ssl-certificates/new""#,
        "+ Add SSL Certificate</button>",
        "3 certificates, 1 expires within 30 days",
        "live at revision 41",
        "SSL certificates of this gateway group</caption>",
        r#"<th scope="col">ID</th>"#,
        r#"<th scope="col">SNIS</th>"#,
        r#"<th scope="col">Peer Verification</th>"#,
        r#"href="/groups/default/ssl-certificates/01JSERVER""#,
        "<code>test.com</code>",
        "On · ROOTCA",
        "in 23 days",
        "expires soon",
        "in effect",
        "Disabled",
    ]);
}

#[tokio::test]
async fn the_list_speaks_the_guides_chinese() {
    let browser = Browser { language: Some("zh-CN"), ..Browser::new(&three_certificates()) };
    browser.get(LIST).await.shows(&[
        r#"<html lang="zh-CN""#,
        "+ 新增 SSL 证书</button>",
        "共 3 个证书，其中 1 个将在 30 天内过期",
        r#"<th scope="col">SNIS</th>"#,
        r#"<th scope="col">对等验证</th>"#,
        "开启 · ROOTCA",
        "服务器",
        "已生效",
    ]);
}

#[tokio::test]
async fn the_filter_is_an_address() {
    let browser = Browser::new(&three_certificates());
    let answer = browser.get(&format!("{LIST}?search=test&certificate_type=server")).await;
    answer.shows(&[
        r#"<input type="search" id="filter-search" name="search" value="test""#,
        r#"<option value="server" selected>"#,
        "<code>test.com</code>",
        "Show all",
    ]);
    answer.hides(&["*.api.example.com"]);
    let none = browser.get(&format!("{LIST}?search=nothing")).await;
    none.shows(&["No certificate matches this search."]).hides(&["<caption"]);
}

#[tokio::test]
async fn an_empty_group_tells_the_next_step() {
    let answer = Browser::new(&Fake::signed_in()).get(LIST).await;
    answer.shows(&["which hosts this group serves", "+ Add SSL Certificate</button>"]).hides(&["<table"]);
}

#[tokio::test]
async fn the_row_just_added_is_marked_and_can_be_tried() {
    let answer = Browser::new(&three_certificates()).get(&format!("{LIST}?added=01JSERVER")).await;
    answer.shows(&[
        "The certificate has been added.",
        "certificate-row--new",
        "<summary>Try it</summary>",
        "--resolve \"test.com:9443:127.0.0.1\"",
        "--cert client.crt --key client.key",
    ]);
    Browser::new(&three_certificates()).get(LIST).await.hides(&["certificate-row--new", "has been added"]);
}

#[tokio::test]
async fn a_row_that_the_listener_does_not_serve_yet_says_so() {
    let fake = three_certificates();
    fake.state().ssl_certificates[0].revision = Revision(42);
    Browser::new(&fake).get(LIST).await.shows(&["not in effect yet"]);
}

#[tokio::test]
async fn a_broken_certificate_shows_cause_and_way_out() {
    let fake = three_certificates();
    fake.state().ssl_certificates[0].health = Health::Broken(Fault::CaMissing);
    let browser = Browser::new(&fake);
    browser.get(LIST).await.shows(&["badge--bad", "Broken"]);
    browser.get(DETAIL).await.shows(&[
        r#"role="alert""#,
        "refuse every handshake",
        "Peer verification needs a CA",
        "Give it a CA that is valid, or mend its policy.",
    ]);
}

#[tokio::test]
async fn the_page_of_one_certificate_tells_everything_but_the_key() {
    let answer = Browser::new(&three_certificates()).get(DETAIL).await;
    assert_eq!(answer.status, StatusCode::OK);
    answer.shows(&[
        "<title>test.com · Postern</title>",
        "CN=test.com",
        "CN=ROOTCA",
        "5a:1f:0c",
        "RSA 2048",
        "X.509 v1",
        "legacy: cannot be limited to client use",
        &"74".repeat(32),
        "--cert client.crt --key client.key",
        "Clients must present a certificate that one of these CAs has signed.",
        "/01JSERVER/edit",
        "/01JSERVER/replace",
        "/01JSERVER/delete",
        r#"name="status" value="disabled""#,
    ]);
    answer.hides(&["PRIVATE KEY"]);
}

#[tokio::test]
async fn what_is_not_there_is_404() {
    let browser = Browser::new(&three_certificates());
    for path in [
        "/groups/default/ssl-certificates/01JNONE",
        "/groups/default/ssl-certificates/a%20b",
        "/groups/none/ssl-certificates",
    ] {
        assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn switching_peer_verification_off_asks_first() {
    let fake = three_certificates();
    let browser = Browser::new(&fake);
    browser.get(DETAIL).await.shows(&["Switch peer verification off</a>"]).hides(&["will be let in."]);
    browser.get(&format!("{DETAIL}?confirm=peer-verification-off")).await.shows(&[
        "<dialog",
        "Switch peer verification off?",
        "Clients without a certificate will be let in.",
        r#"name="peer_verification" value="off""#,
    ]);
    let form = [("group", "default"), ("id", "01JSERVER"), ("peer_verification", "off")];
    let answer = browser.post("/api/ssl-certificate/set-peer-verification", &form).await;
    assert_eq!((answer.status, answer.location.as_deref()), (StatusCode::SEE_OTHER, Some(DETAIL)));
    let change =
        fake.state().changes.pop().expect("a change").peer_verification.expect("of peer verification");
    assert_eq!(change.mode, PeerVerificationMode::Off);
    assert!(matches!(change.ca, app::backend::CaChoice::Unchanged), "the CAs are kept");
    browser
        .get(DETAIL)
        .await
        .shows(&["Clients are let in without a certificate.", r#"name="peer_verification" value="on""#]);
}

#[tokio::test]
async fn anything_but_on_and_off_switches_nothing() {
    let fake = three_certificates();
    let browser = Browser { script: true, ..Browser::new(&fake) };
    for value in ["", "false", "OFF", "0"] {
        let form = [("group", "default"), ("id", "01JSERVER"), ("peer_verification", value)];
        let answer = browser.post("/api/ssl-certificate/set-peer-verification", &form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{value:?}");
    }
    assert!(fake.state().changes.is_empty());
}

#[tokio::test]
async fn one_button_disables_and_enables() {
    let fake = three_certificates();
    let browser = Browser::new(&fake);
    let form = [("group", "default"), ("id", "01JSERVER"), ("status", "disabled")];
    let answer = browser.post("/api/ssl-certificate/set-status", &form).await;
    assert_eq!((answer.status, answer.location.as_deref()), (StatusCode::SEE_OTHER, Some(DETAIL)));
    let change = fake.state().changes.pop().expect("a change");
    assert_eq!(change.status, Some(Status::Disabled));
    assert!(change.peer_verification.is_none() && change.snis.is_none() && change.upload.is_none());
    browser.get(DETAIL).await.shows(&["It is disabled", r#"name="status" value="enabled""#]);
}

#[tokio::test]
async fn why_a_switch_was_refused_stands_on_the_page() {
    let fake = three_certificates();
    fake.state().refusal = Some(Problem::Stale);
    let browser = Browser::new(&fake);
    let form = [("group", "default"), ("id", "01JSERVER"), ("status", "disabled")];
    let back = browser.post("/api/ssl-certificate/set-status", &form).await.location.expect("a location");
    assert!(back.starts_with(DETAIL), "{back}");
    browser.get(&back).await.shows(&[r#"role="alert""#, "Somebody else has changed this"]);
}

#[tokio::test]
async fn deleting_names_what_goes() {
    let fake = three_certificates();
    let browser = Browser::new(&fake);
    browser.get(&format!("{DETAIL}/delete")).await.shows(&[
        "<dialog",
        "Delete the SSL certificate of test.com?",
        "The gateway stops serving test.com",
        r#"action="/api/ssl-certificate/delete""#,
    ]);
    let answer =
        browser.post("/api/ssl-certificate/delete", &[("group", "default"), ("id", "01JSERVER")]).await;
    assert_eq!((answer.status, answer.location.as_deref()), (StatusCode::SEE_OTHER, Some(LIST)));
    assert_eq!(fake.state().ssl_certificates.len(), 2);
}

#[tokio::test]
async fn nobody_who_is_not_signed_in_is_answered() {
    let fake = three_certificates();
    fake.state().caller = None;
    let browser = Browser { script: true, ..Browser::new(&fake) };
    for path in ["list?group=default", "get?group=default&id=01JSERVER"] {
        let answer = browser.get(&format!("/api/ssl-certificate/{path}")).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    let form =
        [("group", "default"), ("id", "01JSERVER"), ("status", "disabled"), ("peer_verification", "off")];
    for verb in ["set-status", "set-peer-verification", "delete"] {
        let answer = browser.post(&format!("/api/ssl-certificate/{verb}"), &form).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{verb}");
    }
    assert_eq!(fake.state().ssl_certificates.len(), 3);
    assert!(fake.state().changes.is_empty());
}
