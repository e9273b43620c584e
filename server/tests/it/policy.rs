//! What a change of policies does to hosts, to connections that are open, and to what pages tell of it.

use std::time::Duration;

use serde_json::Value;

use crate::pki::{self, OpenConnection, add, ask, open_and_strict};
use crate::support::{Answer, Postern};

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

/// Sends the edit form of the SSL certificate with an SNI that contains `sni`, with these fields.
fn edit(postern: &Postern, sni: &str, fields: &[&str]) -> Answer {
    let list = json(postern, "/api/ssl-certificate/list?group=default");
    let mut items = list["page"]["items"].as_array().expect("a list").iter();
    let found = items.find(|item| item["snis"].to_string().contains(sni)).expect("it is there");
    let id = format!("id={}", found["id"].as_str().expect("an id"));
    let revision = format!("revision={}", found["revision"]);
    let options: Vec<&str> = ["group=default", "method=upload", &id, &revision]
        .into_iter()
        .chain(fields.iter().copied())
        .flat_map(|field| ["-F", field])
        .collect();
    postern.curl(&options, "/api/ssl-certificate/edit")
}

#[test]
fn a_name_is_not_given_up_to_who_asks_less_without_consent() {
    let postern = Postern::start();
    pki::make(&postern);
    postern.sign_in();
    let names = "snis=api.wide.test, api.other.test";
    for (name, ca, snis) in [("strict", Some("ca"), names), ("open", None, "snis=*.wide.test")] {
        let added = add(&postern, name, ca, &[snis]);
        assert!(added.status < 400, "{added:?}\n{}", postern.log());
    }
    let ask = |host: &str, client: Option<&str>| ask(&postern, &format!("https://{host}/ip"), client, &[]);
    let edit = |snis: &str, more: &[&str]| {
        let snis = format!("snis={snis}");
        edit(&postern, "api.", &[&[snis.as_str()], more].concat())
    };
    let refused = edit("api.other.test", &[]);
    assert_eq!(refused.status, 422, "{refused:?}");
    assert!(refused.body.contains("OpensHost") && refused.body.contains("api.wide.test"), "{refused:?}");
    assert_eq!((ask("api.wide.test", None), ask("api.wide.test", Some("ann"))), (0, 200));
    // Nobody inherits this one.
    let kept = edit("api.wide.test", &[]);
    assert!(kept.status < 400, "{kept:?}");
    // Its own wildcard goes before the other's.
    let own = edit("api.wide.test, *.api.wide.test, x.api.wide.test", &[]);
    assert!(own.status < 400, "{own:?}");
    let own = edit("api.wide.test, *.api.wide.test", &[]);
    assert!(own.status < 400, "{own:?}");
    let given_up = edit("*.api.wide.test", &["accepts_consequences=on"]);
    assert!(given_up.status < 400, "{given_up:?}");
    assert_eq!(ask("api.wide.test", None), 200);
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

#[test]
fn who_is_revoked_stays_so_when_the_ca_is_uploaded_in_another_bundle() {
    let postern = Postern::start();
    open_and_strict(&postern);
    pki::revoke(&postern, "bob");
    let ask = |client| ask(&postern, "https://api.strict.test/ip", Some(client), &[]);
    assert_eq!((ask("ann"), ask("mallory"), ask("bob")), (200, 0, 0));
    let file = |name: &str| std::fs::read_to_string(postern.dir().join(name)).expect("readable");
    let bundle = postern.dir().join("bundle.crt");
    std::fs::write(&bundle, file("ca.crt") + &file("rogue.crt")).expect("written");
    let ca = format!("ca_certificate=@{}", bundle.display());
    let policy = [
        "sets_peer_verification=on",
        "peer_verification=on",
        "peer_verification_mode=required",
        "exempt_paths=",
        "allow_list=",
        "depth=1",
        &ca,
    ];
    let edited = edit(&postern, "strict.test", &policy);
    assert!(edited.status < 400, "{edited:?}\n{}", postern.log());
    // The new bundle is in effect.
    assert_eq!((ask("ann"), ask("mallory"), ask("bob")), (200, 200, 0));
}
