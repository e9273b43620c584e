//! What a change of policies does to hosts, to connections that are open, and to what pages tell of it.

use std::time::Duration;

use serde_json::Value;

use crate::pki::{self, OpenConnection, add, ask, open_and_strict};
use crate::support::Postern;

fn json(postern: &Postern, path: &str) -> Value {
    let answer = postern.curl(&[], path);
    assert_eq!(answer.status, 200, "{answer:?}\n{}", postern.log());
    serde_json::from_str(&answer.body).expect("JSON")
}

fn set_status(postern: &Postern, id: &str, status: &str) {
    let (id, status) = (format!("id={id}"), format!("status={status}"));
    let fields = ["--data-urlencode", "group=default", "--data-urlencode", &id, "--data-urlencode", &status];
    let answer = postern.curl(&fields, "/api/ssl-certificate/set-status");
    assert!(answer.status < 400, "{answer:?}\n{}", postern.log());
}

#[test]
fn a_disabled_certificate_keeps_guarding_its_name() {
    let postern = Postern::start();
    pki::make(&postern);
    postern.sign_in();
    for (name, ca, snis) in [("strict", Some("ca"), "snis=api.wide.test"), ("open", None, "snis=*.wide.test")]
    {
        let added = add(&postern, name, ca, &[snis]);
        assert!(added.status < 400, "{added:?}\n{}", postern.log());
    }
    let ask = |host: &str, client: Option<&str>| ask(&postern, &format!("https://{host}/ip"), client, &[]);
    let list = json(&postern, "/api/ssl-certificate/list?group=default");
    let items = list["page"]["items"].as_array().expect("a list").iter();
    let strict = items.filter(|item| item["snis"].to_string().contains("api.wide.test")).collect::<Vec<_>>();
    let id = strict[0]["id"].as_str().expect("an id");
    assert_eq!((ask("api.wide.test", Some("ann")), ask("api.wide.test", None)), (200, 0));
    set_status(&postern, id, "disabled");
    assert_eq!((ask("api.wide.test", Some("ann")), ask("api.wide.test", None)), (0, 0));
    assert_eq!(ask("other.wide.test", None), 200);
    set_status(&postern, id, "enabled");
    assert_eq!((ask("api.wide.test", Some("ann")), ask("api.wide.test", None)), (200, 0));
}

#[test]
fn a_denied_client_loses_its_open_connection_and_the_group_tells_how_many() {
    let postern = Postern::start();
    open_and_strict(&postern);
    let open = |client: &str| {
        let mut connection = OpenConnection::to(&postern, "api.strict.test", Some(client), &[]);
        assert_eq!(connection.request("api.strict.test", "/ip"), 200, "{client}");
        connection
    };
    let (mut ann, mut bob) = (open("ann"), open("bob"));
    pki::deny(&postern, "ann");
    assert!(ann.closed_within(Duration::from_secs(2)).is_some());
    assert_eq!(bob.request("api.strict.test", "/ip"), 200);
    let groups = json(&postern, "/api/gateway-group/list").to_string();
    assert!(groups.contains("\"last_policy_change\":{") && groups.contains("\"closed\":1"), "{groups}");
}

#[test]
fn a_revocation_list_in_use_and_a_certificate_tell_their_dates() {
    let postern = Postern::start();
    open_and_strict(&postern);
    pki::revoke(&postern, "bob");
    let body = postern.curl(&[], "/metrics").body;
    let has =
        |start: &str, part: &str| body.lines().any(|line| line.starts_with(start) && line.contains(part));
    assert!(has("postern_crl_next_update_seconds{", "issuer=\"CN=Partners CA\""), "{body}");
    assert!(has("postern_crl_age_seconds{", "issuer=\"CN=Partners CA\""), "{body}");
    assert!(has("postern_certificate_not_after_seconds{", "sni=\"*.strict.test\""), "{body}");
}
