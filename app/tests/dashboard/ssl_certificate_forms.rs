//! The dialogs: what they ask, what they send on, and how they come back with errors.

use app::backend::{CaChoice, SniChoice};
use axum::body::Body;
use domain::{
    CertificateType, Depth, Fault, Field, FieldError, Limit, PeerVerificationMode, Problem, Revision,
};
use http::StatusCode;
use http::header::CONTENT_TYPE;

use crate::browser::{Answer, Browser};
use crate::fake::Fake;
use crate::ssl_certificate::three_certificates;

const NEW: &str = "/groups/default/ssl-certificates/new";
const DETAIL: &str = "/groups/default/ssl-certificates/01JSERVER";
const BOUNDARY: &str = "----postern";

/// What the dialog sends when it is filled in as the guide says.
const GUIDE: [(&str, &str); 6] = [
    ("group", "default"),
    ("type", "server"),
    ("method", "upload"),
    ("certificate", "-----BEGIN CERTIFICATE-----"),
    ("private_key", "-----BEGIN PRIVATE KEY-----"),
    ("peer_verification", "on"),
];

pub(crate) async fn send(browser: &Browser, verb: &str, fields: &[(&str, &str)]) -> Answer {
    let parts = fields.iter().map(|(name, value)| {
        format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    });
    let body = format!("{}--{BOUNDARY}--\r\n", parts.collect::<String>());
    send_as(browser, verb, &format!("multipart/form-data; boundary={BOUNDARY}"), body).await
}

async fn send_as(browser: &Browser, verb: &str, content_type: &str, body: String) -> Answer {
    let mut request = browser.request(&format!("/api/ssl-certificate/{verb}"));
    *request.method_mut() = http::Method::POST;
    request.headers_mut().insert(CONTENT_TYPE, content_type.parse().expect("a header value"));
    *request.body_mut() = Body::from(body);
    browser.send(request).await
}

pub(crate) fn with(fields: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let replaced = |name: &str| fields.iter().any(|(other, _)| *other == name);
    GUIDE.iter().filter(|(name, _)| !replaced(name)).chain(fields).copied().collect()
}

pub(crate) fn script(fake: &Fake) -> Browser {
    Browser { script: true, ..Browser::new(fake) }
}

#[tokio::test]
async fn the_dialog_has_the_controls_of_the_guide() {
    let answer = Browser::new(&three_certificates()).get(NEW).await;
    answer.shows(&[
        "<title>Add SSL Certificate · Postern</title>",
        "<dialog",
        r#"action="/api/ssl-certificate/add""#,
        r#"enctype="multipart/form-data""#,
        r#"<legend class="field__label">Type</legend>"#,
        r#"<input type="radio" id="type" name="type" value="server" checked>"#,
        r#"<legend class="field__label">Method</legend>"#,
        r#"<label for="certificate" class="field__label">Certificate</label>"#,
        r#"<label for="private_key" class="field__label">Private Key</label>"#,
        r#"<label for="peer_verification" class="field__label">Peer Verification</label>"#,
        r#"role="switch""#,
        r#"<label for="ca_certificate" class="field__label">CA Certificate (Optional)</label>"#,
        r#"<label for="certificate_text" class="field__label">Certificate text</label>"#,
        r#"name="ca_certificate_id" value="01JC0ROOTCA0000000000000">ROOTCA</label>"#,
        "<summary>Policy</summary>",
        r#"name="peer_verification_mode" value="required" checked"#,
        r#"<label for="exempt_paths" class="field__label">Paths without client certificate</label>"#,
        "asked for a certificate on every path",
        r#"<label for="allow_list" class="field__label">Allowed identities</label>"#,
        r#"name="advertises_ca_names" value="on" checked"#,
        ">Add</button>",
    ]);
    assert_eq!(answer.body.matches(">Certificate</label>").count(), 1, "one control has this name");
    answer.hides(&[r#"<details open class="advanced""#]);
}

#[tokio::test]
async fn the_dialog_speaks_the_guides_chinese() {
    let browser = Browser { cookies: Some("language=zh"), ..Browser::new(&three_certificates()) };
    browser.get(NEW).await.shows(&[
        "新增 SSL 证书</h2>",
        ">类型</legend>",
        "服务器</label>",
        "上传</label>",
        ">证书</label>",
        ">私钥</label>",
        ">对等验证</label>",
        ">CA 证书（可选）</label>",
        ">新增</button>",
    ]);
}

#[tokio::test]
async fn adding_leads_to_the_marked_row() {
    let fake = three_certificates();
    let fields = with(&[
        ("ca_certificate", "-----BEGIN CA-----"),
        ("snis", "test.com, *.test.com\ntest.com"),
        ("depth", "2"),
    ]);
    let answer = send(&Browser::new(&fake), "add", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.location.as_deref(), Some("/groups/default/ssl-certificates?added=01JADDED"));

    let asked = fake.state().asked.pop().expect("asked");
    assert_eq!(asked.certificate_type, CertificateType::Server);
    assert_eq!(asked.upload.certificate, b"-----BEGIN CERTIFICATE-----");
    assert_eq!(asked.upload.private_key.expose(), b"-----BEGIN PRIVATE KEY-----");
    assert_eq!(asked.peer_verification.mode, PeerVerificationMode::Required);
    assert_eq!(asked.peer_verification.depth, Depth::new(2).expect("valid"));
    assert!(matches!(asked.peer_verification.ca, CaChoice::Upload(ca) if ca == b"-----BEGIN CA-----"));
    let SniChoice::These(snis) = asked.snis else { panic!("SNIs were given") };
    assert_eq!(snis.iter().map(ToString::to_string).collect::<Vec<_>>(), ["test.com", "*.test.com"]);
    assert!(!asked.replace);
}

#[tokio::test]
async fn what_a_choice_hides_is_not_read() {
    let fake = three_certificates();
    let browser = script(&fake);
    let pasted =
        with(&[("method", "paste"), ("certificate_text", "pasted"), ("private_key_text", "pasted key")]);
    assert_eq!(send(&browser, "add", &pasted).await.status, StatusCode::OK);
    let asked = fake.state().asked.pop().expect("asked");
    assert_eq!(asked.upload.certificate, b"pasted");
    assert_eq!(asked.upload.private_key.expose(), b"pasted key");

    let client =
        with(&[("type", "client"), ("ca_certificate", "x"), ("snis", "not a host!"), ("depth", "99")]);
    assert_eq!(send(&browser, "add", &client).await.status, StatusCode::OK);
    let asked = fake.state().asked.pop().expect("asked");
    assert_eq!(asked.certificate_type, CertificateType::Client);
    assert_eq!(asked.peer_verification.mode, PeerVerificationMode::Off);
    assert!(matches!(asked.peer_verification.ca, CaChoice::Unchanged));
    assert!(matches!(asked.snis, SniChoice::FromCertificate));
}

#[tokio::test]
async fn a_ca_is_uploaded_or_picked() {
    let fake = three_certificates();
    let browser = script(&fake);
    let picked = with(&[("ca_certificate", ""), ("ca_certificate_id", "01JC0ROOTCA0000000000000")]);
    send(&browser, "add", &picked).await;
    let ca = fake.state().asked.pop().expect("asked").peer_verification.ca;
    assert!(
        matches!(ca, CaChoice::Existing(ids) if ids.len() == 1 && ids[0].as_str() == "01JC0ROOTCA0000000000000")
    );
    let several = with(&[("ca_certificate_id", "a"), ("ca_certificate_id", "b"), ("ca_certificate_id", "a")]);
    send(&browser, "add", &several).await;
    let ca = fake.state().asked.pop().expect("asked").peer_verification.ca;
    let CaChoice::Existing(ids) = ca else { panic!("{ca:?}") };
    assert_eq!(ids.iter().map(ToString::to_string).collect::<Vec<_>>(), ["a", "b"]);
    let both = with(&[("ca_certificate", "x"), ("ca_certificate_id", "01JC0ROOTCA0000000000000")]);
    send(&browser, "add", &both).await;
    assert!(matches!(fake.state().asked.pop().expect("asked").peer_verification.ca, CaChoice::Upload(_)));
}

#[tokio::test]
async fn everything_wrong_is_said_at_once_and_nothing_is_asked() {
    let fake = three_certificates();
    let fields = with(&[
        ("type", "both"),
        ("method", ""),
        ("peer_verification", "maybe"),
        ("snis", "ok.example bad!name.test"),
        ("depth", "11"),
    ]);
    let answer = send(&script(&fake), "add", &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    answer.shows(&[
        "UnknownValue",
        "Required",
        "PeerVerification",
        "InvalidSni",
        "bad!name.test",
        "OutOfRange",
    ]);
    assert!(fake.state().asked.is_empty());
}

#[tokio::test]
async fn errors_come_back_to_their_fields_with_what_is_not_secret() {
    let fake = three_certificates();
    fake.state().refusal = Some(Problem::Invalid(vec![
        FieldError::new(Field::PrivateKey, Fault::KeyMismatch { belongs_to: None }),
        FieldError::new(Field::CaCertificate, Fault::CaMissing),
    ]));
    let browser = Browser::new(&fake);
    let fields = with(&[
        ("method", "paste"),
        ("certificate_text", "-----BEGIN CERTIFICATE-----\nMIIC+/=\n-----END CERTIFICATE-----"),
        ("private_key_text", "-----BEGIN PRIVATE KEY-----\nc2VjcmV0"),
        ("snis", "test.com"),
    ]);
    let answer = send(&browser, "add", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let back = answer.location.expect("a location");
    assert!(back.starts_with(NEW) && !back.contains("c2VjcmV0") && !back.contains("PRIVATE"), "{back}");
    browser.get(&back).await.shows(&[
        r#"role="alert""#,
        r##"href="#private_key""##,
        r##"href="#ca_certificate""##,
        "This key belongs to another certificate.",
        "Peer verification needs a CA",
        r#"value="paste" checked"#,
        "MIIC+/=",
        r#"id="peer_verification" name="peer_verification" value="on" checked"#,
        r#"name="snis" value="test.com""#,
        r#"aria-invalid="true""#,
    ]);
}

#[tokio::test]
async fn a_key_in_the_wrong_field_stays_out_of_the_address() {
    let fake = three_certificates();
    fake.state().refusal =
        Some(FieldError::new(Field::Certificate, Fault::NoCertificate { found: vec![] }).into());
    let key = "-----BEGIN EC PRIVATE KEY-----\nc2VjcmV0\n-----END EC PRIVATE KEY-----";
    let fields = with(&[("method", "paste"), ("certificate_text", key), ("ca_certificate_text", key)]);
    let back = send(&Browser::new(&fake), "add", &fields).await.location.expect("a location");
    assert!(back.starts_with(NEW) && !back.contains("c2VjcmV0"), "{back}");
}

#[tokio::test]
async fn a_taken_sni_names_who_has_it_and_asks_for_consent() {
    let fake = three_certificates();
    let taken =
        Fault::SniTaken { sni: "test.com".parse().expect("valid"), by: "01JSERVER".parse().expect("valid") };
    fake.state().refusal = Some(FieldError::new(Field::Snis, taken).into());
    let browser = Browser::new(&fake);
    let back = send(&browser, "add", &GUIDE).await.location.expect("a location");
    browser.get(&back).await.shows(&[
        "test.com belongs to the SSL certificate 01JSERVER already.",
        r#"href="/groups/default/ssl-certificates/01JSERVER""#,
        r#"<input type="checkbox" name="replace" value="on">Take the SNI over from it"#,
        r#"<details open class="advanced">"#,
    ]);
    send(&browser, "add", &with(&[("replace", "on")])).await;
    assert!(fake.state().asked.pop().expect("asked").replace);
    browser.get(NEW).await.hides(&[r#"name="replace""#]);
}

#[tokio::test]
async fn inspecting_says_what_it_is_and_saves_nothing() {
    let fake = three_certificates();
    let answer = send(&script(&fake), "inspect", &with(&[("depth", "99")])).await;
    assert_eq!(answer.status, StatusCode::OK);
    answer.shows(&["OutOfRange"]);
    assert_eq!(fake.state().ssl_certificates.len(), 3);
    assert_eq!(fake.state().asked.len(), 1);
}

#[tokio::test]
async fn bodies_of_the_wrong_kind_or_size_are_refused() {
    let fake = three_certificates();
    let browser = script(&fake);
    for content_type in ["application/x-www-form-urlencoded", "application/json", "multipart/form-data"] {
        let answer = send_as(&browser, "add", content_type, "group=default".to_owned()).await;
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{content_type}");
    }
    assert_eq!(
        send(&browser, "add", &with(&[("colour", "red")])).await.status,
        StatusCode::UNSUPPORTED_MEDIA_TYPE
    );

    let (field, body) = ("x".repeat(65_537), "x".repeat(2 << 20));
    let answer = send(&browser, "add", &[&GUIDE[..], &[("ca_certificate", &field)]].concat()).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    answer.shows(&["CaCertificate", "TooLarge", "65536"]);
    let answer = send(&browser, "add", &[&GUIDE[..], &[("ca_certificate", &body)]].concat()).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    answer.shows(&["1048576"]);
    assert!(fake.state().asked.is_empty());
}

#[tokio::test]
async fn nobody_who_is_not_signed_in_may_send_a_form() {
    let fake = three_certificates();
    fake.state().caller = None;
    for verb in ["inspect", "add", "edit", "replace"] {
        let answer = send(&script(&fake), verb, &with(&[("id", "01JSERVER"), ("revision", "40")])).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{verb}");
    }
    let state = fake.state();
    assert!(state.asked.is_empty() && state.changes.is_empty());
}

#[tokio::test]
async fn editing_shows_what_is_set_and_asks_for_no_key() {
    let answer = Browser::new(&three_certificates()).get(&format!("{DETAIL}/edit")).await;
    answer.shows(&[
        "Edit SSL Certificate</h2>",
        r#"name="revision" value="40""#,
        r#"name="snis" value="test.com""#,
        r#"name="depth" value="1""#,
        r#"name="peer_verification" value="on" checked"#,
        r#"name="ca_certificate_id" value="01JC0ROOTCA0000000000000" checked"#,
    ]);
    answer.hides(&[r#"name="private_key""#, r#"name="certificate""#]);
}

#[tokio::test]
async fn editing_changes_what_the_form_shows_and_nothing_else() {
    let fake = three_certificates();
    let fields = [
        ("group", "default"),
        ("id", "01JSERVER"),
        ("revision", "40"),
        ("type", "server"),
        ("method", "upload"),
        ("sets_peer_verification", "on"),
        ("peer_verification", "on"),
        ("peer_verification_mode", "required"),
        ("exempt_paths", ""),
        ("allow_list", ""),
        ("ca_certificate", ""),
        ("snis", "test.com, www.test.com"),
        ("depth", "0"),
    ];
    let answer = send(&Browser::new(&fake), "edit", &fields).await;
    assert_eq!((answer.status, answer.location.as_deref()), (StatusCode::SEE_OTHER, Some(DETAIL)));
    let change = fake.state().changes.pop().expect("a change");
    assert!(change.upload.is_none() && change.status.is_none());
    let verification = change.peer_verification.expect("peer verification");
    assert!(matches!(verification.ca, CaChoice::Unchanged), "the CAs are kept");
    assert_eq!((verification.mode, verification.depth.intermediates()), (PeerVerificationMode::Required, 0));
    assert!(matches!(change.snis, Some(SniChoice::These(snis)) if snis.len() == 2));
}

#[tokio::test]
async fn an_edit_that_does_not_speak_of_peer_verification_leaves_it_alone() {
    let fake = three_certificates();
    let fields = [
        ("group", "default"),
        ("id", "01JSERVER"),
        ("revision", "40"),
        ("method", "upload"),
        ("snis", "test.com"),
    ];
    let answer = send(&Browser::new(&fake), "edit", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(fake.state().changes.pop().expect("a change").peer_verification.is_none());
}

#[tokio::test]
async fn an_edit_that_does_not_speak_of_hosts_leaves_them_alone() {
    let fields = [("group", "default"), ("id", "01JSERVER"), ("revision", "40"), ("method", "upload")];
    let snis_after = async |more: &[(&'static str, &'static str)]| {
        let fake = three_certificates();
        let answer = send(&Browser::new(&fake), "edit", &[&fields, more].concat()).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        fake.state().changes.pop().expect("a change").snis
    };
    assert!(snis_after(&[]).await.is_none());
    assert!(matches!(snis_after(&[("snis", " ")]).await, Some(SniChoice::FromCertificate)));
}

#[tokio::test]
async fn a_form_that_is_stale_changes_nothing_and_says_so() {
    let fake = three_certificates();
    fake.state().ssl_certificates[0].revision = Revision(41);
    let browser = Browser::new(&fake);
    let fields = with(&[("id", "01JSERVER"), ("revision", "40")]);
    let back = send(&browser, "replace", &fields).await.location.expect("a location");
    assert!(back.starts_with(&format!("{DETAIL}/replace?")), "{back}");
    browser.get(&back).await.shows(&[r#"role="alert""#, "Somebody else has changed this"]);
    let without = with(&[("id", "01JSERVER")]);
    assert_eq!(send(&script(&fake), "replace", &without).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn replacing_keeps_the_snis_unless_asked() {
    let fake = three_certificates();
    let browser = Browser::new(&fake);
    browser.get(&format!("{DETAIL}/replace")).await.shows(&[
        "Replace certificate</h2>",
        ">Certificate</label>",
        ">Private Key</label>",
        "Take the SNIs from the new certificate",
    ]);
    let fields = with(&[("id", "01JSERVER"), ("revision", "40")]);
    assert_eq!(send(&browser, "replace", &fields).await.location.as_deref(), Some(DETAIL));
    let change = fake.state().changes.pop().expect("a change");
    assert!(change.upload.is_some() && change.snis.is_none() && change.peer_verification.is_none());

    let asked = with(&[("id", "01JSERVER"), ("revision", "41"), ("snis_from_certificate", "on")]);
    send(&browser, "replace", &asked).await;
    assert!(matches!(fake.state().changes.pop().expect("a change").snis, Some(SniChoice::FromCertificate)));
}

#[tokio::test]
async fn the_limit_is_named_at_the_field() {
    let fake = three_certificates();
    let limit = Fault::TooLarge(Limit::Bytes(65_536));
    fake.state().refusal = Some(FieldError::new(Field::Certificate, limit).into());
    let browser = Browser::new(&fake);
    let back = send(&browser, "add", &GUIDE).await.location.expect("a location");
    browser.get(&back).await.shows(&["This is larger than the limit of 64 KiB."]);
}
