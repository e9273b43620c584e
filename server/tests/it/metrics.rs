//! What the process tells of itself: numbers to those who may read them, and a line for each request.

use std::process::Command;

use crate::support::{Answer, PASSWORD, Postern};

const TOKEN: &str = "a-token-of-the-scraper";

fn start() -> Postern {
    Postern::start_with(&[], &[("POSTERN_ADMIN_PASSWORD", PASSWORD), ("POSTERN_METRICS_TOKEN", TOKEN)])
}

fn metrics(postern: &Postern, headers: &[&str]) -> Answer {
    let options: Vec<&str> = headers.iter().flat_map(|header| ["-H", header]).collect();
    postern.curl(&options, "/metrics")
}

#[test]
fn where_there_is_a_token_everybody_needs_it() {
    let postern = start();
    let bearer = format!("Authorization: Bearer {TOKEN}");
    let longer = format!("{bearer}x");
    for (headers, status) in [
        (&[&*bearer][..], 200),
        (&["X-Forwarded-For: 192.0.2.1", &bearer], 200),
        (&["Host: metrics.example", &bearer], 200),
        // From this machine, by its own name: a proxy that says nothing of itself looks the same.
        (&[], 401),
        (&["Host: localhost:1"], 401),
        (&[&longer], 401),
        (&["Authorization: Bearer "], 401),
        (&["Authorization: Basic YTpi"], 401),
    ] {
        assert_answer(&postern, headers, status);
    }
    assert!(!postern.log().contains(TOKEN), "the token is in the log");
}

#[test]
fn without_a_token_numbers_are_for_this_machine() {
    let postern = Postern::start();
    for (headers, status) in [
        (&[][..], 200),
        (&["Host: localhost:1"], 200),
        (&["X-Unrelated: y"], 200),
        // Passed on by a proxy on this machine, for whomever.
        (&["X-Forwarded-For: 192.0.2.1"], 401),
        (&["X-Forwarded-Host: metrics.example"], 401),
        (&["X-Forwarded-Proto: https"], 401),
        (&["X-Real-IP: 127.0.0.1"], 401),
        (&["Forwarded: for=192.0.2.1"], 401),
        (&["Via: 1.1 proxy"], 401),
        (&["Via: 1.1 proxy", "Authorization: Bearer "], 401),
        (&["Via: 1.1 proxy", "Authorization: Bearer x"], 401),
        // A page of another site, by a name that it controls.
        (&["Host: evil.example"], 401),
    ] {
        assert_answer(&postern, headers, status);
    }
}

fn assert_answer(postern: &Postern, headers: &[&str], status: u16) {
    let answer = metrics(postern, headers);
    assert_eq!(answer.status, status, "{headers:?}: {answer:?}");
    assert_eq!(answer.body.contains("postern_revision_served"), status == 200, "{headers:?}: {answer:?}");
}

#[test]
fn a_refused_handshake_is_counted() {
    let postern = Postern::start();
    let line = r#"postern_handshakes_total{group="default",host="unknown",outcome="refused",reason="unknown_host"} 1"#;
    assert!(!metrics(&postern, &[]).body.contains("unknown_host"));
    let port = postern.gateway_port();
    let resolve = format!("nobody.test:{port}:127.0.0.1");
    let url = format!("https://nobody.test:{port}/");
    let curl = ["-sk", "--max-time", "10", "--resolve", &resolve, &url];
    let refused = Command::new("curl").args(curl).status().expect("curl runs");
    assert!(!refused.success());
    let body = metrics(&postern, &[]).body;
    assert!(body.lines().any(|found| found == line), "{body}");
    assert!(body.contains("postern_handshake_duration_seconds_count{group=\"default\"} 1"), "{body}");
}
