use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::sync::Semaphore;

use crate::events::Events;
use crate::gateway::Options;
use crate::snapshot::Snapshot;

/// What all workers of a gateway share. Requests read the snapshot, and nothing else of it that another thread writes.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) options: Options,
    pub(crate) snapshot: ArcSwap<Snapshot>,
    pub(crate) events: Events,
    /// One permit for each connection.
    pub(crate) connections: Arc<Semaphore>,
}

impl Shared {
    pub(crate) fn new(options: Options) -> Self {
        Self {
            snapshot: ArcSwap::default(),
            events: Events::new(options.events),
            connections: Arc::new(Semaphore::new(options.connections.min(Semaphore::MAX_PERMITS))),
            options,
        }
    }
}
