//! What is asked of clients: the form's section Policy, and the page that says it in words.

use app::backend::CaChoice;
use domain::{
    DeniedClient, Depth, Fault, Field, FieldError, FieldWarning, Health, PeerVerificationMode, Problem,
    Revision, Warning,
};
use http::StatusCode;

use crate::browser::Browser;
use crate::fake::Fake;
use crate::samples;
use crate::ssl_certificate::three_certificates;
use crate::ssl_certificate_forms::{script, send, with};

const NEW: &str = "/groups/default/ssl-certificates/new";
const DETAIL: &str = "/groups/default/ssl-certificates/01JSERVER";
const FINGERPRINT: &str = "sha256:0A0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a";

/// The edit form of the guide's certificate, with a policy.
const POLICY: [(&str, &str); 11] = [
    ("group", "default"),
    ("id", "01JSERVER"),
    ("revision", "40"),
    ("type", "server"),
    ("method", "upload"),
    ("sets_peer_verification", "on"),
    ("peer_verification", "on"),
    ("peer_verification_mode", "required"),
    ("depth", "0"),
    ("exempt_paths", "^/health$\r\n\r\n  /public/ \r\n"),
    ("allow_list", "dns:*.partners.test\nuri:spiffe://example.com/ns/*/web\n"),
];

/// A certificate that has something of everything.
fn with_policy() -> Fake {
    let fake = three_certificates();
    {
        let verification = &mut fake.state().ssl_certificates[0].peer_verification;
        verification.depth = Depth::new(2).expect("valid");
        verification.exempt_paths = ["^/health$", "^/public/"].map(|it| it.parse().expect("valid")).to_vec();
        verification.allow_list =
            ["dns:*.partners.test", FINGERPRINT].map(|it| it.parse().expect("valid")).to_vec();
        verification.advertises_ca_names = false;
    }
    fake
}

fn without<'a>(fields: &[(&'a str, &'a str)], name: &str) -> Vec<(&'a str, &'a str)> {
    fields.iter().copied().filter(|(other, _)| *other != name).collect()
}

#[tokio::test]
async fn a_policy_is_read_line_by_line() {
    let fake = three_certificates();
    let answer = send(&Browser::new(&fake), "edit", &POLICY).await;
    assert_eq!((answer.status, answer.location.as_deref()), (StatusCode::SEE_OTHER, Some(DETAIL)));
    let change = fake.state().changes.pop().expect("a change").peer_verification.expect("a policy");
    assert_eq!(change.mode, PeerVerificationMode::Required);
    assert_eq!(
        change.exempt_paths.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["^/health$", "/public/"]
    );
    let allowed: Vec<_> = change.allow_list.iter().map(ToString::to_string).collect();
    assert_eq!(allowed, ["dns:*.partners.test", "uri:spiffe://example.com/ns/*/web"]);
    assert!(change.hides_ca_names, "the box was not ticked");
}

#[tokio::test]
async fn each_mode_is_asked_for_by_its_code() {
    let fake = three_certificates();
    for (code, mode) in [
        ("required", PeerVerificationMode::Required),
        ("optional", PeerVerificationMode::Optional),
        ("report_only", PeerVerificationMode::ReportOnly),
    ] {
        let fields = with(&[("peer_verification_mode", code), ("advertises_ca_names", "on")]);
        assert_eq!(send(&script(&fake), "add", &fields).await.status, StatusCode::OK, "{code}");
        let asked = fake.state().asked.pop().expect("asked").peer_verification;
        assert_eq!((asked.mode, asked.hides_ca_names), (mode, false), "{code}");
    }
    let off = with(&[("peer_verification", ""), ("peer_verification_mode", "report_only")]);
    send(&script(&fake), "add", &off).await;
    let asked = fake.state().asked.pop().expect("asked").peer_verification;
    assert_eq!(asked.mode, PeerVerificationMode::Off, "the switch decides");
}

#[tokio::test]
async fn wrong_entries_are_named_by_number_at_their_field_and_stay() {
    let fake = three_certificates();
    let fields = with(&[
        ("peer_verification_mode", "optional"),
        ("exempt_paths", "^/health$"),
        ("allow_list", "dns:a.test\n\ndns:*.*\nnobody"),
    ]);
    let browser = Browser::new(&fake);
    let back = send(&browser, "add", &fields).await.location.expect("a location");
    assert!(back.starts_with(NEW), "{back}");
    browser.get(&back).await.shows(&[
        r#"<details open class="advanced">"#,
        r##"href="#exempt_paths""##,
        "Exempt paths work with mode Required only.",
        r##"href="#allow_list""##,
        "Entry 2, “dns:*.*”",
        "Entry 3,",
        "dns:a.test\n\ndns:*.*\nnobody",
        "^/health$</textarea>",
        r#"name="peer_verification_mode" value="optional" checked"#,
    ]);
    assert!(fake.state().asked.is_empty());
}

#[tokio::test]
async fn lists_are_bounded() {
    let fake = three_certificates();
    for (field, line, most) in [("exempt_paths", "^/a$\n", 64), ("allow_list", "cn:a\n", 1_000)] {
        for (count, status) in [(most, StatusCode::OK), (most + 1, StatusCode::UNPROCESSABLE_ENTITY)] {
            let list = line.repeat(count);
            let mut fields = with(&[("peer_verification_mode", "required")]);
            fields.push((field, list.as_str()));
            let answer = send(&script(&fake), "add", &fields).await;
            assert_eq!(answer.status, status, "{field} {count}");
        }
    }
    let nonsense = "x\n".repeat(500);
    let mut fields = with(&[("peer_verification_mode", "required")]);
    fields.push(("allow_list", nonsense.as_str()));
    let answer = send(&script(&fake), "add", &fields).await;
    assert_eq!(answer.body.matches("InvalidIdentity").count(), 10, "nobody reads five hundred");
}

#[tokio::test]
async fn an_edit_without_a_rule_does_not_loosen_it() {
    for missing in ["exempt_paths", "allow_list", "peer_verification_mode", "depth"] {
        let fake = with_policy();
        let answer = send(&script(&fake), "edit", &without(&POLICY, missing)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{missing}");
        assert!(fake.state().changes.is_empty(), "{missing}");
    }
}

#[tokio::test]
async fn taking_all_cas_off_is_not_keeping_them() {
    let fake = three_certificates();
    let mut fields = POLICY.to_vec();
    fields.push(("picks_cas", "on"));
    let answer = send(&script(&fake), "edit", &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    answer.shows(&["CaCertificate", "CaMissing"]);
    fields.retain(|(name, _)| *name != "peer_verification");
    assert_eq!(send(&script(&fake), "edit", &fields).await.status, StatusCode::OK, "it is off");
    let change = fake.state().changes.pop().expect("a change").peer_verification.expect("a policy");
    assert!(matches!(change.ca, CaChoice::Unchanged));
}

#[tokio::test]
async fn editing_shows_the_whole_policy() {
    let answer = Browser::new(&with_policy()).get(&format!("{DETAIL}/edit")).await;
    answer.shows(&[
        r#"<details open class="advanced">"#,
        r#"name="depth" value="2""#,
        "^/health$\n^/public/</textarea>",
        "dns:*.partners.test\nsha256:",
        r#"name="advertises_ca_names" value="on""#,
    ]);
    answer.hides(&[r#"name="advertises_ca_names" value="on" checked"#]);
}

#[tokio::test]
async fn an_edit_that_comes_back_has_lost_nothing() {
    let fake = with_policy();
    fake.state().refusal = Some(FieldError::new(Field::Snis, Fault::NoSni).into());
    let long = "dns:a.partners.test\n".repeat(900);
    let mut fields = without(&POLICY, "allow_list");
    fields.push(("allow_list", long.as_str()));
    let browser = Browser::new(&fake);
    let back = send(&browser, "edit", &fields).await.location.expect("a location");
    // Too long for an address: what is saved stands there, and nothing looks as if it had been emptied.
    browser.get(&back).await.shows(&["dns:*.partners.test\nsha256:", "^/health$\r\n\r\n  /public/"]);
}

#[tokio::test]
async fn the_switch_keeps_every_field() {
    let fake = with_policy();
    let browser = Browser::new(&fake);
    for value in ["off", "on"] {
        let form = [("group", "default"), ("id", "01JSERVER"), ("peer_verification", value)];
        let answer = browser.post("/api/ssl-certificate/set-peer-verification", &form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{value}");
        let change = fake.state().changes.pop().expect("a change").peer_verification.expect("a policy");
        assert_eq!(change.mode.asks(), value == "on");
        assert_eq!((change.exempt_paths.len(), change.allow_list.len()), (2, 2), "{value}");
        assert_eq!((change.depth.intermediates(), change.hides_ca_names), (2, true), "{value}");
        assert!(matches!(change.ca, CaChoice::Unchanged), "{value}");
    }
}

#[tokio::test]
async fn the_page_says_the_whole_policy_in_words() {
    let fake = with_policy();
    let browser = Browser::new(&fake);
    browser.get(DETAIL).await.shows(&[
        "<strong>Required</strong>",
        "except for the paths below",
        r#"href="/groups/default/ca-certificates/01JC0ROOTCA0000000000000""#,
        "2 intermediate certificates at most",
        "<li><code>^/health$</code></li>",
        "<li><code>dns:*.partners.test</code></li>",
        "Not advertised",
        "Without: 400, unless the path needs none",
    ]);
    Browser::new(&three_certificates()).get(DETAIL).await.shows(&[
        "All that these CAs vouch for",
        "Advertised to clients",
        "Without: the handshake is refused",
    ]);
    for (mode, badge, meaning) in [
        (PeerVerificationMode::Optional, "Optional · ROOTCA", "may come without a certificate"),
        (PeerVerificationMode::ReportOnly, "Report only · ROOTCA", "Nobody is refused"),
    ] {
        fake.state().ssl_certificates[0].peer_verification.mode = mode;
        browser.get(DETAIL).await.shows(&[badge, meaning, "Without: answered too"]);
        browser.get("/groups/default/ssl-certificates").await.shows(&[badge]);
    }
    browser.get(DETAIL).await.shows(&["badge--attention"]);
}

#[tokio::test]
async fn clients_that_only_this_certificate_denies_are_shown_and_let_in_again() {
    let fake = three_certificates();
    let denied = |id: &str, ssl_certificate: Option<&str>, label: &str| DeniedClient {
        id: id.parse().expect("valid"),
        group: "default".parse().expect("valid"),
        ssl_certificate: ssl_certificate.map(|id| id.parse().expect("valid")),
        entry: "serial:01:ab issuer:CN=ROOTCA".parse().expect("valid"),
        label: label.to_owned(),
        author: "admin".to_owned(),
        created_at: samples::NOW,
    };
    fake.state().denied = vec![
        denied("d1", Some("01JSERVER"), "DEVICE-7"),
        denied("d2", None, "DEVICE-8"),
        denied("d3", Some("01JWILDCARD"), "DEVICE-9"),
    ];
    let browser = Browser::new(&fake);
    browser
        .get(DETAIL)
        .await
        .shows(&["Denied clients", "DEVICE-7", "serial:01:ab issuer:CN=ROOTCA", "Denied by admin"])
        .shows(&[r#"aria-label="Allow again DEVICE-7""#])
        .hides(&["DEVICE-8", "DEVICE-9"]);
    let form = [("group", "default"), ("id", "01JSERVER"), ("denied", "d1")];
    let answer = browser.post("/api/ssl-certificate/allow-client-again", &form).await;
    assert_eq!((answer.status, answer.location.as_deref()), (StatusCode::SEE_OTHER, Some(DETAIL)));
    assert_eq!(fake.state().denied.len(), 2);
    browser.get(DETAIL).await.hides(&["Denied clients"]);

    let back = browser.post("/api/ssl-certificate/allow-client-again", &form).await.location;
    browser.get(&back.expect("a location")).await.shows(&[r#"role="alert""#, "There is no such entry."]);
    fake.state().caller = None;
    let form = [("group", "default"), ("id", "01JWILDCARD"), ("denied", "d3")];
    let answer = script(&fake).post("/api/ssl-certificate/allow-client-again", &form).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(fake.state().denied.len(), 2);
}

#[tokio::test]
async fn a_broken_policy_leads_to_where_it_is_mended() {
    let fake = three_certificates();
    let ca = "/groups/default/ca-certificates/01JC0ROOTCA0000000000000";
    let (subject, issuer) = ("CN=ROOTCA".to_owned(), "CN=ROOTCA".to_owned());
    let expired = Fault::CaExpired { subject, not_after: samples::NOW };
    let stale = Fault::RevocationListStale { issuer, next_update: samples::NOW };
    for (cause, says, leads) in [
        (expired, "expired at", format!("{DETAIL}/edit")),
        (stale, "Upload a newer list at the CA", ca.to_owned()),
    ] {
        let list = domain::RevocationList {
            issuer: "CN=ROOTCA".to_owned(),
            this_update: samples::NOW,
            next_update: Some(samples::NOW),
            number: None,
            entries: 1,
        };
        {
            let certificate = &mut fake.state().ssl_certificates[0];
            certificate.health = Health::Broken(cause);
            certificate.peer_verification.ca_certificates[0].revocation_lists = vec![list];
        }
        let answer = Browser::new(&fake).get(DETAIL).await;
        let alert = answer.body.split(r#"role="alert""#).nth(1).expect("an alert");
        let alert = alert.split("</dl>").next().expect("a part");
        assert!(alert.contains(says) && alert.contains(&format!(r#"href="{leads}""#)), "{alert}");
    }
}

#[tokio::test]
async fn deleting_what_guards_a_host_takes_a_tick() {
    let fake = three_certificates();
    let browser = Browser::new(&fake);
    let page = format!("{DETAIL}/delete");
    browser.get(&page).await.hides(&["accepts_consequences"]);
    let by = "01JWILDCARD".parse().expect("valid");
    let opens = Warning::WiderPolicyTakesOver { sni: "test.com".parse().expect("valid"), by };
    fake.state().consequences = vec![FieldWarning::new(Field::Snis, opens)];
    browser.get(&page).await.shows(&[
        "which asks less of its clients",
        r#"<input type="checkbox" name="accepts_consequences" value="on" required>I know that these hosts"#,
    ]);
    for accepts in ["", "off"] {
        let form = [("group", "default"), ("id", "01JSERVER"), ("accepts_consequences", accepts)];
        let back = browser.post("/api/ssl-certificate/delete", &form).await.location.expect("a location");
        assert!(back.starts_with(&page), "{back}");
        browser.get(&back).await.shows(&[r#"role="alert""#, "Somebody else has changed this"]);
        assert_eq!(fake.state().ssl_certificates.len(), 3, "{accepts:?}");
    }
    let form = [("group", "default"), ("id", "01JSERVER"), ("accepts_consequences", "on")];
    browser.post("/api/ssl-certificate/delete", &form).await;
    assert_eq!(fake.state().ssl_certificates.len(), 2);
}

#[tokio::test]
async fn giving_up_a_host_that_becomes_less_protected_takes_a_tick() {
    const TICK: &str =
        r#"<input type="checkbox" name="accepts_consequences" value="on">I know that these hosts"#;
    let fake = three_certificates();
    let browser = Browser::new(&fake);
    let by = "01JWILDCARD".parse().expect("valid");
    let opens = Fault::OpensHost { sni: "test.com".parse().expect("valid"), by };
    let refusal = Some(Problem::Invalid(vec![FieldError::new(Field::Snis, opens)]));
    let replacement = with(&[("id", "01JSERVER"), ("revision", "40"), ("snis_from_certificate", "on")]);
    for (form, fields) in [("edit", POLICY.to_vec()), ("replace", replacement)] {
        browser.get(&format!("{DETAIL}/{form}")).await.hides(&["accepts_consequences"]);
        fake.state().refusal.clone_from(&refusal);
        let back = send(&browser, form, &fields).await.location.expect("a location");
        browser.get(&back).await.shows(&["which asks less of its clients", TICK]);
        fake.state().refusal = None;
        for (ticks, accepts) in [("", false), ("off", false), ("on", true)] {
            let mut fields = fields.clone();
            fields.push(("accepts_consequences", ticks));
            fake.state().ssl_certificates[0].revision = Revision(40);
            send(&browser, form, &fields).await;
            let change = fake.state().changes.pop().expect("a change");
            assert_eq!(change.accepts_consequences, accepts, "{form} {ticks:?}");
        }
    }
}

#[tokio::test]
async fn a_refusal_of_the_server_comes_to_its_field() {
    let fake = three_certificates();
    let fault = Fault::InvalidPathPattern { number: 2, reason: "unclosed group".to_owned() };
    fake.state().refusal = Some(Problem::Invalid(vec![FieldError::new(Field::ExemptPaths, fault)]));
    let browser = Browser::new(&fake);
    let back = send(&browser, "edit", &POLICY).await.location.expect("a location");
    browser.get(&back).await.shows(&["Pattern 2 is not a regular expression", "unclosed group"]);
}
