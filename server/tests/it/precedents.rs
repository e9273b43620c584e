//! What got past the client certificates of other gateways, tried on this one. Each test is named after its precedent.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use crate::pki::{self, OpenConnection, add, ask, ask_openssl, open_and_strict};
use crate::support::Postern;

/// CVE-2025-23419 (nginx), apache/apisix#9525: a session of a host that asks for nothing is resumed at one that does.
#[test]
fn cve_2025_23419_a_session_opens_no_other_host() {
    let postern = Postern::start();
    open_and_strict(&postern);
    for version in ["-tls1_2", "-tls1_3"] {
        assert_eq!(
            ask_openssl(&postern, "open.test", "open.test", None, &[version, "-sess_out", "session"]),
            200
        );
        let session = postern.dir().join("session");
        assert!(session.exists(), "{version}: no session was given");
        let resume = [version, "-sess_in", "session"];
        assert_eq!(ask_openssl(&postern, "open.test", "open.test", None, &resume), 200, "{version}");
        assert_eq!(
            ask_openssl(&postern, "api.strict.test", "api.strict.test", None, &resume),
            0,
            "{version}"
        );
        std::fs::remove_file(session).expect("removed");
    }
}

/// CVE-2026-27586 (Caddy): a CA file that cannot be read makes the gateway trust the system's roots.
#[test]
fn cve_2026_27586_an_unreadable_ca_lets_nobody_in() {
    let postern = Postern::start();
    pki::make(&postern);
    postern.sign_in();
    std::fs::write(
        postern.dir().join("garbled.crt"),
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    )
    .expect("written");
    std::fs::write(postern.dir().join("empty.crt"), "").expect("written");
    for ca in ["garbled", "empty"] {
        let refused = add(&postern, "strict", Some(ca), &[]);
        assert_eq!(refused.status, 422, "{refused:?}");
    }
    assert_eq!(ask(&postern, "https://api.strict.test/ip", Some("ann"), &[]), 0);
    let added = add(&postern, "strict", Some("ca"), &[]);
    assert!(added.status < 400, "{added:?}");
    assert_eq!(ask(&postern, "https://api.strict.test/ip", Some("ann"), &[]), 200);

    // The stored CA goes bad while nobody looks: bytes of the same length in its place.
    let pem = std::fs::read_to_string(postern.dir().join("ca.crt")).expect("the CA");
    let line = pem.lines().nth(2).expect("a line of base64").to_owned();
    let (_, dir) = postern.terminate();
    let database = std::fs::read_dir(dir.path().join("data"))
        .expect("the data directory")
        .map(|entry| entry.expect("an entry").path())
        .find(|file| std::fs::read(file).is_ok_and(|bytes| position(&bytes, line.as_bytes()).is_some()))
        .expect("the CA stands in a file");
    let mut bytes = std::fs::read(&database).expect("readable");
    while let Some(at) = position(&bytes, line.as_bytes()) {
        bytes[at..at + line.len()].fill(b'A');
    }
    std::fs::write(&database, bytes).expect("written");
    let again = Postern::start_in(dir, &[], &[]);
    for client in [Some("ann"), None] {
        assert_eq!(ask(&again, "https://api.strict.test/ip", client, &[]), 0, "{client:?}");
    }
    again.sign_in();
    let event = crate::reasons::event(&again, "api.strict.test", "policy_broken");
    assert!(
        event["verdict"]["Refused"]["detail"].as_str().is_some_and(|detail| !detail.is_empty()),
        "{event}"
    );
    // The list shows it red.
    assert!(again.curl(&[], "/groups/default/ssl-certificates").body.contains("Broken"));
}

fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// CVE-2026-32305 (Traefik): a ClientHello in pieces is taken for one without SNI, and gets the default policy.
#[test]
fn cve_2026_32305_a_client_hello_in_pieces_meets_the_same_policy() {
    let postern = Postern::start();
    open_and_strict(&postern);
    let fragments = ["-split_send_frag", "512", "-max_send_frag", "512"];
    assert_eq!(ask_openssl(&postern, "api.strict.test", "api.strict.test", None, &fragments), 0);
    // One handshake byte a record.
    let mut socket = TcpStream::connect(("127.0.0.1", postern.gateway_port())).expect("connected");
    socket.set_read_timeout(Some(Duration::from_secs(10))).expect("set");
    for byte in client_hello(b"api.strict.test") {
        socket.write_all(&[22, 3, 1, 0, 1, byte]).expect("sent");
    }
    // The answer is the strict host's handshake: TLS 1.2, so that its CertificateRequest (13) can be seen.
    assert!(handshake_types(&mut socket).contains(&13));
}

/// The handshake message of a ClientHello for TLS 1.2 with this SNI.
fn client_hello(sni: &[u8]) -> Vec<u8> {
    let length = |bytes: &[u8]| u16::try_from(bytes.len()).expect("short").to_be_bytes().to_vec();
    let with_length = |bytes: Vec<u8>| [length(&bytes), bytes].concat();
    let extension = |kind: u16, data: Vec<u8>| [kind.to_be_bytes().to_vec(), with_length(data)].concat();
    let extensions = [
        extension(0, with_length([vec![0], with_length(sni.to_vec())].concat())),
        // secp256r1; uncompressed points; ecdsa_secp256r1_sha256 and rsa_pss_rsae_sha256; extended master secret
        extension(10, with_length(vec![0, 23])),
        extension(11, vec![1, 0]),
        extension(13, with_length(vec![4, 3, 8, 4])),
        extension(23, vec![]),
    ]
    .concat();
    // TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, and that there is nothing to renegotiate
    let suites = with_length(vec![0xc0, 0x2b, 0x00, 0xff]);
    let body = [vec![3, 3], vec![7; 32], vec![0], suites, vec![1, 0], with_length(extensions)].concat();
    [vec![1, 0], with_length(body)].concat()
}

/// The types of the handshake messages that a TLS 1.2 server sends before it waits.
fn handshake_types(socket: &mut TcpStream) -> Vec<u8> {
    let (mut messages, mut types) = (Vec::new(), Vec::new());
    // ServerHelloDone (14) is the last one.
    while types.last() != Some(&14) {
        let mut head = [0; 5];
        socket.read_exact(&mut head).expect("a record");
        assert_eq!(head[0], 22, "not a handshake record: {head:?}, after {types:?}");
        let mut record = vec![0; usize::from(u16::from_be_bytes([head[3], head[4]]))];
        socket.read_exact(&mut record).expect("the record");
        messages.extend(record);
        while let [kind, a, b, c, rest @ ..] = messages.as_slice() {
            let length = usize::from(*a) << 16 | usize::from(*b) << 8 | usize::from(*c);
            if rest.len() < length {
                break;
            }
            types.push(*kind);
            messages.drain(..4 + length);
        }
    }
    types
}

/// CVE-2026-53622 (Traefik): a look-up of the SNI that minds case, or a trailing dot, or knows no wildcard.
#[test]
fn cve_2026_53622_no_spelling_of_the_sni_avoids_its_policy() {
    let postern = Postern::start();
    open_and_strict(&postern);
    for sni in ["api.strict.test", "API.Strict.TEST", "api.strict.test.", "API.STRICT.TEST."] {
        for version in ["-tls1_2", "-tls1_3"] {
            let ask = |client| ask_openssl(&postern, sni, "api.strict.test", client, &[version]);
            assert_eq!(ask(None), 0, "{sni} {version}");
            assert_eq!(ask(Some("mallory")), 0, "{sni} {version}");
        }
        for protocol in ["--http1.1", "--http2"] {
            let url = format!("https://{sni}/ip");
            assert_eq!(ask(&postern, &url, None, &[protocol]), 0, "{sni} {protocol}");
            assert_eq!(ask(&postern, &url, Some("ann"), &[protocol]), 200, "{sni} {protocol}");
        }
    }
}

/// CVE-2026-48491 (Traefik): with the SNI of an open host, a request names a host that a wildcard protects.
#[test]
fn cve_2026_48491_a_request_for_another_host_is_misdirected() {
    let postern = Postern::start();
    open_and_strict(&postern);
    for protocol in ["--http1.1", "--http2"] {
        for host in ["api.strict.test", "API.STRICT.test:9443", "api.strict.test."] {
            let header = format!("Host: {host}");
            let options = [protocol, "-H", &header];
            assert_eq!(ask(&postern, "https://open.test/ip", None, &options), 421, "{protocol} {host}");
            assert_eq!(
                ask(&postern, "https://open.test/ip", Some("ann"), &options),
                421,
                "{protocol} {host}"
            );
        }
        assert_eq!(ask(&postern, "https://open.test/ip", None, &[protocol]), 200);
    }
    // Good and bad requests take turns on one connection.
    let mut connection = OpenConnection::to(&postern, "open.test", None, &[]);
    for (host, status) in [("open.test", 200), ("api.strict.test", 421), ("open.test", 200)] {
        assert_eq!(connection.request(host, "/ip"), status, "{host}");
    }
}

/// Traefik's `aggregator.go`: two policies for one host, and the default one is taken.
#[test]
fn traefik_aggregator_conflicting_policies_are_not_saved() {
    let postern = Postern::start();
    open_and_strict(&postern);
    let lax = add(&postern, "open", None, &["snis=*.strict.test"]);
    assert_eq!(lax.status, 422, "{lax:?}");
    assert_eq!(ask(&postern, "https://api.strict.test/ip", None, &[]), 0);
    assert_eq!(ask(&postern, "https://api.strict.test/ip", Some("ann"), &[]), 200);
}

/// Kong#5889: that a CA was uploaded looks as if it were enforced.
#[test]
fn kong_5889_a_ca_that_nothing_uses_says_so() {
    let postern = Postern::start();
    open_and_strict(&postern);
    let list = postern.curl(&[], "/api/ca-certificate/list?group=default").body;
    let list: serde_json::Value = serde_json::from_str(&list).expect("JSON");
    let id = list["items"][0][1][0].as_str().expect("the certificate that uses the CA").to_owned();
    let list = "/groups/default/ca-certificates";
    assert!(!postern.curl(&[], list).body.contains("not enforced anywhere"));
    let group_and_id = ["--data-urlencode", "group=default", "--data-urlencode", &format!("id={id}")];
    let deleted = postern.curl(&group_and_id, "/api/ssl-certificate/delete");
    assert!(deleted.status < 400, "{deleted:?}");
    assert!(postern.curl(&[], list).body.contains("not enforced anywhere"));
}

/// CVE-2025-23419, second half: a session of a client that has been turned away since.
#[test]
fn cve_2025_23419_a_session_outlives_no_verdict() {
    let postern = Postern::start();
    open_and_strict(&postern);
    let ask =
        |options: &[&str]| ask_openssl(&postern, "api.strict.test", "api.strict.test", Some("ann"), options);
    for (version, file) in [("-tls1_2", "session12"), ("-tls1_3", "session13")] {
        assert_eq!(ask(&[version, "-sess_out", file]), 200, "{version}");
        assert_eq!(ask(&[version, "-sess_in", file]), 200, "{version}");
    }
    pki::deny(&postern, "ann");
    for (version, file) in [("-tls1_2", "session12"), ("-tls1_3", "session13")] {
        assert_eq!(ask(&[version, "-sess_in", file]), 0, "{version}");
        assert_eq!(ask(&[version]), 0, "{version}");
    }
}

/// `BunkerWeb`'s `mtls.conf`: a revocation list that is missing is left out.
#[test]
fn bunkerweb_no_revocation_list_is_left_out() {
    let postern = Postern::start();
    open_and_strict(&postern);
    pki::revoke(&postern, "bob");
    let ask = |client| ask(&postern, "https://api.strict.test/ip", Some(client), &[]);
    assert_eq!((ask("ann"), ask("bob")), (200, 0));
    // A list that cannot be read, or is another CA's, takes nothing away from the one that is there.
    std::fs::write(
        postern.dir().join("garbled.crl"),
        "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n",
    )
    .expect("written");
    for list in ["garbled.crl", "rogue.crl"] {
        let answer = pki::upload_revocation_list(&postern, list);
        assert_eq!(answer.status, 422, "{list}: {answer:?}");
        assert_eq!((ask("ann"), ask("bob")), (200, 0));
    }
}

/// Envoy#28386: connections that are open when a policy changes go on as if it had not.
#[test]
fn envoy_28386_open_connections_follow_the_policy() {
    let postern = Postern::start();
    open_and_strict(&postern);
    for version in ["-tls1_2", "-tls1_3"] {
        let host = "api.strict.test";
        let mut ann = OpenConnection::to(&postern, host, Some("ann"), &[version]);
        let mut bob = OpenConnection::to(&postern, host, Some("bob"), &[version]);
        let mut open = OpenConnection::to(&postern, "open.test", None, &[version]);
        assert_eq!((ann.request(host, "/ip"), bob.request(host, "/ip")), (200, 200));
        assert_eq!(open.request("open.test", "/ip"), 200);
        let entry = pki::deny(&postern, "ann");
        assert!(ann.closed_within(Duration::from_secs(1)).is_some(), "{version}");
        // Nobody else notices.
        assert_eq!((bob.request(host, "/ip"), open.request("open.test", "/ip")), (200, 200), "{version}");
        pki::allow(&postern, &entry);
    }
}

/// linkerd2#15109: a change that was missed is noticed when certificates expire.
#[test]
fn linkerd_15109_what_is_served_is_what_is_stored() {
    let postern = Postern::start();
    open_and_strict(&postern);
    let metric = |name: &str| {
        let text = postern.curl(&[], "/metrics").body;
        let line = text.lines().find(|line| line.starts_with(name)).map(str::to_owned);
        line.and_then(|line| line.rsplit(' ').next().and_then(|value| value.parse::<f64>().ok()))
    };
    let served = metric("postern_revision_served").expect("the revision that is served");
    assert_eq!(metric("postern_revision_stored"), Some(served));
    pki::deny(&postern, "ann");
    assert!(metric("postern_revision_served").is_some_and(|now| now > served));
    assert_eq!(metric("postern_revision_stored"), metric("postern_revision_served"));
}
