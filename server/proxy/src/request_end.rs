use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use domain::{GatewayGroupId, RouteId};
use http::{Request, StatusCode};

use crate::connection::Connection;
use crate::events::connection_id;
use crate::request_record::{RequestLine, RequestRecord};
use crate::shared::Shared;
use crate::upstream::Chosen;

/// What has to be done when a request is answered to its end, or when nobody is left to answer it: then this is dropped.
pub(crate) struct RequestEnd {
    connection: Rc<Connection>,
    /// The node that answers it.
    node: Option<Chosen>,
    bytes: u64,
    /// Whether a piece of the answer waits for the client to take it.
    is_offered: bool,
    /// Whether it was let through while the client was verified.
    is_relying: bool,
    /// What is written of it into the access log, if there is one.
    entry: Option<Box<Entry>>,
}

struct Entry {
    shared: Arc<Shared>,
    started: Instant,
    line: RequestLine,
    /// 499 until there is an answer: the client has gone away.
    status: u16,
    route: Option<RouteId>,
    node: Option<String>,
    failure: Option<String>,
}

/// As nginx writes it into its log.
const CLIENT_CLOSED_REQUEST: u16 = 499;

impl RequestEnd {
    /// For a request that is about to be answered.
    pub(crate) fn begin<B>(shared: &Arc<Shared>, connection: &Rc<Connection>, request: &Request<B>) -> Self {
        connection.pace().count_request();
        let entry = shared.access_log.is_some().then(|| {
            Box::new(Entry {
                shared: Arc::clone(shared),
                started: Instant::now(),
                line: RequestLine::of(request),
                status: CLIENT_CLOSED_REQUEST,
                route: None,
                node: None,
                failure: None,
            })
        });
        Self {
            connection: Rc::clone(connection),
            node: None,
            bytes: 0,
            is_offered: false,
            is_relying: false,
            entry,
        }
    }

    /// Notes that it was let through: if the client is verified, it may go on only while the client is.
    pub(crate) fn let_through(&mut self) {
        if self.connection.is_verified() && !self.is_relying {
            self.is_relying = true;
            self.connection.rely_on_identity();
        }
    }

    /// Notes which route it took.
    pub(crate) fn routed(&mut self, route: &RouteId) {
        if let Some(entry) = &mut self.entry {
            entry.route = Some(route.clone());
        }
    }

    /// Notes which node answers. It counts the request as in progress until the end.
    pub(crate) fn answered_by(&mut self, node: Chosen) {
        if let Some(entry) = &mut self.entry {
            entry.node = Some(node.address().to_string());
        }
        self.node = Some(node);
    }

    /// Notes why no node could answer.
    pub(crate) fn failed(&mut self, node: Option<String>, reason: &str) {
        if let Some(entry) = &mut self.entry {
            entry.node = node;
            entry.failure = Some(reason.to_owned());
        }
    }

    /// Notes the status of the answer.
    pub(crate) fn answered(&mut self, status: StatusCode) {
        self.connection.count_answer(status.as_u16());
        if let Some(entry) = &mut self.entry {
            entry.status = status.as_u16();
        }
    }

    /// Counts bytes of the answer's body.
    pub(crate) fn add_bytes(&mut self, bytes: usize) {
        self.bytes += bytes as u64;
    }

    /// Notes whether a piece of the answer waits for the client to take it.
    pub(crate) fn set_offered(&mut self, is_offered: bool) {
        if self.is_offered != is_offered {
            self.is_offered = is_offered;
            let pace = self.connection.pace();
            if is_offered { pace.offer() } else { pace.take() }
        }
    }

    /// Notes that the answer's body broke off.
    pub(crate) fn broke_off(&mut self, error: &io::Error) {
        if let Some(entry) = &mut self.entry {
            entry.failure = Some(error.to_string());
        }
    }
}

impl Drop for RequestEnd {
    fn drop(&mut self) {
        self.set_offered(false);
        if self.is_relying {
            self.connection.stop_relying();
        }
        self.connection.pace().discount_request();
        if let Some(entry) = self.entry.take() {
            entry.write(&self.connection, self.bytes);
        }
    }
}

impl Entry {
    fn write(self, connection: &Connection, bytes: u64) {
        let attempt = connection.attempt();
        let negotiated = connection.negotiated();
        let record = RequestRecord {
            connection: connection_id(attempt.connection),
            at: self.shared.options.clock.now(),
            group: GatewayGroupId::clone(&attempt.group),
            client: attempt.client,
            line: self.line,
            status: self.status,
            bytes,
            duration_us: u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX),
            route: self.route,
            node: self.node,
            failure: self.failure,
            identity: connection.verified_name().map(str::to_owned),
            tls_version: negotiated.version_name(),
            resumed: negotiated.resumed,
        };
        if let Some(log) = &self.shared.access_log {
            log.record(record);
        }
    }
}
