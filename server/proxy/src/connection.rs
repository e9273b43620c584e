//! A client that was let in: by which policy, and whether it still is.

mod judge;

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::{IdentityHeaders, Protection, ReasonCode, ServerName, Stage, UnixTime, Verdict};
use http::HeaderMap;
use tokio::sync::Notify;

use crate::admission::Standing;
use crate::counters::{Counters, StatusCounts};
use crate::events::{Attempt, Decider, Finding, Negotiated, PeerChain, Record};
use crate::forwarded::Forwarded;
use crate::identity_headers::IdentityFields;
use crate::pace::Pace;
use crate::request::Passage;
use crate::shared::Shared;
use crate::snapshot::Policy;

/// A client that a policy, as found in the snapshot with the serial `judged_in`, has let in.
pub(crate) struct Admitted {
    pub(crate) attempt: Arc<Attempt>,
    pub(crate) negotiated: Negotiated,
    pub(crate) chain: PeerChain,
    pub(crate) policy: Arc<Policy>,
    pub(crate) standing: Standing,
    pub(crate) judged_in: u64,
    /// The limits that held when it was accepted.
    pub(crate) protection: Arc<Protection>,
}

/// An open connection. Belongs to one worker's thread, so nothing in it is locked.
#[derive(Debug)]
pub(crate) struct Connection {
    attempt: Arc<Attempt>,
    negotiated: Negotiated,
    chain: PeerChain,
    /// The policy that let it in last.
    policy: RefCell<Arc<Policy>>,
    /// As what that policy lets it in. Never of an earlier verdict.
    standing: RefCell<Standing>,
    /// The serial of the snapshot in which `policy` was found.
    judged_in: Cell<u64>,
    is_refused: Cell<bool>,
    /// Requests in progress that were let through while the client was verified.
    relying: Cell<usize>,
    /// The end of the validity of the certificates that it was let in for, once somebody asked.
    valid_until: Cell<Option<UnixTime>>,
    /// What to call the owner of its certificate, once somebody asked.
    client_name: OnceCell<Option<String>>,
    /// What nodes are told of the way of its requests, once one is.
    forwarded: OnceCell<Forwarded>,
    /// How nodes were told last who the client is: the next request is likely to want the same.
    told: RefCell<Option<Told>>,
    /// What lets its tunnel through, from when it is asked for: nothing else comes on it then.
    passage: RefCell<Option<Passage>>,
    /// Why requests on it were refused, as far as that is recorded: once for each reason.
    recorded: RefCell<Vec<ReasonCode>>,
    counters: Rc<Counters>,
    /// Where answers are counted; goes with `policy`.
    answers: RefCell<Rc<StatusCounts>>,
    pace: Pace,
    /// Set when it is to be closed: how long what it does may take.
    closing: Cell<Option<Duration>>,
    close: Notify,
}

/// The header fields that tell nodes who the client is.
#[derive(Debug)]
struct Told {
    preset: IdentityHeaders,
    is_verified: bool,
    fields: IdentityFields,
}

impl Connection {
    /// A connection of a client that was let in.
    pub(crate) fn new(admitted: Admitted, counters: Rc<Counters>) -> Self {
        let Admitted { attempt, negotiated, chain, policy, standing, judged_in, protection } = admitted;
        Self {
            answers: RefCell::new(counters.requests(&attempt.group, policy.label())),
            counters,
            attempt,
            negotiated,
            chain,
            policy: RefCell::new(policy),
            standing: RefCell::new(standing),
            judged_in: Cell::new(judged_in),
            is_refused: Cell::new(false),
            relying: Cell::new(0),
            valid_until: Cell::new(None),
            client_name: OnceCell::new(),
            forwarded: OnceCell::new(),
            told: RefCell::default(),
            passage: RefCell::default(),
            recorded: RefCell::default(),
            pace: Pace::new(protection),
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

    /// Whether a request for `path` needs no more than what is known of the client: it is verified, the path is exempt, or
    /// the policy does not leave it to requests at all.
    pub(crate) fn may_reach(&self, path: &str) -> bool {
        let policy = self.policy.borrow();
        !policy.decides_per_request() || self.standing.borrow().is_verified() || policy.exempts(path)
    }

    /// Whether the client's certificate is verified now.
    pub(crate) fn is_verified(&self) -> bool {
        self.standing.borrow().is_verified()
    }

    /// Counts a request that was let through for the client's identity.
    pub(crate) fn rely_on_identity(&self) {
        self.relying.set(self.relying.get() + 1);
    }

    /// Such a request is over.
    pub(crate) fn stop_relying(&self) {
        self.relying.set(self.relying.get() - 1);
    }

    /// The client's certificate, if it is verified now.
    pub(crate) fn verified_leaf(&self) -> Option<&[u8]> {
        if self.is_verified() { self.chain.first().map(|leaf| leaf.as_ref()) } else { None }
    }

    /// What nodes are told of the way of its requests.
    pub(crate) fn forwarded(&self) -> &Forwarded {
        self.forwarded.get_or_init(|| Forwarded::new(self.attempt.client.ip(), self.attempt.local.port()))
    }

    /// Tells a node who the client is.
    pub(crate) fn add_identity(&self, preset: IdentityHeaders, headers: &mut HeaderMap) {
        if preset == IdentityHeaders::None {
            return;
        }
        let is_verified = self.is_verified();
        let mut told = self.told.borrow_mut();
        let told = match &mut *told {
            Some(told) if told.preset == preset && told.is_verified == is_verified => told,
            told => told.insert(Told {
                preset,
                is_verified,
                fields: IdentityFields::of(preset, &self.chain, is_verified),
            }),
        };
        told.fields.add_to(headers);
    }

    /// What to call the client, escaped; `None` unless its certificate is verified now.
    pub(crate) fn verified_name(&self) -> Option<&str> {
        if !self.standing.borrow().is_verified() {
            return None;
        }
        let name = || tls::certificate_facts(self.chain.first()?).ok().map(|facts| facts.display_name());
        self.client_name.get_or_init(name).as_deref()
    }

    pub(crate) fn negotiated(&self) -> &Negotiated {
        &self.negotiated
    }

    /// Notes what lets its tunnel through, or that there will be none.
    pub(crate) fn set_passage(&self, passage: Option<Passage>) {
        *self.passage.borrow_mut() = passage;
    }

    /// Counts an answer.
    pub(crate) fn count_answer(&self, status: u16) {
        self.answers.borrow().add(status);
    }

    /// Records that a request was refused, unless one was for the same reason before.
    pub(crate) fn record_refused_request(
        &self,
        reason: ReasonCode,
        detail: impl FnOnce() -> String,
        shared: &Shared,
    ) {
        let mut recorded = self.recorded.borrow_mut();
        if recorded.contains(&reason) {
            return;
        }
        recorded.push(reason);
        let decider = Decider::from(&**self.policy.borrow());
        self.record(Stage::Request, decider, Verdict::Refused { reason, detail: detail() }, shared);
    }

    fn record(&self, stage: Stage, decider: Decider, verdict: Verdict, shared: &Shared) {
        let finding = Finding {
            stage,
            attempt: Arc::clone(&self.attempt),
            decider,
            negotiated: self.negotiated,
            chain: Arc::clone(&self.chain),
            verdict,
            is_verified: self.standing.borrow().is_verified(),
        };
        shared.events.record(Record::new(finding, shared.options.clock.now()));
    }

    /// How it gets on with its requests.
    pub(crate) fn pace(&self) -> &Pace {
        &self.pace
    }

    /// Closes a connection whose client keeps the gateway waiting for longer than it may.
    pub(crate) fn close_if_overdue(&self, now: Instant, grace: Duration) {
        if self.pace.is_overdue(now) {
            self.close_within(grace);
        }
    }

    /// Makes the connection's task take no more requests, and end after `grace` at the latest. Only the first call counts.
    pub(crate) fn close_within(&self, grace: Duration) {
        if self.closing.get().is_none() {
            self.closing.set(Some(grace));
            self.close.notify_one();
        }
    }

    /// Whether [`Connection::close_within`] was called.
    pub(crate) fn is_closing(&self) -> bool {
        self.closing.get().is_some()
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
