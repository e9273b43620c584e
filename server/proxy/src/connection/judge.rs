//! Whether a client that was let in still is.

use std::mem;
use std::sync::Arc;

use domain::{Stage, UnixTime, Verdict};
use rustls::pki_types::CertificateDer;
use tls::{ClientTrust, Refusal};

use super::Connection;
use crate::admission::{Standing, admit, no_policy};
use crate::events::Decider;
use crate::shared::Shared;
use crate::snapshot::{Policy, Snapshot};

/// What made a connection be judged again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    /// Policies or deny-lists have changed.
    Change,
    /// Time has run out for a certificate or a list.
    Expiry,
}

impl Connection {
    /// Whether the client is still let in. If policies have changed since the last time, judges anew; a connection that
    /// is no longer admitted is recorded and told to close.
    pub(crate) fn is_admitted(&self, shared: &Shared) -> bool {
        self.is_admitted_in(&shared.snapshot.load(), shared)
    }

    /// The same for a snapshot by which more is to be decided: all of it must be decided by one.
    pub(crate) fn is_admitted_in(&self, snapshot: &Snapshot, shared: &Shared) -> bool {
        if self.is_refused.get() {
            return false;
        }
        let judged_in = self.judged_in.get();
        if judged_in == snapshot.serial() {
            return true;
        }
        let admitted = self.follow(snapshot, judged_in, shared);
        // Not before there is a verdict: should judging fail half-way, the next request is judged again.
        self.judged_in.set(snapshot.serial());
        if admitted {
            self.check_passage(snapshot, shared);
        }
        admitted
    }

    /// Ends a tunnel that a request would not be given any more.
    fn check_passage(&self, snapshot: &Snapshot, shared: &Shared) {
        let passage = self.passage.borrow();
        if passage.as_ref().is_some_and(|passage| !passage.is_open(snapshot, self)) {
            self.close_within(shared.options.drain_timeout);
        }
    }

    /// Moves on to the policy that decides in `snapshot`.
    fn follow(&self, snapshot: &Snapshot, judged_in: u64, shared: &Shared) -> bool {
        let group = &self.attempt.group;
        let Some(policy) = snapshot.policy_for_client(group, self.server_name()) else {
            let refusal = no_policy(self.server_name());
            self.refuse(Decider::nobody(snapshot.revision()), refusal, Cause::Change, shared);
            return false;
        };
        if self.is_under(policy) && !snapshot.denials_changed_since(group, judged_in) {
            return true;
        }
        self.judge(policy, Cause::Change, shared)
    }

    /// Judges the client anew, by the policy that it is under or by another, which it then is under.
    fn judge(&self, policy: &Arc<Policy>, cause: Cause, shared: &Shared) -> bool {
        match admit(policy, &self.chain, shared.options.clock.now()) {
            Ok(standing) => {
                if !self.is_under(policy) {
                    self.answers.replace(self.counters.requests(&self.attempt.group, policy.label()));
                    self.policy.replace(Arc::clone(policy));
                }
                self.valid_until.set(None);
                self.stand(standing, shared);
                true
            }
            Err(refusal) => {
                self.refuse(Decider::from(&**policy), refusal, cause, shared);
                false
            }
        }
    }

    /// Takes a new verdict over the earlier one. That a client loses its identity is recorded. What is in progress for that
    /// identity may last (a tunnel, a long answer): it ends with the connection. The client may come again as nobody.
    fn stand(&self, standing: Standing, shared: &Shared) {
        let verdict = standing.verdict();
        let earlier = mem::replace(&mut *self.standing.borrow_mut(), standing);
        if earlier.is_verified() && matches!(verdict, Verdict::Tolerated { .. }) {
            let decider = Decider::from(&**self.policy.borrow());
            self.record(Stage::OpenConnection, decider, verdict, shared);
            if self.relying.get() > 0 && self.policy.borrow().decides_per_request() {
                self.close_within(shared.options.drain_timeout);
            }
        }
    }

    fn refuse(&self, decider: Decider, Refusal { reason, detail }: Refusal, cause: Cause, shared: &Shared) {
        self.is_refused.set(true);
        self.counters.count_closed(&self.attempt.group, cause == Cause::Change);
        self.record(Stage::OpenConnection, decider, Verdict::Refused { reason, detail }, shared);
        self.close_within(shared.options.drain_timeout);
    }

    /// Judges anew if time has run out for a certificate that the client was let in for.
    pub(crate) fn check_validity(&self, shared: &Shared) {
        let policy = Arc::clone(&self.policy.borrow());
        let Some(trust) = policy.client_trust().filter(|_| !self.is_refused.get()) else { return };
        let now = shared.options.clock.now();
        // Worked out at the first look: a connection that ends before never pays for it.
        let valid_until = self.valid_until.get().unwrap_or_else(|| {
            let end = next_expiry(&self.chain, trust, self.attempt.at);
            self.valid_until.set(Some(end));
            end
        });
        if now > valid_until && self.judge(&policy, Cause::Expiry, shared) {
            // What has run out was not needed.
            self.valid_until.set(Some(next_expiry(&self.chain, trust, now)));
        }
    }
}

/// The next end, `now` or later, of the validity of a presented certificate, an anchor or a list; if there is none, never.
fn next_expiry(chain: &[CertificateDer<'_>], trust: &ClientTrust, now: UnixTime) -> UnixTime {
    let presented =
        chain.iter().filter_map(|der| tls::certificate_facts(der).ok()).map(|facts| facts.not_after);
    presented.filter(|end| *end >= now).chain(trust.next_expiry(now)).min().unwrap_or(UnixTime(i64::MAX))
}
