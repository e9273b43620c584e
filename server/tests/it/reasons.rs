//! Every reason code, produced by a real client and read back from its handshake event.

use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::pki::{self, add, ask, ask_openssl};
use crate::stranger;
use crate::support::Postern;

/// What is not recorded by then is not recorded.
const PATIENCE: Duration = Duration::from_secs(10);

/// Certificates that are refused for a reason each, issued by the CA of `pki`, and hosts with policies of their own.
const MAKE: &str = r#"
leaf() { # name, openssl's key options, issuer, extensions, other options of openssl
  openssl req -new -newkey $2 -nodes -subj "/CN=$1" -keyout $1.key -out $1.csr
  printf "$4" > $1.ext
  openssl x509 -req -days 30 -in $1.csr -CA $3.crt -CAkey $3.key -CAcreateserial -extfile $1.ext $5 -out $1.crt; }
ec='ec -pkeyopt ec_paramgen_curve:P-256'
dated() { # name, start, end
  openssl req -new -newkey $ec -nodes -subj "/CN=$1" -keyout $1.key -out $1.csr
  printf '[ca]\ndefault_ca=it\n[it]\ndatabase=dates.index\nserial=dates.serial\ndefault_md=sha256\npolicy=any\nnew_certs_dir=.\n[any]\ncommonName=supplied\n' > dates.cnf
  : > dates.index; openssl rand -hex 8 > dates.serial
  openssl ca -batch -config dates.cnf -keyfile ca.key -cert ca.crt -in $1.csr -startdate $2 -enddate $3 -out $1.crt -notext; }
dated late 20200101000000Z 20210101000000Z
dated early 20990101000000Z 21000101000000Z
leaf server "$ec" ca 'extendedKeyUsage=serverAuth\n'
leaf weak rsa:1024 ca 'extendedKeyUsage=clientAuth\n'
leaf sub "$ec" ca 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n'
leaf deep "$ec" sub 'extendedKeyUsage=clientAuth\n'
cat deep.crt sub.crt > chain.crt && mv chain.crt deep.crt
for host in listed path shallow; do leaf $host "$ec" ca "subjectAltName=DNS:$host.test\n"; done
"#;

fn make(postern: &Postern) {
    pki::open_and_strict(postern);
    let made =
        Command::new("bash").args(["-ec", MAKE]).current_dir(postern.dir()).output().expect("bash runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let list = postern.curl(&[], "/api/ca-certificate/list?group=default").body;
    let list: Value = serde_json::from_str(&list).expect("JSON");
    let ca = format!("ca_certificate_id={}", list["items"][0][0]["id"].as_str().expect("the CA"));
    for (name, field) in [
        ("listed", "allow_list=dns:bob.partners.test"),
        ("path", "exempt_paths=^/ip$"),
        ("shallow", "depth=0"),
    ] {
        let added = add(
            postern,
            name,
            None,
            &["peer_verification=on", "peer_verification_mode=required", &ca, field],
        );
        assert!(added.status < 400, "{added:?}\n{}", postern.log());
    }
}

/// The newest event of `host` (or of no host at all) with this reason, once there is one.
pub(crate) fn event(postern: &Postern, host: &str, reason: &str) -> Value {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let path = format!("/api/handshake/list?group=default&host={host}&outcome={reason}");
        let answer = postern.curl(&[], &path);
        assert_eq!(answer.status, 200, "{answer:?}");
        let list: Value = serde_json::from_str(&answer.body).expect("JSON");
        if let Some(event) = list["list"]["events"].get(0) {
            return event.clone();
        }
        assert!(Instant::now() < deadline, "no event `{reason}` of {host:?}\n{}", postern.log());
    }
}

fn reason_of(event: &Value) -> Option<&str> {
    let verdict = &event["verdict"];
    verdict.get("Refused").or(verdict.get("Tolerated"))?["reason"].as_str()
}

#[test]
fn a_refusal_by_the_certificate_says_why() {
    let postern = Postern::start();
    make(&postern);
    for (host, client, reason) in [
        ("a.strict.test", None, "no_client_cert"),
        ("b.strict.test", Some("mallory"), "issuer_unknown"),
        ("c.strict.test", Some("late"), "expired"),
        ("d.strict.test", Some("early"), "not_yet_valid"),
        ("e.strict.test", Some("server"), "purpose_invalid"),
        ("f.strict.test", Some("weak"), "weak_key_or_alg"),
        ("listed.test", Some("ann"), "san_not_allowed"),
        ("shallow.test", Some("deep"), "chain_too_deep"),
    ] {
        for version in ["-tls1_2", "-tls1_3"] {
            // OpenSSL itself would not use so small a key.
            let more: &[&str] = match client {
                Some("deep") => &["-cert_chain", "sub.crt"],
                Some("weak") => &["-cipher", "DEFAULT@SECLEVEL=0"],
                _ => &[],
            };
            let options = [&[version], more].concat();
            assert_eq!(ask_openssl(&postern, host, host, client, &options), 0, "{reason} {version}");
        }
        let event = event(&postern, host, reason);
        assert_eq!(reason_of(&event), Some(reason), "{event}");
        assert_eq!(event["server_name"], host, "{event}");
        assert_eq!(event["tls_version"], "TLSv1.3", "{event}");
        assert!(event["cipher_suite"].is_string() && event["key_exchange"].is_string(), "{event}");
        assert_eq!(event["peer_chain"].as_array().is_some_and(Vec::is_empty), client.is_none(), "{event}");
        assert!(event["ssl_certificate"].is_string(), "{event}");
    }
    assert_eq!(ask(&postern, "https://listed.test/ip", Some("bob"), &[]), 200);
    // By default one intermediate may stand between.
    let deep =
        ask_openssl(&postern, "g.strict.test", "g.strict.test", Some("deep"), &["-cert_chain", "sub.crt"]);
    assert_eq!(deep, 200);
}

#[test]
fn a_client_that_was_turned_away_says_so() {
    let postern = Postern::start();
    make(&postern);
    pki::deny(&postern, "ann");
    assert_eq!(ask(&postern, "https://a.strict.test/ip", Some("ann"), &[]), 0);
    assert_eq!(reason_of(&event(&postern, "a.strict.test", "deny_listed")), Some("deny_listed"));
    pki::revoke(&postern, "bob");
    assert_eq!(ask(&postern, "https://b.strict.test/ip", Some("bob"), &[]), 0);
    assert_eq!(reason_of(&event(&postern, "b.strict.test", "revoked")), Some("revoked"));
}

#[test]
fn an_older_revocation_list_lets_nobody_in_again() {
    let postern = Postern::start();
    make(&postern);
    pki::make_old_revocation_list(&postern);
    pki::revoke(&postern, "bob");
    let refused = pki::upload_revocation_list(&postern, "old.crl");
    assert_eq!(refused.status, 422, "{refused:?}");
    assert!(refused.body.contains("RevocationListOlder"), "{refused:?}");
    assert_eq!(ask(&postern, "https://b.strict.test/ip", Some("bob"), &[]), 0);
    // The same list again is no older than itself.
    assert!(pki::upload_revocation_list(&postern, "ca.crl").status < 400);
}

#[test]
fn a_stale_revocation_list_blocks_and_says_so() {
    let postern = Postern::start();
    make(&postern);
    let bob = || ask(&postern, "https://b.strict.test/ip", Some("bob"), &[]);
    pki::upload_short_lived_revocation_list(&postern, 3);
    assert_eq!(bob(), 200);
    let deadline = Instant::now() + PATIENCE;
    while bob() != 0 {
        assert!(Instant::now() < deadline, "the list is never stale");
    }
    let event = event(&postern, "b.strict.test", "crl_stale");
    assert_eq!(reason_of(&event), Some("crl_stale"), "{event}");
    // The certificate's page says what is wrong and what to do.
    let id = event["ssl_certificate"].as_str().expect("the policy that decided");
    let page = postern.curl(&[], &format!("/groups/default/ssl-certificates/{id}")).body;
    assert!(page.contains("is stale since"), "{page}");
    // To go by the old list is the operator's choice, and so is to go back, with a list that is not stale.
    assert!(pki::set_stale_revocation_lists(&postern, "warn").status < 400);
    assert_eq!(bob(), 200);
    let refused = pki::set_stale_revocation_lists(&postern, "block");
    assert_eq!(refused.status, 422, "{refused:?}");
    assert!(refused.body.contains("StaleRevocationLists"), "{refused:?}");
    assert_eq!(bob(), 200);
}

/// The proof of possession: a certificate alone, without its key, opens nothing.
#[test]
fn a_stolen_certificate_without_its_key_says_so() {
    let postern = Postern::start();
    make(&postern);
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let error = stranger::handshake(&postern, "a.strict.test", "ann.crt", "bob.key", version);
        assert!(error.contains("alert"), "{error}");
    }
    assert_eq!(reason_of(&event(&postern, "a.strict.test", "bad_signature")), Some("bad_signature"));
}

#[test]
fn a_handshake_that_fails_otherwise_says_why() {
    let postern = Postern::start();
    make(&postern);
    assert_eq!(ask_openssl(&postern, "", "open.test", None, &[]), 0);
    assert_eq!(event(&postern, "", "no_sni")["server_name"], Value::Null);
    assert_eq!(ask(&postern, "https://nobody.test/ip", None, &[]), 0);
    assert_eq!(event(&postern, "nobody.test", "unknown_host")["ssl_certificate"], Value::Null);
    let old = ["-tls1_2", "-cipher", "AES128-SHA"];
    assert_eq!(ask_openssl(&postern, "open.test", "open.test", None, &old), 0);
    event(&postern, "open.test", "tls_version_or_cipher");
    // A client that does not trust the gateway's certificate.
    let distrust = Command::new("curl")
        .args(["-s", "--max-time", "10", "--connect-to", &format!("::127.0.0.1:{}", postern.gateway_port())])
        .arg("https://open.test/ip")
        .output()
        .expect("curl runs");
    assert!(!distrust.status.success());
    event(&postern, "open.test", "client_aborted");
    let silent = TcpStream::connect(("127.0.0.1", postern.gateway_port())).expect("connected");
    event(&postern, "", "handshake_timeout");
    drop(silent);
}

#[test]
fn a_request_that_is_refused_says_why() {
    let postern = Postern::start();
    make(&postern);
    let misdirected = ask(&postern, "https://open.test/ip", None, &["-H", "Host: a.strict.test"]);
    assert_eq!(misdirected, 421);
    assert_eq!(event(&postern, "open.test", "misdirected_421")["stage"], "request");
    assert_eq!(ask(&postern, "https://path.test/ip", None, &[]), 200);
    assert_eq!(ask(&postern, "https://path.test/headers", None, &[]), 400);
    assert_eq!(ask(&postern, "https://path.test/headers", Some("ann"), &[]), 200);
    assert_eq!(ask(&postern, "https://path.test/ip", Some("mallory"), &[]), 200);
    assert_eq!(event(&postern, "path.test", "path_requires_cert")["stage"], "request");
    // The handshake itself was let through, and says what was wrong with the certificate.
    assert!(event(&postern, "path.test", "issuer_unknown")["verdict"].get("Tolerated").is_some());
}
