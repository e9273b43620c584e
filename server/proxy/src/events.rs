//! The newest verdicts on clients, for those who ask and for the one who keeps them for good. What is expensive to put
//! into words is put into words when somebody reads it.

mod attempt;
mod negotiated;
mod record;

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::{GatewayGroupId, HandshakeEvent};
use tokio::sync::mpsc;

pub(crate) use self::attempt::{Attempt, Decider, PeerChain};
pub(crate) use self::negotiated::Negotiated;
pub use self::record::Record;
pub(crate) use self::record::{Finding, connection_id};
use crate::log_limit::LogLimit;

/// Records that may wait for their keeper.
const QUEUE: usize = 8_192;
/// Bytes of certificates that the ring keeps, whoever fills it: strangers choose what they present.
const RING_CHAIN_BYTES: usize = 32 * 1024 * 1024;

/// The newest verdicts of all groups, up to a bound, and the way to their keeper.
#[derive(Debug)]
pub(crate) struct Events {
    ring: Mutex<Ring>,
    keeper: mpsc::Sender<Record>,
    dropped: Mutex<HashMap<GatewayGroupId, u64>>,
    refusals: LogLimit,
}

impl Events {
    /// Remembers at most `most` records; all of them go to the keeper, who reads from the other end.
    pub(crate) fn new(most: usize) -> (Self, mpsc::Receiver<Record>) {
        let (keeper, records) = mpsc::channel(QUEUE);
        let events = Self {
            ring: Mutex::new(Ring::new(most, RING_CHAIN_BYTES)),
            keeper,
            dropped: Mutex::default(),
            refusals: LogLimit::default(),
        };
        (events, records)
    }

    /// Adds one. Never waits: what the keeper has no room for is dropped and counted.
    pub(crate) fn record(&self, record: Record) {
        record.log(&self.refusals);
        if let Err(mpsc::error::TrySendError::Full(record)) = self.keeper.try_send(record.clone()) {
            *locked(&self.dropped).entry(record.group().clone()).or_default() += 1;
        }
        let mut ring = locked(&self.ring);
        let old = ring.push(record);
        drop(ring);
        // Freed with the lock given back: others wait for it.
        drop(old);
    }

    /// The newest of a group, newest first.
    pub(crate) fn newest(&self, group: &GatewayGroupId, most: usize) -> Vec<HandshakeEvent> {
        let records = locked(&self.ring).newest(group, most);
        records.iter().map(Record::to_event).collect()
    }

    /// How many records of each group never reached the keeper.
    pub(crate) fn dropped(&self) -> HashMap<GatewayGroupId, u64> {
        locked(&self.dropped).clone()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The newest records, within two bounds.
#[derive(Debug)]
struct Ring {
    most: usize,
    most_chain_bytes: usize,
    records: VecDeque<Record>,
    chain_bytes: usize,
}

impl Ring {
    fn new(most: usize, most_chain_bytes: usize) -> Self {
        Self { most, most_chain_bytes, records: VecDeque::new(), chain_bytes: 0 }
    }

    /// Adds one; answers those that had to go, the oldest first.
    fn push(&mut self, record: Record) -> Vec<Record> {
        self.chain_bytes += record.chain_bytes();
        self.records.push_back(record);
        let mut old = Vec::new();
        while self.records.len() > self.most || self.chain_bytes > self.most_chain_bytes {
            let Some(record) = self.records.pop_front() else { break };
            self.chain_bytes -= record.chain_bytes();
            old.push(record);
        }
        old
    }

    fn newest(&self, group: &GatewayGroupId, most: usize) -> Vec<Record> {
        self.records.iter().rev().filter(|record| record.group() == group).take(most).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;
    use std::sync::Arc;
    use std::time::Instant;

    use domain::{Revision, Stage, UnixTime, Verdict};
    use rustls::pki_types::CertificateDer;
    use ulid::Ulid;

    use super::*;

    fn record(group: &str, at: i64, chain: PeerChain) -> Record {
        let address = SocketAddr::from(([127, 0, 0, 1], 1));
        let attempt = Attempt {
            connection: Ulid::new(),
            group: Arc::new(group.parse().expect("valid")),
            client: address,
            proxy: None,
            local: address,
            at: UnixTime(at),
            started: Instant::now(),
            server_name: None,
        };
        let finding = Finding {
            stage: Stage::Handshake,
            attempt: Arc::new(attempt),
            decider: Decider::nobody(Revision(1)),
            negotiated: Negotiated::default(),
            chain,
            verdict: Verdict::Accepted,
            is_verified: false,
        };
        Record::new(finding, UnixTime(at))
    }

    fn plain(group: &str, at: i64) -> Record {
        record(group, at, PeerChain::from([]))
    }

    fn times(events: &Events, group: &str, most: usize) -> Vec<i64> {
        events.newest(&group.parse().expect("valid"), most).iter().map(|event| event.at.0).collect()
    }

    #[test]
    fn keeps_the_newest_and_tells_groups_apart() {
        let (events, _records) = Events::new(3);
        for (group, at) in [("a", 1), ("a", 2), ("b", 3), ("a", 4)] {
            events.record(plain(group, at));
        }
        assert_eq!(times(&events, "a", 10), [4, 2]);
        assert_eq!(times(&events, "a", 1), [4]);
        assert_eq!(times(&events, "b", 10), [3]);
        assert_eq!(times(&events, "c", 10), [0_i64; 0]);
    }

    #[test]
    fn a_ring_of_no_size_keeps_nothing() {
        let (events, _records) = Events::new(0);
        events.record(plain("a", 1));
        assert_eq!(times(&events, "a", 10), [0_i64; 0]);
    }

    #[test]
    fn large_chains_push_the_oldest_out() {
        let mut ring = Ring::new(100, 2_500);
        for at in 0..4 {
            ring.push(record("a", at, PeerChain::from([CertificateDer::from(vec![0; 1_000])])));
        }
        let kept = ring.newest(&"a".parse().expect("valid"), 100);
        assert_eq!(kept.iter().map(|record| record.to_event().at.0).collect::<Vec<_>>(), [3, 2]);
        assert_eq!(ring.chain_bytes, 2_000);
    }

    #[test]
    fn the_keeper_gets_everything_there_is_room_for() {
        let (events, mut records) = Events::new(1);
        let surplus = 3;
        for at in 0..QUEUE + surplus {
            events.record(plain("a", i64::try_from(at).expect("few")));
        }
        assert_eq!(events.dropped(), HashMap::from([("a".parse().expect("valid"), 3)]));
        let first = records.try_recv().expect("there is one").to_event();
        assert_eq!(first.at, UnixTime(0));
        assert_eq!(records.len(), QUEUE - 1);
        // One id each, the same for every reader.
        events.record(plain("a", 7));
        let ring = events.newest(&"a".parse().expect("valid"), 1);
        let mut last = None;
        while let Ok(record) = records.try_recv() {
            last = Some(record.to_event());
        }
        assert_eq!(last.as_ref(), ring.first());
    }
}
