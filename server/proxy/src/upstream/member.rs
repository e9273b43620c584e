use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::{ActiveCheck, HealthChecks, Node, NodeAddress, NodeHealth, NodeState, PassiveCheck, UnixTime};

use super::check;
use super::condition::{Condition, recovery};
use super::rendezvous::mixed;

/// A node as one version of its upstream has it: its condition, and the rules that it is judged by.
#[derive(Debug)]
pub(super) struct Member {
    index: usize,
    address: NodeAddress,
    passive: Option<PassiveCheck>,
    is_checked: bool,
    condition: Arc<Condition>,
}

impl Member {
    pub(super) fn new(index: usize, node: &Node, checks: &HealthChecks, condition: Arc<Condition>) -> Self {
        let member = Self {
            index,
            address: node.address.clone(),
            passive: checks.passive.clone(),
            is_checked: checks.active.is_some(),
            condition,
        };
        if !member.is_judged() {
            member.condition.recover();
        }
        member
    }

    pub(super) fn address(&self) -> &NodeAddress {
        &self.address
    }

    pub(super) fn condition(&self) -> &Arc<Condition> {
        &self.condition
    }

    /// Whether anything says if it is ill.
    fn is_judged(&self) -> bool {
        self.is_checked || self.passive.is_some()
    }

    pub(super) fn is_ill(&self) -> bool {
        self.is_judged() && self.condition.is_ill()
    }

    /// Whether it is well, or due for a request that finds out whether it is: where there are checks, they do that.
    pub(super) fn may_be_open(&self, now: Instant) -> bool {
        !self.is_ill() || (!self.is_checked && self.condition.is_due(now))
    }

    /// Gives it a request, if it is well, or if this is the one that is to find out whether it is. Only for nodes that
    /// [`Member::may_be_open`].
    pub(super) fn admit(this: &Arc<Self>, now: Instant) -> Option<Chosen> {
        if !this.is_ill() {
            return Some(Chosen::new(this, false));
        }
        this.condition.take_trial(this.recover_after(), now).then(|| Chosen::new(this, true))
    }

    /// Gives it a request although it is ill.
    pub(super) fn admit_although_ill(this: &Arc<Self>) -> Chosen {
        Chosen::new(this, true)
    }

    fn recover_after(&self) -> Duration {
        self.passive.as_ref().map(recovery).unwrap_or_default()
    }

    fn note_failure(&self, rules: &PassiveCheck, reason: &str, now: Instant) {
        if self.condition.note_failure(rules, reason, now) {
            self.log_illness(reason);
        }
    }

    /// Begins an active check of it.
    ///
    /// # Errors
    /// It is not due for so long; or it is being checked already, with a time that tells nothing.
    pub(super) fn begin_check(this: &Arc<Self>, rules: &ActiveCheck, now: Instant) -> Result<Turn, Duration> {
        let dice = mixed(this.condition.checked_at() ^ this.index as u64);
        this.condition.begin_check(check::interval(rules, dice), now)?;
        Ok(Turn { member: Arc::clone(this) })
    }

    fn note_check(&self, rules: &ActiveCheck, outcome: Result<(), String>, now: Instant) {
        match outcome {
            Ok(()) => {
                if self.condition.note_good_check(rules, now) {
                    self.log_recovery();
                }
            }
            Err(reason) => {
                if self.condition.note_failed_check(rules, &reason, self.recover_after(), now) {
                    self.log_illness(&reason);
                }
            }
        }
    }

    fn log_illness(&self, reason: &str) {
        tracing::warn!(node = %self.address, reason, "a node is ill: it gets no requests while there are others");
    }

    fn log_recovery(&self) {
        tracing::info!(node = %self.address, "a node is well again");
    }

    /// What is known of it. Both times are now.
    pub(super) fn state(&self, now: UnixTime, instant: Instant) -> NodeState {
        let illness = self.condition.illness().filter(|_| self.is_judged());
        let health = illness.map_or(NodeHealth::Healthy, |illness| {
            let ill_for = instant.saturating_duration_since(illness.since).as_secs();
            let since = now.plus_seconds(-i64::try_from(ill_for).unwrap_or(i64::MAX));
            NodeHealth::Unhealthy { since, reason: illness.reason }
        });
        NodeState { address: self.address.clone(), health, requests: self.condition.requests() }
    }
}

/// A node that is being checked: by nobody else for as long as this lives.
#[derive(Debug)]
pub(super) struct Turn {
    member: Arc<Member>,
}

impl Turn {
    /// Whom to ask.
    pub(super) fn address(&self) -> &NodeAddress {
        &self.member.address
    }

    /// Takes note of how the check fared.
    pub(super) fn end(self, rules: &ActiveCheck, outcome: Result<(), String>, now: Instant) {
        self.member.note_check(rules, outcome, now);
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.member.condition.end_check();
    }
}

/// A node that has been given a request: it counts as in progress for as long as this lives.
#[derive(Debug)]
pub(crate) struct Chosen {
    member: Arc<Member>,
    /// Whether it was ill when it was chosen. The outcome of older requests does not say that it has recovered.
    was_ill: bool,
}

impl Chosen {
    fn new(member: &Arc<Member>, was_ill: bool) -> Self {
        member.condition.begin_request();
        Self { member: Arc::clone(member), was_ill }
    }

    /// Where it is.
    pub(crate) fn address(&self) -> &NodeAddress {
        &self.member.address
    }

    /// Its place among the nodes of the upstream.
    pub(crate) fn index(&self) -> usize {
        self.member.index
    }

    /// It has answered with this status; which may be a failure all the same, by the upstream's passive checks.
    pub(crate) fn succeeded(&self, status: u16) {
        let Some(rules) = &self.member.passive else { return };
        if status >= 500 && rules.statuses.contains(&status) {
            return self.member.note_failure(
                rules,
                &format!("it answered with status {status}"),
                Instant::now(),
            );
        }
        self.member.condition.note_success();
        if self.was_ill && !self.member.is_checked && self.member.condition.recover() {
            self.member.log_recovery();
        }
    }

    /// It could not be reached, broke off or took too long, for this reason (escaped).
    pub(crate) fn failed(&self, reason: &str) {
        if let Some(rules) = &self.member.passive {
            self.member.note_failure(rules, reason, Instant::now());
        }
    }
}

impl Drop for Chosen {
    fn drop(&mut self) {
        self.member.condition.end_request();
    }
}
