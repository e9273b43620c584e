//! What all groups serve at one moment: persistent maps, so that a change costs the same whatever else there is.

mod group;

use std::sync::Arc;

use domain::{GatewayGroupId, PeerVerificationMode, Revision, ServerName, Sni, SslCertificateId};
use http::Method;
use rpds::HashTrieMapSync;
use tls::{ClientPolicy, ClientTrust, Enforcement, HostConfig};

use self::group::Group;
use crate::change::{Change, HostPolicy, PolicyState, UpstreamKey};
use crate::exempt_paths::ExemptPaths;
use crate::path::CheckedPath;
use crate::report::Report;
use crate::routing::{Destination, Found, NotRouted};
use crate::upstream::NodeSet;

/// One version of what holds for the hosts of one SSL certificate. Which version a connection was judged by is told by
/// the identity of its `Arc`.
#[derive(Debug)]
pub(crate) struct Policy {
    pub(crate) certificate: SslCertificateId,
    pub(crate) revision: Revision,
    snis: Vec<Sni>,
    state: PolicyState,
    exempt_paths: ExemptPaths,
    label: Arc<str>,
}

impl Policy {
    fn new(certificate: SslCertificateId, policy: HostPolicy) -> Self {
        let HostPolicy { snis, revision, state, exempt_paths } = policy;
        let label = snis.first().map_or_else(|| Report::UNKNOWN_HOST.into(), |sni| sni.to_string().into());
        Self { certificate, revision, snis, state, exempt_paths, label }
    }

    /// Names it in metrics.
    pub(crate) fn label(&self) -> &Arc<str> {
        &self.label
    }

    /// How to serve its hosts.
    ///
    /// # Errors
    /// Why it can serve nobody.
    pub(crate) fn host_config(&self) -> Result<&HostConfig, &str> {
        match &self.state {
            PolicyState::Serving(config) => Ok(config),
            PolicyState::Deferred(deferred) => deferred.get(),
            PolicyState::Broken(reason) => Err(reason),
            PolicyState::Suspended => Err("the SSL certificate is disabled"),
        }
    }

    /// Whether its hosts are as if nobody knew them.
    fn is_suspended(&self) -> bool {
        matches!(self.state, PolicyState::Suspended)
    }

    /// Finds out whether it can be served, if nobody has yet.
    pub(crate) fn check(&self) {
        if let PolicyState::Deferred(deferred) = &self.state {
            deferred.check();
        }
    }

    fn client_policy(&self) -> Option<&ClientPolicy> {
        self.host_config().ok().and_then(HostConfig::client_policy)
    }

    /// Who is let in, if a client certificate is asked for at all.
    pub(crate) fn client_trust(&self) -> Option<&Arc<ClientTrust>> {
        self.client_policy().map(|policy| &policy.trust)
    }

    /// What it asks of clients; `None` if it cannot be enforced.
    pub(crate) fn mode(&self) -> Option<PeerVerificationMode> {
        let config = self.host_config().ok()?;
        Some(match config.client_policy().map(|policy| policy.enforcement) {
            None => PeerVerificationMode::Off,
            Some(Enforcement::Required | Enforcement::PerRequest) => PeerVerificationMode::Required,
            Some(Enforcement::Optional) => PeerVerificationMode::Optional,
            Some(Enforcement::ReportOnly) => PeerVerificationMode::ReportOnly,
        })
    }

    /// Whether it lets every client in and decides at each request.
    pub(crate) fn decides_per_request(&self) -> bool {
        self.client_policy().is_some_and(|policy| policy.enforcement == Enforcement::PerRequest)
    }

    /// Whether a request for this path needs no verified client, where requests decide.
    pub(crate) fn exempts(&self, path: &str) -> bool {
        self.exempt_paths.covers(path)
    }

    /// Whether its hosts may only be reached over connections that this very policy has judged.
    pub(crate) fn is_guarded(&self) -> bool {
        self.host_config().is_err() || self.client_policy().is_some()
    }
}

/// The policies and routes of all groups. Cloning and changing it leaves the original as it was and shares what is equal.
#[derive(Debug, Clone, Default)]
pub(crate) struct Snapshot {
    serial: u64,
    revision: Revision,
    groups: HashTrieMapSync<GatewayGroupId, Group>,
}

impl Snapshot {
    /// Tells snapshots of one process apart; grows with each.
    pub(crate) fn serial(&self) -> u64 {
        self.serial
    }

    /// The store's revision that it stands for.
    pub(crate) fn revision(&self) -> Revision {
        self.revision
    }

    /// The policy that decides for a host: exact name first, then one-label wildcard, then `*`.
    pub(crate) fn policy(&self, group: &GatewayGroupId, host: &ServerName) -> Option<&Arc<Policy>> {
        self.groups.get(group)?.policy(host)
    }

    /// The policy that decides for a client whose handshake names `host`, or names none: then the group's default
    /// certificate decides, and only then.
    pub(crate) fn policy_for_client(
        &self,
        group: &GatewayGroupId,
        host: Option<&ServerName>,
    ) -> Option<&Arc<Policy>> {
        let group = self.groups.get(group)?;
        match host {
            Some(host) => group.policy(host),
            None => group.default_policy(),
        }
    }

    /// All policies of all groups.
    pub(crate) fn policies(&self) -> impl Iterator<Item = &Arc<Policy>> {
        self.groups.values().flat_map(Group::policies)
    }

    /// Whether a group's deny-list has changed after the snapshot with this serial.
    pub(crate) fn denials_changed_since(&self, group: &GatewayGroupId, serial: u64) -> bool {
        self.groups.get(group).is_some_and(|group| group.denials_changed_in() > serial)
    }

    /// The route that decides for a request of a group ([`Routing::find`]).
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) fn find_route(
        &self,
        group: &GatewayGroupId,
        host: &ServerName,
        path: &CheckedPath<'_>,
        method: &Method,
    ) -> Result<Found<'_>, NotRouted> {
        let group = self.groups.get(group).ok_or(NotRouted::NotFound)?;
        group.routing.find(host, path, method, group.identity_headers)
    }

    /// Where the requests for an upstream of a group go.
    pub(crate) fn destination(&self, group: &GatewayGroupId, key: &UpstreamKey) -> Option<&Destination> {
        self.groups.get(group)?.routing.destination(key)
    }

    /// All upstreams with nodes.
    pub(crate) fn node_sets(&self) -> impl Iterator<Item = (&GatewayGroupId, &UpstreamKey, &Arc<NodeSet>)> {
        self.groups
            .iter()
            .flat_map(|(id, group)| group.routing.node_sets().map(move |(key, nodes)| (id, key, nodes)))
    }

    /// The next snapshot.
    pub(crate) fn with(&self, changes: impl IntoIterator<Item = Change>, revision: Revision) -> Self {
        let mut next = Self { serial: self.serial + 1, revision, groups: self.groups.clone() };
        for change in changes {
            next.make(change);
        }
        next
    }

    fn make(&mut self, change: Change) {
        match change {
            // Where a group listens, and what its clients may use up, is not part of what it serves.
            Change::Group { group, default_certificate, identity_headers, .. } => {
                self.change_group(group, |group| {
                    group.set_default(default_certificate);
                    group.identity_headers = identity_headers;
                });
            }
            Change::DenialsChanged(group) => {
                let serial = self.serial;
                self.change_known(&group, |group| group.change_denials(serial));
            }
            Change::GroupRemoved(group) => {
                self.groups.remove_mut(&group);
            }
            Change::Policy { group, certificate, policy } => {
                let policy = Arc::new(Policy::new(certificate, policy));
                self.change_group(group, |group| group.insert(&policy));
            }
            Change::PolicyRemoved { group, certificate } => {
                self.change_known(&group, |group| group.remove(&certificate));
            }
            Change::Upstream { group, key, upstream } => {
                self.change_group(group, |group| group.routing.put_upstream(key, upstream));
            }
            Change::UpstreamRemoved { group, key } => {
                self.change_known(&group, |group| group.routing.remove_upstream(&key));
            }
            Change::Service { group, id, service } => {
                self.change_group(group, |group| group.routing.put_service(id, service));
            }
            Change::ServiceRemoved { group, id } => {
                self.change_known(&group, |group| group.routing.remove_service(&id));
            }
            Change::Route { group, id, route } => {
                self.change_group(group, |group| group.routing.put_route(id, route));
            }
            Change::RouteRemoved { group, id } => {
                self.change_known(&group, |group| group.routing.remove_route(&id));
            }
        }
    }

    fn change_known(&mut self, id: &GatewayGroupId, change: impl FnOnce(&mut Group)) {
        if let Some(group) = self.groups.get_mut(id) {
            change(group);
        }
    }

    fn change_group(&mut self, id: GatewayGroupId, change: impl FnOnce(&mut Group)) {
        if let Some(group) = self.groups.get_mut(&id) {
            change(group);
        } else {
            let mut fresh = Group::default();
            change(&mut fresh);
            self.groups.insert_mut(id, fresh);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    const GROUPS: [&str; 2] = ["default", "partners"];
    const CERTIFICATES: [&str; 4] = ["a", "b", "c", "d"];
    const SNIS: [&str; 5] = ["test.com", "*.test.com", "api.test.com", "*.api.test.com", "*"];
    const HOSTS: [&str; 5] = ["test.com", "api.test.com", "www.test.com", "v1.api.test.com", "other.org"];

    /// A change of the model, by indices into the tables above.
    #[derive(Debug, Clone)]
    enum Step {
        Put { group: usize, certificate: usize, snis: Vec<usize>, revision: u64 },
        Remove { group: usize, certificate: usize },
        RemoveGroup { group: usize },
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let put =
            (0..GROUPS.len(), 0..CERTIFICATES.len(), prop::collection::vec(0..SNIS.len(), 1..4), 1..5_u64)
                .prop_map(|(group, certificate, snis, revision)| Step::Put {
                    group,
                    certificate,
                    snis,
                    revision,
                });
        let remove = (0..GROUPS.len(), 0..CERTIFICATES.len())
            .prop_map(|(group, certificate)| Step::Remove { group, certificate });
        let remove_group = (0..GROUPS.len()).prop_map(|group| Step::RemoveGroup { group });
        prop::collection::vec(prop_oneof![8 => put, 4 => remove, 1 => remove_group], 0..30)
    }

    fn change(step: &Step) -> Change {
        let group = |index: usize| GROUPS[index].parse().expect("valid");
        let certificate = |index: usize| CERTIFICATES[index].parse().expect("valid");
        match step {
            Step::Put { group: g, certificate: c, snis, revision } => Change::Policy {
                group: group(*g),
                certificate: certificate(*c),
                policy: HostPolicy {
                    snis: snis.iter().map(|sni| SNIS[*sni].parse().expect("valid")).collect(),
                    revision: Revision(*revision),
                    state: PolicyState::Broken(String::new()),
                    exempt_paths: ExemptPaths::default(),
                },
            },
            Step::Remove { group: g, certificate: c } => {
                Change::PolicyRemoved { group: group(*g), certificate: certificate(*c) }
            }
            Step::RemoveGroup { group: g } => Change::GroupRemoved(group(*g)),
        }
    }

    /// What is served, as a plain list: (group, certificate) to SNIs and revision.
    type Model = BTreeMap<(usize, usize), (Vec<Sni>, u64)>;

    fn make(model: &mut Model, step: &Step) {
        match step {
            Step::Put { group, certificate, snis, revision } => {
                let snis = snis.iter().map(|sni| SNIS[*sni].parse().expect("valid")).collect();
                model.insert((*group, *certificate), (snis, *revision));
            }
            Step::Remove { group, certificate } => {
                model.remove(&(*group, *certificate));
            }
            Step::RemoveGroup { group } => model.retain(|(g, _), _| g != group),
        }
    }

    /// The certificate that the model says decides: most exact SNI, then latest revision, then greatest id.
    fn expected(model: &Model, group: usize, host: &ServerName) -> Option<&'static str> {
        let exactness = |sni: &Sni| match sni {
            Sni::Exact(_) => 2,
            Sni::Wildcard(_) => 1,
            Sni::Any => 0,
        };
        model
            .iter()
            .filter(|((g, _), _)| *g == group)
            .flat_map(|((_, certificate), (snis, revision))| {
                snis.iter()
                    .filter(|sni| sni.covers(host))
                    .map(move |sni| (exactness(sni), *revision, CERTIFICATES[*certificate]))
            })
            .max()
            .map(|(_, _, certificate)| certificate)
    }

    proptest! {
        #[test]
        fn looks_up_what_a_plain_list_would(steps in steps()) {
            let mut snapshot = Snapshot::default();
            let mut model = Model::new();
            for step in &steps {
                let before = snapshot.clone();
                snapshot = before.with([change(step)], Revision(1));
                make(&mut model, step);
                for (index, group) in GROUPS.iter().enumerate() {
                    for host in HOSTS {
                        let host = host.parse().expect("valid");
                        let found = snapshot.policy(&group.parse().expect("valid"), &host);
                        prop_assert_eq!(
                            found.map(|policy| policy.certificate.as_str()),
                            expected(&model, index, &host)
                        );
                    }
                }
            }
            let at_once = Snapshot::default().with(steps.iter().map(change), Revision(1));
            prop_assert_eq!(at_once.groups.values().map(Group::size).sum::<usize>(), model.len());
        }
    }

    fn put(certificate: &str, sni: &str, revision: u64) -> Change {
        Change::Policy {
            group: GatewayGroupId::default_group(),
            certificate: certificate.parse().expect("valid"),
            policy: HostPolicy {
                snis: vec![sni.parse().expect("valid")],
                revision: Revision(revision),
                state: PolicyState::Broken(String::new()),
                exempt_paths: ExemptPaths::default(),
            },
        }
    }

    #[test]
    fn a_suspended_policy_hides_its_hosts_from_wider_ones() {
        let suspended = |sni: &str, revision| {
            let mut change = put("a", sni, revision);
            if let Change::Policy { policy, .. } = &mut change {
                policy.state = PolicyState::Suspended;
            }
            change
        };
        let wide = [put("b", "*.test.com", 1), put("c", "*", 1)];
        let snapshot = Snapshot::default().with(wide, Revision(1));
        assert_eq!(decides(&snapshot, "api.test.com").as_deref(), Some("b"));
        let snapshot = snapshot.with([suspended("api.test.com", 2)], Revision(2));
        assert_eq!(decides(&snapshot, "api.test.com"), None);
        assert_eq!(decides(&snapshot, "other.test.com").as_deref(), Some("b"));
        // The same name on an enabled certificate goes first, whichever came last.
        let snapshot = snapshot.with([put("b", "api.test.com", 1)], Revision(3));
        assert_eq!(decides(&snapshot, "api.test.com").as_deref(), Some("b"));
        let snapshot = snapshot.with([suspended("*", 4)], Revision(4));
        assert_eq!(decides(&snapshot, "elsewhere.org").as_deref(), Some("c"));
    }

    fn decides(snapshot: &Snapshot, host: &str) -> Option<String> {
        let policy = snapshot.policy(&GatewayGroupId::default_group(), &host.parse().expect("valid"))?;
        Some(policy.certificate.to_string())
    }

    #[test]
    fn a_name_too_deep_for_the_wildcard_falls_through() {
        let snapshot = Snapshot::default().with(
            [put("wild", "*.test.com", 1), put("rest", "*", 1), put("one", "api.test.com", 1)],
            Revision(1),
        );
        assert_eq!(decides(&snapshot, "api.test.com").as_deref(), Some("one"));
        assert_eq!(decides(&snapshot, "www.test.com").as_deref(), Some("wild"));
        assert_eq!(decides(&snapshot, "a.b.test.com").as_deref(), Some("rest"));
        assert_eq!(decides(&snapshot, "test.com").as_deref(), Some("rest"));
    }

    #[test]
    fn taking_a_host_over_works_in_either_order() {
        let old = Snapshot::default().with([put("old", "test.com", 1)], Revision(1));
        let removal = || Change::PolicyRemoved {
            group: GatewayGroupId::default_group(),
            certificate: "old".parse().expect("valid"),
        };
        for changes in
            [vec![put("new", "test.com", 2), removal()], vec![removal(), put("new", "test.com", 2)]]
        {
            assert_eq!(decides(&old.with(changes, Revision(2)), "test.com").as_deref(), Some("new"));
        }
    }

    #[test]
    fn what_did_not_change_keeps_its_identity() {
        let group = GatewayGroupId::default_group();
        let host = "test.com".parse().expect("valid");
        let first = Snapshot::default().with([put("a", "test.com", 1)], Revision(1));
        let second = first.with([put("b", "other.org", 2)], Revision(2));
        let third = second.with([put("a", "test.com", 1)], Revision(3));
        let policy = |snapshot: &Snapshot| Arc::clone(snapshot.policy(&group, &host).expect("there"));
        assert!(Arc::ptr_eq(&policy(&first), &policy(&second)));
        assert!(!Arc::ptr_eq(&policy(&second), &policy(&third)));
    }
}
