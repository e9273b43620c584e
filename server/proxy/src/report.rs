//! The gateway in numbers.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use domain::{GatewayGroupId, ReasonCode, Verdict};

/// Counts since the gateway started, of all workers together.
///
/// A host is named by the first SNI of the policy that decided, or [`Report::UNKNOWN_HOST`]: what clients ask for makes
/// no names, so there are never more of them than policies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Handshakes that came to an end.
    pub handshakes: HashMap<HandshakeLabels, u64>,
    /// How long they took, from accept to the verdict.
    pub durations: HashMap<GatewayGroupId, Histogram>,
    /// How many of those that let a client in resumed an earlier session.
    pub resumed: HashMap<GatewayGroupId, u64>,
    /// Connections that are open now, handshakes not counted.
    pub open_connections: HashMap<GatewayGroupId, u64>,
    /// Requests that were answered.
    pub requests: HashMap<RequestLabels, u64>,
    /// Open connections that were refused: a policy changed, or time ran out for a certificate or a list.
    pub closed_by_policy: HashMap<GatewayGroupId, u64>,
    /// Connections that were closed at once because their client had too many.
    pub turned_away: HashMap<GatewayGroupId, u64>,
    /// Handshake events that their keeper was too slow for.
    pub events_dropped: HashMap<GatewayGroupId, u64>,
    /// Request records that their keeper was too slow for.
    pub requests_dropped: HashMap<GatewayGroupId, u64>,
}

/// What handshakes are told apart by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HandshakeLabels {
    /// The group.
    pub group: GatewayGroupId,
    /// The policy that decided, by its first SNI.
    pub host: Arc<str>,
    /// How it ended.
    pub outcome: HandshakeOutcome,
    /// Why, unless all was well.
    pub reason: Option<ReasonCode>,
}

/// How a handshake ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HandshakeOutcome {
    /// The client was let in.
    Accepted,
    /// It was let in without an identity, see [`Verdict::Tolerated`].
    Tolerated,
    /// It was refused.
    Refused,
}

impl HandshakeOutcome {
    /// As metrics have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Tolerated => "tolerated",
            Self::Refused => "refused",
        }
    }
}

impl From<&Verdict> for HandshakeOutcome {
    fn from(verdict: &Verdict) -> Self {
        match verdict {
            Verdict::Accepted => Self::Accepted,
            Verdict::Tolerated { .. } => Self::Tolerated,
            Verdict::Refused { .. } => Self::Refused,
        }
    }
}

/// What requests are told apart by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RequestLabels {
    /// The group.
    pub group: GatewayGroupId,
    /// The connection's policy, by its first SNI.
    pub host: Arc<str>,
    /// The answer's status.
    pub status: u16,
}

/// How often something took how long.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Histogram {
    /// How often it took at most as long as [`Histogram::BOUNDS`] says at the same place, and longer than the bound
    /// before; the last one: how often it took longer than all bounds.
    pub counts: [u64; Self::BOUNDS.len() + 1],
    /// All of them together.
    pub sum: Duration,
}

impl Histogram {
    /// The buckets' upper ends.
    pub const BOUNDS: [Duration; 13] = [
        Duration::from_millis(1),
        Duration::from_millis(2),
        Duration::from_millis(5),
        Duration::from_millis(10),
        Duration::from_millis(20),
        Duration::from_millis(50),
        Duration::from_millis(100),
        Duration::from_millis(200),
        Duration::from_millis(500),
        Duration::from_secs(1),
        Duration::from_secs(2),
        Duration::from_secs(5),
        Duration::from_secs(10),
    ];

    pub(crate) fn add(&mut self, duration: Duration) {
        let bucket = Self::BOUNDS.partition_point(|bound| *bound < duration);
        self.counts[bucket] += 1;
        self.sum += duration;
    }

    fn merge(&mut self, other: &Self) {
        for (count, more) in self.counts.iter_mut().zip(other.counts) {
            *count += more;
        }
        self.sum += other.sum;
    }
}

impl Report {
    /// The host of handshakes that no policy decided.
    pub const UNKNOWN_HOST: &str = "unknown";

    /// Adds what another worker has counted.
    pub(crate) fn merge(&mut self, other: Self) {
        add(&mut self.handshakes, other.handshakes);
        for (group, durations) in other.durations {
            self.durations.entry(group).or_default().merge(&durations);
        }
        add(&mut self.resumed, other.resumed);
        add(&mut self.open_connections, other.open_connections);
        add(&mut self.requests, other.requests);
        add(&mut self.closed_by_policy, other.closed_by_policy);
        add(&mut self.events_dropped, other.events_dropped);
        add(&mut self.requests_dropped, other.requests_dropped);
    }
}

/// Adds counts to counts.
pub(crate) fn add<K: Eq + Hash>(counts: &mut HashMap<K, u64>, more: HashMap<K, u64>) {
    for (key, count) in more {
        *counts.entry(key).or_default() += count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_falls_into_the_first_bucket_that_holds_it() {
        let mut histogram = Histogram::default();
        for (micros, bucket) in [(0, 0), (1_000, 0), (1_001, 1), (10_000_000, 12), (10_000_001, 13)] {
            let before = histogram.counts[bucket];
            histogram.add(Duration::from_micros(micros));
            assert_eq!(histogram.counts[bucket], before + 1, "{micros} µs");
        }
        assert_eq!(histogram.sum, Duration::from_micros(20_002_002));
    }

    #[test]
    fn merging_adds_up() {
        let group = GatewayGroupId::default_group();
        let report = |resumed: u64, duration: u64| {
            let mut durations = Histogram::default();
            durations.add(Duration::from_millis(duration));
            Report {
                resumed: HashMap::from([(group.clone(), resumed)]),
                durations: HashMap::from([(group.clone(), durations)]),
                ..Report::default()
            }
        };
        let mut all = Report::default();
        all.merge(report(1, 1));
        all.merge(report(2, 4));
        assert_eq!(all.resumed[&group], 3);
        assert_eq!(all.durations[&group].sum, Duration::from_millis(5));
        assert_eq!(all.durations[&group].counts[..3], [1, 0, 1]);
    }
}
