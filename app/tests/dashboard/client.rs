use domain::{Fault, Field, FieldError, Problem};
use http::StatusCode;

use crate::browser::Browser;
use crate::fake::Fake;
use crate::samples;

const LIST: &str = "/groups/default/clients";
const DENIED: &str = "/groups/default/clients/denied";
const ENTRY: &str = "serial:5a:1f:0c issuer:CN=ROOTCA";

/// Two clients that were let in, and one that is denied.
fn three_clients() -> Fake {
    let mut gone = samples::client("DEVICE-3");
    gone.denied = true;
    let fake = Fake::signed_in();
    fake.state().clients = vec![samples::client("DEVICE-7"), samples::client("DEVICE-8"), gone];
    fake.state().denied = vec![samples::denied("d1", "DEVICE-3")];
    fake.state().ssl_certificates =
        vec![samples::server_certificate("01JSERVER", "test.com", 90, vec![samples::root_ca()])];
    fake
}

#[tokio::test]
async fn the_list_says_who_was_let_in() {
    let answer = Browser::new(&three_clients()).get(LIST).await;
    assert_eq!(answer.status, StatusCode::OK);
    answer.shows(&[
        "<title>Clients · Postern</title>",
        "DEVICE-7",
        "CN=ROOTCA",
        "test.com",
        "12 seconds ago",
        "1204",
        "in 90 days",
        r#"aria-label="Revoke… DEVICE-7""#,
        "1–3 of 3",
    ]);
    answer.hides(&[r#"aria-label="Revoke… DEVICE-3""#]);
    let chinese = Browser { language: Some("zh"), ..Browser::new(&three_clients()) };
    chinese.get(LIST).await.shows(&["客户端</h1>", "吊销…"]);
}

#[tokio::test]
async fn the_search_stands_in_the_address() {
    let browser = Browser::new(&three_clients());
    browser
        .get(&format!("{LIST}?search=DEVICE-8"))
        .await
        .shows(&["DEVICE-8", "Show all"])
        .hides(&["DEVICE-7"]);
    browser
        .get(&format!("{LIST}?search=none"))
        .await
        .shows(&["No client matches this search."])
        .hides(&["<table"]);
}

#[tokio::test]
async fn a_long_list_has_pages() {
    let fake = three_clients();
    fake.state().clients = (0..60).map(|number| samples::client(&format!("CLIENT-{number:02}"))).collect();
    let browser = Browser::new(&fake);
    browser.get(LIST).await.shows(&["CLIENT-49", "/groups/default/clients?page=2"]).hides(&["CLIENT-50"]);
    browser.get(&format!("{LIST}?page=2")).await.shows(&["CLIENT-50", "51–60 of 60"]).hides(&["CLIENT-49"]);
}

#[tokio::test]
async fn empty_lists_say_what_they_are_for() {
    let browser = Browser::new(&Fake::signed_in());
    browser.get(LIST).await.shows(&["Clients appear here once"]).hides(&["<table"]);
    browser.get(DENIED).await.shows(&["Nobody is denied."]).hides(&["<table"]);
}

#[tokio::test]
async fn a_client_is_revoked_after_a_question_that_names_it() {
    let fake = three_clients();
    let browser = Browser::new(&fake);
    let list = browser.get(LIST).await.body;
    let link = list.split("href=\"").find(|part| part.contains("label=DEVICE%2D7")).expect("a link");
    let address = link.split('"').next().expect("an address").replace("&amp;", "&");
    let question = browser.get(&address).await;
    question.shows(&[
        "<dialog",
        "Revoke DEVICE-7?",
        "CN=ROOTCA",
        "5a:1f:0c",
        "All hosts of this group",
        r#"<option value="01JSERVER""#,
        "Only test.com",
        "open connections close within a second",
        r#"action="/api/client/deny""#,
        &format!(r#"value="{ENTRY}""#),
    ]);
    let form = [("group", "default"), ("deny_entry", ENTRY), ("label", "DEVICE-7"), ("ssl_certificate", "")];
    let answer = browser.post("/api/client/deny", &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let next = answer.location.expect("a location");
    browser.get(&next).await.shows(&["Denied: DEVICE-7. Its open connections close within a second."]);
    let denied = fake.state().denied[0].clone();
    assert_eq!((denied.entry.to_string().as_str(), denied.label.as_str()), (ENTRY, "DEVICE-7"));
    assert_eq!((denied.ssl_certificate, denied.author.as_str()), (None, "admin"));
}

#[tokio::test]
async fn a_client_can_be_denied_for_the_hosts_of_one_certificate() {
    let fake = three_clients();
    let browser = Browser::new(&fake);
    let form = [("group", "default"), ("deny_entry", ENTRY), ("ssl_certificate", "01JSERVER")];
    browser.post("/api/client/deny", &form).await;
    let denied = fake.state().denied[0].clone();
    assert_eq!(denied.ssl_certificate.map(String::from).as_deref(), Some("01JSERVER"));
    browser.get(DENIED).await.shows(&["unnamed", r#"href="/groups/default/ssl-certificates/01JSERVER""#]);
}

#[tokio::test]
async fn an_entry_can_be_typed_and_is_not_lost_when_it_is_wrong() {
    let fake = three_clients();
    let browser = Browser::new(&fake);
    browser.get(&format!("{LIST}/deny")).await.shows(&[
        "Deny a client",
        r#"name="deny_entry""#,
        r#"for="label""#,
        "sha256:",
    ]);
    for (entry, fault) in [("", "This is needed."), ("sha256:12", "sha256:12")] {
        let form = [
            ("group", "default"),
            ("deny_entry", entry),
            ("label", "Old phone"),
            ("ssl_certificate", "01JSERVER"),
        ];
        let back = browser.post("/api/client/deny", &form).await.location.expect("a location");
        assert!(back.starts_with(&format!("{LIST}/deny?")), "{back}");
        browser.get(&back).await.shows(&[
            r#"role="alert""#,
            fault,
            r#"aria-invalid="true""#,
            r#"value="Old phone""#,
            r#"<option value="01JSERVER" selected"#,
        ]);
    }
    assert_eq!(fake.state().denied.len(), 1);
}

#[tokio::test]
async fn a_client_that_is_denied_already_is_said_to_be() {
    let fake = three_clients();
    fake.state().refusal = Some(FieldError::new(Field::DenyEntry, Fault::AlreadyDenied).into());
    let browser = Browser::new(&fake);
    let form = [("group", "default"), ("deny_entry", ENTRY)];
    let back = browser.post("/api/client/deny", &form).await.location.expect("a location");
    browser.get(&back).await.shows(&["error-summary", &format!(r#"value="{ENTRY}""#)]);
}

#[tokio::test]
async fn a_denied_client_is_allowed_again_after_a_question() {
    let fake = three_clients();
    let browser = Browser::new(&fake);
    browser.get(DENIED).await.shows(&[
        "DEVICE-3",
        "All hosts of this group",
        "admin",
        "1 hour ago",
        r#"aria-label="Allow again… DEVICE-3""#,
    ]);
    browser
        .get(&format!("{DENIED}/d1/allow"))
        .await
        .shows(&["Allow DEVICE-3 again?", r#"action="/api/client/allow""#]);
    let answer = browser.post("/api/client/allow", &[("group", "default"), ("id", "d1")]).await;
    assert_eq!((answer.status, answer.location.as_deref()), (StatusCode::SEE_OTHER, Some(DENIED)));
    assert!(fake.state().denied.is_empty());
    let again = browser.post("/api/client/allow", &[("group", "default"), ("id", "d1")]).await;
    let back = again.location.expect("a location");
    browser.get(&back).await.shows(&["There is no such entry."]);
}

#[tokio::test]
async fn names_that_clients_choose_stay_text() {
    let fake = three_clients();
    let name = "<script>alert(1)</script>\"x";
    let mut hostile = samples::client(name);
    hostile.issuer = "CN=<img src=x>".to_owned();
    fake.state().clients = vec![hostile];
    fake.state().denied = vec![samples::denied("d1", name)];
    let browser = Browser::new(&fake);
    let deny = format!("{LIST}/deny?deny_entry=serial:5a%20issuer:CN=%3Cimg%3E&label=%3Cscript%3Ealert(1)");
    for page in [LIST, DENIED, &format!("{DENIED}/d1/allow"), &format!("{DENIED}?added=d1"), &deny] {
        let answer = browser.get(page).await;
        assert_eq!(answer.status, StatusCode::OK, "{page}");
        answer.hides(&["<script>alert", "<img"]).shows(&["&lt;script&gt;alert(1)"]);
    }
}

#[tokio::test]
async fn nobody_who_is_not_signed_in_is_answered() {
    let fake = three_clients();
    fake.state().caller = None;
    let script = Browser { script: true, ..Browser::new(&fake) };
    for call in ["client/list?group=default", "client/denied?group=default"] {
        let answer = script.get(&format!("/api/{call}")).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{call}");
        answer.hides(&["DEVICE"]);
    }
    let deny = [("group", "default"), ("deny_entry", ENTRY)];
    let allow = [("group", "default"), ("id", "d1")];
    for (call, form) in [("client/deny", deny), ("client/allow", allow)] {
        let answer = script.post(&format!("/api/{call}"), &form).await;
        assert_eq!(answer.status.as_u16(), Problem::SignInRequired.status(), "{call}");
    }
    assert_eq!(fake.state().denied.len(), 1);
}
