//! Services, from the dashboard's form to a real node and back.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::node::Node;
use crate::pki::{self, ask, open_and_strict};
use crate::support::{Answer, PASSWORD, Postern, fails_to_start};

/// What is not so by then will not be.
const PATIENCE: Duration = Duration::from_secs(20);

/// Sends a form of services, each field by its name in the form.
fn send(postern: &Postern, what: &str, of: &[(&str, &str)], fields: &[(&str, &str)]) -> Answer {
    let of = of.iter().map(|(name, text)| format!("{name}={text}"));
    let fields = fields.iter().map(|(name, text)| format!("fields[{name}]={text}"));
    let pairs: Vec<String> = of.chain(fields).collect();
    let options: Vec<&str> = pairs.iter().flat_map(|pair| ["--data-urlencode", pair]).collect();
    postern.curl(&options, &format!("/api/service/{what}"))
}

/// Adds a service for `open.test`, with these fields besides.
fn add(postern: &Postern, fields: &[(&str, &str)]) -> Answer {
    let usual = [("name", "app"), ("hosts", "open.test"), ("route_0_paths", "/*")];
    let usual = usual.iter().filter(|(name, _)| fields.iter().all(|(given, _)| given != name));
    let fields: Vec<_> = usual.chain(fields).copied().collect();
    send(postern, "add", &[("group", "default")], &fields)
}

fn json(postern: &Postern, path: &str) -> Value {
    let answer = postern.curl(&[], path);
    assert_eq!(answer.status, 200, "{answer:?}\n{}", postern.log());
    serde_json::from_str(&answer.body).expect("JSON")
}

/// The service with this name, as the list shows it.
fn listed(postern: &Postern, name: &str) -> Value {
    let list = json(postern, "/api/service/list?group=default");
    let mut items = list["items"].as_array().expect("a list").iter();
    let found = items.find(|item| item["service"]["service"]["value"]["name"] == name);
    found.unwrap_or_else(|| panic!("{name} is not in {list}")).clone()
}

/// The body of what the gateway answers for this URL.
fn fetch(postern: &Postern, url: &str) -> String {
    let connect_to = format!("::127.0.0.1:{}", postern.gateway_port());
    let curl = ["-sk", "--max-time", "10", "--connect-to", &connect_to, url];
    let output = Command::new("curl").args(curl).output().expect("curl runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[track_caller]
fn assert_done(answer: &Answer, postern: &Postern) {
    assert!(answer.status < 400, "{answer:?}\n{}", postern.log());
}

/// Asks again until it is so.
#[track_caller]
fn eventually(postern: &Postern, what: &str, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "not so in time: {what}\n{}", postern.log());
    }
}

#[test]
fn a_service_takes_the_requests_of_its_host_as_long_as_it_is_there() {
    let postern = Postern::start();
    open_and_strict(&postern);
    let (blue, green) = (Node::start("blue"), Node::start("green"));
    let echo = fetch(&postern, "https://open.test/ip");
    assert!(echo.contains("\"origin\""), "{echo}");

    assert_done(&add(&postern, &[("nodes", &blue.address())]), &postern);
    let app = listed(&postern, "app");
    assert_eq!((&app["is_live"], &app["fault"]), (&Value::Bool(true), &Value::Null), "{app}");
    assert_eq!(app["nodes"][0]["health"], "Healthy", "{app}");
    let answer = fetch(&postern, "https://open.test/some/path?and=query");
    assert!(answer.contains("blue") && answer.contains("GET /some/path?and=query HTTP/1.1"), "{answer}");
    assert!(answer.to_lowercase().contains("\r\nhost: open.test\r\n"), "{answer}");
    // Nobody else's requests.
    let other = ask(&postern, "https://api.strict.test/ip", Some("ann"), &[]);
    assert_eq!((other, blue.requests()), (200, 1));

    let of = |app: &Value| {
        let service = &app["service"]["service"];
        let id = service["id"].as_str().expect("an id").to_owned();
        (id, service["revision"].to_string())
    };
    let (id, revision) = of(&app);
    let update = |revision: &str, fields: &[(&str, &str)]| {
        send(&postern, "update", &[("group", "default"), ("id", &id), ("revision", revision)], fields)
    };
    assert_done(&update(&revision, &[("nodes", &green.address())]), &postern);
    let answer = fetch(&postern, "https://open.test/");
    assert!(answer.contains("green"), "{answer}");
    let stale = update(&revision, &[("nodes", &blue.address())]);
    assert_eq!(stale.status, 409, "{stale:?}");
    let got = json(&postern, &format!("/api/service/get?group=default&id={id}"));
    assert_eq!(got["status"]["nodes"][0]["address"], green.address(), "{got}");

    assert_done(&send(&postern, "delete", &[("group", "default"), ("id", &id)], &[]), &postern);
    let echo = fetch(&postern, "https://open.test/ip");
    assert!(echo.contains("\"origin\""), "{echo}");
}

#[test]
fn what_was_saved_is_served_after_a_restart() {
    let postern = Postern::start();
    open_and_strict(&postern);
    let node = Node::start("blue");
    assert_done(&add(&postern, &[("nodes", &node.address())]), &postern);
    let (_, dir) = postern.terminate();
    let again = Postern::start_in(dir, &[], &[]);
    let answer = fetch(&again, "https://open.test/");
    assert!(answer.contains("blue"), "{answer}");
}

#[test]
fn nothing_starts_while_a_route_cannot_be_read_lest_a_wider_one_get_its_requests() {
    let postern = Postern::start();
    postern.sign_in();
    let node = Node::start("blue");
    assert_done(&add(&postern, &[("nodes", &node.address()), ("route_0_paths", "/guarded/*")]), &postern);
    let (_, dir) = postern.terminate();
    let data = dir.path().join("data");
    let database = data.join("postern.db");
    let mut bytes = std::fs::read(&database).expect("readable");
    let mut replaced = 0;
    let (path, garbled) = (b"[\"/guarded/*\"]", b"[\"!guarded/*\"]");
    while let Some(at) = bytes.windows(path.len()).position(|window| window == path) {
        bytes[at..at + path.len()].copy_from_slice(garbled);
        replaced += 1;
    }
    assert!(replaced > 0, "the route stands in the database");
    std::fs::write(&database, bytes).expect("written");
    let said = fails_to_start(&data, &[], &[]);
    assert!(said.contains("route row"), "{said}");
}

#[test]
fn a_node_that_does_not_answer_its_checks_is_shown_ill_until_it_does() {
    let postern = Postern::start();
    open_and_strict(&postern);
    let node = Node::start("blue");
    node.be_ill(true);
    let checks = [
        ("nodes", &*node.address()),
        ("active_check", "on"),
        ("check_interval", "1"),
        ("unhealthy_after", "1"),
        ("healthy_after", "1"),
    ];
    assert_done(&add(&postern, &checks), &postern);
    let is_well = || listed(&postern, "app")["nodes"][0]["health"] == "Healthy";
    let gauge = format!("node=\"{}\"}} ", node.address());
    let told = |value: &str| {
        let metrics = postern.curl(&[], "/metrics").body;
        let mut lines = metrics.lines().filter(|line| line.starts_with("postern_upstream_node_healthy{"));
        lines.any(|line| line.ends_with(&format!("{gauge}{value}")))
    };
    eventually(&postern, "the node is ill", || !is_well());
    assert!(told("0"));
    node.be_ill(false);
    eventually(&postern, "the node is well again", is_well);
    assert!(told("1"));
}

#[test]
fn a_route_may_ask_for_a_verified_client_where_its_host_does_not() {
    let postern = Postern::start();
    open_and_strict(&postern);
    let node = Node::start("blue");
    let fields = [("nodes", &*node.address()), ("route_1_paths", "/admin/*"), ("route_1_verified", "on")];
    assert_done(&add(&postern, &fields), &postern);
    let status = |path: &str| ask(&postern, &format!("https://open.test{path}"), None, &[]);
    assert_eq!((status("/public"), status("/admin/x"), status("/x/../admin/x")), (200, 400, 400));
    assert_eq!(node.requests(), 1);
}

#[test]
fn a_node_over_tls_is_verified_and_shown_the_client_certificate() {
    let postern = Postern::start();
    open_and_strict(&postern);
    pki::leaf(&postern, "node", "/CN=node", "ca", "subjectAltName=DNS:node.test\\n");
    let file = |field: &str, name: &str| format!("{field}=@{}", postern.dir().join(name).display());
    let parts = [
        "group=default".to_owned(),
        "type=client".to_owned(),
        "method=upload".to_owned(),
        file("certificate", "ann.crt"),
        file("private_key", "ann.key"),
    ];
    let options: Vec<&str> = parts.iter().flat_map(|part| ["-F", part]).collect();
    assert_done(&postern.curl(&options, "/api/ssl-certificate/add"), &postern);
    let choices = json(&postern, "/api/service/choices?group=default");
    let client = choices["client_certificates"][0][0].as_str().expect("one").to_owned();
    let ca = choices["ca_certificates"][0]["id"].as_str().expect("one").to_owned();

    let node = TlsNode::start(&postern, &["-CAfile", "ca.crt", "-Verify", "1", "-verify_return_error"]);
    let ca = format!("upstream_ca_{ca}");
    let fields = [
        ("nodes", node.address.as_str()),
        ("scheme", "https"),
        ("tls_verify", "on"),
        ("upstream_server_name", "node.test"),
        (&ca, "on"),
        ("client_certificate", &client),
    ];
    let with = |name: &str, text: &'static str| {
        fields
            .iter()
            .map(|(field, given)| (*field, if *field == name { text } else { *given }))
            .collect::<Vec<_>>()
    };
    for (fields, status) in [
        (fields.to_vec(), 200),
        (with("upstream_server_name", "other.test"), 502),
        (with("client_certificate", ""), 502),
        // Nobody but the system vouches for it then.
        (with(&ca, "off"), 502),
    ] {
        assert_done(&add(&postern, &fields), &postern);
        assert_eq!(ask(&postern, "https://open.test/", None, &[]), status, "{fields:?}\n{}", postern.log());
        let app = listed(&postern, "app");
        let id = app["service"]["service"]["id"].as_str().expect("an id");
        assert_done(&send(&postern, "delete", &[("group", "default"), ("id", id)], &[]), &postern);
    }
}

#[test]
fn the_systems_roots_vouch_for_nodes_where_no_ca_is_picked() {
    let dir = TempDir::new().expect("a temporary directory");
    let roots = dir.path().join("ca.crt").display().to_string();
    let postern =
        Postern::start_in(dir, &[], &[("POSTERN_ADMIN_PASSWORD", PASSWORD), ("SSL_CERT_FILE", &roots)]);
    open_and_strict(&postern);
    pki::leaf(&postern, "node", "/CN=node", "ca", "subjectAltName=DNS:node.test\\n");
    let node = TlsNode::start(&postern, &[]);
    let fields = [
        ("nodes", node.address.as_str()),
        ("scheme", "https"),
        ("tls_verify", "on"),
        ("upstream_server_name", "node.test"),
    ];
    assert_done(&add(&postern, &fields), &postern);
    assert_eq!(ask(&postern, "https://open.test/", None, &[]), 200, "{}", postern.log());
    // They are for nodes only: a client of the same CA is a stranger to a host with another one.
    let rogue = pki::add(&postern, "strict", Some("rogue"), &["snis=api.other.test"]);
    assert_done(&rogue, &postern);
    assert_eq!(ask(&postern, "https://api.other.test/ip", Some("ann"), &[]), 0);
}

#[test]
fn nodes_are_told_who_the_client_is_as_group_and_service_say() {
    let postern = Postern::start();
    open_and_strict(&postern);
    let node = Node::start("blue");
    let host = ("hosts", "api.strict.test");
    assert_done(&add(&postern, &[("nodes", &node.address()), host]), &postern);
    let head = || {
        let connect_to = format!("::127.0.0.1:{}", postern.gateway_port());
        let forged = ["-H", "X-SSL-Client-Verify: SUCCESS", "-H", "X-SSL-Client-S-DN: CN=root"];
        let output = Command::new("curl")
            .args(["-sk", "--max-time", "10", "--cert", "ann.crt", "--key", "ann.key"])
            .args(["--connect-to", &connect_to, "https://api.strict.test/"])
            .args(forged)
            .current_dir(postern.dir())
            .output()
            .expect("curl runs");
        let head = String::from_utf8_lossy(&output.stdout).to_lowercase();
        assert!(head.contains("blue") && !head.contains("cn=root"), "{head}");
        head
    };
    assert!(!head().contains("x-ssl-client"), "nothing is told unless somebody says so");
    let group = json(&postern, "/api/gateway-group/list")[0].clone();
    let listener = format!("listener={}", group["listener"].as_str().expect("an address"));
    let settings = ["group=default", "name=default", &listener, "identity_headers=nginx"];
    let settings: Vec<&str> = settings.iter().flat_map(|field| ["--data-urlencode", field]).collect();
    assert_done(&postern.curl(&settings, "/api/gateway-group/update"), &postern);
    let told = head();
    assert!(
        told.contains("x-ssl-client-verify: success") && told.contains("x-ssl-client-s-dn: cn=ann"),
        "{told}"
    );

    let app = listed(&postern, "app");
    let service = &app["service"]["service"];
    let (id, revision) = (service["id"].as_str().expect("an id"), service["revision"].to_string());
    let of = [("group", "default"), ("id", id), ("revision", &revision)];
    assert_done(&send(&postern, "update", &of, &[("identity_headers", "rfc9440")]), &postern);
    let told = head();
    assert!(told.contains("\r\nclient-cert: :") && !told.contains("x-ssl-client"), "{told}");
}

#[test]
fn bad_input_is_refused_at_its_field_and_nothing_is_saved() {
    let postern = Postern::start();
    open_and_strict(&postern);
    let list = json(&postern, "/api/ssl-certificate/list?group=default");
    let server = list["page"]["items"][0]["id"].as_str().expect("an id").to_owned();
    let own = format!("localhost:{}", postern.gateway_port());
    let tls = [("scheme", "https"), ("nodes", "node.test")];
    let over_tls = |more: (&'static str, &'static str)| [&tls[..], &[more]].concat();
    let shows_server = [&tls[..], &[("client_certificate", server.as_str())]].concat();
    let before = json(&postern, "/api/service/list?group=default")["items"].clone();
    for (fields, faults) in [
        (vec![("upstream", "none")], &["\"Upstream\"", "UpstreamUnknown"][..]),
        (over_tls(("client_certificate", "none")), &["ClientCertificate", "CertificateUnknown"]),
        (shows_server, &["ClientCertificate", "NotAClientCertificate"]),
        (over_tls(("upstream_ca_none", "on")), &["UpstreamCa", "CaUnknown"]),
        (vec![("nodes", &own)], &["\"Nodes\"", "NodeIsGateway"]),
        (vec![("nodes", "node.test\nnode.test:80")], &["\"Nodes\"", "NodeTwice"]),
        (vec![("nodes", "node.test"), ("hosts", "")], &["\"Routes\"", "NeverMatches", "httpbin"]),
        (
            vec![("nodes", "node.test"), ("route_1_paths", "/*"), ("route_1_methods", "GET")],
            &["\"Routes\"", "InRoute", "NeverMatches"],
        ),
        (vec![("nodes", "node.test"), ("connect_timeout", "0")], &["ConnectTimeout", "OutOfRange"]),
        (vec![("nodes", "node.test"), ("name", "HttpBin")], &["\"Name\"", "NameTaken"]),
    ] {
        let refused = add(&postern, &fields);
        assert_eq!(refused.status, 422, "{fields:?}: {refused:?}");
        for fault in faults {
            assert!(refused.body.contains(fault), "{fields:?}: {fault} is not in {refused:?}");
        }
    }
    assert_eq!(json(&postern, "/api/service/list?group=default")["items"], before);
}

/// `openssl s_server` as a node.
struct TlsNode {
    child: Child,
    address: String,
}

impl TlsNode {
    fn start(postern: &Postern, options: &[&str]) -> Self {
        let usual = "s_server -accept 127.0.0.1:0 -cert node.crt -key node.key -www";
        let mut child = Command::new("openssl")
            .args(usual.split_whitespace())
            .args(options)
            .current_dir(postern.dir())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("openssl runs");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut lines = lines.map_while(Result::ok);
        let address = lines.find_map(|line| line.strip_prefix("ACCEPT ").map(str::to_owned));
        let address = address.expect("it says where it listens");
        // Whoever does not read on stops it.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }
}

impl Drop for TlsNode {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
