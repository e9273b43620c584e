use std::sync::Arc;
use std::time::Duration;

use app::backend::{ServiceDraft, Services as _};
use domain::{
    CaCertificateId, Caller, CertificateType, Depth, Fault, Field, GatewayGroupId, IdentityHeaders,
    ListenerState, Node, NodeHealth, NodeState, ObjectName, PeerVerificationMode, Problem, Protection,
    Revision, Role, Route, Scheme, Secret, Service, ServiceId, ServiceStatus, SharedUpstream,
    SslCertificateId, Status, UnixTime, Upstream, UpstreamChoice, UpstreamId, UpstreamTls,
};
use proxy::{Gateway, Options, UpstreamKey};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair};
use store::{
    Author, CaSource, GatewayGroupRow, NewCaCertificate, NewSslCertificate, SslCertificatePatch, Store,
    StoreConfig, StoredPair,
};
use tempfile::TempDir;
use tls::SystemClock;

use crate::publish::Publisher;
use crate::services::Foundation;
use crate::services::service::ServiceService;

/// A store and a gateway with the service on top.
pub(super) struct Fixture {
    pub(super) service: ServiceService,
    _dir: TempDir,
}

impl Fixture {
    /// A running gateway with the group `default`, which has what a new group has.
    pub(super) async fn new() -> Self {
        let dir = TempDir::new().expect("a temporary directory");
        let config = StoreConfig { data_dir: dir.path().to_owned(), master_key: None };
        let store = Store::open(&config).await.expect("a new store");
        let row = GatewayGroupRow {
            name: name("default"),
            listener: "127.0.0.1:0".parse().expect("an address"),
            http_listener: None,
            default_certificate: None,
            protection: Protection::default(),
            identity_headers: IdentityHeaders::default(),
        };
        store.insert_gateway_group(&author(), Some(group()), row).await.expect("the first group");
        let publisher = Arc::new(started(&store).await);
        let foundation = Foundation { store, publisher, clock: Arc::new(SystemClock) };
        Self { service: ServiceService { foundation }, _dir: dir }
    }

    pub(super) fn store(&self) -> &Store {
        &self.service.foundation.store
    }

    pub(super) async fn add(&self, draft: ServiceDraft) -> Result<ServiceStatus, Problem> {
        self.service.add(&caller(), &group(), draft).await
    }

    pub(super) async fn update(
        &self,
        id: &ServiceId,
        draft: ServiceDraft,
        seen: Revision,
    ) -> Result<ServiceStatus, Problem> {
        self.service.update(&caller(), &group(), id, draft, seen).await
    }

    pub(super) async fn get(&self, of: &ServiceStatus) -> ServiceStatus {
        self.service.get(&caller(), &group(), &of.service.service.id).await.expect("there")
    }

    /// The nodes of the upstream that the gateway knows by this key.
    pub(super) fn nodes(&self, key: &UpstreamKey) -> Vec<String> {
        let states = self.service.foundation.publisher.gateway().node_states(&group(), key);
        states.into_iter().map(|state| state.address.to_string()).collect()
    }

    pub(super) async fn shared(&self, node: &str) -> UpstreamId {
        let shared = SharedUpstream { name: name("shared"), upstream: upstream(Scheme::Http, node) };
        self.store().put_upstream(&author(), &group(), None, shared, None).await.expect("written").id
    }

    /// An SSL certificate; of type server it has a CA.
    pub(super) async fn certificate(&self, certificate_type: CertificateType) -> SslCertificateId {
        let is_server = certificate_type == CertificateType::Server;
        let (certificate, key) = self_signed(false);
        let pair = StoredPair {
            certificate_pem: certificate,
            private_key_pem: Secret::new(key.serialize_pem().into_bytes()),
            subject: "CN=gateway".to_owned(),
            issuer: "CN=gateway".to_owned(),
            not_after: UnixTime(4_000_000_000),
        };
        let mode = if is_server { PeerVerificationMode::Required } else { PeerVerificationMode::Off };
        let ca = is_server.then(|| CaSource::Upload(NewCaCertificate::without_lists(self_signed(true).0)));
        let new = NewSslCertificate {
            certificate_type,
            snis: if is_server { vec!["a.test".parse().expect("an SNI")] } else { Vec::new() },
            pairs: vec![pair],
            peer_verification: mode,
            ca,
            depth: Depth::default(),
            exempt_paths: Vec::new(),
            allow_list: Vec::new(),
            advertises_ca_names: false,
            replace: false,
        };
        self.store().insert_ssl_certificate(&author(), &group(), new).await.expect("written").id
    }

    pub(super) async fn set_status(&self, certificate: &SslCertificateId, status: Status) {
        let patch = SslCertificatePatch { status: Some(status), ..SslCertificatePatch::default() };
        let written =
            self.store().update_ssl_certificate(&author(), &group(), certificate, patch, None).await;
        written.expect("written");
        self.service.foundation.publisher.publish().await;
    }

    /// The CA of the group's only SSL certificate of type server.
    pub(super) async fn ca(&self) -> CaCertificateId {
        let mut cas = self.store().ca_certificates(&group()).await.expect("readable");
        cas.pop().expect("one").0.id
    }

    /// The address of the group's listener.
    pub(super) fn listener(&self) -> String {
        match self.service.foundation.publisher.gateway().listener_state(&group()) {
            ListenerState::Listening(address) => address.to_string(),
            other => panic!("{other:?}"),
        }
    }
}

/// A gateway that serves what is in the store.
pub(super) async fn started(store: &Store) -> Publisher {
    let options = Options {
        workers: 1,
        drain_timeout: Duration::from_millis(100),
        connections: 10,
        events: 10,
        access_log: false,
        clock: Arc::new(SystemClock),
    };
    let (gateway, _) = Gateway::start(options).expect("started");
    let publisher = Publisher::new(store.clone(), Arc::new(gateway), Arc::new(SystemClock));
    publisher.load().await.expect("readable");
    publisher
}

fn self_signed(is_ca: bool) -> (String, KeyPair) {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "gateway");
    if is_ca {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    }
    (params.self_signed(&key).expect("a certificate").pem(), key)
}

pub(super) fn group() -> GatewayGroupId {
    GatewayGroupId::default_group()
}

pub(super) fn name(text: &str) -> ObjectName {
    text.parse().expect("a name")
}

pub(super) fn author() -> Author {
    Author { name: "ann".to_owned(), at: UnixTime(1) }
}

pub(super) fn caller() -> Caller {
    let id = "ann".parse().expect("an id");
    Caller { id, name: "ann".parse().expect("a name"), role: Role::Administrator }
}

pub(super) fn upstream(scheme: Scheme, node: &str) -> Upstream {
    Upstream { scheme, nodes: vec![Node::new(node.parse().expect(node))], ..Upstream::default() }
}

pub(super) fn with_tls(tls: UpstreamTls) -> Upstream {
    Upstream { tls, ..upstream(Scheme::Https, "192.0.2.1:443") }
}

pub(super) fn own(upstream: Upstream) -> UpstreamChoice {
    UpstreamChoice::Own(Box::new(upstream))
}

/// A service for `a.test` with a route to all its paths.
pub(super) fn draft(upstream: UpstreamChoice) -> ServiceDraft {
    let hosts = vec!["a.test".parse().expect("a host")];
    let service = Service { name: name("app"), hosts, upstream, identity_headers: None };
    ServiceDraft { service, routes: vec![(None, route("/*"))] }
}

/// A route of no matter which service.
pub(super) fn route(path: &str) -> Route {
    Route::of_service("any".parse().expect("an id"), vec![path.parse().expect(path)])
}

pub(super) fn routes(draft: ServiceDraft, routes: impl IntoIterator<Item = Route>) -> ServiceDraft {
    ServiceDraft { routes: routes.into_iter().map(|route| (None, route)).collect(), ..draft }
}

pub(super) fn in_route(number: usize, fault: Fault) -> (Field, Fault) {
    (Field::Routes, Fault::InRoute { number, fault: Box::new(fault) })
}

pub(super) fn well(address: &str) -> NodeState {
    NodeState { address: address.parse().expect(address), health: NodeHealth::Healthy, requests: 0 }
}
