//! What the model's policies are for the gateway.

use std::sync::Arc;

use domain::{AllowedIdentity, DenyEntry, Depth, StaleRevocationLists};
use proxy::{Change, ExemptPaths, PolicyState};
use tls::{
    ClientCa, ClientPolicy, ClientTrust, Enforcement, HostConfig, RevocationLists, TrustAnchors, TrustRules,
};

use super::Play;
use super::model::{Ca, EXEMPT, Edit, HOSTS, HostState, Mode, Rules, Who};
use crate::support::gateway::group;
use crate::support::pki::Identity;

impl Play {
    /// What an edit is for the gateway.
    pub(super) fn change(&self, edit: &Edit) -> Change {
        let (host, state) = match edit {
            Edit::Denials(denied) => {
                self.denials.replace(self.entries(denied));
                return Change::DenialsChanged(group());
            }
            Edit::Host(host, state) => (*host, state),
        };
        let sni = HOSTS[host];
        let id = sni.split('.').next().expect("a first part");
        let state = match state {
            HostState::Missing => {
                return Change::PolicyRemoved { group: group(), certificate: id.parse().expect("an id") };
            }
            HostState::Disabled => PolicyState::Suspended,
            HostState::Broken => PolicyState::Broken("broken".to_owned()),
            HostState::Served(rules) => PolicyState::Serving(Arc::new(self.config(host, rules))),
        };
        let mut change = self.bench.policy(id, &[sni], state);
        if let Change::Policy { policy, .. } = &mut change {
            let pattern = format!("^{EXEMPT}$").parse().expect("a pattern");
            policy.exempt_paths = ExemptPaths::compile(&[pattern]).expect("an expression");
        }
        change
    }

    fn config(&self, host: usize, rules: &Rules) -> HostConfig {
        let clock = Arc::clone(&self.bench.clock) as Arc<dyn tls::Clock>;
        HostConfig::new(&self.servers[host..=host], self.client_policy(rules), clock)
            .expect("a configuration")
    }

    fn client_policy(&self, rules: &Rules) -> Option<ClientPolicy> {
        let enforcement = match rules.mode {
            Mode::Off => return None,
            Mode::Required => Enforcement::Required,
            Mode::Optional => Enforcement::Optional,
            Mode::PerRequest => Enforcement::PerRequest,
            Mode::ReportOnly => Enforcement::ReportOnly,
        };
        let ca = |ca: &Ca| {
            let authority = match ca {
                Ca::First => &self.first,
                Ca::Second => &self.second,
            };
            let anchors = TrustAnchors::load(&authority.pem()).expect("an anchor");
            ClientCa::new(anchors, RevocationLists::none(), StaleRevocationLists::Block)
        };
        let rules = TrustRules {
            cas: rules.cas.iter().map(ca).collect(),
            depth: Depth::new(1).expect("a depth"),
            allow_list: rules.allowed.iter().map(|who| allowed(*who)).collect(),
            deny_list: self.entries(&rules.denied),
            group_denials: Arc::clone(&self.denials),
        };
        let trust = Arc::new(ClientTrust::new(rules).expect("a trust"));
        Some(ClientPolicy { trust, enforcement, advertises_ca_names: true })
    }

    fn entries(&self, denied: &[Who]) -> Vec<DenyEntry> {
        let of = |(who, identity): &(Who, Identity)| denied.contains(who).then(|| identity.deny_entry());
        self.identities.iter().filter_map(of).collect()
    }
}

/// The entry of an allow-list that means a client.
fn allowed(who: Who) -> AllowedIdentity {
    let name = match who {
        Who::Ann => "dns:ann.test",
        Who::Bob => "dns:bob.test",
        Who::Cid => "dns:cid.test",
        Who::Nobody | Who::Mallory => unreachable!("the model allows whom it knows"),
    };
    name.parse().expect("an entry")
}
