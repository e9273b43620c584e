//! A node that keeps every byte.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::gateway::Bench;
use super::judge::{Received, judge};
use super::node::OK;

/// A node that answers whatever looks like a head or a body's end, and keeps every byte.
pub(crate) struct Recorder {
    received: Arc<Mutex<Vec<Vec<u8>>>>,
    _connections: JoinSet<()>,
}

impl Recorder {
    pub(crate) async fn start() -> (Self, Bench) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let bench = Bench::forwarding(&[listener.local_addr().expect("an address")]).await;
        let received = Arc::<Mutex<Vec<Vec<u8>>>>::default();
        let kept = Arc::clone(&received);
        let mut connections = JoinSet::new();
        connections.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let number = {
                    let mut kept = kept.lock().expect("not poisoned");
                    kept.push(Vec::new());
                    kept.len() - 1
                };
                connections.spawn(record(stream, Arc::clone(&kept), number));
            }
        });
        (Self { received, _connections: connections }, bench)
    }

    /// What was received so far, as requests. Panics if it is anything else.
    pub(crate) fn requests(&self) -> Vec<Received> {
        let received = self.received.lock().expect("not poisoned");
        let judged = received.iter().map(|bytes| judge(bytes));
        judged.collect::<Result<Vec<_>, _>>().unwrap_or_else(|wrong| panic!("{wrong}")).concat()
    }

    /// Forgets what it has received; the connections go on.
    pub(crate) fn forget(&self) {
        drop(self.take());
    }

    /// What was received so far on each connection; it is forgotten.
    pub(crate) fn take(&self) -> Vec<Vec<u8>> {
        self.received.lock().expect("not poisoned").iter_mut().map(std::mem::take).collect()
    }
}

/// Answers each whole request.
async fn record(mut stream: TcpStream, kept: Arc<Mutex<Vec<Vec<u8>>>>, number: usize) {
    let mut answered = 0;
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = stream.read(&mut buffer).await {
        let whole = {
            let mut kept = kept.lock().expect("not poisoned");
            if kept[number].is_empty() {
                answered = 0;
            }
            kept[number].extend_from_slice(&buffer[..length]);
            judge(&kept[number]).map_or(answered, |requests| requests.len())
        };
        for _ in answered..whole {
            if stream.write_all(OK.as_bytes()).await.is_err() {
                return;
            }
        }
        answered = whole;
    }
}
