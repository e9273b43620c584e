//! The groups' listeners: which are wanted, which could be bound.

use std::collections::HashMap;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::{GatewayGroupId, ListenerState};
use socket2::{Domain, Socket, TcpKeepalive, Type};

use crate::command::{Command, Workers};

/// Connections that may wait in the kernel to be accepted, for each socket.
const BACKLOG: i32 = 1024;
/// How long bytes that were sent may wait to be taken by the client, before the kernel ends the connection (RFC 5482).
#[cfg(target_os = "linux")]
const SEND_TIMEOUT: Duration = Duration::from_secs(30);

/// How long a connection may be silent before the kernel asks whether the client is still there.
const KEEPALIVE_TIME: Duration = Duration::from_secs(60);
/// How long it waits for each answer.
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(15);
/// How often it asks before it ends the connection.
const KEEPALIVE_PROBES: u32 = 4;

/// Tells listeners apart: whose it is, and what is spoken there.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ListenerId {
    pub(crate) group: GatewayGroupId,
    pub(crate) protocol: Protocol,
}

/// What a listener expects its clients to begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Protocol {
    /// A TLS handshake.
    Tls,
    /// A request in the clear, which is only ever sent to TLS.
    PlainHttp,
}

impl ListenerId {
    pub(crate) fn tls(group: &GatewayGroupId) -> Self {
        Self { group: group.clone(), protocol: Protocol::Tls }
    }

    pub(crate) fn plain_http(group: &GatewayGroupId) -> Self {
        Self { group: group.clone(), protocol: Protocol::PlainHttp }
    }
}

/// All listeners of a gateway.
#[derive(Debug)]
pub(crate) struct Listeners {
    workers: Arc<Workers>,
    entries: Mutex<HashMap<ListenerId, Entry>>,
}

#[derive(Debug)]
struct Entry {
    /// Where it should listen.
    address: SocketAddr,
    state: ListenerState,
}

impl Entry {
    fn is_listening(&self) -> bool {
        matches!(self.state, ListenerState::Listening(_))
    }
}

impl Listeners {
    pub(crate) fn new(workers: Arc<Workers>) -> Self {
        Self { workers, entries: Mutex::default() }
    }

    /// What a listener does; `None` if there is to be none.
    pub(crate) fn state(&self, id: &ListenerId) -> Option<ListenerState> {
        self.entries().get(id).map(|entry| entry.state.clone())
    }

    /// Makes each of these listen at its address and nowhere else, or nowhere at all. What cannot be bound is tried again
    /// later.
    pub(crate) async fn arrange(&self, wanted: &HashMap<ListenerId, Option<SocketAddr>>) {
        // A new address may overlap with one that is given up, so those have to be free before.
        for (id, address) in wanted {
            if !self.is_listening_at(id, *address) {
                self.close(id).await;
            }
        }
        let mut entries = self.entries();
        for (id, address) in wanted {
            let Some(address) = *address else { continue };
            let entry =
                entries.entry(id.clone()).or_insert(Entry { address, state: ListenerState::Starting });
            if !entry.is_listening() {
                self.bind(id, entry);
            }
        }
    }

    fn is_listening_at(&self, id: &ListenerId, address: Option<SocketAddr>) -> bool {
        self.entries().get(id).is_some_and(|entry| Some(entry.address) == address && entry.is_listening())
    }

    async fn close(&self, id: &ListenerId) {
        let entry = self.entries().remove(id);
        if entry.is_some_and(|entry| entry.is_listening()) {
            self.workers.tell_all(|done| Command::Unlisten(id.clone(), done)).await;
        }
    }

    /// Tries again what has failed.
    pub(crate) fn retry(&self) {
        for (id, entry) in self.entries().iter_mut() {
            if !entry.is_listening() {
                self.bind(id, entry);
            }
        }
    }

    /// Forgets all listeners: the workers are being shut down, and close their sockets themselves.
    pub(crate) fn forget(&self) {
        self.entries().clear();
    }

    fn bind(&self, id: &ListenerId, entry: &mut Entry) {
        let bound = bind(entry.address, self.workers.number()).map_err(|error| in_words(&error));
        let listening = bound.and_then(|(address, sockets)| {
            let taken = self.workers.listen(id, address.port(), sockets);
            taken.then_some(address).ok_or_else(|| "the gateway has shut down".to_owned())
        });
        let state = match listening {
            Ok(address) => ListenerState::Listening(address),
            Err(reason) => ListenerState::Failed { address: entry.address, reason },
        };
        // A failure that goes on is not news.
        if state != entry.state {
            let ListenerId { group, protocol } = id;
            match &state {
                ListenerState::Failed { address, reason } => {
                    tracing::warn!(%group, ?protocol, %address, reason, "cannot listen, will try again");
                }
                ListenerState::Listening(address) => tracing::info!(%group, ?protocol, %address, "listening"),
                ListenerState::Starting => {}
            }
        }
        entry.state = state;
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<ListenerId, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Binds `number` sockets to one address, among which the kernel spreads connections. Answers the address, which tells
/// the port where 0 was asked for.
fn bind(address: SocketAddr, number: usize) -> io::Result<(SocketAddr, Vec<TcpListener>)> {
    if address.port() != 0 {
        // Sockets that share a port can share it with those of another process, which would then take part of the
        // traffic. One that does not share finds out whether anybody else is there.
        socket(address)?.bind(&address.into())?;
    }
    let first = listening_socket(address)?;
    let address = first.local_addr()?;
    let mut sockets = vec![first];
    for _ in 1..number {
        sockets.push(listening_socket(address)?);
    }
    Ok((address, sockets))
}

fn listening_socket(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = socket(address)?;
    socket.set_reuse_port(true)?;
    // Accepted sockets inherit these.
    socket.set_tcp_nodelay(true)?;
    let keepalive = TcpKeepalive::new()
        .with_time(KEEPALIVE_TIME)
        .with_interval(KEEPALIVE_INTERVAL)
        .with_retries(KEEPALIVE_PROBES);
    socket.set_tcp_keepalive(&keepalive)?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(SEND_TIMEOUT))?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

/// A socket that connections of an earlier run, which the kernel still remembers, do not keep from being bound.
fn socket(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(socket2::Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    Ok(socket)
}

fn in_words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => "address already in use".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::AddrNotAvailable => "this machine does not have the address".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANY_PORT: &str = "127.0.0.1:0";

    #[test]
    fn all_sockets_share_one_port() {
        let (address, sockets) = bind(ANY_PORT.parse().expect("valid"), 3).expect("bound");
        assert_ne!(address.port(), 0);
        assert_eq!(sockets.len(), 3);
        for socket in sockets {
            assert_eq!(socket.local_addr().expect("bound"), address);
        }
    }

    #[test]
    fn a_port_is_not_shared_with_strangers_even_if_they_would() {
        let (address, _sockets) = bind(ANY_PORT.parse().expect("valid"), 1).expect("bound");
        let error = bind(address, 1).expect_err("taken");
        assert_eq!(in_words(&error), "address already in use");
    }

    #[test]
    fn accepted_sockets_inherit_the_options() {
        let (address, sockets) = bind(ANY_PORT.parse().expect("valid"), 1).expect("bound");
        let _client = std::net::TcpStream::connect(address).expect("connected");
        sockets[0].set_nonblocking(false).expect("possible");
        let accepted = Socket::from(sockets[0].accept().expect("accepted").0);
        assert!(accepted.tcp_nodelay().expect("readable"));
        assert!(accepted.keepalive().expect("readable"));
        assert_eq!(accepted.tcp_keepalive_time().expect("readable"), KEEPALIVE_TIME);
        assert_eq!(accepted.tcp_keepalive_interval().expect("readable"), KEEPALIVE_INTERVAL);
        assert_eq!(accepted.tcp_keepalive_retries().expect("readable"), KEEPALIVE_PROBES);
        #[cfg(target_os = "linux")]
        assert_eq!(accepted.tcp_user_timeout().expect("readable"), Some(SEND_TIMEOUT));
    }

    #[test]
    fn failures_are_said_in_words() {
        let not_ours = bind("192.0.2.1:0".parse().expect("valid"), 1).expect_err("a documentation address");
        assert_eq!(in_words(&not_ours), "this machine does not have the address");
    }
}
