//! What the connections of a gateway group use up, and how much they may.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use domain::{GatewayGroupId, Protection};

use crate::addresses::{Addresses, Slot};
use crate::change::Change;
use crate::gate::{Gate, Pass};

/// The budgets of all groups. A group's own outlives changes of its limits, so nothing is counted twice or forgotten.
#[derive(Debug, Default)]
pub(crate) struct Budgets(Mutex<HashMap<GatewayGroupId, Arc<Budget>>>);

/// What all connections of one group share.
#[derive(Debug)]
pub(crate) struct Budget {
    protection: ArcSwap<Protection>,
    connections: Arc<Gate>,
    handshakes: Arc<Gate>,
    addresses: Arc<Addresses>,
    turned_away: AtomicU64,
}

/// A budget, and the limits that it had when a connection was accepted: they hold for it until it ends.
#[derive(Debug, Clone)]
pub(crate) struct Allowance {
    pub(crate) budget: Arc<Budget>,
    pub(crate) protection: Arc<Protection>,
}

impl Allowance {
    pub(crate) fn of(budget: &Arc<Budget>) -> Self {
        Self { budget: Arc::clone(budget), protection: budget.protection.load_full() }
    }
}

/// A limit of time.
pub(crate) fn seconds(limit: u32) -> Duration {
    Duration::from_secs(limit.into())
}

impl Budgets {
    /// The budget of a group; with the default limits if nobody has set any.
    pub(crate) fn of(&self, group: &GatewayGroupId) -> Arc<Budget> {
        let mut budgets = self.all();
        let budget =
            budgets.entry(group.clone()).or_insert_with(|| Arc::new(Budget::new(Protection::default())));
        Arc::clone(budget)
    }

    /// Sets the limits of groups, which hold for their new connections at once, and forgets groups that are gone.
    pub(crate) fn follow(&self, changes: &[Change]) {
        for change in changes {
            match change {
                Change::Group { group, protection, .. } => self.of(group).set(protection.clone()),
                Change::GroupRemoved(group) => {
                    self.all().remove(group);
                }
                _ => {}
            }
        }
    }

    /// How many connections of each group were closed because their client had too many. Groups without any are left out.
    pub(crate) fn turned_away(&self) -> HashMap<GatewayGroupId, u64> {
        let budgets = self.all();
        let counts =
            budgets.iter().map(|(group, budget)| (group.clone(), budget.turned_away.load(Ordering::Relaxed)));
        counts.filter(|(_, count)| *count > 0).collect()
    }

    fn all(&self) -> MutexGuard<'_, HashMap<GatewayGroupId, Arc<Budget>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Budget {
    fn new(protection: Protection) -> Self {
        Self {
            connections: Gate::new(protection.connections),
            handshakes: Gate::new(protection.handshakes),
            addresses: Addresses::new(),
            turned_away: AtomicU64::new(0),
            protection: ArcSwap::from_pointee(protection),
        }
    }

    fn set(&self, protection: Protection) {
        self.connections.set_most(protection.connections);
        self.handshakes.set_most(protection.handshakes);
        self.protection.store(Arc::new(protection));
    }

    /// Waits until the group may have one more connection.
    pub(crate) async fn connection(&self) -> Pass {
        self.connections.enter().await
    }

    /// Waits until the group may have one more handshake in progress.
    pub(crate) async fn handshake(&self) -> Pass {
        self.handshakes.enter().await
    }

    /// One more connection of a client. `None`, which is counted: it has too many.
    pub(crate) fn connection_of(&self, client: IpAddr) -> Option<Slot> {
        let most = self.protection.load().connections_per_address;
        let slot = self.addresses.take(client, most);
        if slot.is_none() {
            self.turned_away.fetch_add(1, Ordering::Relaxed);
        }
        slot
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn what_is_used_is_remembered_over_a_change_of_limits() {
        let budgets = Budgets::default();
        let group = GatewayGroupId::default_group();
        let budget = budgets.of(&group);
        let client = IpAddr::from([192, 0, 2, 1]);
        let _pass = budget.connection().now_or_never().expect("room");
        let _slot = budget.connection_of(client).expect("room");
        let set = |protection| {
            let listener = ([127, 0, 0, 1], 0).into();
            let group = group.clone();
            let change = Change::Group {
                group,
                listener,
                http_listener: None,
                default_certificate: None,
                protection,
                identity_headers: domain::IdentityHeaders::None,
            };
            budgets.follow(&[change]);
        };
        set(Protection {
            connections: 1,
            connections_per_address: 1,
            handshakes: 1,
            ..Protection::default()
        });
        assert!(budget.connection().now_or_never().is_none());
        assert!(budget.connection_of(client).is_none());
        assert_eq!(budgets.turned_away(), HashMap::from([(group.clone(), 1)]));
        let _handshake = budget.handshake().now_or_never().expect("room");
        assert!(budget.handshake().now_or_never().is_none());
        set(Protection::default());
        assert!(budget.connection().now_or_never().is_some());
        assert!(budget.connection_of(client).is_some());
    }
}
