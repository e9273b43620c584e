//! Checks of real nodes, over real sockets.

mod node;

use std::cell::Cell;
use std::future::Future;

use domain::{
    CheckKind, GatewayGroupId, HealthChecks, Node, NodeHealth, PassHost, Revision, Scheme, UnixTime, Upstream,
};
use futures_util::future::{join, join_all};
use rustls::pki_types::CertificateDer;
use tls::{NodeRoots, NodeTls, NodeTlsRules, SystemClock};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{LocalSet, spawn_local, yield_now};
use tokio::time::timeout;

use self::node::{TestNode, answer};
use super::*;
use crate::change::{Change, UpstreamKey, UpstreamState};
use crate::gateway::Options;

const DEADLINE: Duration = Duration::from_secs(20);

async fn run<F: Future>(test: F) -> F::Output {
    timeout(DEADLINE, LocalSet::new().run_until(test)).await.expect("in time")
}

/// An upstream of these nodes, whose checks decide at once.
fn upstream(nodes: impl IntoIterator<Item = String>) -> Upstream {
    let check =
        ActiveCheck { healthy_after: 1, unhealthy_after: 1, timeout: 10_000, ..ActiveCheck::default() };
    Upstream {
        nodes: nodes.into_iter().map(|node| Node::new(node.parse().unwrap())).collect(),
        health: HealthChecks { active: Some(check), passive: None },
        ..Upstream::default()
    }
}

fn rules(upstream: &mut Upstream) -> &mut ActiveCheck {
    upstream.health.active.as_mut().unwrap()
}

fn set(upstream: Upstream) -> Arc<NodeSet> {
    Arc::new(NodeSet::new(upstream, None, None))
}

/// Checks all nodes once, as if it were long since they were.
async fn round(set: &Arc<NodeSet>) {
    let mut rounds = Rounds::default();
    rounds.start_due(std::slice::from_ref(set), Instant::now() + Duration::from_secs(3_600));
    while rounds.running.join_next().await.is_some() {}
}

/// Why the first node is ill; `None` if it is well.
fn illness(set: &NodeSet) -> Option<String> {
    match set.states(UnixTime(0)).remove(0).health {
        NodeHealth::Healthy => None,
        NodeHealth::Unhealthy { reason, .. } => Some(reason),
    }
}

/// What a check of the only node finds.
async fn verdict(upstream: Upstream) -> Option<String> {
    let set = set(upstream);
    round(&set).await;
    illness(&set)
}

#[tokio::test]
async fn the_state_follows_the_node() {
    run(async {
        let node = TestNode::start(&answer(200)).await;
        let mut upstream = upstream([node.address()]);
        rules(&mut upstream).healthy_after = 2;
        rules(&mut upstream).unhealthy_after = 3;
        let set = set(upstream);
        let expect = async |rounds: usize, reason: Option<&str>| {
            for number in 1..=rounds {
                let before = illness(&set).is_some();
                round(&set).await;
                let is_ill = illness(&set).is_some();
                assert!(number == rounds || is_ill == before, "after {number} of {rounds} rounds");
            }
            let found = illness(&set);
            assert_eq!(found.is_some(), reason.is_some(), "{found:?}");
            assert!(found.unwrap_or_default().contains(reason.unwrap_or_default()));
        };
        expect(1, None).await;
        node.answer_with(&answer(500));
        expect(3, Some("a check was answered with status 500")).await;
        node.answer_with(&answer(200));
        expect(2, None).await;
        let socket = node.vanish().await;
        expect(3, Some("a check could not connect")).await;
        let _back = TestNode::start_at(socket, &answer(302)).await;
        expect(2, None).await;
    })
    .await;
}

#[tokio::test]
async fn a_status_below_400_is_good() {
    run(async {
        let node = TestNode::start("").await;
        for (status, is_good) in [
            (200, true),
            (204, true),
            (301, true),
            (399, true),
            (400, false),
            (404, false),
            (503, false),
            (101, false),
        ] {
            node.answer_with(&answer(status));
            let reason = verdict(upstream([node.address()])).await;
            assert_eq!(reason.is_none(), is_good, "{status}: {reason:?}");
        }
        node.answer_with(&format!("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n{}", answer(200)));
        assert_eq!(verdict(upstream([node.address()])).await, None);
    })
    .await;
}

#[tokio::test]
async fn what_is_no_answer_says_so() {
    run(async {
        for (sent, reason) in [
            ("", "the node closed the connection without answering a check"),
            ("HTTP/1.1 2", "the node closed the connection without answering a check"),
            ("SSH-2.0-OpenSSH_9.7\r\n", "a check was answered with something else than HTTP/1.1"),
            (
                &"HTTP/1.1 100 Continue\r\n\r\n".repeat(1_000),
                "a check was answered with 8192 bytes without a final status",
            ),
            (
                &format!("HTTP/1.1 102 {}", "x".repeat(9_000)),
                "a check was answered with 8192 bytes without a final status",
            ),
        ] {
            let node = TestNode::start(sent).await;
            assert_eq!(verdict(upstream([node.address()])).await.as_deref(), Some(reason), "{sent:.40}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_node_that_stays_silent_is_ill() {
    run(async {
        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut upstream = upstream([silent.local_addr().unwrap().to_string()]);
        rules(&mut upstream).timeout = 20;
        assert_eq!(verdict(upstream.clone()).await.as_deref(), Some("a check took longer than 20 ms"));
        // Unless nothing is asked of it.
        rules(&mut upstream).timeout = 10_000;
        rules(&mut upstream).kind = CheckKind::Tcp;
        assert_eq!(verdict(upstream.clone()).await, None);
        rules(&mut upstream).kind = CheckKind::Http;
        upstream.scheme = Scheme::Grpc;
        assert_eq!(verdict(upstream).await, None);
    })
    .await;
}

#[tokio::test]
async fn asks_for_the_path_and_the_host_of_the_rules() {
    run(async {
        let node = TestNode::start(&answer(200)).await;
        let own = node.address();
        let rewrite = || PassHost::Rewrite("app.internal:81".parse().unwrap());
        for (path, of_check, of_upstream, first_lines) in [
            ("/", None, PassHost::Pass, format!("GET / HTTP/1.1\r\nHost: {own}\r\n")),
            ("/up?deep=1", None, PassHost::Node, format!("GET /up?deep=1 HTTP/1.1\r\nHost: {own}\r\n")),
            ("/up", None, rewrite(), "GET /up HTTP/1.1\r\nHost: app.internal:81\r\n".to_owned()),
            ("/up", Some("check.test"), rewrite(), "GET /up HTTP/1.1\r\nHost: check.test\r\n".to_owned()),
        ] {
            let mut upstream = upstream([own.clone()]);
            upstream.host = of_upstream;
            rules(&mut upstream).path = path.to_owned();
            rules(&mut upstream).host = of_check.map(|host| host.parse().unwrap());
            assert_eq!(verdict(upstream).await, None);
            let asked = node.take_asked();
            assert!(asked.starts_with(&first_lines) && asked.ends_with("\r\n\r\n"), "{asked}");
        }
        let mut upstream = upstream([own]);
        rules(&mut upstream).path = "/ HTTP/1.1\r\nInjected: yes\r\n".to_owned();
        assert_eq!(verdict(upstream).await.as_deref(), Some("the path of checks cannot be sent"));
        assert_eq!(node.take_asked(), "");
    })
    .await;
}

fn trusting(certificate: &CertificateDer<'static>, http2: bool) -> NodeTls {
    let roots = NodeRoots::of_system([certificate.to_vec()]);
    NodeTls::new(NodeTlsRules { roots: Some(roots), identity: None, http2 }).unwrap()
}

#[tokio::test]
async fn a_node_that_speaks_tls_must_prove_who_it_is() {
    run(async {
        for (scheme, alpn) in [(Scheme::Https, "http/1.1"), (Scheme::Grpcs, "h2")] {
            let (node, certificate) = TestNode::start_tls(&answer(200), "node.test", alpn).await;
            let verdict = async |host: Option<&str>, server_name: Option<&str>| {
                let mut upstream = Upstream { scheme, ..upstream([node.address()]) };
                rules(&mut upstream).host = host.map(|host| host.parse().unwrap());
                upstream.tls.server_name = server_name.map(|name| name.parse().unwrap());
                let tls = trusting(&certificate, scheme.is_http2());
                let set = Arc::new(NodeSet::new(upstream, Some(tls), None));
                round(&set).await;
                illness(&set)
            };
            assert_eq!(verdict(Some("node.test"), None).await, None);
            assert_eq!(verdict(Some("other.test"), Some("node.test")).await, None);
            for (host, server_name) in
                [(None, None), (Some("other.test"), None), (Some("node.test"), Some("other.test"))]
            {
                let reason = verdict(host, server_name).await.expect("it is not who was asked for");
                assert!(reason.starts_with("a check failed in the TLS handshake: "), "{reason}");
            }
        }
        let plain = TestNode::start(&answer(200)).await;
        let reason = verdict(Upstream { scheme: Scheme::Https, ..upstream([plain.address()]) }).await;
        assert_eq!(reason.as_deref(), Some("there are no rules for TLS with this upstream"));
    })
    .await;
}

#[tokio::test]
async fn nodes_are_looked_up_by_name() {
    run(async {
        let node = TestNode::start(&answer(200)).await;
        let (_, port) =
            node.address().rsplit_once(':').map(|(host, port)| (host.to_owned(), port.to_owned())).unwrap();
        assert_eq!(verdict(upstream([format!("localhost:{port}")])).await, None);
    })
    .await;
}

#[tokio::test]
async fn is_due_once_in_an_interval() {
    run(async {
        let node = TestNode::start(&answer(200)).await;
        let set = set(upstream([node.address()]));
        let sets = std::slice::from_ref(&set);
        let mut rounds = Rounds::default();
        let now = Instant::now();
        assert_eq!(rounds.start_due(sets, now), Duration::MAX);
        assert_eq!(rounds.start_due(sets, now + Duration::from_secs(60)), Duration::MAX, "it is running");
        while rounds.running.join_next().await.is_some() {}
        let ended = Instant::now();
        let rest = rounds.start_due(sets, ended);
        assert!(rest > Duration::from_secs(4) && rest <= Duration::from_secs(5), "{rest:?}");
        assert!(rounds.running.is_empty());
        rounds.start_due(sets, ended + rest);
        assert_eq!(rounds.running.len(), 1);
    })
    .await;
}

#[test]
fn intervals_differ_a_little() {
    let rules = ActiveCheck { interval: 10, ..ActiveCheck::default() };
    for dice in [0, 1, 999, 1_000, 1_001, u64::MAX] {
        let interval = interval(&rules, dice);
        assert!(
            (Duration::from_secs(9)..=Duration::from_secs(10)).contains(&interval),
            "{dice}: {interval:?}"
        );
    }
    assert_ne!(interval(&rules, 1), interval(&rules, 2));
}

#[tokio::test]
async fn an_upstream_that_is_gone_is_not_checked() {
    run(async {
        let node = TestNode::start(&answer(200)).await;
        let first = set(upstream([node.address()]));
        let mut rounds = Rounds::default();
        rounds.start_due(std::slice::from_ref(&first), Instant::now());
        // Before the check has begun, another takes its place; which may check the node at once.
        let second = Arc::new(NodeSet::new(first.upstream().clone(), None, Some(&first)));
        drop(first);
        while rounds.running.join_next().await.is_some() {}
        assert_eq!(node.take_asked(), "");
        rounds.start_due(std::slice::from_ref(&second), Instant::now());
        while rounds.running.join_next().await.is_some() {}
        assert_ne!(node.take_asked(), "");
    })
    .await;
}

/// More nodes than may be asked at once, none of which lets go before that many have been.
#[tokio::test]
async fn so_many_are_asked_at_once_and_no_more() {
    run(async {
        let (asked, waiting, most) = (watch::Sender::new(0), Cell::new(0), Cell::new(0));
        let mut listeners = Vec::new();
        for _ in 0..AT_ONCE + 6 {
            listeners.push(TcpListener::bind("127.0.0.1:0").await.unwrap());
        }
        let set = set(upstream(listeners.iter().map(|listener| listener.local_addr().unwrap().to_string())));
        let serve = async |listener: &TcpListener| {
            let (connection, _) = listener.accept().await.unwrap();
            waiting.set(waiting.get() + 1);
            most.set(most.get().max(waiting.get()));
            asked.send_modify(|asked| *asked += 1);
            asked.subscribe().wait_for(|asked| *asked >= AT_ONCE).await.unwrap();
            // Whoever else is on the way may arrive first.
            for _ in 0..1_000 {
                yield_now().await;
            }
            waiting.set(waiting.get() - 1);
            drop(connection);
        };
        join(round(&set), join_all(listeners.iter().map(serve))).await;
        assert_eq!(most.get(), AT_ONCE);
        assert!(set.states(UnixTime(0)).iter().all(|state| state.health != NodeHealth::Healthy));
    })
    .await;
}

fn served(id: &str, node: &TestNode) -> Change {
    let mut upstream = upstream([node.address()]);
    // As often as somebody looks.
    rules(&mut upstream).interval = 0;
    let upstream = UpstreamState::Serving { upstream, tls: None };
    Change::Upstream { group: GatewayGroupId::default_group(), key: key(id), upstream }
}

fn key(id: &str) -> UpstreamKey {
    UpstreamKey::Shared(id.parse().unwrap())
}

#[tokio::test]
async fn those_upstreams_are_checked_that_are_served() {
    run(async {
        let (shared, _records) = Shared::new(Options {
            workers: 1,
            drain_timeout: Duration::ZERO,
            connections: 1,
            events: 1,
            access_log: false,
            clock: Arc::new(SystemClock),
        });
        let shared = Arc::new(shared);
        let serve = |changes: Vec<Change>| {
            let next = shared.snapshot.load().with(changes, Revision(1));
            shared.snapshot.store(Arc::new(next));
        };
        let (first, second) = (TestNode::start(&answer(200)).await, TestNode::start(&answer(200)).await);
        spawn_local(check_nodes(Arc::clone(&shared)));
        serve(vec![served("first", &first)]);
        first.is_asked().await;
        first.is_asked().await;
        assert_eq!(second.take_asked(), "");
        let group = GatewayGroupId::default_group();
        serve(vec![Change::UpstreamRemoved { group, key: key("first") }, served("second", &second)]);
        second.is_asked().await;
        first.take_asked();
        second.is_asked().await;
        second.is_asked().await;
        assert_eq!(first.take_asked(), "");
    })
    .await;
}
