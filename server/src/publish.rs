//! Carries committed changes from the store to the gateway.

mod client_cas;
mod policy;
mod routing;
mod served;
mod upstream;

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use domain::{
    CaCertificateId, CertificateType, DenyEntry, Fault, GatewayGroupId, IdError, PolicyChange, Revision,
    RevocationList, SslCertificateId, Status,
};
use proxy::{Change, Deferred, ExemptPaths, Gateway, HostPolicy, PolicyState, UpstreamKey};
use store::{
    ChangedNoun, ChangedObject, GatewayGroupRow, Store, StoreError, StoredGatewayGroup,
    StoredPeerVerification, StoredSslCertificate,
};
use tls::{Clock, GroupDenials};
use tokio::sync::{Mutex, MutexGuard};

use client_cas::ClientCas;
use policy::{Compiler, Recipe};
use routing::Routing;
use served::Served;
use upstream::Upstreams;

pub(crate) use served::Expiry;

/// How many certificates are read from the store at once at start-up.
const SLICE: u64 = 500;
/// How long an answer to an operator waits for its change to be in effect; the change goes on beyond.
const PATIENCE: Duration = Duration::from_secs(1);

/// The deny-lists of the groups, as their policies hold them. One that could not be read is lost, and refuses everybody.
type Denials = HashMap<GatewayGroupId, Arc<GroupDenials>>;

/// Applies to the gateway what the store has committed since the revision that the gateway serves.
///
/// Takes no input, so that it does not matter who calls it, how often, or whether a call was missed: after a write it is
/// called for speed, and by a timer for certainty.
#[derive(Debug)]
pub(crate) struct Publisher {
    store: Store,
    gateway: Arc<Gateway>,
    compiler: Compiler,
    upstreams: Upstreams,
    served: Arc<Served>,
    /// One at a time: the delta is relative to what the gateway serves.
    denials: Mutex<Denials>,
}

impl Publisher {
    pub(crate) fn new(store: Store, gateway: Arc<Gateway>, clock: Arc<dyn Clock>) -> Self {
        let compiler = Compiler { cas: ClientCas::default(), clock };
        let (upstreams, served) = (Upstreams::default(), Arc::default());
        Self { store, gateway, compiler, upstreams, served, denials: Mutex::default() }
    }

    pub(crate) fn gateway(&self) -> &Gateway {
        &self.gateway
    }

    /// The facts of the revocation lists of a CA that a policy uses, without a question to the store; `None` if no policy
    /// uses it.
    pub(crate) fn revocation_lists(
        &self,
        group: &GatewayGroupId,
        ca: &CaCertificateId,
    ) -> Option<Arc<[RevocationList]>> {
        self.compiler.cas.revocation_lists(group, ca)
    }

    /// Those of all CAs that policies use.
    pub(crate) fn all_revocation_lists(
        &self,
    ) -> Vec<(GatewayGroupId, CaCertificateId, Arc<[RevocationList]>)> {
        self.compiler.cas.all_revocation_lists()
    }

    /// When the certificates that are served expire.
    pub(crate) fn expiries(&self) -> Vec<Expiry> {
        self.served.expiries()
    }

    /// Why the gateway cannot serve an SSL certificate that is enabled; `None` if it can.
    pub(crate) fn broken(&self, group: &GatewayGroupId, certificate: &SslCertificateId) -> Option<Fault> {
        self.served.fault(group, certificate)
    }

    /// Why the gateway cannot use an upstream; `None` if it can.
    pub(crate) fn upstream_fault(&self, group: &GatewayGroupId, key: &UpstreamKey) -> Option<Fault> {
        self.upstreams.fault(group, key)
    }

    /// The latest change of a group's policies since the start.
    pub(crate) fn last_policy_change(&self, group: &GatewayGroupId) -> Option<PolicyChange> {
        self.served.last_change(group)
    }

    /// Loads everything there is.
    ///
    /// # Errors
    /// The store failed.
    pub(crate) async fn load(&self) -> Result<(), StoreError> {
        let mut denials = self.denials.lock().await;
        // Read first: what is committed while we load is applied once more by the next delta, which does no harm.
        let revision = self.store.revision().await?;
        let groups = self.store.gateway_groups().await?;
        for group in &groups {
            self.read_denials(&mut denials, &group.id).await?;
        }
        let mut changes: Vec<_> = groups.into_iter().map(group_change).collect();
        let mut after: Option<(GatewayGroupId, SslCertificateId)> = None;
        loop {
            let slice = self.store.ssl_certificates_after(after.as_ref(), SLICE).await?;
            let Some(last) = slice.last() else { break };
            after = Some((last.group.clone(), last.id.clone()));
            changes
                .extend(slice.into_iter().map(|stored| self.policy_change(&denials, stored, Making::Later)));
        }
        changes.extend(self.routing().load().await?);
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
        let mut denials = self.denials.lock().await;
        self.recover_denials(&mut denials).await?;
        let served = self.gateway.revision();
        let newest = self.store.revision().await?;
        if newest == served {
            return Ok(());
        }
        let mut changed = self.store.changes_since(served).await?;
        changed.sort_by_key(|object| turn(object.noun));
        let revision = changed.iter().map(|object| object.revision).fold(newest, Revision::max);
        let mut changes = Vec::with_capacity(changed.len());
        for object in changed {
            match self.change(&mut denials, &object).await {
                Ok(change) => changes.extend(change),
                // One unreadable row must not keep the changes of all others from taking effect.
                Err(error @ StoreError::Corrupt { .. }) => {
                    tracing::error!(%error, "an object cannot be published and stays as it was");
                }
                Err(error) => return Err(error),
            }
        }
        self.apply(denials, changes, revision).await;
        Ok(())
    }

    async fn apply(&self, _turn: MutexGuard<'_, Denials>, changes: Vec<Change>, revision: Revision) {
        let groups: Vec<GatewayGroupId> = changes.iter().filter_map(policies_of).cloned().collect();
        let closed = self.gateway.apply(changes, revision).await.closed;
        let at = self.compiler.clock.now();
        for group in groups.iter().chain(closed.keys()) {
            let closed = closed.get(group).copied().unwrap_or_default();
            self.served.changed(group, PolicyChange { at, revision, closed });
        }
        for (group, closed) in closed.iter().filter(|(_, closed)| **closed > 0) {
            tracing::info!(%group, %revision, closed, "open connections are refused by a new policy");
        }
        tracing::debug!(%revision, "published");
    }

    async fn change(&self, denials: &mut Denials, object: &ChangedObject) -> Result<Vec<Change>, StoreError> {
        let group = &object.group;
        match object.noun {
            ChangedNoun::GatewayGroup => self.changed_group(denials, group).await.map(|change| vec![change]),
            ChangedNoun::GroupDenials => {
                self.read_denials(denials, group).await?;
                Ok(vec![Change::DenialsChanged(group.clone())])
            }
            ChangedNoun::SslCertificate => self.changed_certificate(denials, group, parsed(object)?).await,
            ChangedNoun::Upstream => self.routing().changed_upstream(group, parsed(object)?).await,
            ChangedNoun::Service => self.routing().changed_service(group, parsed(object)?).await,
            ChangedNoun::Route => self.routing().changed_route(group, parsed(object)?).await,
        }
    }

    fn routing(&self) -> Routing<'_> {
        Routing { store: &self.store, upstreams: &self.upstreams }
    }

    async fn changed_certificate(
        &self,
        denials: &Denials,
        group: &GatewayGroupId,
        id: SslCertificateId,
    ) -> Result<Vec<Change>, StoreError> {
        Ok(vec![match self.store.ssl_certificate(group, &id).await? {
            Some(stored) => self.policy_change(denials, stored, Making::Now),
            None => self.policy_removed(group.clone(), id),
        }])
    }

    async fn changed_group(
        &self,
        denials: &mut Denials,
        group: &GatewayGroupId,
    ) -> Result<Change, StoreError> {
        let Some(stored) = self.store.gateway_group(group).await? else {
            denials.remove(group);
            self.served.group_removed(group);
            self.upstreams.group_removed(group);
            return Ok(Change::GroupRemoved(group.clone()));
        };
        if !denials.contains_key(group) {
            self.read_denials(denials, group).await?;
        }
        Ok(group_change(stored))
    }

    /// Reads a group's deny-list; policies that hold it already see the new entries at once.
    async fn read_denials(&self, denials: &mut Denials, group: &GatewayGroupId) -> Result<(), StoreError> {
        hold(denials, group, self.store.group_denials(group).await)
    }

    /// Reads once more what could not be read; no revision tells that it was mended.
    async fn recover_denials(&self, denials: &mut Denials) -> Result<(), StoreError> {
        let lost = denials.iter().filter(|(_, held)| held.is_lost()).map(|(group, _)| group.clone());
        for group in lost.collect::<Vec<_>>() {
            self.read_denials(denials, &group).await?;
        }
        Ok(())
    }

    fn policy_removed(&self, group: GatewayGroupId, certificate: SslCertificateId) -> Change {
        self.forget(&group, &certificate);
        Change::PolicyRemoved { group, certificate }
    }

    fn forget(&self, group: &GatewayGroupId, certificate: &SslCertificateId) {
        self.served.policy_removed(group, certificate);
        self.compiler.cas.refer(group, certificate, Vec::new());
    }

    fn policy_change(&self, denials: &Denials, stored: StoredSslCertificate, making: Making) -> Change {
        let (group, certificate) = (stored.group.clone(), stored.id.clone());
        if stored.certificate_type == CertificateType::Client {
            return self.policy_removed(group, certificate);
        }
        let (state, exempt_paths) = match stored.status {
            Status::Disabled => {
                self.forget(&group, &certificate);
                (PolicyState::Suspended, ExemptPaths::default())
            }
            Status::Enabled => self.state(denials, &stored, making),
        };
        let policy = HostPolicy { snis: stored.snis, revision: stored.revision, state, exempt_paths };
        Change::Policy { group, certificate, policy }
    }

    fn state(
        &self,
        denials: &Denials,
        stored: &StoredSslCertificate,
        making: Making,
    ) -> (PolicyState, ExemptPaths) {
        self.compiler.cas.refer(&stored.group, &stored.id, referred(&stored.peer_verification));
        let made = match (&stored.problem, denials.get(&stored.group)) {
            (Some(problem), _) => Err((Fault::UnreadableKey, problem.clone())),
            (None, None) => Err((Fault::InvalidDenyEntry, "the group's deny-list was not read".to_owned())),
            (None, Some(denials)) => self.make(stored, denials, making).map_err(|fault| {
                let problem = format!("{fault:?}");
                (fault, problem)
            }),
        };
        match made {
            Ok(made) => {
                self.served.policy(stored, None);
                made
            }
            // One bad object never blocks the others: its own hosts refuse their clients.
            Err((fault, problem)) => {
                tracing::warn!(ssl_certificate = %stored.id, problem, "an SSL certificate is broken");
                self.served.policy(stored, Some(fault));
                (PolicyState::Broken(problem), ExemptPaths::default())
            }
        }
    }

    fn make(
        &self,
        stored: &StoredSslCertificate,
        denials: &Arc<GroupDenials>,
        making: Making,
    ) -> Result<(PolicyState, ExemptPaths), Fault> {
        let recipe = self.compiler.gather(stored, denials)?;
        let exempt_paths = recipe.exempt_paths();
        let state = match making {
            Making::Now => PolicyState::Serving(Arc::new(recipe.make()?)),
            Making::Later => PolicyState::Deferred(self.deferred(stored, recipe)),
        };
        Ok((state, exempt_paths))
    }

    /// A policy that is made when it is needed; pages get to know then if it cannot be.
    fn deferred(&self, stored: &StoredSslCertificate, recipe: Recipe) -> Deferred {
        let served = Arc::clone(&self.served);
        let (group, id, revision) = (stored.group.clone(), stored.id.clone(), stored.revision);
        Deferred::new(move || {
            recipe.make().map_err(|fault| {
                let problem = format!("{fault:?}");
                tracing::warn!(ssl_certificate = %id, problem, "an SSL certificate is broken");
                served.found_broken(&group, &id, revision, fault);
                problem
            })
        })
    }
}

/// When a policy is made of what is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Making {
    /// At once: somebody waits for it.
    Now,
    /// When a client comes, or when there is time: at start-up there are too many.
    Later,
}

/// Makes a group's deny-list as it was read the one that its policies hold. Of one that cannot be read nobody knows whom it
/// names: it is lost, which refuses everybody, rather than to go by its predecessor.
///
/// # Errors
/// The store failed; what is held stays.
fn hold(
    denials: &mut Denials,
    group: &GatewayGroupId,
    read: Result<Vec<DenyEntry>, StoreError>,
) -> Result<(), StoreError> {
    let entries = match read {
        Ok(entries) => Some(entries),
        Err(error @ StoreError::Corrupt { .. }) => {
            // Tried again and again: told once.
            if denials.get(group).is_none_or(|held| !held.is_lost()) {
                tracing::error!(%group, %error, "a group's deny-list cannot be read: its clients are refused");
            }
            None
        }
        Err(error) => return Err(error),
    };
    let held = denials.entry(group.clone()).or_insert_with(GroupDenials::lost);
    match entries {
        Some(entries) => held.replace(entries),
        None => held.lose(),
    }
    Ok(())
}

/// The id of a changed object.
///
/// # Errors
/// There can be no such object.
fn parsed<T: FromStr<Err = IdError>>(object: &ChangedObject) -> Result<T, StoreError> {
    object.id.parse().map_err(|error: IdError| StoreError::Corrupt {
        table: "object_change",
        id: object.id.clone(),
        problem: error.to_string(),
    })
}

/// Policies need their group to be there, and its deny-list.
fn turn(noun: ChangedNoun) -> u8 {
    match noun {
        ChangedNoun::GatewayGroup => 0,
        ChangedNoun::GroupDenials => 1,
        ChangedNoun::SslCertificate => 2,
        ChangedNoun::Upstream => 3,
        ChangedNoun::Service => 4,
        ChangedNoun::Route => 5,
    }
}

/// The CAs that a policy verifies against.
fn referred(stored: &StoredPeerVerification) -> Vec<CaCertificateId> {
    if stored.mode.asks() {
        stored.ca_certificates.iter().map(|ca| ca.id.clone()).collect()
    } else {
        Vec::new()
    }
}

/// The group whose policies a change is of.
fn policies_of(change: &Change) -> Option<&GatewayGroupId> {
    match change {
        Change::Policy { group, .. } | Change::PolicyRemoved { group, .. } => Some(group),
        Change::DenialsChanged(group) => Some(group),
        Change::Group { .. }
        | Change::GroupRemoved(_)
        | Change::Upstream { .. }
        | Change::UpstreamRemoved { .. }
        | Change::Service { .. }
        | Change::ServiceRemoved { .. }
        | Change::Route { .. }
        | Change::RouteRemoved { .. } => None,
    }
}

fn group_change(stored: StoredGatewayGroup) -> Change {
    let GatewayGroupRow {
        name: _,
        listener,
        http_listener,
        default_certificate,
        protection,
        identity_headers,
    } = stored.row;
    let group = stored.id;
    Change::Group { group, listener, http_listener, default_certificate, protection, identity_headers }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deny_list_that_cannot_be_read_is_lost_until_it_can() {
        let group = GatewayGroupId::default_group();
        let corrupt = || {
            let (id, problem) = ("one".to_owned(), "garbled".to_owned());
            Err(StoreError::Corrupt { table: "denied_client", id, problem })
        };
        let entry: DenyEntry = "serial:01 issuer:CN=Issuer".parse().expect("an entry");
        for at_start in [Ok(Vec::new()), corrupt()] {
            let mut denials = Denials::default();
            hold(&mut denials, &group, at_start).expect("no failure of the store");
            let held = Arc::clone(&denials[&group]);
            hold(&mut denials, &group, corrupt()).expect("no failure of the store");
            assert!(held.is_lost(), "policies hold what is lost");
            hold(&mut denials, &group, Ok(vec![entry.clone()])).expect("no failure of the store");
            assert!(!held.is_lost() && Arc::ptr_eq(&held, &denials[&group]), "policies hold what is back");
        }
    }
}
