//! The users' guide, by curl alone: what is uploaded decides who is let in, now and after a restart.

use std::path::Path;
use std::process::Command;

use crate::support::Postern;

/// The guide's own commands, as it has them: on OpenSSL before 3.2 they make X.509 v1 certificates.
const MAKE_CERTIFICATES: &str = r#"
openssl genrsa -out ca.key 2048 &&
  openssl req -new -sha256 -key ca.key -out ca.csr -subj "/CN=ROOTCA" &&
  openssl x509 -req -days 36500 -sha256 -extensions v3_ca -signkey ca.key -in ca.csr -out ca.crt
openssl genrsa -out server.key 2048 &&
  openssl req -new -sha256 -key server.key -out server.csr -subj "/CN=test.com" &&
  openssl x509 -req -days 36500 -sha256 -extensions v3_req -CA ca.crt -CAkey ca.key -CAserial ca.srl -CAcreateserial -in server.csr -out server.crt
openssl genrsa -out client.key 2048 &&
  openssl req -new -sha256 -key client.key -out client.csr -subj "/CN=CLIENT" &&
  openssl x509 -req -days 36500 -sha256 -extensions v3_req -CA ca.crt -CAkey ca.key -CAserial ca.srl -CAcreateserial -in client.csr -out client.crt
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=ROOTCA" -keyout other-ca.key -out other-ca.crt &&
  openssl x509 -req -days 2 -CA other-ca.crt -CAkey other-ca.key -CAcreateserial -in client.csr -out stranger.crt
"#;

fn make_certificates(dir: &Path) {
    let made =
        Command::new("sh").args(["-ec", MAKE_CERTIFICATES]).current_dir(dir).output().expect("sh runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// What curl said, and how it ended.
#[derive(Debug)]
struct Reply {
    code: Option<i32>,
    text: String,
}

fn request(postern: &Postern, certificate: Option<&str>) -> Reply {
    let port = postern.gateway_port();
    let mut curl = Command::new("curl");
    curl.args(["-ikv", "--max-time", "10", "--resolve", &format!("test.com:{port}:127.0.0.1")]);
    if let Some(certificate) = certificate {
        curl.args(["--cert", certificate, "--key", "client.key"]);
    }
    let output = curl
        .arg(format!("https://test.com:{port}/ip"))
        .current_dir(postern.dir())
        .output()
        .expect("curl runs");
    let text = [output.stdout, output.stderr].concat();
    Reply { code: output.status.code(), text: String::from_utf8_lossy(&text).into_owned() }
}

#[track_caller]
fn assert_the_guide_holds(postern: &Postern) {
    let known = request(postern, Some("client.crt"));
    assert!(
        known.text.contains("HTTP/2 200") && known.text.contains("ALPN: server accepted h2"),
        "{known:?}"
    );
    assert!(known.text.contains("\"origin\": \"127.0.0.1\""), "{known:?}");
    let nobody = request(postern, None);
    assert_eq!(nobody.code, Some(56), "{nobody:?}");
    assert!(nobody.text.contains("certificate required"), "{nobody:?}");
    // The same issuer name, another key.
    let stranger = request(postern, Some("stranger.crt"));
    assert_ne!(stranger.code, Some(0), "{stranger:?}");
    assert!(!stranger.text.contains("HTTP/2 200"), "{stranger:?}");
}

fn add(postern: &Postern) {
    let dir = postern.dir();
    let part = |field: &str, file: &str| format!("{field}=@{}", dir.join(file).display());
    let parts = [
        "group=default".to_owned(),
        "type=server".to_owned(),
        "method=upload".to_owned(),
        part("certificate", "server.crt"),
        part("private_key", "server.key"),
        "peer_verification=on".to_owned(),
        part("ca_certificate", "ca.crt"),
    ];
    let options: Vec<&str> = parts.iter().flat_map(|part| ["-F", part]).collect();
    let answer = postern.curl(&options, "/api/ssl-certificate/add");
    assert!(answer.status < 400, "{answer:?}\n{}", postern.log());
}

#[test]
fn the_guide_holds_also_after_a_restart_and_its_key_stays_inside() {
    let postern = Postern::start();
    make_certificates(postern.dir());
    postern.sign_in();
    add(&postern);
    assert_the_guide_holds(&postern);

    let key = std::fs::read_to_string(postern.dir().join("server.key")).expect("the key");
    let line = key.lines().nth(3).expect("a line of the key").to_owned();
    assert!(!postern.log().contains(&line), "the key is in the log");
    let (code, dir) = postern.terminate();
    assert_eq!(code, Some(0));
    for entry in std::fs::read_dir(dir.path().join("data")).expect("the data directory") {
        let file = entry.expect("an entry").path();
        let bytes = std::fs::read(&file).expect("readable");
        let found = bytes.windows(line.len()).any(|window| window == line.as_bytes());
        assert!(!found, "the key stands in {}", file.display());
    }

    let again = Postern::start_in(dir, &[], &[]);
    assert_the_guide_holds(&again);
}
