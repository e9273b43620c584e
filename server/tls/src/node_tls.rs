//! TLS towards the nodes of upstreams, where the gateway is the client.

mod any_node;
mod own_identity;
mod refusal;
mod vouched_node;

use std::fmt;
use std::sync::Arc;

use domain::Fault;
use rustls::ClientConfig;
use rustls::client::Resumption;
use rustls::client::danger::ServerCertVerifier;

use self::any_node::AnyNode;
use self::own_identity::OwnIdentity;
pub use self::refusal::node_refusal;
use self::vouched_node::VouchedNode;
use crate::provider::provider;
use crate::trust::{Anchor, AnchorSet};
use crate::x509::Parsed;
use crate::{KeyPair, TrustAnchors};

/// Sessions that are kept to resume connections to the nodes of one upstream.
const SESSIONS: usize = 64;

/// Who vouches for nodes. One outside of its validity vouches for nobody as long as that is so. Cheap to clone.
#[derive(Clone)]
pub struct NodeRoots(Arc<AnchorSet>);

impl NodeRoots {
    /// The group's own CAs, of every X.509 version.
    ///
    /// # Errors
    /// [`Fault::CaMissing`] if there is none.
    pub fn of(cas: &[TrustAnchors]) -> Result<Self, Fault> {
        let roots: Vec<Anchor> = cas.iter().flat_map(TrustAnchors::anchors).cloned().collect();
        if roots.is_empty() { Err(Fault::CaMissing) } else { Ok(Self(Arc::new(AnchorSet::new(roots)))) }
    }

    /// Those that the operating system trusts, in DER; what cannot be read is left out. None at all vouches for nobody.
    pub fn of_system(certificates: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let root = |der: Vec<u8>| Anchor::new(&Parsed::read(&der).ok()?, 0).ok();
        Self(Arc::new(AnchorSet::new(certificates.into_iter().filter_map(root).collect())))
    }
}

impl fmt::Debug for NodeRoots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NodeRoots").field(&self.0.anchors().len()).finish()
    }
}

/// How the gateway speaks TLS with the nodes of an upstream.
#[derive(Debug)]
pub struct NodeTlsRules {
    /// Who vouches for them; `None`: whoever answers is trusted.
    pub roots: Option<NodeRoots>,
    /// What they are shown if they ask, of every X.509 version.
    pub identity: Option<KeyPair>,
    /// Whether HTTP/2 is spoken instead of HTTP/1.1.
    pub http2: bool,
}

/// [`NodeTlsRules`], compiled. Cheap to clone.
///
/// Sessions are resumed with nodes of these very rules only: rustls compares nothing but the name when a session is resumed,
/// so other rules need another value of this type.
#[derive(Clone)]
pub struct NodeTls(Arc<ClientConfig>);

impl NodeTls {
    /// Compiles the rules.
    ///
    /// # Errors
    /// [`Fault::UnsupportedAlgorithm`] if the TLS library offers no protocol version.
    pub fn new(rules: NodeTlsRules) -> Result<Self, Fault> {
        let verifier: Arc<dyn ServerCertVerifier> = match rules.roots {
            None => Arc::new(AnyNode),
            Some(roots) => Arc::new(VouchedNode(roots)),
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
