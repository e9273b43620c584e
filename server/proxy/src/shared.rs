use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::sync::Semaphore;

use crate::budget::Budgets;
use crate::events::Events;
use crate::gateway::{Options, Records};
use crate::log_limit::LogLimit;
use crate::request_record::AccessLog;
use crate::snapshot::Snapshot;

/// What all workers of a gateway share. Requests read the snapshot, and nothing else of it that another thread writes.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) options: Options,
    pub(crate) snapshot: ArcSwap<Snapshot>,
    pub(crate) events: Events,
    /// There is none unless it was asked for.
    pub(crate) access_log: Option<AccessLog>,
    pub(crate) budgets: Budgets,
    /// Bounds what is said of requests that no node answered.
    pub(crate) unanswered: LogLimit,
    /// One permit for each connection.
    pub(crate) connections: Arc<Semaphore>,
}

impl Shared {
    pub(crate) fn new(options: Options) -> (Self, Records) {
        let (events, handshakes) = Events::new(options.events);
        let (access_log, requests) = AccessLog::new();
        let shared = Self {
            snapshot: ArcSwap::default(),
            events,
            budgets: Budgets::default(),
            unanswered: LogLimit::default(),
            access_log: options.access_log.then_some(access_log),
            connections: Arc::new(Semaphore::new(options.connections.min(Semaphore::MAX_PERMITS))),
            options,
        };
        (shared, Records { handshakes, requests })
    }
}
