use http::StatusCode;

use crate::browser::Browser;
use crate::fake::{Fake, PASSWORD, State};
use crate::samples;

fn signed_out() -> Fake {
    Fake::new(State { groups: vec![samples::group("default", "default", 9443)], ..State::default() })
}

fn new_database() -> Fake {
    Fake::new(State { set_up_token: Some("t0ken".to_owned()), ..State::default() })
}

#[tokio::test]
async fn every_page_leads_to_sign_in_and_back() {
    let browser = Browser::new(&signed_out());
    for (page, sign_in) in [
        ("/", "/sign-in"),
        ("/groups/new", "/sign-in?next=%2Fgroups%2Fnew"),
        ("/groups/default", "/sign-in?next=%2Fgroups%2Fdefault"),
        (
            "/groups/default/settings?saved=true",
            "/sign-in?next=%2Fgroups%2Fdefault%2Fsettings%3Fsaved%3Dtrue",
        ),
    ] {
        let answer = browser.get(page).await;
        assert_eq!((answer.status, answer.location.as_deref()), (StatusCode::FOUND, Some(sign_in)), "{page}");
        answer.hides(&["0.0.0.0:9443"]);
    }
}

#[tokio::test]
async fn the_sign_in_page_is_a_labelled_form() {
    let answer = Browser::new(&signed_out()).get("/sign-in?next=/groups/default/settings").await;
    assert_eq!(answer.status, StatusCode::OK);
    answer.shows(&[
        "<title>Sign in · Postern</title>",
        r#"action="/api/account/sign-in""#,
        r#"for="user_name" class="field__label">User name</label>"#,
        r#"for="password" class="field__label">Password</label>"#,
        r#"autocomplete="current-password""#,
        r#"value="/groups/default/settings""#,
    ]);
}

#[tokio::test]
async fn signing_in_leads_to_where_one_was_going() {
    let fake = signed_out();
    let form = [("user_name", "Admin"), ("password", PASSWORD), ("next", "/groups/default/settings")];
    let answer = Browser::new(&fake).post("/api/account/sign-in", &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.location.as_deref(), Some("/groups/default/settings"));
    assert!(fake.state().caller.is_some());
}

#[tokio::test]
async fn signing_in_never_leads_to_another_site() {
    for next in ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"] {
        let browser = Browser::new(&signed_out());
        let page = browser.get(&format!("/sign-in?next={}", next.replace('\\', "%5C"))).await;
        page.shows(&[r#"name="next" value="""#]);
        let form = [("user_name", "admin"), ("password", PASSWORD), ("next", next)];
        let answer = browser.post("/api/account/sign-in", &form).await;
        assert_eq!(answer.location.as_deref(), Some("/"), "{next}");
    }
}

#[tokio::test]
async fn a_wrong_password_comes_back_to_the_form_with_the_name_but_not_the_password() {
    let browser = Browser::new(&signed_out());
    let form = [("user_name", "admin"), ("password", "not the right one"), ("next", "/groups/new")];
    let answer = browser.post("/api/account/sign-in", &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let back = answer.location.expect("a location");
    assert!(back.starts_with("/sign-in?") && !back.contains("right"), "{back}");
    browser.get(&back).await.shows(&[
        r#"role="alert""#,
        "The user name or the password is wrong.",
        r#"value="admin""#,
        r#"value="/groups/new""#,
    ]);
}

#[tokio::test]
async fn a_script_gets_the_status_and_the_problem() {
    let browser = Browser { script: true, ..Browser::new(&signed_out()) };
    let form = [("user_name", "admin"), ("password", "not the right one")];
    let answer = browser.post("/api/account/sign-in", &form).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    answer.shows(&["WrongCredentials"]);
    let answer = browser.post("/api/account/sign-in", &[]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    answer.shows(&["UserName", "Password", "Required"]);
}

#[tokio::test]
async fn server_functions_answer_nobody_who_is_not_signed_in() {
    let browser = Browser { script: true, ..Browser::new(&signed_out()) };
    for path in ["/api/gateway-group/list", "/api/gateway-group/get?group=default"] {
        assert_eq!(browser.get(path).await.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    let form = [("group", "default"), ("name", "mine"), ("listener", "9444")];
    for verb in ["create", "update", "delete"] {
        let answer = browser.post(&format!("/api/gateway-group/{verb}"), &form).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{verb}");
    }
}

#[tokio::test]
async fn whoever_is_signed_in_needs_no_sign_in_page() {
    let answer = Browser::new(&Fake::signed_in()).get("/sign-in?next=/groups/new").await;
    assert_eq!((answer.status, answer.location.as_deref()), (StatusCode::FOUND, Some("/groups/new")));
}

#[tokio::test]
async fn signing_out_ends_at_the_sign_in_page() {
    let fake = Fake::signed_in();
    let browser = Browser::new(&fake);
    browser.get("/groups/default").await.shows(&[r#"action="/api/account/sign-out""#, "Sign out"]);
    let answer = browser.post("/api/account/sign-out", &[]).await;
    assert_eq!((answer.status, answer.location.as_deref()), (StatusCode::SEE_OTHER, Some("/sign-in")));
    assert!(fake.state().caller.is_none());
}

#[tokio::test]
async fn before_set_up_the_sign_in_page_says_what_to_do() {
    Browser::new(&new_database())
        .get("/sign-in")
        .await
        .shows(&["There is no administrator yet.", "set-up link"]);
    Browser::new(&signed_out()).get("/sign-in").await.hides(&["There is no administrator yet."]);
}

#[tokio::test]
async fn the_one_time_link_creates_the_administrator() {
    let fake = new_database();
    let browser = Browser::new(&fake);
    browser.get("/set-up?token=t0ken").await.shows(&[
        "<title>Set up Postern · Postern</title>",
        r#"name="token" value="t0ken""#,
        r#"for="password_again" class="field__label">Password again</label>"#,
        "At least 12 characters.",
        r#"autocomplete="new-password""#,
    ]);
    let form =
        [("token", "t0ken"), ("user_name", "admin"), ("password", PASSWORD), ("password_again", PASSWORD)];
    let answer = browser.post("/api/account/set-up", &form).await;
    assert_eq!((answer.status, answer.location.as_deref()), (StatusCode::SEE_OTHER, Some("/")));
    assert!(fake.state().caller.is_some());
    browser
        .get("/set-up?token=t0ken")
        .await
        .shows(&["This set-up link is not valid any more."])
        .hides(&["<input type=\"password\""]);
}

#[tokio::test]
async fn set_up_says_at_each_field_what_is_wrong() {
    let fake = new_database();
    let browser = Browser::new(&fake);
    let form =
        [("token", "t0ken"), ("user_name", "a b"), ("password", "short"), ("password_again", "shorter")];
    let back = browser.post("/api/account/set-up", &form).await.location.expect("a location");
    assert!(!back.contains("short"), "{back}");
    browser.get(&back).await.shows(&[
        r##"href="#user_name""##,
        r##"href="#password""##,
        r##"href="#password_again""##,
        r#"id="password-error""#,
        r#"aria-invalid="true""#,
        r#"name="token" value="t0ken""#,
    ]);
    let state = fake.state();
    assert!(state.caller.is_none() && state.set_up_token.is_some());
}

#[tokio::test]
async fn a_wrong_link_creates_nobody() {
    let fake = new_database();
    let form =
        [("token", "guess"), ("user_name", "admin"), ("password", PASSWORD), ("password_again", PASSWORD)];
    let browser = Browser { script: true, ..Browser::new(&fake) };
    assert_eq!(browser.post("/api/account/set-up", &form).await.status, StatusCode::FORBIDDEN);
    assert!(fake.state().caller.is_none());
}
