//! The section Protection of a group's settings.

use domain::{Protection, ProtectionLimit};
use http::StatusCode;

use crate::browser::Browser;
use crate::fake::Fake;

const SETTINGS: &str = "/groups/default/settings";
const UPDATE: &str = "/api/gateway-group/update";
const OPEN: &str = r#"<details open class="advanced">"#;

/// A form with the section, as a browser names its controls.
fn with<'a>(fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let form = [("group", "default"), ("name", "default"), ("listener", "9443")];
    form.into_iter().chain(fields.iter().copied()).collect()
}

#[tokio::test]
async fn every_limit_is_a_number_with_its_bounds() {
    let fake = Fake::signed_in();
    let browser = Browser::new(&fake);
    let answer = browser.get(SETTINGS).await;
    for limit in ProtectionLimit::ALL {
        let (least, most) = limit.range();
        let name = limit.name();
        let value = Protection::default().get(*limit);
        answer.shows(&[
            &format!(r#"type="number" id="{name}" name="limits[{name}]" value="{value}" min="{least}" max="{most}""#),
            &format!(r#"<label for="{name}" class="field__label">"#),
            &format!(r#"id="{name}-help""#),
        ]);
    }
    answer.shows(&["<summary>Protection</summary>", "1 to 1,000,000. Empty: 10,000.", "PROXY protocol from"]);
    answer.hides(&[OPEN]);
    fake.state().groups[0].protection.headers = 64;
    browser.get(SETTINGS).await.shows(&[OPEN, r#"name="limits[headers]" value="64""#]);
    let chinese = Browser { language: Some("zh"), ..browser };
    chinese.get(SETTINGS).await.shows(&["<summary>防护</summary>", "留空则为 10,000。"]);
}

#[tokio::test]
async fn limits_are_saved_and_a_form_without_them_leaves_them() {
    let fake = Fake::signed_in();
    let browser = Browser::new(&fake);
    let form = with(&[
        ("limits%5Bidle_seconds%5D", "7"),
        ("limits[headers]", ""),
        ("proxy_protocol", "10.1.2.3/8\r\n\r\n192.0.2.7\r\n"),
    ]);
    let answer = browser.post(UPDATE, &form).await;
    assert_eq!(answer.location.as_deref(), Some("/groups/default/settings?saved=true"));
    browser.get(SETTINGS).await.shows(&[
        OPEN,
        r#"name="limits[idle_seconds]" value="7""#,
        "10.0.0.0/8\n192.0.2.7</textarea>",
    ]);
    let saved = fake.state().groups[0].protection.clone();
    assert_eq!((saved.idle_seconds, saved.headers, saved.proxy_protocol.len()), (7, 100, 2));
    browser.post(UPDATE, &with(&[])).await;
    assert_eq!(fake.state().groups[0].protection, saved);
}

#[tokio::test]
async fn what_is_wrong_comes_back_to_its_field_with_what_was_typed() {
    let fake = Fake::signed_in();
    let browser = Browser::new(&fake);
    let form = with(&[
        ("limits[connections]", "ten"),
        ("limits[headers]", "7"),
        ("limits[client_hello_seconds]", "20"),
        ("proxy_protocol", "10.0.0.0/8\nexample.com"),
    ]);
    let answer = browser.post(UPDATE, &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let back = answer.location.expect("a location");
    assert!(back.starts_with(&format!("{SETTINGS}?")), "{back}");
    browser.get(&back).await.shows(&[
        OPEN,
        r##"href="#connections""##,
        "This is not a number.",
        r#"name="limits[connections]" value="ten""#,
        r##"href="#headers""##,
        r##"href="#client_hello_seconds""##,
        "This must not be greater than “Time for the handshake (s)”.",
        r##"href="#proxy_protocol""##,
        "Entry 2, “example.com”",
        "10.0.0.0/8\nexample.com</textarea>",
    ]);
    assert_eq!(fake.state().groups[0].protection, Protection::default());
}

#[tokio::test]
async fn what_stands_in_an_address_is_only_text() {
    let browser = Browser::new(&Fake::signed_in());
    let page = browser.get(&format!("{SETTINGS}?proxy_protocol=%26lt%3B%3C/textarea%3E%3Cscript%3E")).await;
    page.shows(&["&amp;lt;&lt;/textarea>&lt;script></textarea>"]).hides(&["</textarea><script>"]);
}
