//! Starting and stopping: what is said, what is refused, what is kept.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;

use tempfile::TempDir;

use crate::support::{Postern, fails_to_start};

#[test]
fn says_where_it_listens_and_stops_with_0_on_sigterm() {
    let postern = Postern::start_with(&[], &[]);
    assert!(postern.url().starts_with("http://127.0.0.1:"), "{}", postern.url());
    let link = postern.line("set-up: ").expect("the one-time link");
    assert!(link.starts_with(&format!("{}/set-up?token=", postern.url())), "{link}");
    assert_eq!(postern.curl(&[], "/healthz").status, 200);
    assert_eq!(postern.curl(&[], "/readyz").status, 200);
    assert_eq!(postern.terminate().0, Some(0));
}

#[test]
fn a_password_in_the_environment_makes_the_administrator() {
    let postern = Postern::start();
    assert_eq!(postern.line("set-up: "), None);
    postern.sign_in();
    assert!(!postern.log().contains("horse"), "the password is in the log");
}

#[test]
fn the_data_directory_is_private() {
    let postern = Postern::start();
    let data = postern.dir().join("data");
    let mode = |path: &std::path::Path| path.metadata().expect("there").permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    assert_eq!(mode(&data.join("master.key")), 0o600);
}

#[test]
fn a_file_that_is_no_database_is_named_and_left_alone() {
    let dir = TempDir::new().expect("a temporary directory");
    let file = dir.path().join("postern.db");
    std::fs::write(&file, "this is a letter, and a rather long one, that is no database at all\n")
        .expect("written");
    let said = fails_to_start(dir.path(), &[], &[]);
    assert!(said.contains("postern.db") && said.contains("not a Postern database"), "{said}");
    assert!(std::fs::read_to_string(&file).expect("still there").starts_with("this is a letter"));
}

#[test]
fn a_data_directory_that_cannot_be_made_is_named() {
    let dir = TempDir::new().expect("a temporary directory");
    let file = dir.path().join("file");
    std::fs::write(&file, "").expect("written");
    let said = fails_to_start(&file.join("data"), &[], &[]);
    assert!(said.contains("data directory"), "{said}");
}

#[test]
fn a_wrong_or_lost_master_key_stops_the_start() {
    let (_, dir) = Postern::start().terminate();
    let data = dir.path().join("data");
    let other = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let said = fails_to_start(&data, &[], &[("POSTERN_MASTER_KEY", other)]);
    assert!(said.contains("master key") && !said.contains(other), "{said}");
    std::fs::remove_file(data.join("master.key")).expect("removed");
    let said = fails_to_start(&data, &[], &[]);
    assert!(said.contains("master key is missing"), "{said}");
    assert!(!data.join("master.key").exists(), "a new key would hide the loss");
}

#[test]
fn a_dashboard_port_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("bound").to_string();
    let dir = TempDir::new().expect("a temporary directory");
    let said = fails_to_start(&dir.path().join("data"), &["--dashboard", &address], &[]);
    assert!(said.contains(&address), "{said}");
}

#[test]
fn an_address_that_is_not_loopback_gets_tls_and_keeps_its_certificate() {
    let options = ["--dashboard", "0.0.0.0:0"];
    let postern = Postern::start_with(&options, &[]);
    assert!(postern.url().starts_with("https://127.0.0.1:"), "{}", postern.url());
    let fingerprint = postern.line("dashboard certificate SHA-256: ").expect("the fingerprint").to_owned();
    let answer = postern.curl(&[], "/sign-in");
    assert!(answer.header("strict-transport-security").is_some(), "{answer:?}");
    let (_, dir) = postern.terminate();
    let again = Postern::start_in(dir, &options, &[]);
    assert_eq!(again.line("dashboard certificate SHA-256: "), Some(fingerprint.as_str()));
}
