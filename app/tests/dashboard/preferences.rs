use http::StatusCode;

use crate::browser::Browser;
use crate::fake::Fake;

#[tokio::test]
async fn the_browsers_language_is_taken_unless_one_was_chosen() {
    let browser = Browser::new(&Fake::signed_in());
    for (accepted, cookies, tag, word) in [
        (None, None, "en", "SSL Certificates"),
        (Some("zh-CN,zh;q=0.9,en;q=0.8"), None, "zh-CN", "SSL 证书"),
        (Some("zh-CN"), Some("postern=x; language=en"), "en", "SSL Certificates"),
        (Some("en"), Some("language=zh"), "zh-CN", "SSL 证书"),
        (Some("en"), Some("language=klingon"), "en", "SSL Certificates"),
    ] {
        let browser = Browser { language: accepted, cookies, ..browser.clone() };
        browser.get("/groups/default").await.shows(&[&format!("<html lang=\"{tag}\""), word]);
    }
}

#[tokio::test]
async fn the_chinese_pages_are_chinese() {
    let browser = Browser { cookies: Some("language=zh"), ..Browser::new(&Fake::signed_in()) };
    for (page, words) in [
        ("/groups/default", ["概览", "监听中", "+ 新增 SSL 证书", "退出登录"]),
        ("/groups/default/settings", ["<title>设置 · Postern</title>", "名称", "监听地址", "保存"]),
        ("/groups/new", ["新增网关组", "跳到正文", "主题", "English"]),
    ] {
        browser.get(page).await.shows(&words).hides(&["Sign out", "Settings", "Overview"]);
    }
}

#[tokio::test]
async fn a_choice_is_remembered_and_leads_back() {
    let browser = Browser::new(&Fake::signed_in());
    browser.get("/groups/default/settings?saved=true").await.shows(&[
        r#"action="/api/preferences/language""#,
        r#"action="/api/preferences/theme""#,
        r#"name="back" value="/groups/default/settings?saved=true""#,
        r#"lang="zh-CN""#,
        "中文</button>",
    ]);
    let form = [("language", "zh"), ("back", "/groups/new")];
    let answer = browser.post("/api/preferences/language", &form).await;
    assert_eq!((answer.status, answer.location.as_deref()), (StatusCode::SEE_OTHER, Some("/groups/new")));
    assert!(answer.set_cookie.expect("a cookie").starts_with("language=zh; Path=/;"));
    let answer =
        browser.post("/api/preferences/theme", &[("theme", "dark"), ("back", "//evil.example")]).await;
    assert_eq!(answer.location.as_deref(), Some("/"));
    assert!(answer.set_cookie.expect("a cookie").starts_with("theme=dark; Path=/;"));
}

#[tokio::test]
async fn a_value_that_is_none_of_ours_is_not_remembered() {
    let browser = Browser { script: true, ..Browser::new(&Fake::default()) };
    for (path, field) in [("/api/preferences/language", "language"), ("/api/preferences/theme", "theme")] {
        let answer = browser.post(path, &[(field, "x; Domain=evil.example")]).await;
        assert_eq!((answer.status, answer.set_cookie), (StatusCode::UNPROCESSABLE_ENTITY, None), "{path}");
    }
}

#[tokio::test]
async fn the_theme_is_the_systems_unless_one_was_chosen() {
    let browser = Browser::new(&Fake::default());
    browser.get("/sign-in").await.hides(&["data-theme"]);
    for theme in ["light", "dark"] {
        let cookies = if theme == "dark" { "theme=dark" } else { "theme=light" };
        let browser = Browser { cookies: Some(cookies), ..browser.clone() };
        browser.get("/sign-in").await.shows(&[&format!("data-theme=\"{theme}\"")]);
    }
}
