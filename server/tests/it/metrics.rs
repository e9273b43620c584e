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
fn numbers_are_for_this_machine_or_for_the_token() {
    let postern = start();
    let bearer = format!("Authorization: Bearer {TOKEN}");
    let longer = format!("{bearer}x");
    for (headers, status) in [
        (&[][..], 200),
        (&["Host: localhost:1"], 200),
        // Passed on by a proxy on this machine, for whomever.
        (&["X-Forwarded-For: 192.0.2.1"], 401),
        (&["Forwarded: for=192.0.2.1"], 401),
        (&["X-Real-IP: 127.0.0.1"], 401),
        // A page of another site, by a name that it controls.
        (&["Host: evil.example"], 401),
        (&["X-Forwarded-For: 192.0.2.1", &bearer], 200),
        (&["Host: metrics.example", &bearer], 200),
        (&["Host: evil.example", &longer], 401),
        (&["Host: evil.example", "Authorization: Bearer "], 401),
        (&["Host: evil.example", "Authorization: Basic YTpi"], 401),
    ] {
        let answer = metrics(&postern, headers);
        assert_eq!(answer.status, status, "{headers:?}: {answer:?}");
        assert_eq!(answer.body.contains("postern_revision_served"), status == 200, "{headers:?}: {answer:?}");
    }
    assert!(!postern.log().contains(TOKEN), "the token is in the log");
}

#[test]
fn without_a_token_there_is_no_way_in_from_elsewhere() {
    let postern = Postern::start();
    assert_eq!(metrics(&postern, &[]).status, 200);
    for header in ["Authorization: Bearer ", "Authorization: Bearer x", "X-Unrelated: y"] {
        let answer = metrics(&postern, &["X-Forwarded-For: 192.0.2.1", header]);
        assert_eq!(answer.status, 401, "{header}: {answer:?}");
    }
}

#[test]
fn a_refused_handshake_is_counted() {
    let postern = start();
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
