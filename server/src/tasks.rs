//! What runs beside the requests: each task on a timer, idempotent, stopped by the token.

use std::sync::Arc;
use std::time::Duration;

use domain::UnixTime;
use store::Store;
use tls::Clock;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::Retention;
use crate::publish::Publisher;

/// How often a change that was missed is looked for.
const CATCH_UP: Duration = Duration::from_secs(1);
/// How often handshake events and clients that are too many are removed.
const TRIM: Duration = Duration::from_secs(60);
/// Clients of a group that are remembered.
const MOST_CLIENTS: u64 = 50_000;
/// How often sessions that have ended are removed.
const SWEEP: Duration = Duration::from_secs(600);

/// Guards against a missed delta: applies what the gateway does not serve yet.
pub(crate) async fn catch_up(publisher: Arc<Publisher>, stop: CancellationToken) {
    let mut ticks = interval(CATCH_UP);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while !stopped(&mut ticks, &stop).await {
        let publisher = Arc::clone(&publisher);
        // A task of its own: should it panic over one object, the next tick still comes.
        match tokio::spawn(async move { publisher.catch_up().await }).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::error!(%error, "the store failed; the gateway goes on with what it has")
            }
            Err(error) => tracing::error!(%error, "publishing failed; the gateway goes on with what it has"),
        }
    }
}

/// Removes sessions that have ended.
pub(crate) async fn sweep_sessions(store: Store, clock: Arc<dyn Clock>, stop: CancellationToken) {
    let mut ticks = interval(SWEEP);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while !stopped(&mut ticks, &stop).await {
        match store.delete_ended_sessions(clock.now()).await {
            Ok(0) => {}
            Ok(count) => tracing::debug!(count, "ended sessions were removed"),
            Err(error) => tracing::warn!(%error, "ended sessions could not be removed"),
        }
    }
}

/// Removes the handshake events that are too old or too many, and the clients that were not seen for the longest time.
pub(crate) async fn trim_records(
    store: Store,
    clock: Arc<dyn Clock>,
    retention: Retention,
    stop: CancellationToken,
) {
    let mut ticks = interval(TRIM);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while !stopped(&mut ticks, &stop).await {
        let older_than = clock.now().plus_seconds(-i64::from(retention.days) * UnixTime::DAY);
        match store.trim_handshake_events(older_than, retention.most).await {
            Ok(0) => {}
            Ok(count) => tracing::debug!(count, "old handshake events were removed"),
            Err(error) => tracing::warn!(%error, "old handshake events could not be removed"),
        }
        match store.trim_clients(MOST_CLIENTS).await {
            Ok(0) => {}
            Ok(count) => tracing::debug!(count, "clients were forgotten"),
            Err(error) => tracing::warn!(%error, "clients could not be forgotten"),
        }
    }
}

async fn stopped(ticks: &mut tokio::time::Interval, stop: &CancellationToken) -> bool {
    tokio::select! {
        () = stop.cancelled() => true,
        _ = ticks.tick() => false,
    }
}
