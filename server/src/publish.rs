//! Carries committed changes from the store to the gateway.

use std::sync::Arc;
use std::time::Duration;

use domain::{
    CertificateType, Fault, GatewayGroupId, PeerVerificationMode, Revision, SslCertificateId, Status,
};
use proxy::{Change, Gateway, HostPolicy, PolicyState};
use store::{
    ChangedNoun, ChangedObject, GatewayGroupRow, Store, StoreError, StoredGatewayGroup, StoredSslCertificate,
};
use tls::{ClientTrust, Clock, HostConfig, KeyPair, TrustAnchors};
use tokio::sync::Mutex;

/// How many certificates are read from the store at once at start-up.
const SLICE: u64 = 500;
/// How long an answer to an operator waits for its change to be in effect; the change goes on beyond.
const PATIENCE: Duration = Duration::from_secs(1);

/// Applies to the gateway what the store has committed since the revision that the gateway serves.
///
/// Takes no input, so that it does not matter who calls it, how often, or whether a call was missed: after a write it is
/// called for speed, and by a timer for certainty.
#[derive(Debug)]
pub(crate) struct Publisher {
    store: Store,
    gateway: Arc<Gateway>,
    clock: Arc<dyn Clock>,
    /// One at a time: the delta is relative to what the gateway serves.
    running: Mutex<()>,
}

impl Publisher {
    pub(crate) fn new(store: Store, gateway: Arc<Gateway>, clock: Arc<dyn Clock>) -> Self {
        Self { store, gateway, clock, running: Mutex::new(()) }
    }

    pub(crate) fn gateway(&self) -> &Gateway {
        &self.gateway
    }

    /// Loads everything there is.
    ///
    /// # Errors
    /// The store failed.
    pub(crate) async fn load(&self) -> Result<(), StoreError> {
        let _running = self.running.lock().await;
        // Read first: what is committed while we load is applied once more by the next delta, which does no harm.
        let revision = self.store.revision().await?;
        let groups = self.store.gateway_groups().await?;
        let mut changes: Vec<_> = groups.into_iter().map(group_change).collect();
        let mut after: Option<(GatewayGroupId, SslCertificateId)> = None;
        loop {
            let slice = self.store.ssl_certificates_after(after.as_ref(), SLICE).await?;
            let Some(last) = slice.last() else { break };
            after = Some((last.group.clone(), last.id.clone()));
            changes.extend(slice.into_iter().map(|stored| self.policy_change(&stored)));
        }
        self.gateway.apply(changes, revision).await;
        Ok(())
    }

    /// Applies what was committed since. After a write: waits at most [`PATIENCE`], and leaves the rest, and a store that
    /// fails, to the timer.
    pub(crate) async fn publish(self: &Arc<Self>) {
        let publisher = Arc::clone(self);
        // A task of its own: the caller's going away must not leave a delta half-applied.
        let task = tokio::spawn(async move { publisher.catch_up().await });
        match tokio::time::timeout(PATIENCE, task).await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(error))) => {
                tracing::error!(%error, "a committed change is not in effect yet: the store failed")
            }
            Ok(Err(error)) => {
                tracing::error!(%error, "a committed change is not in effect yet: the task failed")
            }
            Err(_) => tracing::warn!("a committed change takes more than a second to be in effect"),
        }
    }

    /// Applies what was committed since the revision that the gateway serves.
    ///
    /// # Errors
    /// The store failed; the gateway goes on with what it has.
    pub(crate) async fn catch_up(&self) -> Result<(), StoreError> {
        let _running = self.running.lock().await;
        let served = self.gateway.revision();
        let newest = self.store.revision().await?;
        if newest == served {
            return Ok(());
        }
        let mut changed = self.store.changes_since(served).await?;
        // A policy needs its group to be there.
        changed.sort_by_key(|object| object.noun != ChangedNoun::GatewayGroup);
        let revision = changed.iter().map(|object| object.revision).fold(newest, Revision::max);
        let mut changes = Vec::with_capacity(changed.len());
        for object in changed {
            match self.change(&object).await {
                Ok(change) => changes.extend(change),
                // One unreadable row must not keep the changes of all others from taking effect.
                Err(error @ StoreError::Corrupt { .. }) => {
                    tracing::error!(%error, "an object cannot be published and stays as it was");
                }
                Err(error) => return Err(error),
            }
        }
        self.gateway.apply(changes, revision).await;
        tracing::debug!(%revision, "published");
        Ok(())
    }

    async fn change(&self, object: &ChangedObject) -> Result<Option<Change>, StoreError> {
        let group = object.group.clone();
        match object.noun {
            ChangedNoun::GatewayGroup => Ok(Some(match self.store.gateway_group(&group).await? {
                Some(stored) => group_change(stored),
                None => Change::GroupRemoved(group),
            })),
            ChangedNoun::SslCertificate => {
                let Ok(id) = object.id.parse::<SslCertificateId>() else {
                    tracing::error!(
                        id = object.id,
                        "the store names a change of an object that cannot exist"
                    );
                    return Ok(None);
                };
                Ok(Some(match self.store.ssl_certificate(&group, &id).await? {
                    Some(stored) => self.policy_change(&stored),
                    None => Change::PolicyRemoved { group, certificate: id },
                }))
            }
        }
    }

    fn policy_change(&self, stored: &StoredSslCertificate) -> Change {
        let (group, certificate) = (stored.group.clone(), stored.id.clone());
        match (stored.status, stored.certificate_type) {
            (Status::Disabled, _) | (_, CertificateType::Client) => {
                Change::PolicyRemoved { group, certificate }
            }
            (Status::Enabled, CertificateType::Server) => {
                let state = match self.compile(stored) {
                    Ok(config) => PolicyState::Serving(Arc::new(config)),
                    // One bad object never blocks the others: its own hosts refuse their clients.
                    Err(problem) => {
                        tracing::warn!(ssl_certificate = %certificate, problem, "an SSL certificate is broken");
                        PolicyState::Broken(problem)
                    }
                };
                let policy = HostPolicy { snis: stored.snis.clone(), revision: stored.revision, state };
                Change::Policy { group, certificate, policy }
            }
        }
    }

    fn compile(&self, stored: &StoredSslCertificate) -> Result<HostConfig, String> {
        if let Some(problem) = &stored.problem {
            return Err(problem.clone());
        }
        policy(stored, Arc::clone(&self.clock)).map_err(|fault| format!("{fault:?}"))
    }
}

fn group_change(stored: StoredGatewayGroup) -> Change {
    let GatewayGroupRow { name: _, listener, http_listener, default_certificate } = stored.row;
    Change::Group { group: stored.id, listener, http_listener, default_certificate }
}

/// The policy of a stored SSL certificate. Whatever cannot be enforced is an error, never a weaker policy.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn policy(stored: &StoredSslCertificate, clock: Arc<dyn Clock>) -> Result<HostConfig, Fault> {
    let pairs = stored
        .pairs
        .iter()
        .map(|pair| KeyPair::load(&pair.certificate_pem, &pair.private_key_pem))
        .collect::<Result<Vec<_>, _>>()?;
    let trust = match stored.peer_verification.mode {
        PeerVerificationMode::Off => None,
        PeerVerificationMode::Required => {
            let anchors = stored
                .peer_verification
                .ca_certificates
                .iter()
                .map(|ca| TrustAnchors::load(&ca.pem))
                .collect::<Result<Vec<_>, _>>()?;
            Some(Arc::new(ClientTrust::new(&anchors, stored.peer_verification.depth)?))
        }
    };
    HostConfig::new(&pairs, trust, clock)
}
