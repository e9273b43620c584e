//! However a ClientHello comes and its host is written, the policy of that very host decides.

use std::sync::Arc;

use domain::ReasonCode;
use rustls::ClientConnection;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::client::Client;
use crate::support::gateway::{Bench, Clients, reason};
use crate::support::pki::Authority;
use crate::support::soon;

/// How a ClientHello is put on the wire.
#[derive(Debug, Clone, Copy)]
enum Pieces {
    Whole,
    /// TCP segments of one byte.
    Segments,
    /// TLS records of one byte, which come together.
    Records,
    /// TLS records of one byte in segments of one byte.
    RecordsInSegments,
}

const ALL: [Pieces; 4] = [Pieces::Whole, Pieces::Segments, Pieces::Records, Pieces::RecordsInSegments];

/// A gateway whose strict host must not be reached through the lax ones around it.
async fn bench() -> Bench {
    let authority = Authority::root("ROOTCA");
    let mut bench = Bench::start().await;
    bench.serve("strict", &["test.com"], &Clients::Of(&[&authority], 1)).await;
    bench.serve("lax-names", &["*.test.com"], &Clients::All).await;
    bench.serve("lax-rest", &["other.org"], &Clients::All).await;
    bench
}

/// A ClientHello whose SNI is these very bytes, which no library would send.
fn client_hello(bench: &Bench, sni: &str) -> Vec<u8> {
    let placeholder = "x".repeat(sni.len());
    let name = ServerName::try_from(placeholder.clone()).expect("a host name");
    let mut session = ClientConnection::new(Arc::new(Client::new(bench).config()), name).expect("a session");
    let mut hello = Vec::new();
    session.write_tls(&mut hello).expect("written");
    let at = hello.windows(sni.len()).position(|bytes| bytes == placeholder.as_bytes()).expect("the SNI");
    hello[at..at + sni.len()].copy_from_slice(sni.as_bytes());
    hello
}

fn client_hello_without_sni(bench: &Bench) -> Vec<u8> {
    let name = ServerName::try_from("test.com").expect("a host name");
    let config = Arc::new(Client::new(bench).without_sni().config());
    let mut hello = Vec::new();
    ClientConnection::new(config, name).expect("a session").write_tls(&mut hello).expect("written");
    hello
}

/// Sends the ClientHello and takes the beginning of the answer: whether it is a ServerHello, or else an alert.
async fn is_greeted(bench: &Bench, hello: &[u8], pieces: Pieces) -> bool {
    // RFC 8446 §5.1: a handshake message may be spread over records; each has a head of 5 bytes.
    let sent: Vec<u8> = match pieces {
        Pieces::Whole | Pieces::Segments => hello.to_vec(),
        Pieces::Records | Pieces::RecordsInSegments => {
            hello[5..].iter().flat_map(|byte| [22, 3, 1, 0, 1, *byte]).collect()
        }
    };
    let segment = match pieces {
        Pieces::Whole | Pieces::Records => sent.len(),
        Pieces::Segments | Pieces::RecordsInSegments => 1,
    };
    let mut socket = TcpStream::connect(bench.address).await.expect("connected");
    socket.set_nodelay(true).expect("possible");
    for segment in sent.chunks(segment) {
        socket.write_all(segment).await.expect("sent");
    }
    let mut answer = [0; 6];
    soon(socket.read_exact(&mut answer)).await.expect("an answer");
    // Type handshake (22) and in it a ServerHello (2).
    (answer[0], answer[5]) == (22, 2)
}

/// CVE-2026-32305: a host's policy was not found when its ClientHello came in pieces, and a laxer one decided.
#[tokio::test]
async fn cve_2026_32305_a_client_hello_in_pieces_meets_the_policy_of_its_host() {
    let mut bench = bench().await;
    bench.set_default(Some("lax-rest")).await;
    let mut number = 0;
    for pieces in ALL {
        for (sni, certificate) in [("test.com", "strict"), ("api.test.com", "lax-names")] {
            assert!(is_greeted(&bench, &client_hello(&bench, sni), pieces).await, "{sni} {pieces:?}");
            number += 1;
            let event = bench.event(number).await;
            assert_eq!(event.ssl_certificate.expect("known").as_str(), certificate, "{sni} {pieces:?}");
        }
    }
}

/// CVE-2026-53622: a host in another spelling was taken for another host.
#[tokio::test]
async fn cve_2026_53622_a_host_is_the_same_in_any_spelling() {
    let mut bench = bench().await;
    bench.set_default(Some("lax-rest")).await;
    let spellings = [
        ("TEST.COM", "test.com", "strict"),
        ("tEsT.cOm", "test.com", "strict"),
        ("test.com.", "test.com", "strict"),
        ("TEST.COM.", "test.com", "strict"),
        ("API.Test.Com.", "api.test.com", "lax-names"),
    ];
    for (number, (sni, host, certificate)) in spellings.into_iter().enumerate() {
        assert!(is_greeted(&bench, &client_hello(&bench, sni), Pieces::Whole).await, "{sni}");
        let event = bench.event(number + 1).await;
        assert_eq!(event.server_name.expect("known").as_str(), host, "{sni}");
        assert_eq!(event.ssl_certificate.expect("known").as_str(), certificate, "{sni}");
    }
}

#[tokio::test]
async fn a_host_with_two_dots_at_its_end_is_nobodys() {
    let mut bench = bench().await;
    bench.set_default(Some("lax-rest")).await;
    for (number, sni) in ["test.com..", ".test.com", "test..com"].into_iter().enumerate() {
        assert!(!is_greeted(&bench, &client_hello(&bench, sni), Pieces::Whole).await, "{sni}");
        let event = bench.event(number + 1).await;
        reason(&event);
        assert_eq!(event.ssl_certificate, None, "{sni}");
    }
}

/// RFC 6066 §3: an address is no host name. Whoever sends one names no host.
#[tokio::test]
async fn an_address_or_no_name_meets_the_default_policy_if_there_is_one() {
    let mut bench = bench().await;
    let hellos = [client_hello(&bench, "127.0.0.1"), client_hello_without_sni(&bench)];
    let mut number = 0;
    for (default, greeted) in [(None, false), (Some("strict"), true)] {
        bench.set_default(default).await;
        for hello in &hellos {
            for pieces in ALL {
                assert_eq!(is_greeted(&bench, hello, pieces).await, greeted, "{default:?} {pieces:?}");
                number += 1;
                let event = bench.event(number).await;
                assert_eq!(event.ssl_certificate.as_ref().map(domain::SslCertificateId::as_str), default);
                if default.is_none() {
                    assert_eq!(reason(&event), ReasonCode::NoSni);
                }
            }
        }
    }
}
