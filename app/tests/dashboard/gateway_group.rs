use domain::{ListenerState, PolicyChange, Revision};
use http::StatusCode;

use crate::browser::Browser;
use crate::fake::{Fake, State};
use crate::samples;

#[tokio::test]
async fn the_start_page_leads_to_the_default_group() {
    let answer = Browser::new(&Fake::signed_in()).get("/").await;
    assert_eq!((answer.status, answer.location.as_deref()), (StatusCode::FOUND, Some("/groups/default")));
    let none = Fake::new(State { caller: Some(samples::administrator()), ..State::default() });
    assert_eq!(Browser::new(&none).get("/").await.location.as_deref(), Some("/groups/new"));
}

#[tokio::test]
async fn the_overview_says_what_a_change_of_policies_closed() {
    let fake = Fake::signed_in();
    let change = |closed| Some(PolicyChange { at: samples::NOW, revision: Revision(41), closed });
    fake.state().groups[0].last_policy_change = change(0);
    Browser::new(&fake)
        .get("/groups/default")
        .await
        .shows(&["live at revision 41"])
        .hides(&["connections closed"]);
    fake.state().groups[0].last_policy_change = change(3);
    Browser::new(&fake)
        .get("/groups/default")
        .await
        .shows(&["3 open connections closed", "2025-06-15 15:06:40 UTC"]);
}

#[tokio::test]
async fn the_overview_says_what_to_do_next() {
    let fake = Fake::signed_in();
    Browser::new(&fake)
        .get("/groups/default")
        .await
        .shows(&[
            "<title>default · Postern</title>",
            "Listening",
            "0.0.0.0:9443",
            "0 SSL certificates",
            "Next step",
            r#"action="/groups/default/ssl-certificates/new""#,
            "+ Add SSL Certificate</button>",
        ])
        .hides(&["curl"]);
    fake.state().groups[0].ssl_certificates = 3;
    Browser::new(&fake)
        .get("/groups/default")
        .await
        .shows(&["3 SSL certificates", "--resolve \"test.com:9443:127.0.0.1\""])
        .hides(&["Next step"]);
}

#[tokio::test]
async fn a_group_that_does_not_listen_says_so_on_each_of_its_pages() {
    let fake = Fake::signed_in();
    let listening = Browser::new(&fake).get("/groups/default").await;
    listening.hides(&["Not listening"]);
    fake.state().groups[0].listener_state = ListenerState::Failed {
        address: ([0, 0, 0, 0], 9443).into(),
        reason: "address already in use".to_owned(),
    };
    for page in ["/groups/default", "/groups/default/settings", "/groups/default/delete"] {
        Browser::new(&fake).get(page).await.shows(&[
            r#"role="alert""#,
            "Not listening on 0.0.0.0:9443.",
            "address already in use",
        ]);
    }
}

#[tokio::test]
async fn a_group_is_created_and_opened() {
    let fake = Fake::signed_in();
    let browser = Browser::new(&fake);
    browser
        .get("/groups/new")
        .await
        .shows(&["<title>New gateway group · Postern</title>", r#"for="listener""#]);
    let form = [("name", "Partners"), ("listener", "9444")];
    let answer = browser.post("/api/gateway-group/create", &form).await;
    assert_eq!((answer.status, answer.location.as_deref()), (StatusCode::SEE_OTHER, Some("/groups/g1")));
    assert_eq!(fake.state().groups[1].listener.to_string(), "0.0.0.0:9444");
}

#[tokio::test]
async fn what_was_typed_stays_when_it_is_refused() {
    let fake = Fake::signed_in();
    let browser = Browser::new(&fake);
    for (form, expected) in [
        ([("name", "default"), ("listener", "9444")], [r#"value="default""#, r#"value="9444""#]),
        (
            [("name", ""), ("listener", "nowhere & \"here\"")],
            [r##"href="#listener""##, "nowhere &amp; &quot;here&quot;"],
        ),
    ] {
        let answer = browser.post("/api/gateway-group/create", &form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        let back = answer.location.expect("a location");
        assert!(back.starts_with("/groups/new?"), "{back}");
        browser.get(&back).await.shows(&[r##"href="#name""##, r#"id="name-error""#]).shows(&expected);
    }
    assert_eq!(fake.state().groups.len(), 1);
}

#[tokio::test]
async fn settings_are_saved() {
    let fake = Fake::signed_in();
    let browser = Browser::new(&fake);
    browser.get("/groups/default/settings").await.shows(&[
        r#"value="default""#,
        r#"value="0.0.0.0:9443""#,
        r#"action="/groups/default/delete""#,
    ]);
    let form = [("group", "default"), ("name", "Edge"), ("listener", "127.0.0.1:9500")];
    let answer = browser.post("/api/gateway-group/update", &form).await;
    assert_eq!(answer.location.as_deref(), Some("/groups/default/settings?saved=true"));
    browser.get("/groups/default/settings?saved=true").await.shows(&[
        r#"role="status""#,
        "Saved.",
        r#"value="Edge""#,
        r#"value="127.0.0.1:9500""#,
    ]);
}

#[tokio::test]
async fn the_optional_settings_are_saved_and_cleared() {
    let fake = Fake::signed_in();
    let certificate = samples::server_certificate("c1", "test.com", 90, Vec::new());
    fake.state().ssl_certificates = vec![certificate];
    let browser = Browser::new(&fake);
    browser.get("/groups/default").await.hides(&["Plain HTTP listener"]);
    browser.get("/groups/default/settings").await.shows(&[
        "Default certificate",
        "For clients that name no host. Leave empty to refuse them.",
        "test.com · c1",
        "Plain HTTP listener",
        "Redirects to HTTPS. Leave empty for none.",
    ]);

    let with = |certificate, http| {
        [
            ("group", "default"),
            ("name", "default"),
            ("listener", "9443"),
            ("default_certificate", certificate),
            ("http_listener", http),
        ]
    };
    browser.post("/api/gateway-group/update", &with("c1", "127.0.0.1:8080")).await;
    browser
        .get("/groups/default/settings")
        .await
        .shows(&[r#"value="127.0.0.1:8080""#, r#"<option value="c1" selected"#]);
    browser.get("/groups/default").await.shows(&["Plain HTTP listener", "127.0.0.1:8080"]);

    let refused = browser.post("/api/gateway-group/update", &with("no id!", "nowhere")).await;
    let back = refused.location.expect("a location");
    assert!(back.starts_with("/groups/default/settings?"), "{back}");
    browser.get(&back).await.shows(&[
        r#"id="default_certificate-error""#,
        r##"href="#default_certificate""##,
        r##"href="#http_listener""##,
        r#"value="nowhere""#,
    ]);

    browser.post("/api/gateway-group/update", &with("", " ")).await;
    let group = fake.state().groups[0].clone();
    assert_eq!((group.default_certificate, group.http_listener), (None, None));
}

#[tokio::test]
async fn a_plain_http_listener_that_fails_says_why_on_the_overview() {
    let fake = Fake::signed_in();
    let address = ([0, 0, 0, 0], 80).into();
    let failed = ListenerState::Failed { address, reason: "permission denied".to_owned() };
    fake.state().groups[0].http_listener = Some(address);
    fake.state().groups[0].http_listener_state = Some(failed);
    Browser::new(&fake).get("/groups/default").await.shows(&[
        "Not listening",
        "0.0.0.0:80",
        "permission denied",
    ]);
}

#[tokio::test]
async fn deleting_asks_first_and_names_the_group() {
    let fake = Fake::signed_in();
    let browser = Browser::new(&fake);
    browser.get("/groups/default/delete").await.shows(&[
        "Delete the gateway group “default”?",
        "0.0.0.0:9443",
        r#"action="/api/gateway-group/delete""#,
        r#"name="group" value="default""#,
    ]);
    fake.state().groups[0].ssl_certificates = 2;
    let answer = browser.post("/api/gateway-group/delete", &[("group", "default")]).await;
    let back = answer.location.expect("a location");
    assert!(back.starts_with("/groups/default/delete?"), "{back}");
    browser.get(&back).await.shows(&[r#"role="alert""#, "The group still has 2 SSL certificates."]);
    fake.state().groups[0].ssl_certificates = 0;
    let answer = browser.post("/api/gateway-group/delete", &[("group", "default")]).await;
    assert_eq!((answer.status, answer.location.as_deref()), (StatusCode::SEE_OTHER, Some("/")));
    assert!(fake.state().groups.is_empty());
}

#[tokio::test]
async fn a_group_that_is_not_there_is_not_found() {
    let browser = Browser::new(&Fake::signed_in());
    for page in ["/groups/other", "/groups/other/settings", "/groups/a%20b"] {
        let answer = browser.get(page).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{page}");
        answer.shows(&["There is no such gateway group.", "Page not found"]);
    }
    for verb in ["update", "delete"] {
        let script = Browser { script: true, ..browser.clone() };
        let form = [("group", "../x"), ("name", "a"), ("listener", "1")];
        let answer = script.post(&format!("/api/gateway-group/{verb}"), &form).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{verb}");
    }
}

#[tokio::test]
async fn how_nodes_are_told_who_the_client_is_can_be_chosen() {
    let fake = Fake::signed_in();
    let browser = Browser::new(&fake);
    let page = "/groups/default/settings";
    browser.get(page).await.shows(&[
        r#"<label for="identity_headers" class="field__label">Client identity to upstreams</label>"#,
        r#"<option value="none" selected"#,
        r#"<option value="nginx">X-SSL-Client-* (nginx)</option>"#,
    ]);
    let form = [("group", "default"), ("name", "default"), ("listener", "9443")];
    let with = |preset| [&form[..], &[("identity_headers", preset)]].concat();
    browser.post("/api/gateway-group/update", &with("rfc9440")).await;
    browser.get(page).await.shows(&[r#"<option value="rfc9440" selected"#]);
    browser.post("/api/gateway-group/update", &form).await;
    assert_eq!(fake.state().groups[0].identity_headers, domain::IdentityHeaders::Rfc9440);
    let back = browser.post("/api/gateway-group/update", &with("all")).await.location.expect("a location");
    browser.get(&back).await.shows(&["“all” is not one of the choices.", r##"href="#identity_headers""##]);
}
