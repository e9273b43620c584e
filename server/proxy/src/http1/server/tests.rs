//! Conversations with raw clients, byte for byte.

mod answers;
mod bodies;
mod clients;
mod requests;
mod tunnels;

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::{GatewayGroupId, Protection, Revision, UnixTime};
use futures_util::stream;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::Frame;
use tokio::io::{AsyncReadExt, DuplexStream, duplex};
use tokio::time::timeout;
use ulid::Ulid;

use super::*;
use crate::admission::Standing;
use crate::change::{Change, HostPolicy, PolicyState};
use crate::connection::Admitted;
use crate::events::{Attempt, Negotiated, PeerChain};
use crate::exempt_paths::ExemptPaths;
use crate::snapshot::Snapshot;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);
/// Bytes that may be between the two ends: what a socket's buffers are otherwise.
const BETWEEN: usize = 64 * 1024;
/// The end of every head whose answer says nothing special.
const DATE: &str = "date: Thu, 01 Jan 1970 00:00:00 GMT\r\n";

#[derive(Debug)]
struct StoppedClock;

impl Clock for StoppedClock {
    fn now(&self) -> UnixTime {
        UnixTime(0)
    }
}

/// A connection that was let in under these limits.
fn connection(protection: Protection) -> Rc<Connection> {
    let group = GatewayGroupId::default_group();
    let host = "test.com".parse().expect("a host name");
    let change = Change::Policy {
        group: group.clone(),
        certificate: "a".parse().expect("an id"),
        policy: HostPolicy {
            snis: vec!["test.com".parse().expect("a pattern")],
            revision: Revision(1),
            state: PolicyState::Broken(String::new()),
            exempt_paths: ExemptPaths::default(),
        },
    };
    let snapshot = Snapshot::default().with([change], Revision(1));
    let policy = Arc::clone(snapshot.policy(&group, &host).expect("a policy"));
    let here = ([127, 0, 0, 1], 1).into();
    let attempt = Attempt {
        connection: Ulid::new(),
        group: Arc::new(group),
        client: here,
        proxy: None,
        local: here,
        at: UnixTime(0),
        started: Instant::now(),
        server_name: Some(host),
    };
    let admitted = Admitted {
        attempt: Arc::new(attempt),
        negotiated: Negotiated::default(),
        chain: PeerChain::from(Vec::new()),
        policy,
        standing: Standing::Anonymous,
        judged_in: 0,
        protection: Arc::new(protection),
    };
    Rc::new(Connection::new(admitted, Rc::default()))
}

type AnyBody = UnsyncBoxBody<Bytes, io::Error>;

/// A body of known length.
fn full(text: impl Into<Bytes>) -> AnyBody {
    Full::new(text.into()).map_err(|never| match never {}).boxed_unsync()
}

/// A body whose frames come one by one, without a length.
fn frames(frames: impl IntoIterator<Item = io::Result<Frame<Bytes>>, IntoIter: Send + 'static>) -> AnyBody {
    StreamBody::new(stream::iter(frames)).boxed_unsync()
}

fn data(text: &'static str) -> io::Result<Frame<Bytes>> {
    Ok(Frame::data(Bytes::from_static(text.as_bytes())))
}

fn ok(body: AnyBody) -> Answer<AnyBody> {
    Response::new(body).into()
}

/// Answers with the request's line and its body, trailers included, as text.
async fn mirror(request: Request<Http1Body>, _: Interim) -> Answer<AnyBody> {
    let (head, body) = request.into_parts();
    let text = match body.collect().await {
        Ok(body) => {
            let trailers = body.trailers().map(|trailers| format!(" {trailers:?}")).unwrap_or_default();
            format!("{} {} {}{trailers}\n", head.method, head.uri, String::from_utf8_lossy(&body.to_bytes()))
        }
        Err(error) => format!("{:?}\n", error.kind()),
    };
    ok(full(text))
}

/// Lets a client talk to a handler; answers how the conversation ended.
async fn play<H, F, C>(handler: H, client: impl FnOnce(DuplexStream) -> C) -> io::Result<()>
where
    H: Fn(Request<Http1Body>, Interim) -> F,
    F: Future<Output = Answer<AnyBody>>,
    C: Future<Output = ()>,
{
    play_on(&connection(Protection::default()), handler, client).await
}

async fn play_on<H, F, C>(
    connection: &Connection,
    handler: H,
    client: impl FnOnce(DuplexStream) -> C,
) -> io::Result<()>
where
    H: Fn(Request<Http1Body>, Interim) -> F,
    F: Future<Output = Answer<AnyBody>>,
    C: Future<Output = ()>,
{
    let (near, far) = duplex(BETWEEN);
    let both = async { tokio::join!(converse(connection, &StoppedClock, near, handler), client(far)) };
    timeout(PATIENCE, both).await.expect("it takes too long").0
}

/// What is answered to these bytes until the gateway closes.
async fn answers<H, F>(handler: H, sent: &str) -> String
where
    H: Fn(Request<Http1Body>, Interim) -> F,
    F: Future<Output = Answer<AnyBody>>,
{
    let mut answers = String::new();
    let _ = play(handler, async |mut client: DuplexStream| {
        client.write_all(sent.as_bytes()).await.expect("sent");
        client.read_to_string(&mut answers).await.expect("text");
    })
    .await;
    answers
}

/// The same for a single request, after which the connection is to be closed.
async fn answer<H, F>(handler: H, sent: &str) -> String
where
    H: Fn(Request<Http1Body>, Interim) -> F,
    F: Future<Output = Answer<AnyBody>>,
{
    answers(handler, &sent.replacen("\r\n", "\r\nConnection: close\r\n", 1)).await
}

/// Reads until `end` has been read.
async fn read_until(client: &mut DuplexStream, end: &str) -> String {
    let mut read = String::new();
    while !read.ends_with(end) {
        read.push(client.read_u8().await.expect("more").into());
    }
    read
}

/// Lets everybody else do what can be done without news from outside.
async fn settle() {
    for _ in 0..64 {
        tokio::task::yield_now().await;
    }
}
