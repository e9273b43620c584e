//! One client at one host: always connected while it is let in, and always asking.

use std::ops::AddAssign;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::StatusCode;
use tokio::select;
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout_at;
use tokio_util::sync::CancellationToken;

use crate::shared::support::client::{Client, Http};

/// Within which a refused connection must be gone.
const PROMISE: Duration = Duration::from_secs(1);

/// What the policies say of a seat, told by whoever changes them.
#[derive(Debug, Clone, Copy)]
struct Standing {
    is_let_in: bool,
    /// How many changes have begun that refuse it.
    refusals_begun: u64,
    /// How many of them are in force, or have been.
    refusals: u64,
    /// When the last one of those came into force.
    refused_at: Instant,
    /// Whether it ever had an answer.
    is_taken: bool,
}

/// A seat as seen by who changes policies.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) host: usize,
    pub(crate) client: usize,
    standing: watch::Sender<Standing>,
}

impl Place {
    pub(crate) fn new(host: usize, client: usize) -> Self {
        let standing = Standing {
            is_let_in: true,
            refusals_begun: 0,
            refusals: 0,
            refused_at: Instant::now(),
            is_taken: false,
        };
        Self { host, client, standing: watch::Sender::new(standing) }
    }

    /// From now on it may be refused.
    pub(crate) fn begin_refusal(&self) {
        self.standing.send_modify(|standing| {
            standing.is_let_in = false;
            standing.refusals_begun += 1;
        });
    }

    /// The refusal is in force.
    pub(crate) fn refused(&self) {
        self.standing.send_modify(|standing| {
            standing.refusals += 1;
            standing.refused_at = Instant::now();
        });
    }

    /// The refusal is taken back.
    pub(crate) fn let_in(&self) {
        self.standing.send_modify(|standing| standing.is_let_in = true);
    }

    /// Whether its client has ever had an answer.
    pub(crate) fn is_taken(&self) -> bool {
        self.standing.borrow().is_taken
    }
}

/// What a seat has seen.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tally {
    pub(crate) connections: u64,
    pub(crate) answers: u64,
    pub(crate) refused: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.connections += other.connections;
        self.answers += other.answers;
        self.refused += other.refused;
    }
}

/// A seat as its client has it.
pub(crate) struct Seat {
    standing: watch::Sender<Standing>,
    client: Client,
    host: String,
    /// Requests wait here for their turn, so that all connections have theirs.
    turns: Arc<Semaphore>,
    stop: CancellationToken,
    tally: Tally,
}

impl Seat {
    pub(crate) fn new(
        place: &Place,
        client: Client,
        host: String,
        turns: Arc<Semaphore>,
        stop: CancellationToken,
    ) -> Self {
        Self { standing: place.standing.clone(), client, host, turns, stop, tally: Tally::default() }
    }

    /// Connects again and again until it is told to stop.
    pub(crate) async fn keep(mut self) -> Tally {
        let mut changes = self.standing.subscribe();
        while !self.stop.is_cancelled() {
            let standing =
                *changes.wait_for(|standing| standing.is_let_in).await.expect("it has a sender itself");
            let known = standing.refusals_begun;
            let http = self.connect().await;
            if changes.borrow().refusals_begun > known {
                // A refusal came and perhaps went meanwhile: it may have met this connection, or not.
                continue;
            }
            let http = http.unwrap_or_else(|| panic!("{}: turned away though let in", self.host));
            self.tally.connections += 1;
            self.ask_on(&http, known).await;
            if self.stop.is_cancelled() {
                break;
            }
            let refused = *changes.wait_for(|standing| standing.refusals > known).await.expect("as above");
            let end = refused.refused_at + PROMISE;
            let end = timeout_at(end.into(), http.closed()).await;
            assert!(end.is_ok(), "{}: refused, and still open", self.host);
            self.tally.refused += 1;
        }
        self.tally
    }

    /// Connects, and asks once: in TLS 1.3 the client's side of a handshake is over before the gateway's.
    async fn connect(&self) -> Option<Http> {
        let stream = self.client.connect(&self.host).await.ok()?;
        let http = Http::begin(stream).await.ok()?;
        let answer = http.get(&self.host, "/ip").await.ok()?;
        (answer.status == StatusCode::OK).then_some(http)
    }

    /// Asks until the client is refused, or is told to stop. `known` refusals had begun before it connected.
    async fn ask_on(&mut self, http: &Http, known: u64) {
        let mut changes = self.standing.subscribe();
        loop {
            let turn = select! {
                biased;
                () = self.stop.cancelled() => return,
                _ = changes.wait_for(|standing| standing.refusals > known) => return,
                turn = self.turns.acquire() => turn,
            };
            let sent = Instant::now();
            let answer = http.get(&self.host, "/ip").await;
            drop(turn);
            let standing = *self.standing.borrow();
            if answer.as_ref().is_ok_and(|answer| answer.status == StatusCode::OK) {
                let is_late = standing.refusals > known && standing.refused_at < sent;
                assert!(!is_late, "{}: refused, and answered", self.host);
                self.tally.answers += 1;
                self.standing.send_if_modified(|standing| !std::mem::replace(&mut standing.is_taken, true));
            } else {
                assert!(standing.refusals_begun > known, "{}: let in, and got {answer:?}", self.host);
                return;
            }
        }
    }
}
