//! Connections of HTTP/2, that many requests share.

use std::ops::Deref;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::time::timeout;

use super::Pool;
use crate::node::connect::connect;
use crate::node::http2::Http2Connection;
use crate::node::names::Names;
use crate::node::{FailureStage, NodeTarget, Trouble};

/// How many there are of a pool at the most. A node that lets a connection have few streams, or none, does not get ever
/// more of them.
pub(in crate::node) const CONNECTIONS: usize = 256;

impl Pool {
    /// A stream on a connection with room for one. A new connection is made by one request, and others wait for it.
    ///
    /// # Errors
    /// There is none, and no other could be made in time, or may be made.
    pub(in crate::node) async fn stream(
        self: &Rc<Self>,
        names: &Names,
        to: &NodeTarget<'_>,
    ) -> Result<InUse, Trouble> {
        if let Some(connection) = self.with_room() {
            return Ok(connection);
        }
        let too_late =
            |_| Trouble::new(FailureStage::ConnectTimeout, "the node did not accept a connection in time");
        let limit = Duration::from_millis(to.timeouts.connect.into());
        let _turn = timeout(limit, self.connecting.lock()).await.map_err(too_late)?;
        if let Some(connection) = self.with_room() {
            return Ok(connection);
        }
        if self.sweep_shared(Instant::now()) >= CONNECTIONS {
            let reason = format!(
                "{CONNECTIONS} HTTP/2 connections to the node are open, and it takes no more requests on them"
            );
            return Err(Trouble::new(FailureStage::Connect, reason));
        }
        let stream = connect(names, to).await?;
        let connection =
            timeout(limit, Http2Connection::open(stream, self.until())).await.map_err(too_late)??;
        self.shared.borrow_mut().push(Rc::clone(&connection));
        Ok(self.begin(connection))
    }

    fn with_room(self: &Rc<Self>) -> Option<InUse> {
        let (keepalive, now) = (self.keepalive.get(), Instant::now());
        let mut shared = self.shared.borrow_mut();
        let at = shared.iter().position(|connection| connection.has_room(keepalive, now))?;
        // The next request finds it at once.
        shared.swap(0, at);
        Some(self.begin(Rc::clone(&shared[0])))
    }

    fn begin(self: &Rc<Self>, connection: Rc<Http2Connection>) -> InUse {
        connection.begin();
        InUse { connection, pool: Rc::clone(self) }
    }

    /// Keeps a connection that has no more streams, unless it cannot have others, or more are idle already than may be.
    fn end(&self, connection: &Rc<Http2Connection>) {
        let keepalive = self.keepalive.get();
        let most = keepalive.size as usize;
        let mut shared = self.shared.borrow_mut();
        let is_spare = || {
            shared.len() > most && shared.iter().filter(|connection| !connection.is_in_use()).count() > most
        };
        if !connection.has_room(keepalive, Instant::now()) || is_spare() {
            shared.retain(|other| !Rc::ptr_eq(other, connection));
        }
    }

    /// Closes what is of no use any more, and what was idle for too long. How much is left.
    pub(super) fn sweep_shared(&self, now: Instant) -> usize {
        let (keepalive, idle_timeout) = (self.keepalive.get(), self.idle_timeout());
        let mut spare = keepalive.size;
        let mut shared = self.shared.borrow_mut();
        shared.retain(|connection| {
            if connection.is_in_use() {
                return true;
            }
            let is_kept = spare > 0
                && connection.has_room(keepalive, now)
                && !connection.is_idle_for(idle_timeout, now);
            spare -= u32::from(is_kept);
            is_kept
        });
        shared.len()
    }
}

/// A stream of a connection, counted for as long as it lives. With its last stream goes a connection that can have no
/// others, or is one idle one too many.
pub(in crate::node) struct InUse {
    connection: Rc<Http2Connection>,
    pool: Rc<Pool>,
}

impl Deref for InUse {
    type Target = Http2Connection;

    fn deref(&self) -> &Http2Connection {
        &self.connection
    }
}

impl Drop for InUse {
    fn drop(&mut self) {
        self.connection.end();
        if !self.connection.is_in_use() {
            self.pool.end(&self.connection);
        }
    }
}
