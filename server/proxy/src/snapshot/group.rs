use std::cmp::Reverse;
use std::sync::Arc;

use domain::{IdentityHeaders, ServerName, Sni, SslCertificateId};
use rpds::HashTrieMapSync;

use super::Policy;
use crate::routing::Routing;

/// The policies and routes of one group.
#[derive(Debug, Clone, Default)]
pub(super) struct Group {
    /// To find what a certificate claims without looking at the others.
    policies: HashTrieMapSync<SslCertificateId, Arc<Policy>>,
    exact: HashTrieMapSync<Box<str>, Claims>,
    /// By what follows the first label.
    wildcard: HashTrieMapSync<Box<str>, Claims>,
    any: Claims,
    default_certificate: Option<SslCertificateId>,
    /// The serial of the snapshot in which the deny-list changed last.
    denials_changed_in: u64,
    /// How nodes are told who the client is, where a service says nothing else.
    pub(super) identity_headers: IdentityHeaders,
    pub(super) routing: Routing,
}

impl Group {
    /// The policy that decides for a host.
    pub(super) fn policy(&self, host: &ServerName) -> Option<&Arc<Policy>> {
        self.exact
            .get(host.as_str())
            .or_else(|| self.wildcard.get(host.parent()?))
            .unwrap_or(&self.any)
            .winner()
            .filter(|policy| !policy.is_suspended())
    }

    /// The policy that decides for clients that name no host.
    pub(super) fn default_policy(&self) -> Option<&Arc<Policy>> {
        self.policies.get(self.default_certificate.as_ref()?).filter(|policy| !policy.is_suspended())
    }

    /// Chooses whose policy that is. A certificate that has none (yet, or any more) lets nobody in.
    pub(super) fn set_default(&mut self, certificate: Option<SslCertificateId>) {
        self.default_certificate = certificate;
    }

    /// The serial of the snapshot in which the deny-list changed last.
    pub(super) fn denials_changed_in(&self) -> u64 {
        self.denials_changed_in
    }

    /// Notes that the deny-list changes in the snapshot with this serial.
    pub(super) fn change_denials(&mut self, serial: u64) {
        self.denials_changed_in = serial;
    }

    /// Adds a policy, in place of the one that its certificate had.
    pub(super) fn insert(&mut self, policy: &Arc<Policy>) {
        self.remove(&policy.certificate);
        for sni in &policy.snis {
            self.change_claims(sni, |claims| claims.add(policy));
        }
        self.policies.insert_mut(policy.certificate.clone(), Arc::clone(policy));
    }

    /// Takes a certificate's policy away.
    pub(super) fn remove(&mut self, certificate: &SslCertificateId) {
        let Some(policy) = self.policies.get(certificate).map(Arc::clone) else { return };
        for sni in &policy.snis {
            self.change_claims(sni, |claims| claims.withdraw(certificate));
        }
        self.policies.remove_mut(certificate);
    }

    /// Its policies.
    pub(super) fn policies(&self) -> impl Iterator<Item = &Arc<Policy>> {
        self.policies.values()
    }

    /// How many certificates have a policy.
    #[cfg(test)]
    pub(super) fn size(&self) -> usize {
        self.policies.size()
    }

    fn change_claims(&mut self, sni: &Sni, change: impl FnOnce(&mut Claims)) {
        let (map, name) = match sni {
            Sni::Exact(name) => (&mut self.exact, name.as_str()),
            Sni::Wildcard(parent) => (&mut self.wildcard, parent.as_str()),
            Sni::Any => return change(&mut self.any),
        };
        let mut claims = map.get(name).cloned().unwrap_or_default();
        change(&mut claims);
        if claims.winner().is_none() {
            map.remove_mut(name);
        } else {
            map.insert_mut(name.into(), claims);
        }
    }
}

/// The policies that claim one SNI. There is one in force, except while a certificate takes a host over from another:
/// then the later revision decides, on every instance alike, in whatever order the two changes arrive. Suspended ones
/// come last.
#[derive(Debug, Clone, Default)]
struct Claims(Vec<Arc<Policy>>);

impl Claims {
    fn winner(&self) -> Option<&Arc<Policy>> {
        self.0.first()
    }

    fn add(&mut self, policy: &Arc<Policy>) {
        self.withdraw(&policy.certificate);
        self.0.push(Arc::clone(policy));
        let rank = |policy: &Arc<Policy>| {
            (policy.is_suspended(), Reverse((policy.revision, policy.certificate.clone())))
        };
        self.0.sort_by_cached_key(rank);
    }

    fn withdraw(&mut self, certificate: &SslCertificateId) {
        self.0.retain(|policy| policy.certificate != *certificate);
    }
}
