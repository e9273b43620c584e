//! Keeps what happens on the gateway: events and clients go from its queue to the store. Whoever makes them never waits:
//! what comes too fast is dropped, and counted.

mod clients;

use std::collections::HashMap;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::{GatewayGroupId, HandshakeEvent};
use proxy::Record;
use store::Store;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;

use clients::SeenClients;

/// Events that are written together.
const BATCH: usize = 200;
/// Clients that are written before their time, so that a crowd needs no more memory.
const MOST_CLIENTS: usize = 2_000;
/// The longest that an event waits for others.
const EVENTS_EVERY: Duration = Duration::from_millis(500);
/// How often the inventory is brought up to date.
const CLIENTS_EVERY: Duration = Duration::from_secs(1);
/// How long somebody who reads waits for what is not written yet.
const PATIENCE: Duration = Duration::from_secs(1);
/// Readers that may wait at once; others read what is written.
const READERS: usize = 64;

/// What others see of the keeper. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Recorder {
    readers: mpsc::Sender<oneshot::Sender<()>>,
    dropped: Arc<Mutex<HashMap<GatewayGroupId, u64>>>,
}

impl Recorder {
    /// Has everything written that has happened so far, so that a reader of the store finds it. Gives up after a second.
    pub(crate) async fn flush(&self) {
        let (done, written) = oneshot::channel();
        if self.readers.try_send(done).is_ok() {
            // Too slow, or stopping: the reader finds what is there.
            let _ = timeout(PATIENCE, written).await;
        }
    }

    /// Events of a group that the store did not take.
    pub(crate) fn dropped(&self, group: &GatewayGroupId) -> u64 {
        self.lock().get(group).copied().unwrap_or_default()
    }

    /// Those of all groups.
    pub(crate) fn all_dropped(&self) -> HashMap<GatewayGroupId, u64> {
        self.lock().clone()
    }

    fn count_dropped(&self, events: &[HandshakeEvent]) {
        let mut dropped = self.lock();
        for event in events {
            *dropped.entry(event.group.clone()).or_default() += 1;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<GatewayGroupId, u64>> {
        self.dropped.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The keeper itself: one task.
#[derive(Debug)]
pub(crate) struct Keeper {
    store: Store,
    recorder: Recorder,
    records: mpsc::Receiver<Record>,
    readers: mpsc::Receiver<oneshot::Sender<()>>,
    events: Vec<HandshakeEvent>,
    clients: SeenClients,
}

impl Keeper {
    pub(crate) fn new(store: Store, records: mpsc::Receiver<Record>) -> (Self, Recorder) {
        let (sender, readers) = mpsc::channel(READERS);
        let recorder = Recorder { readers: sender, dropped: Arc::default() };
        let keeper = Self {
            store,
            recorder: recorder.clone(),
            records,
            readers,
            events: Vec::with_capacity(BATCH),
            clients: SeenClients::default(),
        };
        (keeper, recorder)
    }

    /// Keeps until `stop` is cancelled; then what waits is still written.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        let mut events_due = interval(EVENTS_EVERY);
        let mut clients_due = interval(CLIENTS_EVERY);
        events_due.set_missed_tick_behavior(MissedTickBehavior::Delay);
        clients_due.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                record = self.records.recv() => match record {
                    Some(record) => self.take(&record).await,
                    None => break,
                },
                Some(reader) = self.readers.recv() => {
                    self.catch_up().await;
                    // It may have given up.
                    let _ = reader.send(());
                }
                _ = events_due.tick() => self.write_events().await,
                _ = clients_due.tick() => self.write_clients().await,
            }
        }
        self.catch_up().await;
    }

    async fn take(&mut self, record: &Record) {
        let event = record.to_event();
        if let Some(leaf) = record.verified_leaf() {
            self.clients.add(&event, leaf);
        }
        self.events.push(event);
        if self.events.len() >= BATCH {
            self.write_events().await;
        }
        if self.clients.len() >= MOST_CLIENTS {
            self.write_clients().await;
        }
    }

    /// Writes what has happened so far; what happens meanwhile has its turn later.
    async fn catch_up(&mut self) {
        for _ in 0..self.records.len() {
            let Ok(record) = self.records.try_recv() else { break };
            self.take(&record).await;
        }
        self.write_events().await;
        self.write_clients().await;
    }

    async fn write_events(&mut self) {
        if self.events.is_empty() {
            return;
        }
        let events = mem::replace(&mut self.events, Vec::with_capacity(BATCH));
        if let Err(error) = self.store.insert_handshake_events(&events).await {
            tracing::warn!(%error, lost = events.len(), "handshake events could not be stored");
            self.recorder.count_dropped(&events);
        }
    }

    async fn write_clients(&mut self) {
        let seen = self.clients.take();
        if seen.is_empty() {
            return;
        }
        if let Err(error) = self.store.record_clients(&seen).await {
            tracing::warn!(%error, lost = seen.len(), "clients could not be recorded");
        }
    }
}
