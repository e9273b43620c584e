//! What nodes are told of clients, and what clients cannot tell nodes of themselves.

use domain::IdentityHeaders;
use http::Request;
use tls::Enforcement;

use crate::support::client::{Client, empty};
use crate::support::gateway::{Bench, Guard};
use crate::support::node::{Node, OK};
use crate::support::pki::Authority;

/// Spellings of what only the gateway may say.
const FORGED: [&str; 22] = [
    "Client-Cert",
    "client_cert",
    "Client-Cert-Chain",
    "X-Forwarded-Client-Cert",
    "X_Forwarded_Client_Cert",
    "x-forwarded_client-cert",
    "X-SSL-Client-Verify",
    "X_SSL_CLIENT_VERIFY",
    "X-SSL-Client-S-DN",
    "X-SSL-Client-Cert",
    "X-SSL-Client-Fingerprint",
    "SSL_CLIENT_S_DN",
    "SSL-Client-Verify",
    "X-Client-Cert",
    "X-Client-DN",
    "X-Forwarded-TLS-Client-Cert",
    "X-Forwarded-For",
    "X_Forwarded-For",
    "X-Forwarded-Host",
    "X-Real-IP",
    "Forwarded",
    "X-ARR-ClientCert",
];

/// The fields of a head whose names begin with one of these.
fn told<'a>(head: &'a str, names: &[&str]) -> Vec<(&'a str, &'a str)> {
    let fields = head.lines().filter_map(|line| line.split_once(": "));
    fields.filter(|(name, _)| names.iter().any(|start| name.starts_with(start))).collect()
}

const OF_PRESETS: [&str; 3] = ["client-cert", "x-forwarded-client-cert", "x-ssl-"];

#[tokio::test]
async fn each_preset_tells_of_verified_clients_and_forgeries_never_get_through() {
    let (authority, stranger) = (Authority::root("Partners"), Authority::root("Strangers"));
    let (device, unknown) = (authority.client("device"), stranger.client("unknown"));
    let node = Node::start().await;
    let mut bench = Bench::forwarding(&[node.address]).await;
    // Here the client of another authority is let in too.
    bench.guard("lax", &["test.com"], &Guard::of(&[&authority]).enforcing(Enforcement::ReportOnly)).await;
    let clients = [
        (Client::of(&bench, &device), true),
        (Client::of(&bench, &unknown), false),
        (Client::new(&bench), false),
    ];
    for preset in IdentityHeaders::ALL {
        bench.tell_identity(preset).await;
        for (client, is_verified) in clients.iter().flat_map(|(client, is_verified)| {
            [(client.clone(), *is_verified), (client.clone().http2(), *is_verified)]
        }) {
            let http = client.open("test.com").await;
            let mut request = Request::get("https://test.com/a").header("host", "test.com");
            for name in FORGED {
                request = request.header(name, "forged").header(name, "CN=forged");
            }
            let request = request.header("x-other", "kept").body(empty()).expect("a request");
            let answer = OK.replace("200 OK\r\n", "200 OK\r\nConnection: close\r\n");
            let (answer, (_link, head)) = tokio::join!(http.send(request), node.serve_one(&answer));
            assert_eq!(answer.expect("an answer").status, 200);
            assert!(!head.contains("forged"), "{preset:?}: {head}");
            assert!(head.contains("\r\nx-other: kept\r\n"), "{head}");
            let told = told(&head, &OF_PRESETS);
            let names: Vec<&str> = told.iter().map(|(name, _)| *name).collect();
            let expected: &[&str] = match (preset, is_verified) {
                (IdentityHeaders::None, _) => &[],
                (IdentityHeaders::Nginx, false) => &["x-ssl-client-verify"],
                (_, false) => &[],
                (IdentityHeaders::Rfc9440, true) => &["client-cert"],
                (IdentityHeaders::Xfcc, true) => &["x-forwarded-client-cert"],
                (IdentityHeaders::Nginx, true) => &[
                    "x-ssl-client-cert",
                    "x-ssl-client-fingerprint",
                    "x-ssl-client-i-dn",
                    "x-ssl-client-s-dn",
                    "x-ssl-client-serial",
                    "x-ssl-client-verify",
                ],
            };
            let mut sorted = names.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, expected, "{preset:?} {is_verified}: {head}");
            let value = |name: &str| told.iter().find(|(told, _)| *told == name).map(|(_, value)| *value);
            match (preset, is_verified) {
                (IdentityHeaders::Nginx, false) => assert_eq!(value("x-ssl-client-verify"), Some("NONE")),
                (IdentityHeaders::Nginx, true) => {
                    assert_eq!(value("x-ssl-client-verify"), Some("SUCCESS"));
                    assert_eq!(value("x-ssl-client-s-dn"), Some("CN=device"));
                    assert_eq!(value("x-ssl-client-i-dn"), Some("CN=Partners"));
                }
                (IdentityHeaders::Xfcc, true) => {
                    let value = value("x-forwarded-client-cert").expect("told");
                    assert!(value.starts_with("Hash=") && value.contains("Subject=\"CN=device\""), "{value}");
                }
                (IdentityHeaders::Rfc9440, true) => {
                    use base64::Engine as _;
                    let encoded = base64::engine::general_purpose::STANDARD.encode(&device.chain[0]);
                    assert_eq!(value("client-cert"), Some(format!(":{encoded}:").as_str()));
                }
                _ => {}
            }
        }
    }
}

#[tokio::test]
async fn forgeries_get_through_on_no_host() {
    let authority = Authority::root("Partners");
    let device = authority.client("device");
    let node = Node::start().await;
    let mut bench = Bench::forwarding(&[node.address]).await;
    bench.guard("strict", &["strict.test"], &Guard::of(&[&authority])).await;
    bench.guard("some", &["some.test"], &Guard::of(&[&authority]).exempting(&["^/a$"])).await;
    for (host, client) in [
        ("test.com", Client::new(&bench)),
        ("strict.test", Client::of(&bench, &device)),
        ("some.test", Client::new(&bench)),
    ] {
        let http = client.open(host).await;
        let mut request = Request::get("/a").header("host", host);
        for name in FORGED {
            request = request.header(name, "forged");
        }
        let request = request.body(empty()).expect("a request");
        let answer = OK.replace("200 OK\r\n", "200 OK\r\nConnection: close\r\n");
        let (answer, (_link, head)) = tokio::join!(http.send(request), node.serve_one(&answer));
        assert_eq!(answer.expect("an answer").status, 200, "{host}");
        assert!(!head.contains("forged"), "{host}: {head}");
        assert_eq!(told(&head, &OF_PRESETS), [], "{host}");
    }
}
