//! Objects as a store would hold them.

use domain::{
    CaCertificate, Caller, Certificate, CertificateType, Client, DeniedClient, Depth, Field, FieldWarning,
    Fingerprint, GatewayGroup, HandshakeEvent, Health, KeyAlgorithm, ListenerState, Node, NodeHealth,
    NodeState, PeerCertificate, PeerVerification, PeerVerificationMode, Protection, PublicKey, Revision,
    RevocationList, Role, Route, Service, ServiceStatus, ServiceWithRoutes, SharedUpstream, SslCertificate,
    Stage, StaleRevocationLists, Status, UnixTime, Upstream, UpstreamChoice, UpstreamId, Verdict, Versioned,
    Warning, X509Version,
};

/// The time that pages are shown at.
pub(crate) const NOW: UnixTime = UnixTime(1_750_000_000);

/// Whoever signs in.
pub(crate) fn administrator() -> Caller {
    Caller {
        id: "u1".parse().expect("valid"),
        name: "admin".parse().expect("valid"),
        role: Role::Administrator,
    }
}

/// A group that listens on `port`.
pub(crate) fn group(id: &str, name: &str, port: u16) -> GatewayGroup {
    let listener = ([0, 0, 0, 0], port).into();
    GatewayGroup {
        id: id.parse().expect("valid"),
        name: name.parse().expect("valid"),
        listener,
        listener_state: ListenerState::Listening(listener),
        http_listener: None,
        http_listener_state: None,
        default_certificate: None,
        ssl_certificates: 0,
        revision: Revision(41),
        protection: Protection::default(),
        identity_headers: domain::IdentityHeaders::default(),
        last_policy_change: None,
    }
}

/// A certificate as the guide's commands make it: X.509 v1, without a SAN.
pub(crate) fn certificate(common_name: &str, issuer: &str, days: i64) -> Certificate {
    let name_byte = common_name.bytes().next().unwrap_or_default();
    Certificate {
        subject: format!("CN={common_name}"),
        common_name: Some(common_name.to_owned()),
        issuer: format!("CN={issuer}"),
        issuer_common_name: Some(issuer.to_owned()),
        serial: "5a:1f:0c".to_owned(),
        version: X509Version::V1,
        not_before: NOW.plus_seconds(-30 * UnixTime::DAY),
        not_after: NOW.plus_seconds(days * UnixTime::DAY),
        dns_names: Vec::new(),
        other_names: Vec::new(),
        public_key: PublicKey { algorithm: KeyAlgorithm::Rsa, bits: 2048 },
        signature_algorithm: "SHA-256 with RSA".to_owned(),
        fingerprint: Fingerprint([name_byte; 32]),
        public_key_fingerprint: Fingerprint([name_byte ^ 0xff; 32]),
        self_issued: common_name == issuer,
        is_ca: common_name == issuer,
    }
}

/// The guide's CA.
pub(crate) fn root_ca() -> CaCertificate {
    CaCertificate {
        id: "01JC0ROOTCA0000000000000".parse().expect("valid"),
        group: "default".parse().expect("valid"),
        certificates: vec![certificate("ROOTCA", "ROOTCA", 36_500)],
        revocation_lists: Vec::new(),
        stale_revocation_lists: StaleRevocationLists::Block,
        created_at: NOW.plus_seconds(-600),
    }
}

/// A server certificate for `host`, with peer verification if there are CAs to verify against.
pub(crate) fn server_certificate(
    id: &str,
    host: &str,
    days: i64,
    ca_certificates: Vec<CaCertificate>,
) -> SslCertificate {
    let mode =
        if ca_certificates.is_empty() { PeerVerificationMode::Off } else { PeerVerificationMode::Required };
    let leaf = certificate(host, "ROOTCA", days);
    let warning = Warning::X509V1 { subject: leaf.subject.clone() };
    SslCertificate {
        id: id.parse().expect("valid"),
        group: "default".parse().expect("valid"),
        certificate_type: CertificateType::Server,
        status: Status::Enabled,
        snis: vec![host.parse().expect("valid")],
        chains: vec![vec![leaf]],
        peer_verification: PeerVerification {
            mode,
            ca_certificates,
            depth: Depth::default(),
            exempt_paths: Vec::new(),
            allow_list: Vec::new(),
            advertises_ca_names: true,
        },
        health: Health::Sound,
        warnings: vec![FieldWarning::new(Field::Certificate, warning)],
        created_at: NOW.plus_seconds(-300),
        updated_at: NOW.plus_seconds(-300),
        revision: Revision(40),
    }
}

/// A revocation list of the guide's CA.
pub(crate) fn revocation_list() -> RevocationList {
    RevocationList {
        issuer: "CN=ROOTCA".to_owned(),
        this_update: NOW.plus_seconds(-UnixTime::DAY),
        next_update: Some(NOW.plus_seconds(6 * UnixTime::DAY)),
        number: Some("07".parse().expect("valid")),
        entries: 2,
    }
}

/// A certificate as a client presents it.
pub(crate) fn peer_certificate(common_name: &str, issuer: &str, days: i64) -> PeerCertificate {
    let facts = certificate(common_name, issuer, days);
    PeerCertificate {
        subject: facts.subject,
        issuer: facts.issuer,
        serial: facts.serial,
        not_before: facts.not_before,
        not_after: facts.not_after,
        names: vec![format!("dns:{}.devices.example.com", common_name.to_ascii_lowercase())],
        fingerprint: facts.fingerprint,
    }
}

/// The handshake number `number`, `seconds` ago, for `test.com`, by a client with this certificate.
pub(crate) fn event(
    number: u32,
    seconds: i64,
    certificate: Option<PeerCertificate>,
    verdict: Verdict,
) -> HandshakeEvent {
    HandshakeEvent {
        id: format!("01JE{number:04}").parse().expect("valid"),
        connection: format!("01JN{number:04}").parse().expect("valid"),
        at: NOW.plus_seconds(-seconds),
        stage: Stage::Handshake,
        group: "default".parse().expect("valid"),
        client: ([192, 0, 2, 10], 50_000).into(),
        proxy: None,
        local: ([198, 51, 100, 1], 9443).into(),
        server_name: Some("test.com".parse().expect("valid")),
        ssl_certificate: Some("01JSERVER".parse().expect("valid")),
        mode: Some(PeerVerificationMode::Required),
        revision: Revision(40),
        tls_version: Some("TLSv1.3".to_owned()),
        cipher_suite: Some("TLS13_AES_256_GCM_SHA384".to_owned()),
        key_exchange: Some("X25519MLKEM768".to_owned()),
        alpn: Some("h2".to_owned()),
        resumed: false,
        peer_chain: certificate.into_iter().collect(),
        verdict,
        duration_us: 3_456,
    }
}

/// A client that was let in.
pub(crate) fn client(common_name: &str) -> Client {
    let facts = certificate(common_name, "ROOTCA", 90);
    Client {
        group: "default".parse().expect("valid"),
        fingerprint: facts.fingerprint,
        name: common_name.to_owned(),
        subject: facts.subject,
        issuer: facts.issuer,
        serial: facts.serial,
        names: Vec::new(),
        not_after: facts.not_after,
        hosts: vec!["test.com".parse().expect("valid")],
        first_seen: NOW.plus_seconds(-40 * UnixTime::DAY),
        last_seen: NOW.plus_seconds(-12),
        handshakes: 1_204,
        denied: false,
    }
}

/// An entry of the group's deny-list.
pub(crate) fn denied(id: &str, label: &str) -> DeniedClient {
    DeniedClient {
        id: id.parse().expect("valid"),
        group: "default".parse().expect("valid"),
        ssl_certificate: None,
        entry: "serial:5a:1f:0c issuer:CN=ROOTCA".parse().expect("valid"),
        label: label.to_owned(),
        author: "admin".to_owned(),
        created_at: NOW.plus_seconds(-3_600),
    }
}

/// A node that nothing speaks against.
pub(crate) fn healthy_node(node: &Node) -> NodeState {
    NodeState { address: node.address.clone(), health: NodeHealth::Healthy, requests: 0 }
}

/// A service for `shop.example.com` with two nodes, of which one is ill, and a route that keeps things of its own.
pub(crate) fn service() -> ServiceStatus {
    let nodes: Vec<Node> =
        ["10.0.0.7:8080", "10.0.0.8:8080"].map(|address| Node::new(address.parse().expect("valid"))).into();
    let mut states: Vec<NodeState> = nodes.iter().map(healthy_node).collect();
    states[0].requests = 3;
    states[1].health =
        NodeHealth::Unhealthy { since: NOW.plus_seconds(-240), reason: "connection refused".to_owned() };
    let upstream = Upstream { nodes, retry_timeout: 1_500, ..Upstream::default() };
    let service = Service {
        name: "shop".parse().expect("valid"),
        hosts: vec!["shop.example.com".parse().expect("valid")],
        upstream: UpstreamChoice::Own(Box::new(upstream)),
        identity_headers: None,
    };
    let id: domain::ServiceId = "01JSHOP".parse().expect("valid");
    let all = Route::of_service(id.clone(), vec!["/*".parse().expect("valid")]);
    let mut admin = Route::of_service(id.clone(), vec!["/admin/*".parse().expect("valid")]);
    admin.name = Some("back office".parse().expect("valid"));
    admin.hosts = vec!["admin.example.com".parse().expect("valid")];
    admin.requires_client_certificate = true;
    admin.priority = 10;
    let service = ServiceWithRoutes {
        service: versioned(id, service),
        routes: vec![
            versioned("01JADMIN".parse().expect("valid"), admin),
            versioned("01JALL".parse().expect("valid"), all),
        ],
    };
    ServiceStatus { service, shared_upstream: None, nodes: states, fault: None, is_live: true }
}

/// An object of revision 40.
pub(crate) fn versioned<I, T>(id: I, value: T) -> Versioned<I, T> {
    Versioned { id, revision: Revision(40), created_at: NOW, updated_at: NOW, value }
}

/// An upstream that services share.
pub(crate) fn shared_upstream(
    id: &str,
    name: &str,
    upstream: Upstream,
) -> Versioned<UpstreamId, SharedUpstream> {
    let value = SharedUpstream { name: name.parse().expect("valid"), upstream };
    versioned(id.parse().expect("valid"), value)
}
