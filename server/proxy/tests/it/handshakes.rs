//! Who is let in, who is not, and what both sides get to know of it.

use std::process::Command;
use std::sync::Arc;

use domain::{ReasonCode, Revision, Verdict};
use proxy::PolicyState;
use rustls::pki_types::ServerName;
use rustls::{AlertDescription, ClientConnection};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::client::Client;
use crate::support::gateway::{Bench, Clients, reason};
use crate::support::pki::{Authority, Day, NOW};
use crate::support::soon;

const VERSIONS: [&rustls::SupportedProtocolVersion; 2] = [&rustls::version::TLS12, &rustls::version::TLS13];

#[tokio::test]
async fn a_client_of_the_ca_is_let_in() {
    let (bench, clients) = Bench::of_the_guide().await;
    let identity = clients.client("CLIENT");
    for (number, version) in VERSIONS.into_iter().enumerate() {
        let http = Client::with(&bench, Some(&identity), &[version]).open("test.com").await;
        let answer = http.get("test.com", "/ip").await.expect("an answer");
        assert_eq!(answer.status, 200, "{version:?}");

        let event = bench.event(number + 1).await;
        assert_eq!(event.verdict, Verdict::Accepted);
        assert_eq!(event.at, NOW.into());
        assert_eq!(event.client.ip(), bench.address.ip());
        assert_eq!(event.server_name.expect("known").as_str(), "test.com");
        assert_eq!(event.ssl_certificate.expect("known").as_str(), "guide");
        assert_eq!(event.revision, Revision(2));
        assert_eq!(event.tls_version.as_deref(), Some(["TLSv1.2", "TLSv1.3"][number]));
        assert!(event.cipher_suite.expect("known").starts_with("TLS_"));
        assert!(event.key_exchange.is_some());
        assert_eq!(event.alpn.as_deref(), Some("http/1.1"));
        assert!(!event.resumed);
        let [certificate] = &event.peer_chain[..] else { panic!("one certificate was sent") };
        assert!(certificate.subject.contains("CLIENT"), "{}", certificate.subject);
        assert!(certificate.issuer.contains("ROOTCA"), "{}", certificate.issuer);
    }
}

#[tokio::test]
async fn refusals_have_their_alert_and_their_reason() {
    let clients = Authority::root("ROOTCA");
    let deep = clients.intermediate("One").intermediate("Two");
    let mut bench = Bench::start().await;
    bench.serve("guide", &["test.com"], &Clients::Of(&[&clients], 1)).await;
    bench.set_clock(NOW);

    let wrong = Authority::root("ROOTCA").client("CLIENT");
    let expired = clients.client_until("CLIENT", Day(2026, 5, 1));
    let too_deep = deep.client("CLIENT");
    let cases = [
        (None, AlertDescription::CertificateRequired, ReasonCode::NoClientCert),
        (Some(&expired), AlertDescription::CertificateExpired, ReasonCode::Expired),
    ];
    let mut seen = 0;
    for (identity, alert, expected) in cases {
        assert_eq!(
            Client::with(&bench, identity, &[VERSIONS[1]]).refusal("test.com").await,
            alert,
            "{expected}"
        );
        seen += 1;
        let event = bench.event(seen).await;
        assert_eq!(reason(&event), expected);
        assert_eq!(event.ssl_certificate.expect("known").as_str(), "guide");
        assert_eq!(event.peer_chain.len(), identity.map_or(0, |identity| identity.chain.len()), "{expected}");
    }
    // Which alert fits here is for the verifier to say; that there is one, and the reason, is not.
    for (identity, expected) in [
        (&wrong, [ReasonCode::IssuerUnknown, ReasonCode::BadSignature]),
        (&too_deep, [ReasonCode::ChainTooDeep; 2]),
    ] {
        for version in VERSIONS {
            Client::with(&bench, Some(identity), &[version]).refusal("test.com").await;
            seen += 1;
            let event = bench.event(seen).await;
            assert!(expected.contains(&reason(&event)), "{event:?}");
            assert_eq!(event.peer_chain.len(), identity.chain.len());
        }
    }
    let Verdict::Refused { detail, .. } = bench.event(seen).await.verdict else {
        unreachable!("checked above")
    };
    assert!(!detail.is_empty());
}

#[tokio::test]
async fn a_client_of_another_ca_hears_that_its_ca_is_unknown() {
    let (bench, _) = Bench::of_the_guide().await;
    let stranger = Authority::root("Somebody Else").client("CLIENT");
    for version in VERSIONS {
        let client = Client::with(&bench, Some(&stranger), &[version]);
        assert_eq!(client.refusal("test.com").await, AlertDescription::UnknownCA, "{version:?}");
    }
    assert_eq!(reason(&bench.event(2).await), ReasonCode::IssuerUnknown);
}

#[tokio::test]
async fn as_many_intermediates_as_allowed_are_accepted() {
    let (bench, clients) = Bench::of_the_guide().await;
    let identity = clients.intermediate("One").client("CLIENT");
    Client::of(&bench, &identity).open("test.com").await.get("test.com", "/ip").await.expect("an answer");
    assert_eq!(bench.event(1).await.peer_chain.len(), 2);
}

#[tokio::test]
async fn curl_is_told_that_a_certificate_is_required() {
    let (bench, _) = Bench::of_the_guide().await;
    let port = bench.address.port();
    for protocol in ["--http1.1", "--http2"] {
        let curl = tokio::task::spawn_blocking(move || {
            Command::new("curl")
                .args(["-skv", protocol, "--max-time", "15"])
                .args(["--resolve", &format!("test.com:{port}:127.0.0.1")])
                .arg(format!("https://test.com:{port}/ip"))
                .output()
                .expect("curl is there")
        });
        let output = soon(curl).await.expect("curl ran");
        let messages = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(56), "{messages}");
        assert!(messages.contains("certificate required"), "{messages}");
    }
    assert_eq!(reason(&bench.event(2).await), ReasonCode::NoClientCert);
}

#[tokio::test]
async fn a_host_that_nobody_serves_is_refused() {
    let (bench, clients) = Bench::of_the_guide().await;
    let client = Client::of(&bench, &clients.client("CLIENT"));
    for (number, host) in ["unknown.com", "www.test.com", "com"].into_iter().enumerate() {
        assert_eq!(client.refusal(host).await, AlertDescription::UnrecognisedName, "{host}");
        let event = bench.event(number + 1).await;
        assert_eq!(reason(&event), ReasonCode::UnknownHost);
        assert_eq!(event.server_name.expect("known").as_str(), host);
        assert_eq!(event.ssl_certificate, None);
        assert_eq!(event.revision, Revision(2));
    }
}

#[tokio::test]
async fn no_sni_is_no_way_around() {
    let (mut bench, clients) = Bench::of_the_guide().await;
    bench.serve("rest", &["*"], &Clients::All).await;
    let client = Client::of(&bench, &clients.client("CLIENT")).without_sni();
    assert_eq!(client.refusal("test.com").await, AlertDescription::UnrecognisedName);
    let event = bench.event(1).await;
    assert_eq!(reason(&event), ReasonCode::NoSni);
    assert_eq!(event.server_name, None);
}

#[tokio::test]
async fn a_broken_policy_refuses_everybody() {
    let (mut bench, clients) = Bench::of_the_guide().await;
    let broken = bench.policy("guide", &["test.com"], PolicyState::Broken("its CA has expired".to_owned()));
    bench.apply(vec![broken]).await;
    let client = Client::of(&bench, &clients.client("CLIENT"));
    assert_eq!(client.refusal("test.com").await, AlertDescription::InternalError);
    let event = bench.event(1).await;
    assert_eq!(reason(&event), ReasonCode::PolicyBroken);
    assert_eq!(event.ssl_certificate.expect("known").as_str(), "guide");
    let Verdict::Refused { detail, .. } = event.verdict else { unreachable!("checked above") };
    assert_eq!(detail, "its CA has expired");
}

#[tokio::test]
async fn the_most_exact_certificate_answers() {
    let mut bench = Bench::start().await;
    for (certificate, sni) in [("exact", "api.test.com"), ("wildcard", "*.test.com")] {
        bench.serve(certificate, &[sni], &Clients::All).await;
    }
    for (number, (host, certificate)) in
        [("api.test.com", "exact"), ("www.test.com", "wildcard"), ("WWW.Test.COM", "wildcard")]
            .into_iter()
            .enumerate()
    {
        Client::new(&bench).open(host).await;
        let event = bench.event(number + 1).await;
        assert_eq!(event.ssl_certificate.expect("known").as_str(), certificate, "{host}");
        assert_eq!(event.server_name.expect("known").as_str(), host.to_ascii_lowercase());
    }
    assert_eq!(Client::new(&bench).refusal("a.b.test.com").await, AlertDescription::UnrecognisedName);
}

/// The first bytes that a client sends: a record with a ClientHello.
fn client_hello(bench: &Bench) -> Vec<u8> {
    let name = ServerName::try_from("test.com").expect("a host name");
    let mut session = ClientConnection::new(Arc::new(Client::new(bench).config()), name).expect("a session");
    let mut hello = Vec::new();
    session.write_tls(&mut hello).expect("written");
    hello
}

#[tokio::test]
async fn a_client_hello_may_come_in_records_of_one_byte() {
    let (bench, _) = Bench::of_the_guide().await;
    let hello = client_hello(&bench);
    // RFC 8446 §5.1: a handshake message may be spread over records; each has a head of 5 bytes.
    let spread: Vec<u8> = hello[5..].iter().flat_map(|byte| [22, 3, 1, 0, 1, *byte]).collect();
    let mut socket = TcpStream::connect(bench.address).await.expect("connected");
    socket.write_all(&spread).await.expect("sent");
    // Type handshake (22) and in it a ServerHello (2): the host was found.
    let mut answer = [0; 6];
    soon(socket.read_exact(&mut answer)).await.expect("an answer");
    assert_eq!((answer[0], answer[5]), (22, 2));
}

#[tokio::test]
async fn what_is_not_tls_is_refused() {
    let (bench, _) = Bench::of_the_guide().await;
    let mut socket = TcpStream::connect(bench.address).await.expect("connected");
    socket.write_all(b"GET / HTTP/1.1\r\nHost: test.com\r\n\r\n").await.expect("sent");
    let mut answer = Vec::new();
    soon(socket.read_to_end(&mut answer)).await.expect("closed in order");
    assert_eq!(answer.first(), Some(&21), "an alert");
    assert!(matches!(bench.event(1).await.verdict, Verdict::Refused { .. }));
}

#[tokio::test]
async fn a_client_without_a_common_version_is_refused() {
    let (bench, _) = Bench::of_the_guide().await;
    let mut hello = client_hello(&bench);
    // Takes away the extension supported_versions (43), so that the ClientHello speaks of TLS 1.2 only, and what is
    // needed to speak TLS 1.2: the legacy version becomes TLS 1.0.
    let extension = hello.windows(2).position(|bytes| bytes == [0, 43]).expect("supported_versions");
    hello[extension + 1] = 200;
    hello[9..11].copy_from_slice(&[3, 1]);
    let mut socket = TcpStream::connect(bench.address).await.expect("connected");
    socket.write_all(&hello).await.expect("sent");
    let mut answer = Vec::new();
    soon(socket.read_to_end(&mut answer)).await.expect("closed in order");
    assert_eq!(answer[..1], [21], "an alert");
    assert_eq!(answer[6], u8::from(AlertDescription::ProtocolVersion));
    assert_eq!(reason(&bench.event(1).await), ReasonCode::TlsVersionOrCipher);
}

#[tokio::test]
async fn a_client_that_goes_away_is_recorded() {
    let (bench, _) = Bench::of_the_guide().await;
    let mut socket = TcpStream::connect(bench.address).await.expect("connected");
    socket.write_all(&client_hello(&bench)[..20]).await.expect("sent");
    drop(socket);
    assert_eq!(reason(&bench.event(1).await), ReasonCode::ClientAborted);
}

#[tokio::test]
async fn a_client_that_does_not_trust_the_gateway_is_recorded() {
    let (bench, _) = Bench::of_the_guide().await;
    let elsewhere = Bench::start().await;
    let mut client = Client::new(&elsewhere);
    client.redirect(&bench);
    client.connect("test.com").await.expect_err("the certificate is of another root");
    let event = bench.event(1).await;
    assert_eq!(reason(&event), ReasonCode::ClientAborted);
    let Verdict::Refused { detail, .. } = event.verdict else { unreachable!("checked above") };
    assert!(detail.contains("alert"), "{detail}");
}

#[test]
fn the_gateway_can_be_used_from_any_task() {
    fn is_send<T: Send>(_: &T) {}
    fn check(gateway: &proxy::Gateway) {
        is_send(&gateway.apply(Vec::new(), Revision(1)));
        is_send(&gateway.shutdown(std::time::Duration::ZERO));
    }
    // That it compiles is the test.
    let _ = check;
}
