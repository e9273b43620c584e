//! What is answered on a connection, and for which hosts.

use http::Request;

use crate::support::client::{Client, full, raw};
use crate::support::gateway::{Bench, Clients};
use crate::support::pki::{Authority, Identity};

/// Hosts with every kind of policy; answers a client certificate for the guarded ones.
async fn bench() -> (Bench, Identity) {
    let clients = Authority::root("ROOTCA");
    let mut bench = Bench::start().await;
    bench.serve("mine", &["mine.com", "also-mine.com"], &Clients::Of(&[&clients], 1)).await;
    bench.serve("theirs", &["theirs.com"], &Clients::Of(&[&clients], 1)).await;
    bench.serve("open", &["open.com"], &Clients::All).await;
    bench.serve("public", &["public.com"], &Clients::All).await;
    let broken = proxy::PolicyState::Broken("no key".to_owned());
    let broken = bench.policy("broken", &["broken.com"], broken);
    bench.apply(vec![broken]).await;
    let identity = clients.client("CLIENT");
    (bench, identity)
}

/// The same client over both versions of HTTP.
fn both(client: &Client) -> [(&'static str, Client); 2] {
    [("HTTP/1.1", client.clone()), ("HTTP/2", client.clone().http2())]
}

#[tokio::test]
async fn ip_is_answered_over_both_versions_of_http() {
    let (bench, identity) = bench().await;
    for (version, client) in both(&Client::of(&bench, &identity)) {
        let answer = client.open("mine.com").await.get("mine.com", "/ip").await.expect("an answer");
        assert_eq!(answer.status, 200);
        assert_eq!(format!("{:?}", answer.version).trim_end_matches(".0"), version);
        assert_eq!(answer.headers["content-type"], "application/json");
        assert_eq!(answer.body, "{\n  \"origin\": \"127.0.0.1\"\n}\n");
    }
}

#[tokio::test]
async fn a_host_is_the_same_however_it_is_written() {
    let (bench, identity) = bench().await;
    for (version, client) in both(&Client::of(&bench, &identity)) {
        let http = client.open("MINE.com").await;
        for host in ["mine.com", "MINE.COM", "mine.com.", "Mine.com.:9443", "mine.com:9443", "also-mine.com"]
        {
            let answer = http.get(host, "/ip").await.expect("an answer");
            assert_eq!(answer.status, 200, "{host} over {version}");
        }
    }
}

#[tokio::test]
async fn a_host_under_another_policy_needs_another_connection() {
    let (bench, identity) = bench().await;
    for (sni, host, status) in [
        // The other host's policy asks for a certificate.
        ("mine.com", "theirs.com", 421),
        ("open.com", "mine.com", 421),
        // This connection's policy does: what belongs to nobody is not for it either.
        ("mine.com", "open.com", 421),
        ("mine.com", "unknown.com", 421),
        ("mine.com", "broken.com", 421),
        ("open.com", "broken.com", 421),
        // Neither does.
        ("open.com", "public.com", 200),
        ("open.com", "unknown.com", 404),
        // No host name at all.
        ("open.com", "127.0.0.1", 400),
        ("open.com", "a..b", 400),
    ] {
        for (version, client) in both(&Client::of(&bench, &identity)) {
            let http = client.open(sni).await;
            let answer = http.get(host, "/ip").await.expect("an answer");
            assert_eq!(answer.status, status, "{host} on a connection to {sni} over {version}");
            if status != 200 {
                assert!(!answer.body.contains("origin"), "{}", answer.body);
            }
            // The connection is still good for what it was made for.
            assert_eq!(http.get(sni, "/ip").await.expect("an answer").status, 200);
        }
    }
}

#[tokio::test]
async fn a_request_without_exactly_one_host_is_bad() {
    let (bench, identity) = bench().await;
    let client = Client::of(&bench, &identity);
    for request in [
        "GET /ip HTTP/1.1\r\nConnection: close\r\n\r\n",
        "GET /ip HTTP/1.0\r\n\r\n",
        "GET /ip HTTP/1.1\r\nHost: mine.com\r\nHost: mine.com\r\nConnection: close\r\n\r\n",
        "GET /ip HTTP/1.1\r\nHost: mine.com\r\nHost: theirs.com\r\nConnection: close\r\n\r\n",
        "GET /ip HTTP/1.1\r\nHost: theirs.com\r\nHost: mine.com\r\nConnection: close\r\n\r\n",
        "GET https://theirs.com/ip HTTP/1.1\r\nHost: mine.com\r\nConnection: close\r\n\r\n",
        "GET https://mine.com/ip HTTP/1.1\r\nHost: theirs.com\r\nConnection: close\r\n\r\n",
        "GET https://mine.com/ip HTTP/1.1\r\nConnection: close\r\n\r\n",
        "GET /ip HTTP/1.1\r\nHost: user@mine.com\r\nConnection: close\r\n\r\n",
        "GET /ip HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n",
        "CONNECT mine.com:443 HTTP/1.1\r\nHost: mine.com:443\r\nConnection: close\r\n\r\n",
    ] {
        let mut stream = client.connect("mine.com").await.expect("let in");
        let answer = raw(&mut stream, request).await;
        assert!(answer.starts_with("HTTP/1.") && answer[8..].starts_with(" 400 "), "{request}{answer}");
    }
    for request in [
        "GET https://mine.com/ip HTTP/1.1\r\nHost: MINE.com\r\nConnection: close\r\n\r\n",
        "GET /ip HTTP/1.0\r\nHost: mine.com\r\n\r\n",
    ] {
        let mut stream = client.connect("mine.com").await.expect("let in");
        let answer = raw(&mut stream, request).await;
        assert!(answer[8..].starts_with(" 200 "), "{request}{answer}");
    }
}

#[tokio::test]
async fn in_http2_a_host_beside_the_authority_must_be_the_same() {
    let (bench, identity) = bench().await;
    let http = Client::of(&bench, &identity).http2().open("mine.com").await;
    for (host, status) in [("mine.com", 200), ("theirs.com", 400)] {
        let request = Request::builder().uri("https://mine.com/ip").header("host", host);
        let request = request.body(crate::support::client::empty()).expect("a request");
        assert_eq!(http.send(request).await.expect("an answer").status, status, "{host}");
    }
}

#[tokio::test]
async fn contradicting_or_broken_lengths_are_bad() {
    let (bench, identity) = bench().await;
    let client = Client::of(&bench, &identity);
    for lengths in [
        "Content-Length: 4\r\nContent-Length: 5",
        "Content-Length: +4",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: xchunked",
    ] {
        let mut stream = client.connect("mine.com").await.expect("let in");
        let request = format!("POST /anything HTTP/1.1\r\nHost: mine.com\r\n{lengths}\r\n\r\n0\r\n\r\n");
        let answer = raw(&mut stream, &request).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{lengths}: {answer}");
    }
}

#[tokio::test]
async fn identity_headers_of_the_client_reach_no_service() {
    let (bench, identity) = bench().await;
    for (version, client) in both(&Client::of(&bench, &identity)) {
        let http = client.open("mine.com").await;
        let request = Request::builder()
            .uri(if version == "HTTP/2" { "https://mine.com/headers" } else { "/headers" })
            .header("host", "mine.com")
            .header("Client-Cert", ":Zm9yZ2Vk:")
            .header("X-Forwarded-Client-Cert", "Subject=forged")
            .header("X-SSL-Client-Verify", "SUCCESS-forged")
            .header("X_SSL_Client_S_DN", "CN=forged")
            .header("X-Other", "kept");
        let answer = http.send(request.body(crate::support::client::empty()).expect("a request")).await;
        let body = answer.expect("an answer").body;
        assert!(body.contains("\"X-Other\": \"kept\"") && body.contains("\"Host\": \"mine.com\""), "{body}");
        assert!(!body.to_lowercase().contains("forged"), "{version}: {body}");
    }
}

#[tokio::test]
async fn the_echo_service_tells_what_it_was_asked() {
    let (bench, _) = bench().await;
    for (version, client) in both(&Client::new(&bench)) {
        let http = client.open("open.com").await;
        let target = |path: &str| {
            if version == "HTTP/2" { format!("https://open.com{path}") } else { path.to_owned() }
        };
        let request = |method: &str, path: &str, body: &str| {
            let request = Request::builder().method(method).uri(target(path)).header("host", "open.com");
            request.body(full(body)).expect("a request")
        };
        let answer =
            http.send(request("PUT", "/anything/here?a=1&a=2", "some text")).await.expect("an answer");
        for part in [
            "\"method\": \"PUT\"",
            "\"data\": \"some text\"",
            "\"url\": \"https://open.com/anything/here?a=1&a=2\"",
            "\"origin\": \"127.0.0.1\"",
        ] {
            assert!(answer.body.contains(part), "{part}: {}", answer.body);
        }
        assert_eq!(http.send(request("GET", "/status/418", "")).await.expect("an answer").status, 418);
        assert_eq!(http.send(request("POST", "/ip", "")).await.expect("an answer").status, 405);
        assert_eq!(http.send(request("GET", "/nothing", "")).await.expect("an answer").status, 404);
        let head = http.send(request("HEAD", "/ip", "")).await.expect("an answer");
        assert_eq!((head.status.as_u16(), head.body.as_str()), (200, ""));
        assert_eq!(head.headers["content-length"], "28");
    }
}
