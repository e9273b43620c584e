//! A gateway with one group, as the tests see it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use domain::{
    DenyEntry, Depth, GatewayGroupId, HandshakeEvent, IdentityHeaders, ListenerState, PathPattern,
    Protection, ReasonCode, Revision, ServiceId, StaleRevocationLists, UnixTime, Upstream,
};
use proxy::{
    Applied, Change, ExemptPaths, Gateway, HostPolicy, Options, PolicyState, Records, RequestRecord,
    RouteRules, ServiceRules, UpstreamKey, UpstreamState,
};
use tls::{
    ClientCa, ClientPolicy, ClientTrust, Enforcement, GroupDenials, HostConfig, RevocationLists,
    TrustAnchors, TrustRules,
};

use super::pki::{Authority, NOW};
use super::{TestClock, soon, until};

/// The group that all tests use.
pub(crate) fn group() -> GatewayGroupId {
    GatewayGroupId::default_group()
}

/// A group that listens here, and has nothing else.
pub(crate) fn settings(group: GatewayGroupId, listener: SocketAddr) -> Change {
    Change::Group {
        group,
        listener,
        http_listener: None,
        default_certificate: None,
        protection: Protection::default(),
        identity_headers: IdentityHeaders::None,
    }
}

/// Makes the group's requests go to the built-in echo, whatever their host and path: a new installation's `httpbin`.
pub(crate) fn httpbin() -> Vec<Change> {
    let id: ServiceId = "httpbin".parse().expect("an id");
    let upstream = UpstreamKey::OfService(id.clone());
    let echo = UpstreamState::Serving { upstream: Upstream::echo(), tls: None };
    let service = ServiceRules { hosts: Vec::new(), upstream: upstream.clone(), identity_headers: None };
    let route = RouteRules {
        hosts: Vec::new(),
        paths: vec!["/*".parse().expect("a path")],
        methods: Vec::new(),
        priority: 0,
        service: Some(id.clone()),
        upstream: None,
        timeouts: None,
        requires_client_certificate: false,
    };
    vec![
        Change::Upstream { group: group(), key: upstream, upstream: echo },
        Change::Service { group: group(), id, service },
        Change::Route { group: group(), id: "all".parse().expect("an id"), route },
    ]
}

/// Whom a policy lets in.
pub(crate) enum Clients<'a> {
    /// Everybody.
    All,
    /// Holders of a certificate of these authorities, with at most so many intermediates.
    Of(&'a [&'a Authority], u8),
}

/// A policy that asks clients for certificates.
#[derive(Clone)]
pub(crate) struct Guard {
    cas: Vec<String>,
    depth: u8,
    enforcement: Enforcement,
    exempt_paths: Vec<PathPattern>,
    deny_list: Vec<DenyEntry>,
    group_denials: Arc<GroupDenials>,
}

impl Guard {
    /// One that requires a certificate of these authorities.
    pub(crate) fn of(authorities: &[&Authority]) -> Self {
        Self {
            cas: authorities.iter().map(|authority| authority.pem()).collect(),
            depth: 1,
            enforcement: Enforcement::Required,
            exempt_paths: Vec::new(),
            deny_list: Vec::new(),
            group_denials: GroupDenials::new([]),
        }
    }

    pub(crate) fn depth(mut self, depth: u8) -> Self {
        self.depth = depth;
        self
    }

    pub(crate) fn enforcing(mut self, enforcement: Enforcement) -> Self {
        self.enforcement = enforcement;
        self
    }

    /// Lets each request decide, and exempts those for these paths.
    pub(crate) fn exempting(mut self, patterns: &[&str]) -> Self {
        self.exempt_paths = patterns.iter().map(|pattern| pattern.parse().expect("a pattern")).collect();
        self.enforcing(Enforcement::PerRequest)
    }

    pub(crate) fn denying(mut self, entry: DenyEntry) -> Self {
        self.deny_list.push(entry);
        self
    }

    pub(crate) fn under(mut self, denials: &Arc<GroupDenials>) -> Self {
        self.group_denials = Arc::clone(denials);
        self
    }

    fn policy(&self) -> ClientPolicy {
        let ca = |pem: &String| {
            let anchors = TrustAnchors::load(pem).expect("an anchor");
            ClientCa::new(anchors, RevocationLists::none(), StaleRevocationLists::Block)
        };
        let rules = TrustRules {
            cas: self.cas.iter().map(ca).collect(),
            depth: Depth::new(self.depth).expect("a depth"),
            allow_list: Vec::new(),
            deny_list: self.deny_list.clone(),
            group_denials: Arc::clone(&self.group_denials),
        };
        ClientPolicy {
            trust: Arc::new(ClientTrust::new(rules).expect("a trust")),
            enforcement: self.enforcement,
            advertises_ca_names: true,
        }
    }
}

/// A running gateway.
pub(crate) struct Bench {
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) address: SocketAddr,
    /// Issues the servers' certificates, and is what clients trust.
    pub(crate) servers: Authority,
    pub(crate) records: Records,
    /// What the group's clients may use up; see [`Bench::protect`].
    protection: Protection,
    revision: u64,
}

impl Bench {
    /// A gateway that listens, has the [`httpbin`] service and no policy yet.
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub(crate) async fn start_with(change: impl FnOnce(&mut Options)) -> Self {
        let clock = Arc::new(TestClock::at(NOW.into()));
        let mut options = options(&clock);
        change(&mut options);
        let (gateway, records) = Gateway::start(options).expect("started");
        let gateway = Arc::new(gateway);
        let listener = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut changes = httpbin();
        changes.push(settings(group(), listener));
        gateway.apply(changes, Revision(1)).await;
        let ListenerState::Listening(address) = gateway.listener_state(&group()) else {
            panic!("not listening");
        };
        Self {
            gateway,
            clock,
            address,
            servers: Authority::root("Servers"),
            records,
            protection: Protection::default(),
            revision: 1,
        }
    }

    /// A gateway with these limits that lets everybody in at `test.com`.
    pub(crate) async fn protected(protection: Protection) -> Self {
        let mut bench = Self::start().await;
        bench.protect(protection).await;
        bench.serve("open", &["test.com"], &Clients::All).await;
        bench
    }

    /// Changes the group's limits.
    pub(crate) async fn protect(&mut self, protection: Protection) {
        self.protection = protection;
        self.set_default(None).await;
    }

    /// A gateway with one certificate for `test.com` which lets in clients of an authority, both as the guide has them.
    pub(crate) async fn of_the_guide() -> (Self, Authority) {
        let clients = Authority::root("ROOTCA");
        let mut bench = Self::start().await;
        bench.serve("guide", &["test.com"], &Clients::Of(&[&clients], 1)).await;
        (bench, clients)
    }

    pub(crate) async fn apply(&mut self, changes: Vec<Change>) -> Applied {
        self.revision += 1;
        self.gateway.apply(changes, Revision(self.revision)).await
    }

    /// Adds or replaces a certificate with a policy.
    pub(crate) async fn serve(&mut self, certificate: &str, snis: &[&str], clients: &Clients<'_>) {
        let change = self.serving(certificate, snis, clients);
        self.apply(vec![change]).await;
    }

    /// Adds or replaces a certificate whose clients have to pass a guard.
    pub(crate) async fn guard(&mut self, certificate: &str, snis: &[&str], guard: &Guard) -> Applied {
        let change = self.guarding(certificate, snis, guard);
        self.apply(vec![change]).await
    }

    /// The change that [`Bench::guard`] makes.
    pub(crate) fn guarding(&self, certificate: &str, snis: &[&str], guard: &Guard) -> Change {
        let mut change = self.serving_under(certificate, snis, Some(guard.policy()));
        if let Change::Policy { policy, .. } = &mut change {
            policy.exempt_paths = ExemptPaths::compile(&guard.exempt_paths).expect("expressions");
        }
        change
    }

    /// The change that [`Bench::serve`] makes.
    pub(crate) fn serving(&self, certificate: &str, snis: &[&str], clients: &Clients<'_>) -> Change {
        let policy = match clients {
            Clients::All => None,
            Clients::Of(authorities, depth) => Some(Guard::of(authorities).depth(*depth).policy()),
        };
        self.serving_under(certificate, snis, policy)
    }

    fn serving_under(&self, certificate: &str, snis: &[&str], clients: Option<ClientPolicy>) -> Change {
        let names: Vec<&str> = snis.iter().map(|sni| sni.trim_start_matches('.')).collect();
        let pairs = [self.servers.server(&names).key_pair()];
        let clock = Arc::<TestClock>::clone(&self.clock);
        let config = HostConfig::new(&pairs, clients, clock).expect("a configuration");
        self.policy(certificate, snis, PolicyState::Serving(Arc::new(config)))
    }

    pub(crate) fn policy(&self, certificate: &str, snis: &[&str], state: PolicyState) -> Change {
        Change::Policy {
            group: group(),
            certificate: certificate.parse().expect("an id"),
            policy: HostPolicy {
                snis: snis.iter().map(|sni| sni.parse().expect("an SNI")).collect(),
                revision: Revision(self.revision + 1),
                state,
                exempt_paths: ExemptPaths::default(),
            },
        }
    }

    /// Makes clients that name no host meet the policy of this certificate, or none.
    pub(crate) async fn set_default(&mut self, certificate: Option<&str>) {
        self.apply(vec![Change::Group {
            group: group(),
            listener: self.address,
            http_listener: None,
            default_certificate: certificate.map(|id| id.parse().expect("an id")),
            protection: self.protection.clone(),
            identity_headers: IdentityHeaders::None,
        }])
        .await;
    }

    /// Makes the group answer plain HTTP at an address.
    pub(crate) async fn set_http_listener(&mut self, address: SocketAddr) {
        self.apply(vec![Change::Group {
            group: group(),
            listener: self.address,
            http_listener: Some(address),
            default_certificate: None,
            protection: self.protection.clone(),
            identity_headers: IdentityHeaders::None,
        }])
        .await;
    }

    pub(crate) async fn remove(&mut self, certificate: &str) {
        let certificate = certificate.parse().expect("an id");
        self.apply(vec![Change::PolicyRemoved { group: group(), certificate }]).await;
    }

    pub(crate) fn set_clock(&self, time: impl Into<UnixTime>) {
        self.clock.set(time.into());
    }

    /// All events, oldest first.
    pub(crate) fn events(&self) -> Vec<HandshakeEvent> {
        let mut events = self.gateway.events(&group(), usize::MAX);
        events.reverse();
        events
    }

    /// Waits for the next record of a request.
    pub(crate) async fn request(&mut self) -> RequestRecord {
        soon(self.records.requests.recv()).await.expect("the gateway keeps an access log")
    }

    /// Waits for the `number`th event, counted from 1.
    pub(crate) async fn event(&self, number: usize) -> HandshakeEvent {
        until(&format!("{number} events"), || self.events().len() >= number).await;
        self.events().swap_remove(number - 1)
    }
}

/// The reason of a refusal.
pub(crate) fn reason(event: &HandshakeEvent) -> ReasonCode {
    assert!(!event.verdict.is_let_in(), "the client was let in: {event:?}");
    event.verdict.reason().expect("a refusal has a reason")
}

fn options(clock: &Arc<TestClock>) -> Options {
    Options {
        workers: 2,
        drain_timeout: Duration::from_millis(500),
        connections: 100,
        events: 100,
        access_log: false,
        clock: Arc::<TestClock>::clone(clock),
    }
}
