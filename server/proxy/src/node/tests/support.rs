use std::fmt;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use domain::{Keepalive, NodeAddress, Timeouts};
use http::{HeaderMap, Method, Request};
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, SizeHint};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::interim::Interim;
use crate::node::pool::Pools;
use crate::node::{NodeAnswer, NodeBody, NodeClient, NodeFailure, NodeTarget};

/// Where a node listens.
pub(super) struct Node {
    listener: TcpListener,
    pub(super) address: NodeAddress,
}

impl Node {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string().parse().expect("an address");
        Self { listener, address }
    }

    pub(super) fn target(&self) -> NodeTarget<'_> {
        NodeTarget {
            address: &self.address,
            port: self.address.port.expect("a port"),
            tls: None,
            http2: false,
            timeouts: Timeouts { connect: 5_000, send: 5_000, read: 5_000 },
            keepalive: Keepalive::default(),
        }
    }

    pub(super) async fn accept(&self) -> Peer {
        let (stream, _) = self.listener.accept().await.expect("a connection");
        stream.set_nodelay(true).expect("an option");
        Peer { stream, read: Vec::new() }
    }
}

/// The node's end of a connection.
pub(super) struct Peer {
    pub(super) stream: TcpStream,
    read: Vec<u8>,
}

impl Peer {
    /// Reads text up to and including `end`.
    pub(super) async fn hear(&mut self, end: &str) -> String {
        String::from_utf8(self.hear_bytes(end.as_bytes()).await).expect("text")
    }

    /// Reads up to and including `end`.
    pub(super) async fn hear_bytes(&mut self, end: &[u8]) -> Vec<u8> {
        loop {
            if let Some(at) = memchr::memmem::find(&self.read, end) {
                let rest = self.read.split_off(at + end.len());
                return std::mem::replace(&mut self.read, rest);
            }
            assert_ne!(
                self.stream.read_buf(&mut self.read).await.expect("bytes"),
                0,
                "it ended before {end:?}"
            );
        }
    }

    /// Reads a request without a body.
    pub(super) async fn hear_head(&mut self) -> String {
        self.hear("\r\n\r\n").await
    }

    /// What was read and not yet heard.
    pub(super) fn take_rest(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.read)
    }

    pub(super) async fn say(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).await.expect("sent");
    }

    /// Whether nothing comes any more.
    pub(super) async fn hears_the_end(mut self) -> bool {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match self.stream.read(&mut buffer).await {
                Ok(0) | Err(_) => return true,
                Ok(_) => {}
            }
        }
    }

    /// Closes the connection as a process does that dies with unread bytes.
    pub(super) fn reset(self) {
        socket2::SockRef::from(&self.stream).set_linger(Some(Duration::ZERO)).expect("an option");
    }
}

/// A request's body that says what it is told to.
pub(super) struct TestBody {
    /// `None`: nothing more comes, nor an end.
    frames: Box<dyn Iterator<Item = Option<io::Result<Frame<Bytes>>>>>,
    length: Option<u64>,
}

impl TestBody {
    pub(super) fn new(
        length: Option<u64>,
        frames: impl IntoIterator<Item = Option<io::Result<Frame<Bytes>>>> + 'static,
    ) -> Self {
        Self { frames: Box::new(frames.into_iter()), length }
    }

    pub(super) fn empty() -> Self {
        Self::new(Some(0), [])
    }

    pub(super) fn whole(text: &'static str) -> Self {
        Self::new(Some(text.len() as u64), [data(text)])
    }
}

pub(super) fn data(text: &'static str) -> Option<io::Result<Frame<Bytes>>> {
    Some(Ok(Frame::data(Bytes::from_static(text.as_bytes()))))
}

/// Nothing, without an end.
pub(super) fn forever() -> impl Iterator<Item = Option<io::Result<Frame<Bytes>>>> {
    std::iter::repeat_with(|| None)
}

pub(super) fn trailers(fields: &[(&'static str, &'static str)]) -> Option<io::Result<Frame<Bytes>>> {
    let header = |(name, value): &(&'static str, &'static str)| {
        (name.parse().expect("a name"), value.parse().expect("a value"))
    };
    Some(Ok(Frame::trailers(fields.iter().map(header).collect())))
}

impl fmt::Debug for TestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestBody").field("length", &self.length).finish_non_exhaustive()
    }
}

impl Body for TestBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match self.frames.next() {
            None => Poll::Ready(None),
            Some(None) => Poll::Pending,
            Some(Some(frame)) => Poll::Ready(Some(frame)),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.length == Some(0)
    }

    fn size_hint(&self) -> SizeHint {
        self.length.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

pub(super) fn request(method: Method, body: TestBody) -> Request<TestBody> {
    Request::builder().method(method).uri("/a?b").header("host", "h").body(body).expect("a request")
}

pub(super) fn get() -> Request<TestBody> {
    request(Method::GET, TestBody::empty())
}

pub(super) type Sent = Result<NodeAnswer<TestBody>, NodeFailure<TestBody>>;

pub(super) async fn send(client: &NodeClient, to: &NodeTarget<'_>, request: Request<TestBody>) -> Sent {
    client.send(to, request, &Interim::none()).await
}

pub(super) fn failure(sent: Sent) -> NodeFailure<TestBody> {
    match sent {
        Ok(answer) => panic!("answered with {}", answer.response.status()),
        Err(failure) => failure,
    }
}

/// A body's content and trailers, however it ends.
pub(super) async fn read(mut body: NodeBody<TestBody>) -> (Vec<u8>, HeaderMap, io::Result<()>) {
    let (mut content, mut trailers) = (Vec::new(), HeaderMap::new());
    while let Some(frame) = body.frame().await {
        match frame.map(Frame::into_data) {
            Ok(Ok(data)) => content.extend_from_slice(&data),
            Ok(Err(frame)) => trailers = frame.into_trailers().expect("data or trailers"),
            Err(error) => return (content, trailers, Err(error)),
        }
    }
    (content, trailers, Ok(()))
}

/// Sends a GET, answers it with these bytes on a connection that may be a kept one, and reads the answer.
pub(super) async fn roundtrip(client: &NodeClient, to: &NodeTarget<'_>, peer: &mut Peer) {
    let node = async {
        peer.hear_head().await;
        peer.say("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
    };
    let (answer, ()) = tokio::join!(send(client, to, get()), node);
    let (content, ..) = read(answer.expect("an answer").response.into_body()).await;
    assert_eq!(content, b"ok");
}

/// The first roundtrip, for which the client connects.
pub(super) async fn first_roundtrip(client: &NodeClient, node: &Node, to: &NodeTarget<'_>) -> Peer {
    let exchange = async {
        let mut peer = node.accept().await;
        peer.hear_head().await;
        peer.say("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
        peer
    };
    let (answer, peer) = tokio::join!(send(client, to, get()), exchange);
    let (content, ..) = read(answer.expect("an answer").response.into_body()).await;
    assert_eq!(content, b"ok");
    peer
}

/// Runs what makes tasks of its own.
pub(super) async fn local<T>(future: impl Future<Output = T>) -> T {
    tokio::task::LocalSet::new().run_until(future).await
}

impl NodeClient {
    /// A client whose connections take new requests for so long.
    pub(super) fn with_greatest_age(age: Duration) -> Self {
        Self { pools: Pools::with_greatest_age(age), ..Self::default() }
    }
}

/// A client that others may hold as well.
pub(super) fn client() -> Rc<NodeClient> {
    Rc::default()
}
