//! A store in a directory of its own, and a second look at its file that goes past the store.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use domain::{
    AllowedIdentity, CaCertificateId, CertificateType, DenyEntry, Depth, GatewayGroupId, IdentityHeaders,
    Node, PathPattern, PeerVerificationMode, Protection, Revision, Route, RouteId, Scheme, Secret, Service,
    ServiceId, ServiceWithRoutes, SharedUpstream, Sni, SslCertificateId, UnixTime, Upstream, UpstreamChoice,
    UpstreamTls,
};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sea_orm::sqlx::{AssertSqlSafe, Row, SqlitePool};
use store::{
    Author, CaSource, GatewayGroupRow, NewCaCertificate, NewSslCertificate, Store, StoreConfig, StoredPair,
    StoredSslCertificate, WriteError,
};
use tempfile::TempDir;

pub(crate) struct Fixture {
    pub(crate) store: Store,
    pub(crate) dir: TempDir,
}

impl Fixture {
    /// An open store without anything in it.
    pub(crate) async fn empty() -> Self {
        let dir = TempDir::new().expect("temporary directory");
        let store = Store::open(&config(dir.path())).await.expect("a new store opens");
        Self { store, dir }
    }

    /// An open store with the group `default`.
    pub(crate) async fn with_group() -> Self {
        let fixture = Self::empty().await;
        let row = group_row("default", "127.0.0.1:9443");
        let inserted = fixture.store.insert_gateway_group(&author(1), Some(group()), row).await;
        inserted.expect("the first group");
        fixture
    }

    /// Adds a certificate to the group `default`.
    pub(crate) async fn add(&self, new: NewSslCertificate) -> StoredSslCertificate {
        self.store.insert_ssl_certificate(&author(10), &group(), new).await.expect("no conflict")
    }

    /// The certificate as it is now.
    pub(crate) async fn certificate(&self, id: &SslCertificateId) -> StoredSslCertificate {
        self.store.ssl_certificate(&group(), id).await.expect("readable").expect("there")
    }

    /// Adds a group beside `default`.
    pub(crate) async fn other_group(&self) -> GatewayGroupId {
        let row = group_row("other", "127.0.0.1:1");
        self.store.insert_gateway_group(&author(2), None, row).await.expect("no conflict").id
    }

    /// Puts a service and its routes into the group `default`.
    pub(crate) async fn put(
        &self,
        at: i64,
        id: Option<&ServiceId>,
        service: Service,
        routes: Vec<(Option<RouteId>, Route)>,
        expected: Option<Revision>,
    ) -> Result<ServiceWithRoutes, WriteError> {
        let id = id.cloned();
        self.store.put_service_with_routes(&author(at), &group(), id, service, routes, expected).await
    }

    /// The objects that the newest write touched, as `noun id`.
    pub(crate) async fn touched(&self) -> Vec<String> {
        let before = Revision(self.revision().await - 1);
        let changes = self.store.changes_since(before).await.expect("readable");
        changes.iter().map(|change| format!("{:?} {}", change.noun, change.id)).collect()
    }

    /// The newest revision.
    pub(crate) async fn revision(&self) -> u64 {
        self.store.revision().await.expect("readable").0
    }

    /// The file, past the store.
    pub(crate) async fn file(&self) -> File {
        File::open(&self.dir.path().join("postern.db")).await
    }
}

/// A SQLite file as another program sees it.
pub(crate) struct File(SqlitePool);

impl File {
    pub(crate) async fn open(path: &Path) -> Self {
        let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
        Self(SqlitePoolOptions::new().max_connections(1).connect_with(options).await.expect("opens"))
    }

    pub(crate) async fn execute(&self, sql: &str) {
        sea_orm::sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&self.0).await.expect("executes");
    }

    /// The first column of all rows.
    pub(crate) async fn texts(&self, sql: &str) -> Vec<String> {
        let rows = sea_orm::sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_all(&self.0).await;
        rows.expect("answers").iter().map(|row| row.get(0)).collect()
    }

    /// Everything in it: each table's rows, every value quoted.
    pub(crate) async fn dump(&self) -> BTreeMap<String, Vec<String>> {
        let mut dump = BTreeMap::new();
        for table in self.texts("SELECT name FROM sqlite_master WHERE type = 'table'").await {
            let columns = self.texts(&format!("SELECT name FROM pragma_table_info('{table}')")).await;
            let quoted: Vec<String> = columns.iter().map(|column| format!("quote(\"{column}\")")).collect();
            let sql = format!("SELECT {} FROM \"{table}\" ORDER BY 1", quoted.join(" || '|' || "));
            dump.insert(table, self.texts(&sql).await);
        }
        dump
    }

    pub(crate) async fn close(self) {
        self.0.close().await;
    }
}

pub(crate) fn config(data_dir: &Path) -> StoreConfig {
    StoreConfig { data_dir: data_dir.to_owned(), master_key: None }
}

/// The names in a directory, sorted.
pub(crate) fn names(dir: &Path) -> Vec<PathBuf> {
    let mut names: Vec<PathBuf> = std::fs::read_dir(dir)
        .expect("readable")
        .map(|entry| entry.expect("entry").file_name().into())
        .collect();
    names.sort();
    names
}

pub(crate) fn author(at: i64) -> Author {
    Author { name: "alice".to_owned(), at: UnixTime(at) }
}

pub(crate) fn group() -> GatewayGroupId {
    GatewayGroupId::default_group()
}

pub(crate) fn group_row(name: &str, listener: &str) -> GatewayGroupRow {
    GatewayGroupRow {
        name: name.parse().expect("a name"),
        listener: listener.parse().expect("an address"),
        http_listener: None,
        default_certificate: None,
        protection: Protection::default(),
        identity_headers: IdentityHeaders::default(),
    }
}

pub(crate) fn sni(text: &str) -> Sni {
    text.parse().expect("an SNI")
}

pub(crate) fn snis(texts: &[&str]) -> Vec<Sni> {
    texts.iter().map(|text| sni(text)).collect()
}

pub(crate) fn ca_id(text: &str) -> CaCertificateId {
    text.parse().expect("an id")
}

pub(crate) fn paths(texts: &[&str]) -> Vec<PathPattern> {
    texts.iter().map(|text| text.parse().expect("a pattern")).collect()
}

pub(crate) fn allowed(texts: &[&str]) -> Vec<AllowedIdentity> {
    texts.iter().map(|text| text.parse().expect("an identity")).collect()
}

/// The entry that denies what `CN=Issuer` has given this number.
pub(crate) fn serial(number: &str) -> DenyEntry {
    format!("serial:{number} issuer:CN=Issuer").parse().expect("an entry")
}

/// The key of `pair(name)`.
pub(crate) fn key_pem(name: &str) -> String {
    format!("-----BEGIN PRIVATE KEY-----\nkey-of-{name}\n-----END PRIVATE KEY-----\n")
}

pub(crate) fn pair(name: &str) -> StoredPair {
    StoredPair {
        certificate_pem: format!("-----BEGIN CERTIFICATE-----\n{name}\n-----END CERTIFICATE-----\n"),
        private_key_pem: Secret::new(key_pem(name).into_bytes()),
        subject: format!("CN={name}"),
        issuer: format!("CN=Issuer of {name}"),
        not_after: UnixTime(1_000_000),
    }
}

/// A server certificate for these hosts, with peer verification by a CA of its own.
pub(crate) fn server(hosts: &[&str]) -> NewSslCertificate {
    NewSslCertificate {
        certificate_type: CertificateType::Server,
        snis: snis(hosts),
        pairs: vec![pair(hosts[0])],
        peer_verification: PeerVerificationMode::Required,
        ca: Some(CaSource::Upload(NewCaCertificate::without_lists(format!("ca of {}", hosts[0])))),
        depth: Depth::default(),
        exempt_paths: Vec::new(),
        allow_list: Vec::new(),
        advertises_ca_names: true,
        replace: false,
    }
}

/// A certificate that nodes can be shown.
pub(crate) fn client() -> NewSslCertificate {
    NewSslCertificate {
        certificate_type: CertificateType::Client,
        snis: Vec::new(),
        peer_verification: PeerVerificationMode::Off,
        ca: None,
        ..server(&["client"])
    }
}

/// An upstream with one node.
pub(crate) fn upstream(node: &str) -> Upstream {
    Upstream { nodes: vec![Node::new(node.parse().expect("a node"))], ..Upstream::default() }
}

/// The same, over TLS with these certificates.
pub(crate) fn tls_upstream(cas: &[&CaCertificateId], client: Option<&SslCertificateId>) -> Upstream {
    let ca_certificates = cas.iter().map(|&id| id.clone()).collect();
    let tls = UpstreamTls { ca_certificates, client_certificate: client.cloned(), ..UpstreamTls::default() };
    Upstream { scheme: Scheme::Https, tls, ..upstream("10.0.0.7:8443") }
}

pub(crate) fn shared(name: &str, upstream: Upstream) -> SharedUpstream {
    SharedUpstream { name: name.parse().expect("a name"), upstream }
}

/// A service with an upstream of its own.
pub(crate) fn service(name: &str) -> Service {
    service_at(name, own(upstream("10.0.0.7:8080")))
}

pub(crate) fn service_at(name: &str, upstream: UpstreamChoice) -> Service {
    let name = name.parse().expect("a name");
    Service { name, hosts: snis(&["app.test"]), upstream, identity_headers: Some(IdentityHeaders::Xfcc) }
}

pub(crate) fn own(upstream: Upstream) -> UpstreamChoice {
    UpstreamChoice::Own(Box::new(upstream))
}

/// A route for one path, without service and with an upstream of its own.
pub(crate) fn route(path: &str) -> Route {
    Route {
        upstream: Some(own(upstream("10.0.0.8:8080"))),
        service: None,
        ..route_of(&"nobody".parse().expect("an id"), path)
    }
}

/// A route for one path of a service.
pub(crate) fn route_of(service: &ServiceId, path: &str) -> Route {
    Route::of_service(service.clone(), vec![path.parse().expect("a path")])
}

/// What of a certificate can be compared.
pub(crate) fn keys_of(certificate: &StoredSslCertificate) -> Vec<String> {
    let key = |pair: &StoredPair| String::from_utf8(pair.private_key_pem.expose().to_vec()).expect("PEM");
    certificate.pairs.iter().map(key).collect()
}
