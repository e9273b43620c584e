//! What is kept of the gateway's clients: the inventory, the record of handshakes, the access log.

use serde_json::Value;

use crate::pki::{ask, open_and_strict};
use crate::support::{PASSWORD, Postern};

fn json(postern: &Postern, path: &str) -> Value {
    let answer = postern.curl(&[], path);
    assert_eq!(answer.status, 200, "{answer:?}\n{}", postern.log());
    serde_json::from_str(&answer.body).expect("JSON")
}

#[test]
fn a_client_and_its_handshakes_are_remembered_also_after_a_restart() {
    let postern = Postern::start();
    open_and_strict(&postern);
    assert_eq!(ask(&postern, "https://api.strict.test/ip", Some("ann"), &[]), 200);
    assert_eq!(ask(&postern, "https://api.strict.test/ip", None, &[]), 0);
    let check = |postern: &Postern| {
        let events = json(postern, "/api/handshake/list?group=default");
        let events = events["list"]["events"].as_array().expect("a list").clone();
        let hosts: Vec<&str> = events.iter().filter_map(|event| event["server_name"].as_str()).collect();
        assert_eq!(hosts, ["api.strict.test"; 2], "{events:?}");
        let refused = json(postern, "/api/handshake/list?group=default&outcome=no_client_cert");
        assert_eq!(refused["list"]["events"].as_array().map(Vec::len), Some(1), "{refused}");
        let clients = json(postern, "/api/client/list?group=default");
        let items = &clients["page"]["items"];
        assert_eq!(items.as_array().map(Vec::len), Some(1), "{clients}");
        assert_eq!(items[0]["name"], "ann");
        assert_eq!(items[0]["handshakes"], 1);
        assert_eq!(items[0]["hosts"][0], "api.strict.test");
    };
    check(&postern);
    let (code, dir) = postern.terminate();
    assert_eq!(code, Some(0));
    let again = Postern::start_in(dir, &[], &[]);
    again.sign_in();
    check(&again);
}

#[test]
fn each_request_is_a_line_of_the_access_log_without_its_query() {
    let dir = tempfile::TempDir::new().expect("a temporary directory");
    let log = dir.path().join("access.log");
    let options = ["--access-log", log.to_str().expect("a path in UTF-8")];
    let postern = Postern::start_with(&options, &[("POSTERN_ADMIN_PASSWORD", PASSWORD)]);
    open_and_strict(&postern);
    assert_eq!(ask(&postern, "https://api.strict.test/ip?token=hidden", Some("ann"), &[]), 200);
    assert_eq!(ask(&postern, "https://open.test/headers", None, &["--http1.1"]), 200);
    assert_eq!(postern.terminate().0, Some(0));
    let text = std::fs::read_to_string(&log).expect("the access log");
    assert!(!text.contains("hidden"), "{text}");
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let told: Vec<_> = lines
        .iter()
        .map(|line| (line["path"].as_str(), line["identity"].as_str(), line["http_version"].as_str()))
        .collect();
    let expected = [(Some("/ip"), Some("ann"), Some("HTTP/2.0")), (Some("/headers"), None, Some("HTTP/1.1"))];
    assert_eq!(told, expected, "{text}");
    assert_eq!(lines[0]["status"], 200);
}
