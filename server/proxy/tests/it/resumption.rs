//! Sessions are taken up again by the same host, under the same policy, for clients that are still let in. Else never.

use std::sync::Arc;

use domain::{ReasonCode, UnixTime, Verdict};
use rustls::client::{
    ClientSessionMemoryCache, ClientSessionStore, Resumption, Tls12ClientSessionValue,
    Tls13ClientSessionValue,
};
use rustls::pki_types::ServerName;
use rustls::{NamedGroup, SupportedProtocolVersion};
use tokio::io::AsyncReadExt;

use crate::support::client::Client;
use crate::support::gateway::{Bench, Clients, reason};
use crate::support::pki::{Authority, Day};
use crate::support::soon;

const VERSIONS: [&SupportedProtocolVersion; 2] = [&rustls::version::TLS12, &rustls::version::TLS13];

/// Makes a client offer the sessions of every host to every other.
#[derive(Debug)]
struct OneForAll(ClientSessionMemoryCache);

impl OneForAll {
    fn resumption() -> Resumption {
        Resumption::store(Arc::new(Self(ClientSessionMemoryCache::new(32))))
    }

    fn name() -> ServerName<'static> {
        ServerName::try_from("any.host").expect("a host name")
    }
}

impl ClientSessionStore for OneForAll {
    fn set_kx_hint(&self, _: ServerName<'static>, group: NamedGroup) {
        self.0.set_kx_hint(Self::name(), group);
    }

    fn kx_hint(&self, _: &ServerName<'_>) -> Option<NamedGroup> {
        self.0.kx_hint(&Self::name())
    }

    fn set_tls12_session(&self, _: ServerName<'static>, value: Tls12ClientSessionValue) {
        self.0.set_tls12_session(Self::name(), value);
    }

    fn tls12_session(&self, _: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        self.0.tls12_session(&Self::name())
    }

    fn remove_tls12_session(&self, _: &ServerName<'static>) {
        self.0.remove_tls12_session(&Self::name());
    }

    fn insert_tls13_ticket(&self, _: ServerName<'static>, value: Tls13ClientSessionValue) {
        self.0.insert_tls13_ticket(Self::name(), value);
    }

    fn take_tls13_ticket(&self, _: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        self.0.take_tls13_ticket(&Self::name())
    }
}

/// Makes a connection and a request, so that tickets arrive; answers whether an earlier session was taken up.
async fn visit(client: &Client, host: &str) -> bool {
    let http = client.open(host).await;
    assert_eq!(http.get(host, "/ip").await.expect("an answer").status, 200);
    http.resumed
}

#[tokio::test]
async fn a_session_is_taken_up_again() {
    let (bench, clients) = Bench::of_the_guide().await;
    let identity = clients.client("CLIENT");
    for (round, version) in VERSIONS.into_iter().enumerate() {
        let client = Client::with(&bench, Some(&identity), &[version]);
        assert!(!visit(&client, "test.com").await);
        assert!(visit(&client, "test.com").await, "{version:?}");
        let event = bench.event(2 * round + 2).await;
        assert!(event.resumed);
        assert_eq!(event.verdict, Verdict::Accepted);
        assert_eq!(event.peer_chain.len(), 1);
    }
}

#[tokio::test]
async fn a_session_of_one_host_is_nothing_to_another() {
    let clients = Authority::root("ROOTCA");
    let mut bench = Bench::start().await;
    bench.serve("open", &["open.com"], &Clients::All).await;
    bench.serve("guarded", &["guarded.com"], &Clients::Of(&[&clients], 1)).await;
    let identity = clients.client("CLIENT");
    for version in VERSIONS {
        let client = Client::with(&bench, Some(&identity), &[version]).resuming(OneForAll::resumption());
        assert!(!visit(&client, "open.com").await);
        assert!(!visit(&client, "guarded.com").await, "{version:?}");
        // The store does what it is for: to the same host, the session is good.
        assert!(visit(&client, "guarded.com").await, "{version:?}");
        // And one that came without a certificate opens no guarded host.
        let stranger = Client::with(&bench, None, &[version]).resuming(OneForAll::resumption());
        assert!(!visit(&stranger, "open.com").await);
        stranger.refusal("guarded.com").await;
    }
}

#[tokio::test]
async fn a_session_of_an_earlier_policy_is_forgotten() {
    let clients = Authority::root("ROOTCA");
    let mut bench = Bench::start().await;
    for version in VERSIONS {
        bench.serve("guide", &["test.com"], &Clients::Of(&[&clients], 1)).await;
        let identity = clients.client("CLIENT");
        let client = Client::with(&bench, Some(&identity), &[version]);
        assert!(!visit(&client, "test.com").await);
        // The same in every respect, but saved anew.
        bench.serve("guide", &["test.com"], &Clients::Of(&[&clients], 1)).await;
        assert!(!visit(&client, "test.com").await, "{version:?}");
        // Now another CA's clients only.
        let others = Authority::root("OTHER");
        bench.serve("guide", &["test.com"], &Clients::Of(&[&others], 1)).await;
        client.refusal("test.com").await;
    }
}

#[tokio::test]
async fn a_session_dies_with_the_certificate_that_made_it() {
    let (bench, clients) = Bench::of_the_guide().await;
    let end = Day(2026, 7, 1);
    let identity = clients.client_until("CLIENT", end);
    let last = UnixTime::from(end);
    for (round, version) in VERSIONS.into_iter().enumerate() {
        bench.set_clock(last.plus_seconds(-60));
        let client = Client::with(&bench, Some(&identity), &[version]);
        visit(&client, "test.com").await;
        bench.set_clock(last);
        assert!(visit(&client, "test.com").await, "the last second counts");
        bench.set_clock(last.plus_seconds(1));
        if let Ok(mut stream) = client.connect("test.com").await {
            // In TLS 1.3 the client is done before the gateway is; it gets nothing but the end.
            assert_eq!(soon(stream.read(&mut [0; 1])).await.unwrap_or(0), 0, "{version:?}");
        }
        // Two were let in each round, and one was refused.
        let event = bench.event(3 * round + 3).await;
        assert_eq!(reason(&event), ReasonCode::Expired, "{version:?}");
        assert!(event.resumed, "{version:?}: a new handshake would prove nothing here");
        assert_eq!(event.peer_chain.len(), 1);
    }
}
