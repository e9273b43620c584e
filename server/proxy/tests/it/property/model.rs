//! Whom a gateway lets in, said as simply as can be: what the real one is compared with.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

/// The hosts, each with an SSL certificate of its own.
pub(super) const HOSTS: [&str; 2] = ["one.test", "two.test"];
/// What needs no certificate where requests decide.
pub(super) const EXEMPT: &str = "/headers";
/// What does.
pub(super) const GUARDED: &str = "/ip";

/// A client, or that it shows no certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    Nobody,
    /// Of [`Ca::First`].
    Ann,
    /// Of [`Ca::First`].
    Bob,
    /// Of [`Ca::Second`].
    Cid,
    /// Calls itself Ann, and is of a CA that calls itself the first one.
    Mallory,
}

impl Who {
    pub(super) const ALL: [Self; 5] = [Self::Nobody, Self::Ann, Self::Bob, Self::Cid, Self::Mallory];
    /// Those that a CA of the policies knows.
    const KNOWN: [Self; 3] = [Self::Ann, Self::Bob, Self::Cid];

    fn ca(self) -> Option<Ca> {
        match self {
            Self::Nobody | Self::Mallory => None,
            Self::Ann | Self::Bob => Some(Ca::First),
            Self::Cid => Some(Ca::Second),
        }
    }
}

/// A CA that policies may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ca {
    First,
    Second,
}

/// What a policy does with a client that is not verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// It asks nobody for a certificate.
    Off,
    Required,
    Optional,
    PerRequest,
    ReportOnly,
}

/// The policy of a host that is served.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    pub(super) mode: Mode,
    /// At least one.
    pub(super) cas: Vec<Ca>,
    /// Who may come; everybody, if nobody is named.
    pub(super) allowed: Vec<Who>,
    pub(super) denied: Vec<Who>,
}

/// What is done with a host.
#[derive(Debug, Clone)]
pub(super) enum HostState {
    Missing,
    Disabled,
    Broken,
    Served(Rules),
}

/// A change that an operator makes.
#[derive(Debug, Clone)]
pub(super) enum Edit {
    /// Of the host with this number.
    Host(usize, HostState),
    /// Of the group's deny-list.
    Denials(Vec<Who>),
}

/// All that is in force.
#[derive(Debug, Clone)]
pub(super) struct World {
    hosts: [HostState; HOSTS.len()],
    denied: Vec<Who>,
}

impl World {
    /// Of a gateway that was just started.
    pub(super) fn new() -> Self {
        Self { hosts: [HostState::Missing, HostState::Missing], denied: Vec::new() }
    }

    pub(super) fn edit(&mut self, edit: &Edit) {
        match edit {
            Edit::Host(host, state) => self.hosts[*host] = state.clone(),
            Edit::Denials(denied) => self.denied.clone_from(denied),
        }
    }

    /// What a client shows of itself in a handshake: nothing, unless it is asked.
    pub(super) fn shown(&self, host: usize, who: Who) -> Who {
        match &self.hosts[host] {
            HostState::Served(rules) if rules.mode != Mode::Off => who,
            _ => Who::Nobody,
        }
    }

    /// Whether a client that has shown this may have a connection.
    pub(super) fn lets_in(&self, host: usize, shown: Who) -> bool {
        let HostState::Served(rules) = &self.hosts[host] else { return false };
        match rules.mode {
            Mode::Off | Mode::PerRequest | Mode::ReportOnly => true,
            Mode::Required => self.verifies(rules, shown),
            Mode::Optional => shown == Who::Nobody || self.verifies(rules, shown),
        }
    }

    /// Whether its request for a path is answered.
    pub(super) fn answers(&self, host: usize, shown: Who, path: &str) -> bool {
        let HostState::Served(rules) = &self.hosts[host] else { return false };
        let must_be_verified = rules.mode == Mode::PerRequest && path != EXEMPT;
        self.lets_in(host, shown) && (!must_be_verified || self.verifies(rules, shown))
    }

    fn verifies(&self, rules: &Rules, who: Who) -> bool {
        who.ca().is_some_and(|ca| rules.cas.contains(&ca))
            && (rules.allowed.is_empty() || rules.allowed.contains(&who))
            && !rules.denied.contains(&who)
            && !self.denied.contains(&who)
    }
}

/// Any change.
pub(super) fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        3 => (0..HOSTS.len(), host_state()).prop_map(|(host, state)| Edit::Host(host, state)),
        2 => some(0..=2).prop_map(Edit::Denials),
    ]
}

/// Changes after which all hosts are served.
pub(super) fn opening() -> impl Strategy<Value = Vec<Edit>> {
    (rules(), rules()).prop_map(|(one, two)| {
        vec![Edit::Host(0, HostState::Served(one)), Edit::Host(1, HostState::Served(two))]
    })
}

fn host_state() -> impl Strategy<Value = HostState> {
    prop_oneof![
        8 => rules().prop_map(HostState::Served),
        1 => select(vec![HostState::Missing, HostState::Disabled, HostState::Broken]),
    ]
}

fn rules() -> impl Strategy<Value = Rules> {
    let modes = [Mode::Off, Mode::Required, Mode::Optional, Mode::PerRequest, Mode::ReportOnly];
    let cas = subsequence(vec![Ca::First, Ca::Second], 1..=2);
    (select(modes.to_vec()), cas, some(0..=2), some(0..=1)).prop_map(|(mode, cas, allowed, denied)| Rules {
        mode,
        cas,
        allowed,
        denied,
    })
}

fn some(count: std::ops::RangeInclusive<usize>) -> impl Strategy<Value = Vec<Who>> {
    subsequence(Who::KNOWN.to_vec(), count)
}
