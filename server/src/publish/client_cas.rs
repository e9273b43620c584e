use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::{
    CaCertificateId, Fault, GatewayGroupId, RevocationList, SslCertificateId, StaleRevocationLists,
};
use store::StoredCaCertificate;
use tls::{ClientCa, RevocationLists, TrustAnchors};

/// CAs as policies use them, each read once however many policies refer to it: the signature over a long revocation list
/// takes its time, and a hundred thousand policies may have the same CA.
#[derive(Debug, Default)]
pub(super) struct ClientCas {
    state: Mutex<State>,
}

type CaKey = (GatewayGroupId, CaCertificateId);
type PolicyKey = (GatewayGroupId, SslCertificateId);

#[derive(Debug, Default)]
struct State {
    compiled: HashMap<CaKey, Compiled>,
    /// How many policies refer to each CA; none is zero.
    users: HashMap<CaKey, usize>,
    references: HashMap<PolicyKey, Vec<CaCertificateId>>,
}

#[derive(Debug)]
struct Compiled {
    source: Source,
    ca: ClientCa,
    revocation_lists: Arc<[RevocationList]>,
}

/// What a CA was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Source {
    pem: String,
    revocation_lists: Arc<[Vec<u8>]>,
    stale: StaleRevocationLists,
}

impl ClientCas {
    /// The CA, read now unless it was read before and has not changed since.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) fn compiled(&self, stored: &StoredCaCertificate) -> Result<ClientCa, Fault> {
        let key = (stored.group.clone(), stored.id.clone());
        let source = Source::of(stored);
        if let Some(known) = self.lock().compiled.get_mut(&key)
            && known.source == source
        {
            // The same lists as the next policy's: they are compared by address then, not byte by byte.
            known.source = source;
            return Ok(known.ca.clone());
        }
        let compiled = Compiled::read(source)?;
        let ca = compiled.ca.clone();
        self.lock().compiled.insert(key, compiled);
        Ok(ca)
    }

    /// A policy refers to these CAs now, and to no others. What no policy refers to any more is let go.
    pub(super) fn refer(
        &self,
        group: &GatewayGroupId,
        certificate: &SslCertificateId,
        cas: Vec<CaCertificateId>,
    ) {
        let policy = (group.clone(), certificate.clone());
        let mut state = self.lock();
        for ca in &cas {
            *state.users.entry((group.clone(), ca.clone())).or_default() += 1;
        }
        let before = if cas.is_empty() {
            state.references.remove(&policy)
        } else {
            state.references.insert(policy, cas)
        };
        for ca in before.unwrap_or_default() {
            state.release(&(group.clone(), ca));
        }
    }

    /// The facts of the revocation lists of a CA that a policy uses; `None` if none does.
    pub(super) fn revocation_lists(
        &self,
        group: &GatewayGroupId,
        id: &CaCertificateId,
    ) -> Option<Arc<[RevocationList]>> {
        let key = (group.clone(), id.clone());
        self.lock().compiled.get(&key).map(|compiled| Arc::clone(&compiled.revocation_lists))
    }

    /// Those of all CAs that policies use.
    pub(super) fn all_revocation_lists(
        &self,
    ) -> Vec<(GatewayGroupId, CaCertificateId, Arc<[RevocationList]>)> {
        let state = self.lock();
        let all = state.compiled.iter().map(|((group, id), compiled)| {
            (group.clone(), id.clone(), Arc::clone(&compiled.revocation_lists))
        });
        all.collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn release(&mut self, ca: &CaKey) {
        let Some(users) = self.users.get_mut(ca) else { return };
        *users -= 1;
        if *users == 0 {
            self.users.remove(ca);
            self.compiled.remove(ca);
        }
    }
}

impl Source {
    fn of(stored: &StoredCaCertificate) -> Self {
        Self {
            pem: stored.pem.clone(),
            revocation_lists: Arc::clone(&stored.revocation_lists),
            stale: stored.stale_revocation_lists,
        }
    }
}

impl Compiled {
    fn read(source: Source) -> Result<Self, Fault> {
        let anchors = TrustAnchors::load(&source.pem)?;
        let lists = RevocationLists::load(&source.revocation_lists, &anchors)?;
        let revocation_lists = lists.facts().into();
        Ok(Self { ca: ClientCa::new(anchors, lists, source.stale), source, revocation_lists })
    }
}

#[cfg(test)]
mod tests {
    use domain::UnixTime;
    use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair};

    use super::*;

    fn stored(name: &str) -> StoredCaCertificate {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        StoredCaCertificate {
            id: "ca".parse().expect("an id"),
            group: GatewayGroupId::default_group(),
            pem: params.self_signed(&key).expect("a certificate").pem(),
            revocation_lists: Arc::from([]),
            stale_revocation_lists: StaleRevocationLists::Block,
            created_at: UnixTime(0),
        }
    }

    #[test]
    fn a_ca_is_read_once_until_it_changes_and_let_go_after_its_last_policy() {
        let cas = ClientCas::default();
        let ca = stored("A");
        let lists = || cas.revocation_lists(&ca.group, &ca.id);
        let refer = |policy: &str, cas_of_it: Vec<CaCertificateId>| {
            cas.refer(&ca.group, &policy.parse().expect("an id"), cas_of_it);
        };
        for policy in ["one", "two"] {
            refer(policy, vec![ca.id.clone()]);
            cas.compiled(&ca).expect("readable");
        }
        let first = lists().expect("in use");
        // The same once more, from another read of the store.
        cas.compiled(&StoredCaCertificate { revocation_lists: Arc::from([]), ..ca.clone() })
            .expect("readable");
        assert!(Arc::ptr_eq(&first, &lists().expect("in use")));
        let stale_revocation_lists = StaleRevocationLists::Warn;
        cas.compiled(&StoredCaCertificate { stale_revocation_lists, ..ca.clone() }).expect("readable");
        assert!(!Arc::ptr_eq(&first, &lists().expect("in use")));
        refer("one", Vec::new());
        refer("two", vec![ca.id.clone()]);
        assert!(lists().is_some());
        refer("two", Vec::new());
        assert!(lists().is_none() && cas.all_revocation_lists().is_empty());
    }

    #[test]
    fn what_cannot_be_read_is_an_error_each_time() {
        let cas = ClientCas::default();
        let garbled = StoredCaCertificate { pem: "nonsense".to_owned(), ..stored("A") };
        let unreadable_list = StoredCaCertificate { revocation_lists: Arc::from([vec![0]]), ..stored("A") };
        for ca in [&garbled, &unreadable_list] {
            assert!(cas.compiled(ca).is_err() && cas.compiled(ca).is_err());
        }
    }
}
