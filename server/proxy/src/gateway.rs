use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use domain::{GatewayGroupId, HandshakeEvent, ListenerState, NodeState, Revision};
use tls::Clock;
use tokio::sync::{Mutex, mpsc};

use crate::change::{Change, UpstreamKey};
use crate::command::{Command, Workers};
use crate::events::Record;
use crate::listener::{ListenerId, Listeners};
use crate::report::{Report, add};
use crate::request_record::{AccessLog, RequestRecord};
use crate::routing::Destination;
use crate::shared::Shared;
use crate::worker;

/// The bounds of a gateway, for the whole process. Its groups have bounds of their own ([`domain::Protection`]).
#[derive(Debug, Clone)]
pub struct Options {
    /// Worker threads, each with its own runtime and listener sockets; at least 1.
    pub workers: usize,
    /// How long an open connection that a new policy refuses may take to finish what it does; under 1 s.
    pub drain_timeout: Duration,
    /// Connections at once.
    pub connections: usize,
    /// Handshake events kept for [`Gateway::events`].
    pub events: usize,
    /// Whether requests are recorded. Without it [`Records::requests`] ends at once.
    pub access_log: bool,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

/// What a change of the snapshot did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// How many open connections of each group it refused; they are being drained. Groups without any are left out.
    pub closed: HashMap<GatewayGroupId, u64>,
}

/// What happens on the gateway, for whoever keeps it. Both queues are bounded: what finds no room is dropped, and counted
/// in [`Report::events_dropped`] and [`Report::requests_dropped`].
#[derive(Debug)]
pub struct Records {
    /// Verdicts on clients.
    pub handshakes: mpsc::Receiver<Record>,
    /// Requests, with [`Options::access_log`].
    pub requests: mpsc::Receiver<RequestRecord>,
}

/// Why a gateway could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A worker thread or its runtime could not be made.
    #[error("cannot start a worker")]
    Worker(#[source] std::io::Error),
}

/// The running gateway of this process: all groups' listeners and what they serve. Dropping it ends everything at once.
#[derive(Debug)]
pub struct Gateway {
    shared: Arc<Shared>,
    workers: Arc<Workers>,
    listeners: Arc<Listeners>,
    /// Held while changes are made: one call of `apply` at a time.
    changing: Mutex<()>,
}

impl Gateway {
    /// Starts the workers; nothing listens yet.
    ///
    /// # Errors
    /// See [`StartError`].
    pub fn start(options: Options) -> Result<(Self, Records), StartError> {
        let (workers, receivers) = Workers::new(options.workers.max(1));
        let workers = Arc::new(workers);
        let (shared, records) = Shared::new(options);
        let shared = Arc::new(shared);
        let listeners = Arc::new(Listeners::new(Arc::clone(&workers)));
        for (number, commands) in receivers.into_iter().enumerate() {
            let retried = (number == 0).then(|| Arc::downgrade(&listeners));
            worker::spawn(number, Arc::clone(&shared), commands, retried).map_err(StartError::Worker)?;
        }
        Ok((Self { shared, workers, listeners, changing: Mutex::new(()) }, records))
    }

    /// Makes the changes, in order and as one: no handshake and no request sees some of them without the others. When
    /// it returns, new handshakes, resumptions and requests follow the new policies, new listeners are bound (or have
    /// failed), and open connections that are no longer admitted are being drained.
    pub async fn apply(&self, changes: Vec<Change>, revision: Revision) -> Applied {
        let _turn = self.changing.lock().await;
        let wanted = wanted_listeners(&changes);
        self.shared.budgets.follow(&changes);
        // Policies first: a new listener must find them.
        let next = self.shared.snapshot.load().with(changes, revision);
        self.shared.snapshot.store(Arc::new(next));
        self.listeners.arrange(&wanted).await;
        let mut closed = HashMap::new();
        for of_worker in self.workers.ask_all(Command::Judge).await {
            add(&mut closed, of_worker);
        }
        Applied { closed }
    }

    /// Finds out which of the policies that are made when they are needed ([`Deferred`](crate::Deferred)) cannot be: those
    /// are broken from then on, as if they had been applied so. Takes about 0.1 ms of one core for each: to be called on a
    /// thread where that holds up nobody.
    pub fn check_deferred(&self) {
        let snapshot = self.shared.snapshot.load_full();
        snapshot.policies().for_each(|policy| policy.check());
    }

    /// The gateway in numbers.
    pub async fn report(&self) -> Report {
        let mut report = Report {
            turned_away: self.shared.budgets.turned_away(),
            events_dropped: self.shared.events.dropped(),
            requests_dropped: self.shared.access_log.as_ref().map(AccessLog::dropped).unwrap_or_default(),
            ..Report::default()
        };
        for of_worker in self.workers.ask_all(Command::Report).await {
            report.merge(of_worker);
        }
        report
    }

    /// The revision that is served.
    pub fn revision(&self) -> Revision {
        self.shared.snapshot.load().revision()
    }

    /// What a group's listener does.
    pub fn listener_state(&self, group: &GatewayGroupId) -> ListenerState {
        self.listeners.state(&ListenerId::tls(group)).unwrap_or(ListenerState::Starting)
    }

    /// What a group's listener for plain HTTP does; `None` if it is to have none.
    pub fn http_listener_state(&self, group: &GatewayGroupId) -> Option<ListenerState> {
        self.listeners.state(&ListenerId::plain_http(group))
    }

    /// The newest events of a group, newest first, at most `most`.
    pub fn events(&self, group: &GatewayGroupId, most: usize) -> Vec<HandshakeEvent> {
        self.shared.events.newest(group, most)
    }

    /// What is known of the nodes of an upstream; nothing of one that has none, is broken, or is not there.
    pub fn node_states(&self, group: &GatewayGroupId, key: &UpstreamKey) -> Vec<NodeState> {
        match self.shared.snapshot.load().destination(group, key) {
            Some(Destination::Nodes(nodes)) => nodes.states(self.shared.options.clock.now()),
            Some(Destination::Echo | Destination::Broken(_)) | None => Vec::new(),
        }
    }

    /// What is known of the nodes of all upstreams that have some.
    pub fn all_node_states(&self) -> Vec<(GatewayGroupId, UpstreamKey, Vec<NodeState>)> {
        let now = self.shared.options.clock.now();
        let snapshot = self.shared.snapshot.load();
        let all =
            snapshot.node_sets().map(|(group, key, nodes)| (group.clone(), key.clone(), nodes.states(now)));
        all.collect()
    }

    /// Stops accepting, lets what is in flight finish within `grace`, closes the rest.
    pub async fn shutdown(&self, grace: Duration) {
        let _turn = self.changing.lock().await;
        self.listeners.forget();
        self.workers.tell_all(|done| Command::Shutdown(grace, done)).await;
    }
}

/// Where the listeners that `changes` speak of are to listen afterwards; `None`: nowhere.
fn wanted_listeners(changes: &[Change]) -> HashMap<ListenerId, Option<SocketAddr>> {
    let mut wanted = HashMap::new();
    for change in changes {
        let (group, listener, http_listener) = match change {
            Change::Group { group, listener, http_listener, .. } => (group, Some(*listener), *http_listener),
            Change::GroupRemoved(group) => (group, None, None),
            _ => continue,
        };
        wanted.insert(ListenerId::tls(group), listener);
        wanted.insert(ListenerId::plain_http(group), http_listener);
    }
    wanted
}
