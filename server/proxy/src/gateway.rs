use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use domain::{GatewayGroupId, HandshakeEvent, ListenerState, Revision, Sni, SslCertificateId};
use tls::{Clock, HostConfig};

/// The bounds of a gateway. All of them are per process unless they say otherwise.
#[derive(Debug, Clone)]
pub struct Options {
    /// Worker threads, each with its own runtime and listener sockets; at least 1.
    pub workers: usize,
    /// From accept to the end of the ClientHello.
    pub client_hello_timeout: Duration,
    /// From accept to the end of the handshake.
    pub handshake_timeout: Duration,
    /// From the end of the handshake, or of the last answer, to the end of the next request's head.
    pub header_timeout: Duration,
    /// How long an open connection that a new policy refuses may take to finish what it does; under 1 s.
    pub drain_timeout: Duration,
    /// Connections at once.
    pub connections: usize,
    /// Handshake events kept.
    pub events: usize,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

/// One change of the snapshot.
#[derive(Debug)]
pub enum Change {
    /// A group is new, or its listener's address has changed.
    Group {
        /// The group.
        group: GatewayGroupId,
        /// Where it listens.
        listener: SocketAddr,
    },
    /// A group is gone, with all its policies.
    GroupRemoved(GatewayGroupId),
    /// A policy is new or has changed.
    Policy {
        /// The group.
        group: GatewayGroupId,
        /// The SSL certificate that it is made of.
        certificate: SslCertificateId,
        /// The policy.
        policy: HostPolicy,
    },
    /// A policy is gone: its SSL certificate is disabled or deleted.
    PolicyRemoved {
        /// The group.
        group: GatewayGroupId,
        /// The SSL certificate.
        certificate: SslCertificateId,
    },
}

/// What holds for the hosts of one SSL certificate.
#[derive(Debug)]
pub struct HostPolicy {
    /// The hosts.
    pub snis: Vec<Sni>,
    /// The revision of its last change.
    pub revision: Revision,
    /// What to do with their clients.
    pub state: PolicyState,
}

/// What to do with the clients of a policy's hosts.
#[derive(Debug)]
pub enum PolicyState {
    /// Serve them.
    Serving(Arc<HostConfig>),
    /// Refuse them all, for this reason (operators see it).
    Broken(String),
}

/// Why a gateway could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A worker thread or its runtime could not be made.
    #[error("cannot start a worker")]
    Worker(#[source] std::io::Error),
}

/// The running gateway of this process: all groups' listeners and what they serve.
#[derive(Debug)]
pub struct Gateway {
    _private: (),
}

impl Gateway {
    /// Starts the workers; nothing listens yet.
    ///
    /// # Errors
    /// See [`StartError`].
    pub fn start(_options: Options) -> Result<Self, StartError> {
        unimplemented!()
    }

    /// Makes the changes, in order and as one: no handshake and no request sees some of them without the others. When
    /// it returns, new handshakes, resumptions and requests follow the new policies, new listeners are bound (or have
    /// failed), and open connections that are no longer admitted are being drained.
    pub async fn apply(&self, _changes: Vec<Change>, _revision: Revision) {
        unimplemented!()
    }

    /// The revision that is served.
    pub fn revision(&self) -> Revision {
        unimplemented!()
    }

    /// What a group's listener does.
    pub fn listener_state(&self, _group: &GatewayGroupId) -> ListenerState {
        unimplemented!()
    }

    /// The newest events of a group, newest first, at most `most`.
    pub fn events(&self, _group: &GatewayGroupId, _most: usize) -> Vec<HandshakeEvent> {
        unimplemented!()
    }

    /// Stops accepting, lets what is in flight finish within `grace`, closes the rest.
    pub async fn shutdown(&self, _grace: Duration) {
        unimplemented!()
    }
}
