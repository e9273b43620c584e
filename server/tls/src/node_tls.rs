//! TLS towards the nodes of upstreams, where the gateway is the client.

mod any_node;
mod own_identity;

use std::fmt;
use std::sync::Arc;

use domain::Fault;
use rustls::client::Resumption;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;

use self::any_node::AnyNode;
use self::own_identity::OwnIdentity;
use crate::provider::provider;
use crate::{KeyPair, TrustAnchors};

/// Sessions that are kept to resume connections to the nodes of one upstream.
const SESSIONS: usize = 64;

/// Who vouches for nodes.
#[derive(Clone)]
pub struct NodeRoots(Arc<RootCertStore>);

impl NodeRoots {
    /// The group's own CAs.
    ///
    /// # Errors
    /// One of them cannot be a trust anchor of nodes.
    pub fn of(cas: &[TrustAnchors]) -> Result<Self, Fault> {
        let mut roots = RootCertStore::empty();
        roots.roots.extend(cas.iter().flat_map(TrustAnchors::webpki_anchors));
        if roots.is_empty() { Err(Fault::CaMissing) } else { Ok(Self(Arc::new(roots))) }
    }

    /// Those that the operating system trusts, in DER; what cannot be read is left out. None at all trusts nobody.
    pub fn of_system(certificates: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(certificates.into_iter().map(CertificateDer::from));
        Self(Arc::new(roots))
    }
}

impl fmt::Debug for NodeRoots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NodeRoots").field(&self.0.len()).finish()
    }
}

/// How the gateway speaks TLS with the nodes of an upstream.
#[derive(Debug)]
pub struct NodeTlsRules {
    /// Who vouches for them; `None`: whoever answers is trusted.
    pub roots: Option<NodeRoots>,
    /// What they are shown if they ask.
    pub identity: Option<KeyPair>,
    /// Whether HTTP/2 is spoken instead of HTTP/1.1.
    pub http2: bool,
}

/// [`NodeTlsRules`], compiled. Cheap to clone. Sessions are resumed with nodes of these very rules only.
#[derive(Clone)]
pub struct NodeTls(Arc<ClientConfig>);

impl NodeTls {
    /// Compiles the rules.
    ///
    /// # Errors
    /// [`Fault::CaMissing`] if nobody is trusted; [`Fault::UnsupportedAlgorithm`] if the TLS library refuses.
    pub fn new(rules: NodeTlsRules) -> Result<Self, Fault> {
        let verifier: Arc<dyn ServerCertVerifier> = match rules.roots {
            None => Arc::new(AnyNode),
            Some(roots) => WebPkiServerVerifier::builder_with_provider(roots.0, Arc::clone(provider()))
                .build()
                .map_err(|_| Fault::CaMissing)?,
        };
        let builder = ClientConfig::builder_with_provider(Arc::clone(provider()))
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
            .map_err(|error| Fault::UnsupportedAlgorithm { algorithm: error.to_string() })?
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        let mut config = match rules.identity {
            None => builder.with_no_client_auth(),
            Some(pair) => builder.with_client_cert_resolver(Arc::new(OwnIdentity::new(&pair))),
        };
        let protocol: &[u8] = if rules.http2 { b"h2" } else { b"http/1.1" };
        config.alpn_protocols = vec![protocol.to_vec()];
        config.resumption = Resumption::in_memory_sessions(SESSIONS);
        Ok(Self(Arc::new(config)))
    }

    /// For handshakes.
    pub fn client_config(&self) -> &Arc<ClientConfig> {
        &self.0
    }
}

impl fmt::Debug for NodeTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NodeTls").finish_non_exhaustive()
    }
}
