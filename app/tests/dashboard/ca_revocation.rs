//! The page of one CA: its facts, its users, and its revocation lists.

use axum::body::Body;
use domain::{Fault, Field, FieldError, RevocationList, StaleRevocationLists, UnixTime};
use http::StatusCode;
use http::header::CONTENT_TYPE;

use crate::browser::{Answer, Browser};
use crate::fake::Fake;
use crate::samples;
use crate::ssl_certificate::three_certificates;

const LIST: &str = "/groups/default/ca-certificates";
const PAGE: &str = "/groups/default/ca-certificates/01JC0ROOTCA0000000000000";
const BOUNDARY: &str = "----postern";
const FORM: [(&str, &str); 4] = [
    ("group", "default"),
    ("id", "01JC0ROOTCA0000000000000"),
    ("revocation_lists", "-----BEGIN X509 CRL-----"),
    ("stale_revocation_lists", "warn"),
];

fn list(days: i64) -> RevocationList {
    RevocationList {
        issuer: "CN=ROOTCA".to_owned(),
        this_update: samples::NOW.plus_seconds(-30 * UnixTime::DAY),
        next_update: Some(samples::NOW.plus_seconds(days * UnixTime::DAY)),
        number: None,
        entries: 3,
    }
}

fn with_list(days: i64) -> Fake {
    let fake = three_certificates();
    fake.state().ca_certificates[0].revocation_lists = vec![list(days)];
    fake
}

async fn send(browser: &Browser, fields: &[(&str, &str)]) -> Answer {
    let parts = fields.iter().map(|(name, value)| {
        format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    });
    let body = format!("{}--{BOUNDARY}--\r\n", parts.collect::<String>());
    let mut request = browser.request("/api/ca-certificate/set-revocation");
    *request.method_mut() = http::Method::POST;
    let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
    request.headers_mut().insert(CONTENT_TYPE, content_type.parse().expect("a header value"));
    *request.body_mut() = Body::from(body);
    browser.send(request).await
}

fn script(fake: &Fake) -> Browser {
    Browser { script: true, ..Browser::new(fake) }
}

fn with<'a>(fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let replaced = |name: &str| fields.iter().any(|(other, _)| *other == name);
    FORM.iter().filter(|(name, _)| !replaced(name)).chain(fields).copied().collect()
}

#[tokio::test]
async fn the_page_tells_what_it_is_and_what_uses_it() {
    let fake = three_certificates();
    let browser = Browser::new(&fake);
    browser.get(LIST).await.shows(&[&format!(r#"href="{PAGE}""#)]);
    browser
        .get(PAGE)
        .await
        .shows(&[
            "<title>ROOTCA · Postern</title>",
            "CN=ROOTCA",
            "X.509 v1",
            &"52".repeat(32),
            r#"href="/groups/default/ssl-certificates/01JSERVER""#,
            "nobody is refused because the CA has revoked",
            r#"action="/api/ca-certificate/set-revocation" enctype="multipart/form-data""#,
            r#"<label for="revocation_lists" class="field__label">Revocation lists (CRL)</label>"#,
            r#"name="stale_revocation_lists" value="block" checked"#,
        ])
        .hides(&["Remove revocation lists", "/delete"]);
    fake.state().ssl_certificates.clear();
    browser.get(PAGE).await.shows(&["stored, not enforced anywhere", &format!(r#"action="{PAGE}/delete""#)]);
    let chinese = Browser { language: Some("zh"), ..Browser::new(&fake) };
    chinese.get(PAGE).await.shows(&["吊销列表</h2>", "已保存，尚未用于任何验证"]);
}

#[tokio::test]
async fn lists_show_whether_they_can_be_relied_on() {
    let current = Browser::new(&with_list(7));
    current.get(LIST).await.shows(&["badge--good", "current"]);
    current
        .get(PAGE)
        .await
        .shows(&["3 revoked", "in 7 days", "current", "Remove revocation lists"])
        .hides(&[r#"role="alert""#]);
    let fake = with_list(-1);
    let stale = Browser::new(&fake);
    stale.get(LIST).await.shows(&["badge--bad", "stale"]);
    stale.get(PAGE).await.shows(&[r#"role="alert""#, "all clients of this CA are refused"]);
    fake.state().ca_certificates[0].stale_revocation_lists = StaleRevocationLists::Warn;
    stale.get(PAGE).await.shows(&["whoever has been revoked since is let in"]).hides(&[r#"role="alert""#]);
}

#[tokio::test]
async fn lists_are_uploaded_with_a_choice() {
    let fake = three_certificates();
    let browser = Browser::new(&fake);
    let answer = send(&browser, &FORM).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.location, Some(format!("{PAGE}?saved=true")));
    let change = fake.state().revocations.pop().expect("a change");
    assert_eq!(change.lists.as_deref(), Some(&b"-----BEGIN X509 CRL-----"[..]));
    assert_eq!(change.stale, Some(StaleRevocationLists::Warn));
    browser.get(&format!("{PAGE}?saved=true")).await.shows(&[r#"role="status""#, "Saved."]);

    send(&browser, &with(&[("revocation_lists", ""), ("stale_revocation_lists", "block")])).await;
    let change = fake.state().revocations.pop().expect("a change");
    assert_eq!((change.lists, change.stale), (None, Some(StaleRevocationLists::Block)), "the lists stay");
}

#[tokio::test]
async fn taking_the_lists_away_is_a_button_of_its_own() {
    let fake = with_list(7);
    let browser = Browser::new(&fake);
    let form = [("group", "default"), ("id", "01JC0ROOTCA0000000000000")];
    let answer = browser.post("/api/ca-certificate/remove-revocation-lists", &form).await;
    assert_eq!(answer.location, Some(format!("{PAGE}?saved=true")));
    let change = fake.state().revocations.pop().expect("a change");
    assert_eq!((change.lists, change.stale), (Some(Vec::new()), None), "what happens when stale stays");
}

#[tokio::test]
async fn what_is_wrong_comes_back_to_its_field() {
    let fake = three_certificates();
    let browser = Browser::new(&fake);
    fake.state().refusal = Some(
        FieldError::new(
            Field::RevocationLists,
            Fault::RevocationListSignature { issuer: "CN=<b>".to_owned() },
        )
        .into(),
    );
    let back = send(&browser, &FORM).await.location.expect("a location");
    assert!(back.starts_with(&format!("{PAGE}?")), "{back}");
    browser
        .get(&back)
        .await
        .shows(&[
            r##"href="#revocation_lists""##,
            r#"id="revocation_lists-error""#,
            "was not signed with the key of this CA",
            "CN=&lt;b&gt;",
        ])
        .hides(&["<b>"]);
    for choice in ["", "both"] {
        let fields = with(&[("stale_revocation_lists", choice)]);
        let answer = send(&script(&fake), &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{choice:?}");
        answer.shows(&["StaleRevocationLists"]);
    }
    assert!(fake.state().revocations.is_empty());
}

#[tokio::test]
async fn an_upload_is_bounded_and_of_this_form() {
    let fake = three_certificates();
    let browser = script(&fake);
    let most = "x".repeat(2 << 20);
    assert_eq!(send(&browser, &with(&[("revocation_lists", &most)])).await.status, StatusCode::OK);
    let over = format!("{most}x");
    let answer = send(&browser, &with(&[("revocation_lists", &over)])).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    answer.shows(&["RevocationLists", "TooLarge", "2097152"]);
    let long = "x".repeat(257);
    for fields in [with(&[("colour", "red")]), [&FORM[..], &FORM[..1]].concat(), with(&[("group", &long)])] {
        assert_eq!(send(&browser, &fields).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    assert_eq!(fake.state().revocations.len(), 1);
}

#[tokio::test]
async fn what_is_not_there_is_404_and_strangers_get_nothing() {
    let fake = with_list(7);
    let browser = Browser::new(&fake);
    for path in ["01JNONE", "a%20b"] {
        assert_eq!(browser.get(&format!("{LIST}/{path}")).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    fake.state().caller = None;
    let script = script(&fake);
    let get = script.get("/api/ca-certificate/get?group=default&id=01JC0ROOTCA0000000000000").await;
    let remove = script.post("/api/ca-certificate/remove-revocation-lists", &FORM[..2]).await;
    for answer in [get, send(&script, &FORM).await, remove] {
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    }
    assert!(fake.state().revocations.is_empty());
}
