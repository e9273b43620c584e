use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::{Fault, GatewayGroupId, PolicyChange, Revision, Sni, SslCertificateId, UnixTime};
use store::StoredSslCertificate;

/// What pages and metrics ask of the policies in force, kept so that they need not ask the store.
#[derive(Debug, Default)]
pub(super) struct Served {
    state: Mutex<State>,
}

type Key = (GatewayGroupId, SslCertificateId);

#[derive(Debug, Default)]
struct State {
    expiries: HashMap<Key, (Option<Sni>, UnixTime)>,
    faults: HashMap<Key, Fault>,
    revisions: HashMap<Key, Revision>,
    changes: HashMap<GatewayGroupId, PolicyChange>,
}

/// When a certificate that is served expires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Expiry {
    /// The group.
    pub(crate) group: GatewayGroupId,
    /// The SSL certificate.
    pub(crate) certificate: SslCertificateId,
    /// The first of its hosts.
    pub(crate) sni: Option<Sni>,
    /// When the first of its leaves expires.
    pub(crate) not_after: UnixTime,
}

impl Served {
    /// A policy is in force; with a fault it is a broken one.
    pub(super) fn policy(&self, stored: &StoredSslCertificate, fault: Option<Fault>) {
        let key = (stored.group.clone(), stored.id.clone());
        let mut state = self.lock();
        state.remove(&key);
        state.revisions.insert(key.clone(), stored.revision);
        if let Some(not_after) = stored.pairs.iter().map(|pair| pair.not_after).min() {
            state.expiries.insert(key.clone(), (stored.snis.first().cloned(), not_after));
        }
        if let Some(fault) = fault {
            state.faults.insert(key, fault);
        }
    }

    /// A policy that is in force cannot be made: it is a broken one, unless it has been changed since.
    pub(super) fn found_broken(
        &self,
        group: &GatewayGroupId,
        certificate: &SslCertificateId,
        revision: Revision,
        fault: Fault,
    ) {
        let key = (group.clone(), certificate.clone());
        let mut state = self.lock();
        if state.revisions.get(&key) == Some(&revision) {
            state.faults.insert(key, fault);
        }
    }

    pub(super) fn policy_removed(&self, group: &GatewayGroupId, certificate: &SslCertificateId) {
        self.lock().remove(&(group.clone(), certificate.clone()));
    }

    pub(super) fn fault(&self, group: &GatewayGroupId, certificate: &SslCertificateId) -> Option<Fault> {
        self.lock().faults.get(&(group.clone(), certificate.clone())).cloned()
    }

    pub(super) fn group_removed(&self, group: &GatewayGroupId) {
        let mut state = self.lock();
        state.expiries.retain(|(of, _), _| of != group);
        state.faults.retain(|(of, _), _| of != group);
        state.revisions.retain(|(of, _), _| of != group);
        state.changes.remove(group);
    }

    pub(super) fn changed(&self, group: &GatewayGroupId, change: PolicyChange) {
        self.lock().changes.insert(group.clone(), change);
    }

    pub(super) fn last_change(&self, group: &GatewayGroupId) -> Option<PolicyChange> {
        self.lock().changes.get(group).copied()
    }

    pub(super) fn expiries(&self) -> Vec<Expiry> {
        let state = self.lock();
        let all = state.expiries.iter().map(|((group, certificate), (sni, not_after))| Expiry {
            group: group.clone(),
            certificate: certificate.clone(),
            sni: sni.clone(),
            not_after: *not_after,
        });
        all.collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn remove(&mut self, key: &Key) {
        self.expiries.remove(key);
        self.faults.remove(key);
        self.revisions.remove(key);
    }
}
