//! From a listener's socket to a connection that is served.

use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::{GatewayGroupId, ReasonCode};
use tls::Refusal;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use ulid::Ulid;

use super::Worker;
use crate::addresses::Slot;
use crate::budget::{Allowance, seconds};
use crate::events::Attempt;
use crate::handshake::{handshake, turn_away};
use crate::listener::{ListenerId, Protocol};
use crate::proxy_protocol::{self, Origin};
use crate::redirect;
use crate::serve::serve;

/// How long to wait when the system has nothing left to accept a connection with.
const ACCEPT_BACKOFF: Duration = Duration::from_millis(100);

/// A connection that was accepted.
struct Arrival {
    socket: TcpStream,
    peer: SocketAddr,
    allowance: Allowance,
    /// `None`: the peer is a proxy, which says first for whom it comes.
    slot: Option<Slot>,
    accepted: Instant,
}

/// Who comes, and from where.
struct Visitor {
    client: SocketAddr,
    proxy: Option<SocketAddr>,
    local: SocketAddr,
    /// Counts the connection as the client's for as long as it lives.
    _slot: Slot,
}

/// Why nobody is received.
enum Unwelcome {
    /// The client has too many connections.
    TooMany,
    /// The proxy does not say for whom it comes.
    Unintroduced(Refusal),
}

impl Worker {
    pub(super) async fn accept(
        self: Rc<Self>,
        ListenerId { group, protocol }: ListenerId,
        listener: TcpListener,
    ) {
        let budget = self.shared.budgets.of(&group);
        let group = Arc::new(group);
        loop {
            let (socket, peer) = match listener.accept().await {
                Ok(accepted) => accepted,
                Err(error) if is_of_one_connection(&error) => continue,
                Err(error) => {
                    tracing::warn!(%group, %error, "cannot accept connections");
                    sleep(ACCEPT_BACKOFF).await;
                    continue;
                }
            };
            let allowance = Allowance::of(&budget);
            let is_proxy = allowance.protection.trusts_proxy(peer.ip());
            let slot = if is_proxy { None } else { budget.connection_of(peer.ip()) };
            if slot.is_none() && !is_proxy {
                continue;
            }
            // While the group or the gateway is full, this one waits, and those behind it wait in the kernel.
            let pass = budget.connection().await;
            let connections = Arc::clone(&self.shared.connections);
            let permit = connections.acquire_owned().await.expect("the semaphore is never closed");
            let arrival = Arrival { socket, peer, allowance, slot, accepted: Instant::now() };
            let worker = Rc::clone(&self);
            let group = Arc::clone(&group);
            self.tasks.spawn_local(async move {
                match protocol {
                    Protocol::Tls => worker.attend(group, arrival).await,
                    Protocol::PlainHttp => worker.redirect(&group, arrival).await,
                }
                drop((pass, permit));
            });
        }
    }

    async fn attend(&self, group: Arc<GatewayGroupId>, mut arrival: Arrival) {
        let visitor = arrival.introduce().await;
        let Arrival { socket, peer, allowance, accepted, .. } = arrival;
        let attempt = |client, proxy, local| Attempt {
            connection: Ulid::new(),
            group,
            client,
            proxy,
            local,
            at: self.shared.options.clock.now(),
            started: accepted,
            server_name: None,
        };
        let visitor = match visitor {
            Ok(visitor) => visitor,
            Err(Unwelcome::TooMany) => return,
            Err(Unwelcome::Unintroduced(refusal)) => {
                let attempt = attempt(peer, None, socket.local_addr().unwrap_or(peer));
                return turn_away(&self.shared, &self.counters, attempt, refusal, socket).await;
            }
        };
        let attempt = attempt(visitor.client, visitor.proxy, visitor.local);
        let let_in = handshake(&self.shared, &self.counters, &allowance, attempt, socket).await;
        let Some((connection, stream)) = let_in else { return };
        let connection = self.register(connection);
        // Policies may have changed during the handshake, when nobody could find the connection yet.
        connection.is_admitted(&self.shared);
        if let Some(grace) = self.grace.get() {
            connection.close_within(grace);
        }
        serve(&self.context, &connection, stream).await;
    }

    /// Sends a client that speaks plain HTTP to where the group speaks TLS.
    async fn redirect(&self, group: &GatewayGroupId, mut arrival: Arrival) {
        let _visitor = match arrival.introduce().await {
            Ok(visitor) => visitor,
            Err(Unwelcome::TooMany) => return,
            Err(Unwelcome::Unintroduced(refusal)) => {
                return tracing::debug!(%group, peer = %arrival.peer, refusal.detail, "plain HTTP client refused");
            }
        };
        let destination = redirect::Destination {
            snapshot: &self.shared.snapshot,
            group,
            port: self.listeners.borrow().get(&ListenerId::tls(group)).map(|accepting| accepting.port),
        };
        let (protection, clock) = (&arrival.allowance.protection, &*self.shared.options.clock);
        redirect::serve(protection, clock, &destination, arrival.socket, &self.shutdown).await;
    }
}

impl Arrival {
    /// Finds out who comes.
    async fn introduce(&mut self) -> Result<Visitor, Unwelcome> {
        // Of a client that is gone already, it does not matter any more.
        let local = self.socket.local_addr().unwrap_or(self.peer);
        if let Some(slot) = self.slot.take() {
            return Ok(Visitor { client: self.peer, proxy: None, local, _slot: slot });
        }
        let (client, proxy, local) = match self.ask_proxy().await.map_err(Unwelcome::Unintroduced)? {
            Origin::Unknown => (self.peer, None, local),
            Origin::Client { client, destination } => (client, Some(self.peer), destination),
        };
        let slot = self.allowance.budget.connection_of(client.ip()).ok_or(Unwelcome::TooMany)?;
        Ok(Visitor { client, proxy, local, _slot: slot })
    }

    async fn ask_proxy(&mut self) -> Result<Origin, Refusal> {
        let patience = seconds(self.allowance.protection.client_hello_seconds);
        let (reason, detail) = match timeout(patience, proxy_protocol::read(&mut self.socket)).await {
            Ok(Ok(origin)) => return Ok(origin),
            Ok(Err(error)) => {
                (ReasonCode::ClientAborted, format!("the proxy did not say for whom it comes: {error}"))
            }
            Err(_) => {
                (ReasonCode::HandshakeTimeout, "the proxy took too long over its PROXY header".to_owned())
            }
        };
        Err(Refusal { reason, detail })
    }
}

/// Whether a failed accept says something of that one client only.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
