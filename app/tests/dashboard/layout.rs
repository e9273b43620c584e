use http::StatusCode;

use crate::browser::Browser;
use crate::fake::Fake;
use crate::samples;

#[tokio::test]
async fn each_page_has_its_landmarks() {
    let fake = Fake::signed_in();
    fake.state().groups.push(samples::group("g1", "Partners", 9444));
    let answer = Browser::new(&fake).get("/groups/default/settings").await;
    assert_eq!(answer.status, StatusCode::OK);
    answer.shows(&[
        "<!DOCTYPE html>",
        r#"<html lang="en""#,
        r#"href="/app.css""#,
        r##"href="#main""##,
        "Skip to content",
        r#"aria-label="Gateway groups""#,
        r#"aria-label="You are here""#,
        r#"id="main""#,
        "Partners",
        r#"href="/groups/g1/ssl-certificates""#,
        r#"href="/groups/new""#,
    ]);
    assert_eq!(answer.body.matches("<h1").count(), 1);
    assert_eq!(answer.body.matches("<main").count(), 1);
    assert_eq!(answer.body.matches("<title>").count(), 1);
}

#[tokio::test]
async fn the_sidebar_opens_the_group_and_marks_the_page() {
    let fake = Fake::signed_in();
    fake.state().groups.push(samples::group("g1", "Partners", 9444));
    let body = Browser::new(&fake).get("/groups/g1/settings").await.body;
    assert_eq!(body.matches(r#"class="sidebar__group""#).count(), 2);
    let details: Vec<_> =
        body.split("<details").skip(1).map(|part| part.split('>').next().unwrap_or_default()).collect();
    assert!(!details[0].contains("open") && details[1].contains("open"), "{details:?}");
    let tags = body.split("<a ").skip(1).map(|link| link.split('>').next().unwrap_or_default());
    let current: Vec<_> = tags.filter(|tag| tag.contains(r#"aria-current="page""#)).collect();
    assert_eq!(current.len(), 1, "{current:?}");
    assert!(current[0].contains("/groups/g1/settings"));
}

#[tokio::test]
async fn an_unknown_address_is_not_found() {
    for fake in [Fake::signed_in(), Fake::default()] {
        let answer = Browser::new(&fake).get("/no/such/page").await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        answer.shows(&["<title>Page not found · Postern</title>", "There is no such page.", r#"href="/""#]);
    }
}

#[tokio::test]
async fn pages_need_no_inline_style_and_no_inline_handler() {
    let browser = Browser::new(&Fake::signed_in());
    for page in ["/sign-in", "/groups/new", "/groups/default", "/groups/default/settings"] {
        let body = browser.get(page).await.body;
        for forbidden in [" style=", "<style", " onclick=", " onsubmit=", "http://", "https://cdn"] {
            assert!(!body.contains(forbidden), "{forbidden} in {page}");
        }
    }
}

#[tokio::test]
async fn ids_are_unique_and_the_same_each_time() {
    let ids = |body: &str| -> Vec<String> {
        body.split(" id=\"")
            .skip(1)
            .map(|part| part.split('"').next().unwrap_or_default().to_owned())
            .collect()
    };
    let browser = Browser::new(&Fake::signed_in());
    for page in ["/groups/new", "/groups/default", "/groups/default/settings"] {
        let first = ids(&browser.get(page).await.body);
        let mut unique = first.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), first.len(), "{page}: {first:?}");
        assert_eq!(ids(&browser.get(page).await.body), first, "{page}");
    }
}
