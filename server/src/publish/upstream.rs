//! From an upstream as stored to what the gateway runs. Whatever cannot be used as it is stored is broken, never used in a
//! weaker form: a node that is to be verified is not trusted because its CA cannot be read.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::{
    CaCertificateId, CertificateType, Fault, GatewayGroupId, SslCertificateId, Status, Upstream, UpstreamTls,
};
use proxy::{Change, UpstreamKey, UpstreamState};
use store::{Store, StoreError};
use tls::{KeyPair, NodeRoots, NodeTls, NodeTlsRules, TrustAnchors};
use tokio::sync::OnceCell;

/// Compiles upstreams, and remembers what is wrong with those that are broken.
#[derive(Debug, Default)]
pub(super) struct Upstreams {
    /// Read when the first upstream needs them: most have CAs of their own, or no TLS.
    system_roots: OnceCell<NodeRoots>,
    faults: Mutex<Faults>,
}

type Faults = HashMap<(GatewayGroupId, UpstreamKey), Fault>;

/// Why an upstream could not be compiled.
#[derive(Debug)]
enum Failure {
    /// It is broken.
    Fault(Fault),
    /// Nobody knows: the database failed.
    Store(StoreError),
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl Upstreams {
    /// The change that puts an upstream in force.
    ///
    /// # Errors
    /// The database failed.
    pub(super) async fn change(
        &self,
        store: &Store,
        group: &GatewayGroupId,
        key: UpstreamKey,
        upstream: Upstream,
    ) -> Result<Change, StoreError> {
        let state = match self.node_tls(store, group, &upstream).await {
            Ok(tls) => {
                self.forget(group, &key);
                UpstreamState::Serving { upstream, tls }
            }
            Err(Failure::Fault(fault)) => {
                let reason = format!("{fault:?}");
                tracing::warn!(%group, upstream = ?key, reason, "an upstream is broken");
                self.faults().insert((group.clone(), key.clone()), fault);
                UpstreamState::Broken(reason)
            }
            Err(Failure::Store(error)) => return Err(error),
        };
        Ok(Change::Upstream { group: group.clone(), key, upstream: state })
    }

    /// The change that takes an upstream out of force.
    pub(super) fn removal(&self, group: &GatewayGroupId, key: UpstreamKey) -> Change {
        self.forget(group, &key);
        Change::UpstreamRemoved { group: group.clone(), key }
    }

    pub(super) fn group_removed(&self, group: &GatewayGroupId) {
        self.faults().retain(|(of, _), _| of != group);
    }

    /// Why an upstream is broken; `None` if it is not.
    pub(super) fn fault(&self, group: &GatewayGroupId, key: &UpstreamKey) -> Option<Fault> {
        self.faults().get(&(group.clone(), key.clone())).cloned()
    }

    fn forget(&self, group: &GatewayGroupId, key: &UpstreamKey) {
        self.faults().remove(&(group.clone(), key.clone()));
    }

    /// How to speak TLS with the nodes; `None` if their scheme has none.
    async fn node_tls(
        &self,
        store: &Store,
        group: &GatewayGroupId,
        upstream: &Upstream,
    ) -> Result<Option<NodeTls>, Failure> {
        if !upstream.scheme.is_tls() {
            return Ok(None);
        }
        let UpstreamTls { verify, ca_certificates, client_certificate, server_name: _ } = &upstream.tls;
        let roots = match (verify, ca_certificates.as_slice()) {
            (false, _) => None,
            (true, []) => Some(self.system_roots().await.clone()),
            (true, ids) => Some(roots_of(store, group, ids).await?),
        };
        let identity = match client_certificate {
            Some(id) => Some(identity(store, group, id).await?),
            None => None,
        };
        let http2 = upstream.scheme.is_http2();
        Ok(Some(NodeTls::new(NodeTlsRules { roots, identity, http2 })?))
    }

    async fn system_roots(&self) -> &NodeRoots {
        let read = || async {
            tokio::task::spawn_blocking(read_system_roots).await.unwrap_or_else(|error| {
                tracing::error!(%error, "the system's roots could not be read");
                NodeRoots::of_system([])
            })
        };
        self.system_roots.get_or_init(read).await
    }

    fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads files, of which there may be hundreds.
fn read_system_roots() -> NodeRoots {
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "some of the system's roots could not be read");
    }
    tracing::debug!(certificates = found.certs.len(), "the system's roots were read");
    NodeRoots::of_system(found.certs.into_iter().map(|certificate| certificate.to_vec()))
}

async fn roots_of(
    store: &Store,
    group: &GatewayGroupId,
    ids: &[CaCertificateId],
) -> Result<NodeRoots, Failure> {
    let unreadable = |reason| Fault::UnreadableCertificate { number: 1, reason };
    let stored = readable(store.ca_certificates_by_id(group, ids).await, unreadable)?;
    // The rest of a list is no list: what was trusted together stays together.
    if let Some(id) = ids.iter().find(|id| stored.iter().all(|ca| ca.id != **id)) {
        return Err(Fault::CaUnknown { id: id.clone() }.into());
    }
    let anchors: Vec<_> = stored.iter().map(|ca| TrustAnchors::load(&ca.pem)).collect::<Result<_, _>>()?;
    Ok(NodeRoots::of(&anchors)?)
}

/// What nodes are shown: the first certificate with its key.
async fn identity(store: &Store, group: &GatewayGroupId, id: &SslCertificateId) -> Result<KeyPair, Failure> {
    let stored = readable(store.ssl_certificate(group, id).await, |_| Fault::UnreadableKey)?;
    let stored = stored.ok_or_else(|| Fault::CertificateUnknown { id: id.clone() })?;
    if stored.certificate_type != CertificateType::Client {
        return Err(Fault::NotAClientCertificate { id: id.clone() }.into());
    }
    if stored.status == Status::Disabled {
        return Err(Fault::CertificateDisabled { id: id.clone() }.into());
    }
    let pair = stored.pairs.first().ok_or(Fault::UnreadableKey)?;
    Ok(KeyPair::load(&pair.certificate_pem, &pair.private_key_pem)?)
}

/// What was read; what stands in the store but cannot be read is a fault.
fn readable<T>(read: Result<T, StoreError>, fault: impl FnOnce(String) -> Fault) -> Result<T, Failure> {
    read.map_err(|error| match error {
        StoreError::Corrupt { .. } | StoreError::Unseal(_) => Failure::Fault(fault(error.to_string())),
        StoreError::Database(_) => Failure::Store(error),
    })
}
