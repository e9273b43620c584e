use domain::Problem;
use http::StatusCode;

use crate::browser::Browser;
use crate::fake::Fake;
use crate::samples;
use crate::ssl_certificate::three_certificates;

const LIST: &str = "/groups/default/ca-certificates";

/// The guide's CA, which is used, and another one, which is not.
fn two_authorities() -> Fake {
    let fake = three_certificates();
    let mut unused = samples::root_ca();
    unused.id = "01JUNUSED".parse().expect("valid");
    unused.certificates = vec![samples::certificate("Partner CA", "Partner CA", 400)];
    fake.state().ca_certificates.push(unused);
    fake
}

#[tokio::test]
async fn the_list_says_what_each_is_used_for() {
    let answer = Browser::new(&two_authorities()).get(LIST).await;
    assert_eq!(answer.status, StatusCode::OK);
    answer.shows(&[
        "<title>CA Certificates · Postern</title>",
        "2 CA certificates",
        r#"<th scope="col">Used by</th>"#,
        "CN=ROOTCA",
        r#"href="/groups/default/ssl-certificates/01JSERVER""#,
        "stored, not enforced anywhere",
        r#"aria-label="Delete Partner CA""#,
    ]);
    answer.hides(&[r#"aria-label="Delete ROOTCA""#]);
    let chinese = Browser { language: Some("zh"), ..Browser::new(&two_authorities()) };
    chinese.get(LIST).await.shows(&["CA 证书</h1>", "已保存，尚未用于任何验证"]);
}

#[tokio::test]
async fn an_empty_list_tells_the_next_step() {
    let answer = Browser::new(&Fake::signed_in()).get(LIST).await;
    answer
        .shows(&["says whose clients are let in", "/groups/default/ssl-certificates/new"])
        .hides(&["<table"]);
}

#[tokio::test]
async fn an_unused_one_is_deleted_after_a_question() {
    let fake = two_authorities();
    let browser = Browser::new(&fake);
    browser.get(&format!("{LIST}/01JUNUSED/delete")).await.shows(&[
        "<dialog",
        "Delete the CA certificate Partner CA?",
        r#"action="/api/ca-certificate/delete""#,
    ]);
    let answer =
        browser.post("/api/ca-certificate/delete", &[("group", "default"), ("id", "01JUNUSED")]).await;
    assert_eq!((answer.status, answer.location.as_deref()), (StatusCode::SEE_OTHER, Some(LIST)));
    assert_eq!(fake.state().ca_certificates.len(), 1);
}

#[tokio::test]
async fn one_in_use_stays() {
    let fake = two_authorities();
    let browser = Browser::new(&fake);
    let page = format!("{LIST}/01JC0ROOTCA0000000000000/delete");
    browser.get(&page).await.shows(&["Give them another CA first."]).hides(&["button--danger"]);
    let form = [("group", "default"), ("id", "01JC0ROOTCA0000000000000")];
    let back = browser.post("/api/ca-certificate/delete", &form).await.location.expect("a location");
    assert!(back.starts_with(&page), "{back}");
    browser.get(&back).await.shows(&[r#"role="alert""#]);
    let script = Browser { script: true, ..Browser::new(&fake) };
    let answer = script.post("/api/ca-certificate/delete", &form).await;
    assert_eq!(answer.status.as_u16(), Problem::Stale.status());
    assert_eq!(fake.state().ca_certificates.len(), 2);
}

#[tokio::test]
async fn nobody_who_is_not_signed_in_is_answered() {
    let fake = two_authorities();
    fake.state().caller = None;
    let script = Browser { script: true, ..Browser::new(&fake) };
    assert_eq!(script.get("/api/ca-certificate/list?group=default").await.status, StatusCode::UNAUTHORIZED);
    let form = [("group", "default"), ("id", "01JUNUSED")];
    assert_eq!(script.post("/api/ca-certificate/delete", &form).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(fake.state().ca_certificates.len(), 2);
}
