//! The gateway as a client: requests to the nodes of upstreams.
//!
//! Knows what a node is told and how it is reached, not which one is asked, nor how often.

mod body;
mod connect;
mod failure;
mod http2;
mod names;
mod pool;
mod stream;

use std::io;
use std::rc::Rc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use domain::{Keepalive, NodeAddress, Timeouts};
use http::{Request, Response};
use hyper::body::Body;
use rustls_pki_types::ServerName;
use tls::NodeTls;

pub(crate) use self::body::NodeBody;
use self::connect::connect;
pub(crate) use self::failure::{FailureStage, NodeFailure, Trouble};
use self::names::Names;
use self::pool::{Lent, Pools};
use crate::answer::Tunnel;
use crate::http1::client::{Answered, Connection, Limits, Rest, exchange};
use crate::http1::spare::Spare;
use crate::interim::Interim;

/// A worker's client: connections that are kept, names that were looked up, buffers. Belongs to one thread.
#[derive(Default)]
pub(crate) struct NodeClient {
    names: Names,
    pools: Pools,
    spare: Rc<Spare>,
}

/// A node, and how to speak with it.
#[derive(Debug, Clone)]
pub(crate) struct NodeTarget<'a> {
    pub(crate) address: &'a NodeAddress,
    /// The address' own, or the one that its scheme is known for.
    pub(crate) port: u16,
    /// How it is encrypted, and whom the node must prove to be.
    pub(crate) tls: Option<(&'a NodeTls, ServerName<'static>)>,
    pub(crate) http2: bool,
    pub(crate) timeouts: Timeouts,
    pub(crate) keepalive: Keepalive,
}

/// A node's answer.
pub(crate) struct NodeAnswer<B> {
    pub(crate) response: Response<NodeBody<B>>,
    /// Only with status 101: what was asked for follows on it.
    pub(crate) tunnel: Option<Tunnel>,
}

impl NodeClient {
    /// Sends a request whose target is in origin form and whose fields are final, but for those that frame its body: that
    /// is told from its size. Interim answers are passed on, 100 only if the request expects it.
    ///
    /// # Errors
    /// How far the request came; it is given back if nothing of its body was read.
    pub(crate) async fn send<B>(
        &self,
        to: &NodeTarget<'_>,
        request: Request<B>,
        interim: &Interim,
    ) -> Result<NodeAnswer<B>, NodeFailure<B>>
    where
        B: Body<Data = Bytes, Error = io::Error> + Unpin + 'static,
    {
        let pool = self.pools.of(to);
        if to.http2 {
            let stream = match pool.stream(&self.names, to).await {
                Ok(stream) => stream,
                Err(trouble) => return Err(trouble.with(Some(request))),
            };
            let response = http2::exchange(stream, to, request).await?.map(NodeBody::http2);
            return Ok(NodeAnswer { response, tunnel: None });
        }
        let Lent { connection, until } = match pool.take() {
            Some(lent) => lent,
            None => match connect(&self.names, to).await {
                Ok(stream) => {
                    let connection = Box::new(Connection::new(stream, Rc::clone(&self.spare)));
                    Lent { connection, until: pool.until() }
                }
                Err(trouble) => return Err(trouble.with(Some(request))),
            },
        };
        let limits = Limits::from(to.timeouts);
        let Answered { status, headers, rest } = exchange(connection, limits, request, interim).await?;
        let (body, tunnel) = match rest {
            Rest::Body(receiving) => (NodeBody::http1(receiving, pool, until), None),
            Rest::Tunnel(stream, read_ahead) => {
                (NodeBody::empty(), Some(Tunnel { stream: Box::new(stream), read_ahead, idle: limits.read }))
            }
        };
        let mut response = Response::new(body);
        (*response.status_mut(), *response.headers_mut()) = (status, headers);
        Ok(NodeAnswer { response, tunnel })
    }

    /// Closes connections that were idle for too long. To be called about once a second.
    pub(crate) fn sweep(&self, now: Instant) {
        self.pools.sweep(now);
    }
}

impl From<Timeouts> for Limits {
    fn from(timeouts: Timeouts) -> Self {
        let milliseconds = |number: u32| Duration::from_millis(number.into());
        Self { send: milliseconds(timeouts.send), read: milliseconds(timeouts.read) }
    }
}

#[cfg(test)]
mod tests;
