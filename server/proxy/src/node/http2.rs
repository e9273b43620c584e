//! HTTP/2 towards nodes (gRPC, h2c), with hyper's client: the streams of many requests share a connection.

mod body;
mod shared_body;

use std::cell::{Cell, RefCell};
use std::error::Error;
use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::Poll;
use std::time::{Duration, Instant};

use bytes::Bytes;
use domain::Keepalive;
use http::header::{CONTENT_LENGTH, HOST};
use http::uri::{Authority, Parts as UriParts, PathAndQuery, Scheme};
use http::{HeaderValue, Request, Response, Uri, Version};
use hyper::body::{Body, Incoming};
use hyper::client::conn::http2::{self, SendRequest};
use hyper::rt::Executor;
use hyper_util::rt::{TokioIo, TokioTimer};

pub(super) use self::body::Http2Body;
use self::shared_body::{SharedBody, StreamBody, Watch};
use super::pool::InUse;
use super::stream::NodeStream;
use super::{FailureStage, NodeFailure, NodeTarget, Trouble};
use crate::http1::client::Limits;

/// What may be on its way of one answer, and of all of a connection together.
const STREAM_WINDOW: u32 = 256 * 1024;
const CONNECTION_WINDOW: u32 = 1024 * 1024;
/// What may be waiting to be sent of one request.
const SEND_BUFFER: usize = 64 * 1024;
/// The largest head of an answer.
const HEAD_BYTES: u32 = 64 * 1024;
/// How often a node that has something to do is asked whether it is still there, and how long it may take to answer.
const PING_INTERVAL: Duration = Duration::from_secs(30);
const PING_TIMEOUT: Duration = Duration::from_secs(10);

type Driver = http2::Connection<TokioIo<NodeStream>, StreamBody, LocalExecutor>;

/// A connection with many streams.
pub(super) struct Http2Connection {
    sender: SendRequest<StreamBody>,
    /// Polled by a task of its own; shared, as it knows how many streams the node allows. Gone once the connection has
    /// ended, as it would hold requests that nobody sends.
    driver: Rc<RefCell<Option<Driver>>>,
    /// Requests in progress.
    streams: Cell<usize>,
    served: Cell<u32>,
    idle_since: Cell<Instant>,
    /// Until when it takes new requests.
    until: Instant,
}

impl Http2Connection {
    /// Begins to speak HTTP/2 on a connection that takes new requests until then.
    pub(super) async fn open(stream: NodeStream, until: Instant) -> Result<Rc<Self>, Trouble> {
        let mut builder = http2::Builder::new(LocalExecutor);
        builder
            .timer(TokioTimer::new())
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .max_send_buf_size(SEND_BUFFER)
            .max_header_list_size(HEAD_BYTES)
            .keep_alive_interval(PING_INTERVAL)
            .keep_alive_timeout(PING_TIMEOUT);
        let (sender, driver) = builder
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|error| Trouble::new(FailureStage::Connect, describe(&error)))?;
        let driver = Rc::new(RefCell::new(Some(driver)));
        let driven = Rc::clone(&driver);
        tokio::task::spawn_local(async move {
            let end = poll_fn(|context| match &mut *driven.borrow_mut() {
                Some(driver) => Pin::new(driver).poll(context),
                None => Poll::Ready(Ok(())),
            });
            let end = end.await;
            driven.take();
            if let Err(error) = end {
                tracing::debug!(error = describe(&error), "HTTP/2 connection to a node ended");
            }
        });
        Ok(Rc::new(Self {
            sender,
            driver,
            streams: Cell::new(0),
            served: Cell::new(0),
            idle_since: Cell::new(Instant::now()),
            until,
        }))
    }

    /// Whether it takes one more request. Before the node has said how many it takes, the library guesses; requests above
    /// the real number wait.
    pub(super) fn has_room(&self, keepalive: Keepalive, now: Instant) -> bool {
        // The driver is borrowed only while its own task runs.
        let most = self.driver.borrow().as_ref().map_or(0, Driver::current_max_send_streams);
        !self.sender.is_closed()
            && self.until > now
            && self.streams.get() < most
            && (keepalive.requests == 0 || self.served.get() < keepalive.requests)
    }

    /// Whether requests are in progress on it.
    pub(super) fn is_in_use(&self) -> bool {
        self.streams.get() > 0
    }

    /// Counts one more request in progress.
    pub(super) fn begin(&self) {
        self.streams.update(|streams| streams + 1);
    }

    /// Counts one less.
    pub(super) fn end(&self) {
        self.streams.update(|streams| streams - 1);
        self.idle_since.set(Instant::now());
    }

    /// Whether no request was in progress for as long as this.
    pub(super) fn is_idle_for(&self, time: Duration, now: Instant) -> bool {
        !self.is_in_use() && now.saturating_duration_since(self.idle_since.get()) >= time
    }

    fn count_request(&self) -> u32 {
        self.served.replace(self.served.get().saturating_add(1))
    }
}

/// Sends a request, and waits for the head of its answer. Interim answers are not passed on: the library drops them.
///
/// # Errors
/// There is no answer; the stream is reset, the connection goes on if it can.
pub(super) async fn exchange<B>(
    connection: InUse,
    to: &NodeTarget<'_>,
    request: Request<B>,
) -> Result<Response<Http2Body>, NodeFailure<B>>
where
    B: Body<Data = Bytes, Error = io::Error> + Unpin + 'static,
{
    let is_reused = connection.count_request() > 0;
    let (request, shared) = match with_authority(request, to) {
        Ok(request) => {
            let (parts, body) = request.into_parts();
            let shared = Rc::new(SharedBody::new(body));
            (Request::from_parts(parts, StreamBody::new(Rc::clone(&shared) as Rc<_>)), shared)
        }
        Err(request) => {
            let trouble = Trouble::new(FailureStage::Client, "the request has no host that HTTP/2 can carry");
            return Err(trouble.with(Some(request)));
        }
    };
    let mut watch = Watch::new(Rc::clone(&shared) as Rc<_>, Limits::from(to.timeouts));
    let mut answer = pin!(connection.sender.clone().try_send_request(request));
    let answered = poll_fn(|context| match answer.as_mut().poll(context) {
        Poll::Ready(answered) => Poll::Ready(Ok(answered)),
        Poll::Pending => watch.poll_lost(context).map(Err),
    });
    let error = match answered.await {
        Ok(Ok(response)) => return Ok(into_response(response, watch, connection)),
        Ok(Err(error)) => error,
        Err(stage) => return Err(Trouble::new(stage, "the node did not get on in time").with(None)),
    };
    let mut error = error;
    let unsent = error.take_message();
    let error = error.into_error();
    let stage = match () {
        () if shared.has_failed() => FailureStage::Client,
        // It was never sent.
        () if unsent.is_some() && is_reused => FailureStage::Stale,
        () if !shared.is_read() => FailureStage::Sending,
        () => FailureStage::Answering,
    };
    drop(watch);
    let request = unsent.and_then(|request| {
        let (parts, body) = request.into_parts();
        drop(body);
        let body = Rc::into_inner(shared)?.into_untouched()?;
        Some(without_authority(Request::from_parts(parts, body)))
    });
    Err(Trouble::new(stage, describe(&error)).with(request))
}

fn into_response(response: Response<Incoming>, watch: Watch, connection: InUse) -> Response<Http2Body> {
    let (mut parts, body) = response.into_parts();
    parts.version = Version::HTTP_11;
    Response::from_parts(parts, Http2Body::new(body, watch, connection))
}

/// Moves the host to where HTTP/2 has it (RFC 9113 §8.3.1). The library says how long the body is.
///
/// # Errors
/// The request as it was: its host cannot stand there.
#[expect(
    clippy::result_large_err,
    reason = "nearly every request moves on by the other way, which is as large"
)]
fn with_authority<B>(mut request: Request<B>, to: &NodeTarget<'_>) -> Result<Request<B>, Request<B>> {
    let authority = match request.headers().get(HOST) {
        Some(host) => Authority::try_from(host.as_bytes()),
        None => Authority::try_from(to.address.to_string()),
    };
    let mut parts = UriParts::default();
    parts.scheme = Some(if to.tls.is_some() { Scheme::HTTPS } else { Scheme::HTTP });
    parts.path_and_query =
        Some(request.uri().path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/")));
    let Ok(authority) = authority else { return Err(request) };
    parts.authority = Some(authority);
    let Ok(uri) = Uri::from_parts(parts) else { return Err(request) };
    *request.uri_mut() = uri;
    *request.version_mut() = Version::HTTP_2;
    request.headers_mut().remove(HOST);
    request.headers_mut().remove(CONTENT_LENGTH);
    Ok(request)
}

/// As the request was before [`with_authority`], but that it has a host if it had none.
fn without_authority<B>(mut request: Request<B>) -> Request<B> {
    let UriParts { authority, path_and_query, .. } = std::mem::take(request.uri_mut()).into_parts();
    if let Some(host) = authority.and_then(|host| HeaderValue::from_str(host.as_str()).ok()) {
        request.headers_mut().insert(HOST, host);
    }
    *request.uri_mut() = path_and_query.map(Uri::from).unwrap_or_default();
    *request.version_mut() = Version::HTTP_11;
    request
}

/// An error with its causes, which the library does not tell by itself.
fn describe(error: &hyper::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// Runs the parts of a connection on this thread.
#[derive(Debug, Clone, Copy)]
struct LocalExecutor;

impl<F> Executor<F> for LocalExecutor
where
    F: Future<Output: 'static> + 'static,
{
    fn execute(&self, future: F) {
        tokio::task::spawn_local(future);
    }
}
