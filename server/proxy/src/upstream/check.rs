//! Active checks: nodes are asked again and again whether they are well.

mod probe;

use std::rc::Rc;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use domain::ActiveCheck;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::NodeSet;
use super::member::{Member, Turn};
use crate::shared::Shared;

/// How many nodes are being asked at once.
const AT_ONCE: usize = 64;
/// The longest time between two looks at which nodes are due: so late a new upstream is found.
const LONGEST_REST: Duration = Duration::from_secs(1);
/// The shortest one, whatever is due.
const SHORTEST_REST: Duration = Duration::from_millis(100);

/// Checks the nodes of all upstreams that ask for it, for as long as it is polled. Runs within a
/// [`tokio::task::LocalSet`], once in a process.
pub(crate) async fn check_nodes(shared: Arc<Shared>) {
    let mut rounds = Rounds::default();
    let mut served = None;
    let mut checked: Vec<Arc<NodeSet>> = Vec::new();
    loop {
        let snapshot = shared.snapshot.load_full();
        if served != Some(snapshot.serial()) {
            served = Some(snapshot.serial());
            let sets = snapshot.node_sets().map(|(_, _, set)| set);
            checked = sets.filter(|set| set.upstream().health.active.is_some()).cloned().collect();
        }
        drop(snapshot);
        let rest = rounds.start_due(&checked, Instant::now());
        sleep(rest.clamp(SHORTEST_REST, LONGEST_REST)).await;
    }
}

/// The checks that are being made. Dropping it ends them.
struct Rounds {
    running: JoinSet<()>,
    permits: Rc<Semaphore>,
}

impl Default for Rounds {
    fn default() -> Self {
        Self { running: JoinSet::new(), permits: Rc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Rounds {
    /// Starts the checks that are due; no node is asked twice at once. Answers how long it takes until the next is due,
    /// of those that are not running.
    fn start_due(&mut self, sets: &[Arc<NodeSet>], now: Instant) -> Duration {
        while self.running.try_join_next().is_some() {}
        let mut rest = Duration::MAX;
        for set in sets {
            let Some(rules) = &set.upstream.health.active else { continue };
            for member in &set.members {
                match Member::begin_check(member, rules, now) {
                    Ok(turn) => self.start(Arc::downgrade(set), turn),
                    Err(wait) => rest = rest.min(wait),
                }
            }
        }
        rest
    }

    fn start(&mut self, set: Weak<NodeSet>, turn: Turn) {
        let permits = Rc::clone(&self.permits);
        self.running.spawn_local(async move {
            // Nobody closes it.
            let _permit = permits.acquire().await;
            // While it waited, its upstream may have changed or gone.
            let Some(set) = set.upgrade() else { return };
            if let Some(rules) = &set.upstream.health.active {
                let outcome = probe::ask(&set, turn.address(), rules).await;
                turn.end(rules, outcome, Instant::now());
            }
        });
    }
}

/// The time from one check of a node to the next: up to a tenth less than the rules say, so that nodes that were checked
/// together do not stay together. `dice` says how much less.
pub(super) fn interval(rules: &ActiveCheck, dice: u64) -> Duration {
    let interval = u64::from(rules.interval) * 1_000;
    Duration::from_millis(interval - dice % (interval / 10 + 1))
}

#[cfg(test)]
mod tests;
