//! The dashboard's doors, as another site or a script tries them.

use std::io::Write as _;

use crate::support::Postern;

const ADD: &str = "/api/ssl-certificate/add";

#[test]
fn every_page_carries_its_policy() {
    let postern = Postern::start();
    let page = postern.curl(&[], "/sign-in");
    assert_eq!(page.status, 200, "{page:?}");
    let policy = page.header("content-security-policy").expect("a policy");
    for part in ["default-src 'self'", "style-src 'self'", "base-uri 'none'", "frame-ancestors 'none'"] {
        assert!(policy.contains(part), "{policy}");
    }
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce");
    for script in page.body.split("<script").skip(1) {
        let tag = script.split('>').next().unwrap_or_default();
        assert!(tag.contains("src=") || tag.contains(nonce), "an inline script without nonce: {tag}");
    }
    assert!(!page.body.contains(" style=\""), "an inline style would not be applied");
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(page.header("referrer-policy"), Some("same-origin"));
    let again = postern.curl(&[], "/sign-in");
    assert_ne!(again.header("content-security-policy"), Some(policy), "a nonce serves one answer");
}

#[test]
fn another_site_gets_nothing_done() {
    let postern = Postern::start();
    postern.sign_in();
    let foreign = postern.curl_from("http://evil.example", &["-F", "group=default"], ADD);
    assert_eq!(foreign.status, 403, "{foreign:?}");
    let rebound = postern.curl(&["-H", "Host: evil.example"], "/sign-in");
    assert_eq!(rebound.status, 421, "{rebound:?}");
}

#[test]
fn signed_out_means_out() {
    let postern = Postern::start();
    let page = postern.curl(&["-H", "Accept: text/html"], "/groups/default/ssl-certificates");
    assert!((300..400).contains(&page.status), "{page:?}");
    assert!(page.header("location").is_some_and(|to| to.contains("/sign-in")), "{page:?}");
    let call = postern.curl(&["-F", "group=default"], ADD);
    assert_eq!(call.status, 401, "{call:?}");
}

#[test]
fn an_upload_of_2_mib_is_refused_with_the_limit() {
    let postern = Postern::start();
    postern.sign_in();
    let file = postern.dir().join("large");
    let mut large = std::fs::File::create(&file).expect("a file");
    large.write_all(&vec![b'x'; 2 * 1024 * 1024]).expect("written");
    let part = format!("certificate=@{}", file.display());
    let answer = postern.curl(&["-F", "group=default", "-F", &part], ADD);
    assert_eq!(answer.status, 413, "{answer:?}");
    assert!(answer.body.contains("1048576"), "{answer:?}");
    let chunked =
        postern.curl(&["-H", "Transfer-Encoding: chunked", "-F", "group=default", "-F", &part], ADD);
    assert_eq!(chunked.status, 413, "{chunked:?}");
}

#[test]
fn a_wrong_content_type_is_refused() {
    let postern = Postern::start();
    postern.sign_in();
    let answer = postern.curl(&["-H", "Content-Type: application/json", "--data", "{}"], ADD);
    assert!((400..500).contains(&answer.status), "{answer:?}");
}

#[test]
fn guessing_passwords_gets_slow() {
    let postern = Postern::start();
    let guess = || {
        postern.curl(
            &["--data-urlencode", "user_name=admin", "--data-urlencode", "password=wrong wrong wrong"],
            "/api/account/sign-in",
        )
    };
    let statuses: Vec<_> = (0..8).map(|_| guess().status).collect();
    assert_eq!(statuses[..5], [401; 5], "{statuses:?}");
    assert!(statuses[5..].contains(&429), "{statuses:?}");
}

#[test]
fn the_set_up_link_works_once() {
    let postern = Postern::start_with(&[], &[]);
    let token =
        postern.line("set-up: ").and_then(|link| link.split("token=").nth(1)).expect("a token").to_owned();
    let set_up = |token: &str, name: &str| {
        postern.curl(
            &[
                "--data-urlencode",
                &format!("token={token}"),
                "--data-urlencode",
                &format!("user_name={name}"),
                "--data-urlencode",
                "password=a long enough password",
                "--data-urlencode",
                "password_again=a long enough password",
            ],
            "/api/account/set-up",
        )
    };
    assert_eq!(set_up("guess", "mallory").status, 403);
    let first = set_up(&token, "ann");
    assert!(first.status < 400, "{first:?}");
    assert_eq!(set_up(&token, "eve").status, 403);
}
