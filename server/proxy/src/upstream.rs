//! The nodes of an upstream: which one is next, and which are ill.
//!
//! A [`NodeSet`] is made once for each change of its upstream and shared by all workers; what requests touch of it is
//! atomic. What is known of a node outlives the change: it goes by the node's address, not by the set.

mod balancer;
mod check;
mod condition;
mod cycle;
mod indices;
mod member;
mod rendezvous;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use domain::{Balancing, NodeState, UnixTime, Upstream};
use tls::NodeTls;

use self::balancer::Balancer;
pub(crate) use self::check::check_nodes;
use self::condition::Condition;
use self::indices::Indices;
pub(crate) use self::member::Chosen;
use self::member::Member;
pub(crate) use self::rendezvous::key_of;

/// An upstream with what is known of its nodes.
#[derive(Debug)]
pub(crate) struct NodeSet {
    upstream: Upstream,
    tls: Option<NodeTls>,
    /// In the order of the upstream's nodes.
    members: Vec<Arc<Member>>,
    balancer: Balancer,
}

/// The nodes that a request has been given to. Holds [`Upstream::MOST_NODES`] without an allocation.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tried(Indices);

impl Tried {
    /// Notes that the request has been given to this node ([`Chosen::index`]).
    pub(crate) fn insert(&mut self, index: usize) {
        self.0.insert(index);
    }
}

impl NodeSet {
    /// A set that knows of its nodes what `earlier` knows of those with the same address: requests in progress, and
    /// whether they are ill if anything here can still find out that they are well.
    pub(crate) fn new(upstream: Upstream, tls: Option<NodeTls>, earlier: Option<&Self>) -> Self {
        let earlier = earlier.into_iter().flat_map(|set| &set.members);
        let mut known: HashMap<_, _> =
            earlier.map(|member| (member.address(), Arc::clone(member.condition()))).collect();
        let nodes = upstream.nodes.iter().take(Upstream::MOST_NODES).enumerate();
        let members = nodes.map(|(index, node)| {
            let condition =
                known.entry(&node.address).or_insert_with(|| Arc::new(Condition::new(Instant::now())));
            Arc::new(Member::new(index, node, &upstream.health, Arc::clone(condition)))
        });
        let members = members.collect();
        let balancer = Balancer::new(&upstream);
        Self { upstream, tls, members, balancer }
    }

    /// The node for a request that has been given to those in `tried` before. `None` if there is no other that may have
    /// it.
    ///
    /// Nodes that are ill get nothing while one is not. If all are, they are used as if all were well: it is better to
    /// try than to turn everybody away, and who is let in is not decided here. `key` is what a consistent hash goes by; it
    /// is not called for anything else.
    pub(crate) fn choose(&self, key: impl FnOnce() -> u64, tried: &Tried, now: Instant) -> Option<Chosen> {
        let key = match self.upstream.balancing {
            Balancing::ConsistentHash(_) => key(),
            Balancing::RoundRobin | Balancing::LeastConnections => 0,
        };
        for tier in self.balancer.tiers() {
            let mut candidates = tier.nodes().without(&tried.0);
            candidates.retain(|index| self.members[index].may_be_open(now));
            while let Some(index) = self.balancer.pick(tier, &candidates, key, |index| self.requests(index)) {
                if let Some(chosen) = Member::admit(&self.members[index], now) {
                    return Some(chosen);
                }
                candidates.remove(index);
            }
        }
        self.choose_although_ill(key, tried)
    }

    fn choose_although_ill(&self, key: u64, tried: &Tried) -> Option<Chosen> {
        let mut usable = self.balancer.tiers().iter().flat_map(|tier| tier.nodes().iter());
        if usable.any(|index| !self.members[index].is_ill()) {
            return None;
        }
        self.balancer.tiers().iter().find_map(|tier| {
            let candidates = tier.nodes().without(&tried.0);
            let index = self.balancer.pick(tier, &candidates, key, |index| self.requests(index))?;
            Some(Member::admit_although_ill(&self.members[index]))
        })
    }

    fn requests(&self, index: usize) -> u64 {
        self.members[index].condition().requests()
    }

    /// The upstream.
    pub(crate) fn upstream(&self) -> &Upstream {
        &self.upstream
    }

    /// How TLS is spoken with its nodes; `None` if it is not.
    pub(crate) fn tls(&self) -> Option<&NodeTls> {
        self.tls.as_ref()
    }

    /// What is known of its nodes, in their order.
    pub(crate) fn states(&self, now: UnixTime) -> Vec<NodeState> {
        let instant = Instant::now();
        self.members.iter().map(|member| member.state(now, instant)).collect()
    }
}

#[cfg(test)]
mod tests;
