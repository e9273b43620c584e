//! Fills a new data directory for measurements: a gateway group with one upstream, one SSL certificate for `test.com`, and
//! as many more as a list names, all with peer verification. What `postern serve --data-dir DIR` then finds.
//!
//! `fill DIR LISTENER UPSTREAM CA CERTIFICATE KEY LIST`; a line of LIST is `SNI CERTIFICATE KEY`, and may go on.

use std::fs;
use std::path::Path;

use anyhow::{Context, anyhow, ensure};
use domain::{
    CertificateType, Depth, GatewayGroupId, IdentityHeaders, Node, PeerVerificationMode, Protection, Route,
    Secret, Sni, Upstream, UpstreamChoice,
};
use store::{
    Author, CaSource, GatewayGroupRow, NewCaCertificate, NewSslCertificate, Store, StoreConfig, StoredPair,
};
use tls::{Clock, Identity, KeyPair, SystemClock};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [directory, listener, upstream, ca, certificate, key, list] = arguments.as_slice() else {
        anyhow::bail!("fill DIR LISTENER UPSTREAM CA CERTIFICATE KEY LIST");
    };
    let store = Store::open(&StoreConfig { data_dir: directory.into(), master_key: None }).await?;
    let filler = Filler { store, ca: fs::read_to_string(ca).with_context(|| ca.clone())? };
    filler.add_group(listener).await?;
    filler.set_upstream(upstream).await?;
    filler.add_certificate("test.com", certificate, key).await?;
    for line in fs::read_to_string(list).with_context(|| list.clone())?.lines() {
        let mut words = line.split_whitespace();
        let (Some(sni), Some(certificate), Some(key)) = (words.next(), words.next(), words.next()) else {
            anyhow::bail!("{list}: not `SNI CERTIFICATE KEY`: {line}");
        };
        filler.add_certificate(sni, certificate, key).await?;
    }
    filler.store.close().await;
    Ok(())
}

struct Filler {
    store: Store,
    ca: String,
}

/// All connections may come from one address.
fn one_client() -> Protection {
    let usual = Protection::default();
    Protection { connections_per_address: usual.connections, handshakes: usual.connections, ..usual }
}

fn author() -> Author {
    Author { name: "system".to_owned(), at: SystemClock.now() }
}

impl Filler {
    async fn add_group(&self, listener: &str) -> anyhow::Result<()> {
        let row = GatewayGroupRow {
            name: "default".parse().map_err(|fault| anyhow!("{fault:?}"))?,
            listener: listener.parse()?,
            http_listener: None,
            default_certificate: None,
            protection: one_client(),
            identity_headers: IdentityHeaders::default(),
        };
        self.store.insert_gateway_group(&author(), Some(GatewayGroupId::default_group()), row).await?;
        Ok(())
    }

    /// Gives the service that every group starts with nodes instead of the echo.
    async fn set_upstream(&self, node: &str) -> anyhow::Result<()> {
        let group = GatewayGroupId::default_group();
        let mut services = self.store.services(&group).await?;
        let mut first = services.pop().context("a new group has a service")?;
        let upstream = Upstream { nodes: vec![Node::new(node.parse()?)], ..Upstream::default() };
        first.service.value.upstream = UpstreamChoice::Own(Box::new(upstream));
        let routes: Vec<(_, Route)> =
            first.routes.into_iter().map(|route| (Some(route.id), route.value)).collect();
        let (id, service) = (first.service.id, first.service.value);
        self.store.put_service_with_routes(&author(), &group, Some(id), service, routes, None).await?;
        Ok(())
    }

    async fn add_certificate(&self, sni: &str, certificate: &str, key: &str) -> anyhow::Result<()> {
        let read = |path: &str| fs::read(Path::new(path)).with_context(|| path.to_owned());
        let key = Secret::new(read(key)?);
        let identity = Identity::read(&read(certificate)?, &key, CertificateType::Server, SystemClock.now())
            .map_err(|errors| anyhow!("{certificate}: {errors:?}"))?;
        ensure!(!identity.pairs.is_empty(), "{certificate}: no key");
        let sni: Sni = sni.parse()?;
        let new = NewSslCertificate {
            certificate_type: CertificateType::Server,
            snis: vec![sni],
            pairs: identity.pairs.iter().map(stored).collect::<Result<_, _>>()?,
            peer_verification: PeerVerificationMode::Required,
            ca: Some(CaSource::Upload(NewCaCertificate::without_lists(self.ca.clone()))),
            depth: Depth::default(),
            exempt_paths: Vec::new(),
            allow_list: Vec::new(),
            advertises_ca_names: true,
            replace: false,
        };
        self.store.insert_ssl_certificate(&author(), &GatewayGroupId::default_group(), new).await?;
        Ok(())
    }
}

fn stored(pair: &KeyPair) -> anyhow::Result<StoredPair> {
    let leaf = pair.facts().first().context("a chain has a leaf")?;
    Ok(StoredPair {
        certificate_pem: pair.certificate_pem().to_owned(),
        private_key_pem: pair.private_key_pem().clone(),
        subject: leaf.subject.clone(),
        issuer: leaf.issuer.clone(),
        not_after: leaf.not_after,
    })
}
