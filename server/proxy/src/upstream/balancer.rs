use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;
use std::sync::atomic::{self, AtomicU64};

use domain::{Balancing, Upstream};

use super::cycle::{Cycle, common_divisor};
use super::indices::Indices;
use super::rendezvous::{key_of, score};

/// Says which of several nodes is next.
#[derive(Debug)]
pub(super) struct Balancer {
    method: Method,
    /// Of all nodes, by index, divided by what they have in common.
    weights: Box<[u32]>,
    tiers: Box<[Tier]>,
    turn: AtomicU64,
}

#[derive(Debug)]
enum Method {
    RoundRobin,
    LeastConnections,
    /// With the seed of each node, by index.
    ConsistentHash(Box<[u64]>),
}

/// Nodes of one priority that can have requests.
#[derive(Debug)]
pub(super) struct Tier {
    nodes: Indices,
    cycle: Cycle,
}

impl Tier {
    pub(super) fn nodes(&self) -> &Indices {
        &self.nodes
    }
}

impl Balancer {
    pub(super) fn new(upstream: &Upstream) -> Self {
        let nodes = &upstream.nodes;
        let divisor = common_divisor(nodes.iter().map(|node| node.weight)).max(1);
        let weights: Box<[u32]> = nodes.iter().map(|node| node.weight / divisor).collect();
        let mut tiers: BTreeMap<_, Indices> = BTreeMap::new();
        for (index, node) in nodes.iter().enumerate().filter(|(_, node)| node.weight > 0) {
            tiers.entry(Reverse(node.priority)).or_default().insert(index);
        }
        let tier = |nodes: Indices| Tier { cycle: cycle(&weights, &nodes), nodes };
        let tiers = tiers.into_values().map(tier).collect();
        let method = match upstream.balancing {
            Balancing::RoundRobin => Method::RoundRobin,
            Balancing::LeastConnections => Method::LeastConnections,
            Balancing::ConsistentHash(_) => {
                let seed = |node: &domain::Node| key_of(node.address.to_string().as_bytes());
                Method::ConsistentHash(nodes.iter().map(seed).collect())
            }
        };
        Self { method, weights, tiers, turn: AtomicU64::new(0) }
    }

    /// From the highest priority to the lowest. Nodes of weight 0 are in none.
    pub(super) fn tiers(&self) -> &[Tier] {
        &self.tiers
    }

    /// The next of some nodes of a tier; `None` if there are none. `requests` says how many a node has in progress.
    pub(super) fn pick(
        &self,
        tier: &Tier,
        candidates: &Indices,
        key: u64,
        requests: impl Fn(usize) -> u64,
    ) -> Option<usize> {
        match &self.method {
            Method::RoundRobin => self.in_turn(tier, candidates),
            Method::LeastConnections => self.in_turn(tier, &self.least_busy(candidates, requests)),
            Method::ConsistentHash(seeds) => {
                let score = |index: &usize| score(key, seeds[*index], self.weights[*index]);
                candidates.iter().min_by(|one, other| score(one).total_cmp(&score(other)))
            }
        }
    }

    fn in_turn(&self, tier: &Tier, candidates: &Indices) -> Option<usize> {
        let mut some = candidates.iter();
        let first = some.next()?;
        if some.next().is_none() {
            return Some(first);
        }
        let cycle = if *candidates == tier.nodes { tier.cycle } else { cycle(&self.weights, candidates) };
        let mut slot = cycle.slot(self.turn.fetch_add(1, atomic::Ordering::Relaxed));
        candidates.iter().find(|index| {
            let weight = u64::from(self.weights[*index]);
            let is_its_own = slot < weight;
            slot = slot.saturating_sub(weight);
            is_its_own
        })
    }

    /// Those with the fewest requests for their weight.
    fn least_busy(&self, candidates: &Indices, requests: impl Fn(usize) -> u64) -> Indices {
        let mut least = Indices::default();
        let mut least_load = None;
        for index in candidates.iter() {
            let load = Load { requests: requests(index), weight: self.weights[index] };
            match least_load.map_or(Ordering::Less, |least| load.cmp_to(least)) {
                Ordering::Less => {
                    least_load = Some(load);
                    least = Indices::from_iter([index]);
                }
                Ordering::Equal => least.insert(index),
                Ordering::Greater => {}
            }
        }
        least
    }
}

/// Requests in progress, next to a weight that is not 0.
#[derive(Debug, Clone, Copy)]
struct Load {
    requests: u64,
    weight: u32,
}

impl Load {
    fn cmp_to(self, other: Self) -> Ordering {
        let times = |requests: u64, weight: u32| u128::from(requests) * u128::from(weight);
        times(self.requests, other.weight).cmp(&times(other.requests, self.weight))
    }
}

/// The cycle of these nodes, each with as many slots as its weight.
fn cycle(weights: &[u32], nodes: &Indices) -> Cycle {
    Cycle::of(nodes.iter().map(|index| u64::from(weights[index])).sum())
}
