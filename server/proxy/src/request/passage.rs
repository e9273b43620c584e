//! What let a tunnel through, so that it does not outlive it.

use domain::{RouteId, ServerName};
use http::{Method, Request};

use super::check_cover;
use crate::connection::Connection;
use crate::path::CheckedPath;
use crate::snapshot::Snapshot;

/// The way of a request that asks to make a tunnel of its connection.
#[derive(Debug)]
pub(crate) struct Passage {
    host: ServerName,
    /// As it was sent, without the query.
    path: Box<str>,
    method: Method,
    route: RouteId,
}

impl Passage {
    /// Of a request for `host` that was found to take `route`.
    pub(super) fn new<B>(request: &Request<B>, host: &ServerName, route: &RouteId) -> Self {
        Self {
            host: host.clone(),
            path: request.uri().path().into(),
            method: request.method().clone(),
            route: route.clone(),
        }
    }

    /// Whether the same request would be let through on the same route. Which nodes that leads to does not matter.
    pub(crate) fn is_open(&self, snapshot: &Snapshot, connection: &Connection) -> bool {
        let Some(path) = CheckedPath::new(&self.path) else { return false };
        let found = snapshot.find_route(&connection.attempt().group, &self.host, &path, &self.method);
        check_cover(snapshot, connection, &self.host).is_ok()
            && connection.may_reach(&self.path)
            && found.is_ok_and(|found| {
                let may_take = !found.route.requires_client_certificate || connection.is_verified();
                *found.id == self.route && may_take
            })
    }
}
