//! A client that was let in: by which policy, and whether it still is.

use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::{ServerName, UnixTime, Verdict};
use rustls::pki_types::CertificateDer;
use tls::{ClientTrust, Refusal};
use tokio::sync::Notify;

use crate::admission::{admit, no_policy};
use crate::events::{Attempt, Decider, Negotiated, PeerChain, Record};
use crate::shared::Shared;
use crate::snapshot::{Policy, Snapshot};

/// An open connection. Belongs to one worker's thread, so nothing in it is locked.
#[derive(Debug)]
pub(crate) struct Connection {
    attempt: Arc<Attempt>,
    negotiated: Negotiated,
    chain: PeerChain,
    /// The policy that let it in last.
    policy: RefCell<Arc<Policy>>,
    /// The serial of the snapshot in which `policy` was found.
    judged_in: Cell<u64>,
    is_refused: Cell<bool>,
    /// The end of the validity of the certificates that it was let in for, once somebody asked.
    valid_until: Cell<Option<UnixTime>>,
    requests: Cell<usize>,
    last_request: Cell<Instant>,
    /// Set when it is to be closed: how long what it does may take.
    closing: Cell<Option<Duration>>,
    close: Notify,
}

impl Connection {
    /// A connection that `policy`, as found in the snapshot with the given serial, has let in.
    pub(crate) fn new(
        attempt: Arc<Attempt>,
        negotiated: Negotiated,
        chain: PeerChain,
        policy: Arc<Policy>,
        judged_in: u64,
    ) -> Self {
        Self {
            attempt,
            negotiated,
            chain,
            policy: RefCell::new(policy),
            judged_in: Cell::new(judged_in),
            is_refused: Cell::new(false),
            valid_until: Cell::new(None),
            requests: Cell::new(0),
            last_request: Cell::new(Instant::now()),
            closing: Cell::new(None),
            close: Notify::new(),
        }
    }

    pub(crate) fn attempt(&self) -> &Attempt {
        &self.attempt
    }

    /// The host that the client asked for in its handshake, if it named one.
    pub(crate) fn server_name(&self) -> Option<&ServerName> {
        self.attempt.server_name.as_ref()
    }

    pub(crate) fn is_http2(&self) -> bool {
        self.negotiated.is_http2()
    }

    /// Whether the connection was let in by this very policy.
    pub(crate) fn is_under(&self, policy: &Arc<Policy>) -> bool {
        Arc::ptr_eq(&self.policy.borrow(), policy)
    }

    /// Whether the policy that let it in guards its hosts.
    pub(crate) fn is_guarded(&self) -> bool {
        self.policy.borrow().is_guarded()
    }

    /// Whether the client is still let in. If policies have changed since the last time, judges anew; a connection that
    /// is no longer admitted is recorded and told to close.
    pub(crate) fn is_admitted(&self, shared: &Shared) -> bool {
        if self.is_refused.get() {
            return false;
        }
        let snapshot = shared.snapshot.load();
        if self.judged_in.replace(snapshot.serial()) == snapshot.serial() {
            return true;
        }
        self.follow(&snapshot, shared)
    }

    /// Moves on to the policy that decides in `snapshot`.
    fn follow(&self, snapshot: &Snapshot, shared: &Shared) -> bool {
        let Some(policy) = snapshot.policy_for_client(&self.attempt.group, self.server_name()) else {
            let refusal = no_policy(self.server_name());
            self.refuse(Decider::nobody(snapshot.revision()), refusal, shared);
            return false;
        };
        if self.is_under(policy) {
            return true;
        }
        let admitted = self.judge(policy, shared);
        if admitted {
            self.policy.replace(Arc::clone(policy));
            self.valid_until.set(None);
        }
        admitted
    }

    fn judge(&self, policy: &Policy, shared: &Shared) -> bool {
        match admit(policy, &self.chain, shared.options.clock.now()) {
            Ok(()) => true,
            Err(refusal) => {
                self.refuse(Decider::from(policy), refusal, shared);
                false
            }
        }
    }

    fn refuse(&self, decider: Decider, Refusal { reason, detail }: Refusal, shared: &Shared) {
        self.is_refused.set(true);
        let verdict = Verdict::Refused { reason, detail };
        shared.events.record(Record::new(&self.attempt, decider, self.negotiated, &self.chain, verdict));
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
        if now > valid_until && self.judge(&policy, shared) {
            // What has run out was not needed.
            self.valid_until.set(Some(next_expiry(&self.chain, trust, now)));
        }
    }

    /// Closes an HTTP/2 connection on which no request has been made for `patience`. (hyper sees to HTTP/1.1.)
    pub(crate) fn close_if_idle(&self, patience: Duration, grace: Duration) {
        if self.is_http2() && self.requests.get() == 0 && self.last_request.get().elapsed() > patience {
            self.close_within(grace);
        }
    }

    /// Counts a request as being answered for as long as the returned value lives.
    pub(crate) fn begin_request(&self) -> RequestInProgress<'_> {
        self.requests.set(self.requests.get() + 1);
        RequestInProgress(self)
    }

    /// Makes the connection's task take no more requests, and end after `grace` at the latest. Only the first call counts.
    pub(crate) fn close_within(&self, grace: Duration) {
        if self.closing.get().is_none() {
            self.closing.set(Some(grace));
            self.close.notify_one();
        }
    }

    /// Waits for [`Connection::close_within`]; for the connection's own task only.
    pub(crate) async fn closing(&self) -> Duration {
        loop {
            if let Some(grace) = self.closing.get() {
                return grace;
            }
            self.close.notified().await;
        }
    }
}

/// See [`Connection::begin_request`].
#[derive(Debug)]
pub(crate) struct RequestInProgress<'a>(&'a Connection);

impl Drop for RequestInProgress<'_> {
    fn drop(&mut self) {
        self.0.requests.set(self.0.requests.get() - 1);
        self.0.last_request.set(Instant::now());
    }
}

/// The next end, `now` or later, of the validity of a presented certificate or an anchor; if there is none, never.
fn next_expiry(chain: &[CertificateDer<'_>], trust: &ClientTrust, now: UnixTime) -> UnixTime {
    let presented =
        chain.iter().filter_map(|der| tls::certificate_facts(der).ok()).map(|facts| facts.not_after);
    presented.filter(|end| *end >= now).chain(trust.next_expiry(now)).min().unwrap_or(UnixTime(i64::MAX))
}
