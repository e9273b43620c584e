//! Connections that are kept for later requests.

mod shared;

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::{Keepalive, NodeAddress};
use rustls_pki_types::ServerName;
use tls::NodeTls;
use tokio::sync::Mutex;

#[cfg(test)]
pub(super) use self::shared::CONNECTIONS;
pub(super) use self::shared::InUse;
use super::NodeTarget;
use super::http2::Http2Connection;
use super::stream::NodeStream;
use crate::http1::client::Connection;

/// How long a connection takes new requests. Its node proved itself when it was made: certificates expire and are revoked.
const GREATEST_AGE: Duration = Duration::from_secs(60 * 60);

/// A worker's pools.
pub(super) struct Pools {
    pools: RefCell<HashMap<NodeAddress, Vec<Rc<Pool>>>>,
    greatest_age: Duration,
}

impl Default for Pools {
    fn default() -> Self {
        Self { pools: RefCell::default(), greatest_age: GREATEST_AGE }
    }
}

impl Pools {
    #[cfg(test)]
    pub(super) fn with_greatest_age(greatest_age: Duration) -> Self {
        Self { greatest_age, ..Self::default() }
    }

    /// The pool of what a target is connected to like.
    pub(super) fn of(&self, to: &NodeTarget<'_>) -> Rc<Pool> {
        let mut pools = self.pools.borrow_mut();
        if let Some(pool) = pools.get(to.address).and_then(|pools| pools.iter().find(|pool| pool.is_of(to))) {
            pool.keepalive.set(to.keepalive);
            return Rc::clone(pool);
        }
        let pool = Rc::new(Pool::new(to, self.greatest_age));
        pools.entry(to.address.clone()).or_default().push(Rc::clone(&pool));
        pool
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.pools.borrow().is_empty()
    }

    /// Closes what was idle for too long, or was closed by its node, and forgets pools that nobody uses.
    pub(super) fn sweep(&self, now: Instant) {
        self.pools.borrow_mut().retain(|_, pools| {
            pools.retain(|pool| pool.sweep(now) > 0 || Rc::strong_count(pool) > 1);
            !pools.is_empty()
        });
    }
}

/// The connections to one node that are alike: the idle ones of HTTP/1.1, all of HTTP/2.
pub(super) struct Pool {
    port: u16,
    /// Kept, so that no other configuration can come to lie at the place by which this one is known.
    tls: Option<(NodeTls, ServerName<'static>)>,
    http2: bool,
    /// As the last request says.
    keepalive: Cell<Keepalive>,
    greatest_age: Duration,
    /// The newest is the last.
    idle: RefCell<VecDeque<Idle>>,
    /// Those that have streams, and those that can have more.
    shared: RefCell<Vec<Rc<Http2Connection>>>,
    /// Held by who makes a connection that others wait for.
    connecting: Mutex<()>,
}

#[derive(Debug)]
struct Idle {
    lent: Lent,
    since: Instant,
}

/// A connection of HTTP/1.1 that one request has for itself.
#[derive(Debug)]
pub(super) struct Lent {
    pub(super) connection: Box<Connection<NodeStream>>,
    /// Until when it takes new requests.
    pub(super) until: Instant,
}

impl Pool {
    fn new(to: &NodeTarget<'_>, greatest_age: Duration) -> Self {
        Self {
            port: to.port,
            tls: to.tls.as_ref().map(|(tls, name)| (NodeTls::clone(tls), name.clone())),
            http2: to.http2,
            keepalive: Cell::new(to.keepalive),
            greatest_age,
            idle: RefCell::default(),
            shared: RefCell::default(),
            connecting: Mutex::default(),
        }
    }

    fn is_of(&self, to: &NodeTarget<'_>) -> bool {
        self.port == to.port
            && self.http2 == to.http2
            && match (&self.tls, &to.tls) {
                (None, None) => true,
                (Some((tls, name)), Some((other, other_name))) => {
                    Arc::ptr_eq(tls.client_config(), other.client_config()) && name == other_name
                }
                _ => false,
            }
    }

    fn idle_timeout(&self) -> Duration {
        Duration::from_millis(self.keepalive.get().idle_timeout.into())
    }

    /// Until when a connection takes new requests that is made now.
    pub(super) fn until(&self) -> Instant {
        Instant::now() + self.greatest_age
    }

    /// The connection that was used last, and that can be used once more.
    pub(super) fn take(&self) -> Option<Lent> {
        let mut idle = self.idle.borrow_mut();
        let now = Instant::now();
        while let Some(Idle { mut lent, since }) = idle.pop_back() {
            if now.saturating_duration_since(since) >= self.idle_timeout() {
                // All others have been idle for longer.
                idle.clear();
            } else if lent.until > now && lent.connection.is_idle() {
                return Some(lent);
            }
        }
        None
    }

    /// Keeps a connection, unless it has served enough or for long enough, or more are kept already than may be.
    pub(super) fn give(&self, lent: Lent) {
        let (keepalive, now) = (self.keepalive.get(), Instant::now());
        let has_served = keepalive.requests > 0 && lent.connection.served() >= keepalive.requests;
        if has_served || lent.until <= now {
            return;
        }
        let mut idle = self.idle.borrow_mut();
        idle.push_back(Idle { lent, since: now });
        while idle.len() > keepalive.size as usize {
            idle.pop_front();
        }
    }

    /// How much is left.
    fn sweep(&self, now: Instant) -> usize {
        let limit = self.idle_timeout();
        let mut idle = self.idle.borrow_mut();
        idle.retain_mut(|Idle { lent, since }| {
            now.saturating_duration_since(*since) < limit && lent.until > now && lent.connection.is_idle()
        });
        if idle.is_empty() {
            idle.shrink_to_fit();
        }
        idle.len() + self.sweep_shared(now)
    }
}
