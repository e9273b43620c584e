//! From an accepted socket to a client that is let in, or not.

use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use domain::{ReasonCode, ServerName, Verdict};
use rustls::pki_types::CertificateDer;
use rustls::server::Acceptor;
use rustls::{AlertDescription, HandshakeKind};
use tls::Refusal;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::server::TlsStream;
use tokio_rustls::{LazyConfigAcceptor, StartHandshake};

use crate::admission::{admit, no_policy, policy_broken, unknown_host};
use crate::connection::Connection;
use crate::events::{Attempt, Decider, Negotiated, PeerChain, Record};
use crate::hang_up::{hang_up, send_alert};
use crate::shared::Shared;
use crate::snapshot::Policy;

/// How long the TLS goodbye to a client that is sent away may take.
const GOODBYE: Duration = Duration::from_secs(1);

/// Makes the handshake, and records its outcome. `None`: the client was refused and is gone.
pub(crate) async fn handshake(
    shared: &Shared,
    mut attempt: Attempt,
    socket: TcpStream,
) -> Option<(Connection, TlsStream<TcpStream>)> {
    let started = Instant::from_std(attempt.started);
    let hello_deadline = started + shared.options.client_hello_timeout.min(shared.options.handshake_timeout);
    let deadline = started + shared.options.handshake_timeout;

    let start = match read_client_hello(socket, hello_deadline).await {
        Ok(start) => start,
        Err(rejection) => return reject(shared, attempt, None, rejection).await,
    };
    attempt.server_name = match destination(&start) {
        Ok(host) => host,
        Err(refusal) => return reject(shared, attempt, None, unrecognised(start, refusal)).await,
    };
    let Some((policy, found_in)) = find_policy(shared, &attempt) else {
        let refusal = no_policy(attempt.server_name.as_ref());
        return reject(shared, attempt, None, unrecognised(start, refusal)).await;
    };
    match finish(shared, &policy, start, deadline).await {
        Ok((stream, chain)) => {
            let negotiated = Negotiated::of(stream.get_ref().1);
            let attempt = Arc::new(attempt);
            let decider = Decider::from(&*policy);
            shared.events.record(Record::new(&attempt, decider, negotiated, &chain, Verdict::Accepted));
            Some((Connection::new(attempt, negotiated, chain, policy, found_in), stream))
        }
        Err(rejection) => reject(shared, attempt, Some(&policy), rejection).await,
    }
}

/// The policy that decides, and the serial of the snapshot that says so.
fn find_policy(shared: &Shared, attempt: &Attempt) -> Option<(Arc<Policy>, u64)> {
    let snapshot = shared.snapshot.load();
    let policy = snapshot.policy_for_client(&attempt.group, attempt.server_name.as_ref())?;
    Some((Arc::clone(policy), snapshot.serial()))
}

/// A client that is refused, with all that is left of it.
struct Rejection {
    refusal: Refusal,
    chain: Vec<CertificateDer<'static>>,
    negotiated: Negotiated,
    farewell: Farewell,
}

/// What to do with the socket of a client that is refused.
enum Farewell {
    /// Nobody is there to hear it.
    None,
    /// The alert is on its way already.
    Linger(TcpStream),
    /// Say this first.
    Alert(TcpStream, AlertDescription),
    /// The handshake is complete: close as TLS does.
    CloseNotify(Box<TlsStream<TcpStream>>),
}

impl Rejection {
    fn new(refusal: Refusal, farewell: Farewell) -> Self {
        Self { refusal, chain: Vec::new(), negotiated: Negotiated::default(), farewell }
    }

    fn timed_out(phase: &str) -> Self {
        let detail = format!("the client took too long over {phase}");
        Self::new(Refusal { reason: ReasonCode::HandshakeTimeout, detail }, Farewell::None)
    }

    fn failed(error: &io::Error, socket: Option<TcpStream>) -> Self {
        Self::new(refusal_of(error), socket.map_or(Farewell::None, Farewell::Linger))
    }
}

/// Records the refusal, then parts from the client.
async fn reject<T>(
    shared: &Shared,
    attempt: Attempt,
    policy: Option<&Arc<Policy>>,
    rejection: Rejection,
) -> Option<T> {
    let decider = match policy {
        Some(policy) => Decider::from(&**policy),
        None => Decider::nobody(shared.snapshot.load().revision()),
    };
    let Refusal { reason, detail } = rejection.refusal;
    let verdict = Verdict::Refused { reason, detail };
    let chain = PeerChain::from(rejection.chain);
    shared.events.record(Record::new(&Arc::new(attempt), decider, rejection.negotiated, &chain, verdict));
    match rejection.farewell {
        Farewell::None => {}
        Farewell::Linger(socket) => hang_up(socket).await,
        Farewell::Alert(mut socket, alert) => {
            send_alert(&mut socket, alert).await;
            hang_up(socket).await;
        }
        Farewell::CloseNotify(mut stream) => {
            // A client that does not take the goodbye is cut off.
            let _ = tokio::time::timeout(GOODBYE, stream.shutdown()).await;
            hang_up(stream.into_inner().0).await;
        }
    }
    None
}

async fn read_client_hello(
    socket: TcpStream,
    deadline: Instant,
) -> Result<StartHandshake<TcpStream>, Rejection> {
    let mut acceptor = pin!(LazyConfigAcceptor::new(Acceptor::default(), socket));
    match timeout_at(deadline, acceptor.as_mut()).await {
        Ok(Ok(start)) => Ok(start),
        Ok(Err(error)) => Err(Rejection::failed(&error, acceptor.take_io())),
        Err(_) => Err(Rejection::timed_out("its ClientHello")),
    }
}

/// The host that the client asks for, if it names one. A name that is no host name is one that nobody serves.
fn destination(start: &StartHandshake<TcpStream>) -> Result<Option<ServerName>, Refusal> {
    let hello = start.client_hello();
    let Some(name) = hello.server_name() else { return Ok(None) };
    // rustls lets only characters of host names pass, so the text is safe to repeat.
    name.parse().map(Some).map_err(|_| unknown_host(name))
}

fn unrecognised(start: StartHandshake<TcpStream>, refusal: Refusal) -> Rejection {
    Rejection::new(refusal, Farewell::Alert(start.io, AlertDescription::UnrecognisedName))
}

/// The rest of the handshake, under the policy of the host.
async fn finish(
    shared: &Shared,
    policy: &Policy,
    start: StartHandshake<TcpStream>,
    deadline: Instant,
) -> Result<(TlsStream<TcpStream>, PeerChain), Rejection> {
    let config = match policy.host_config() {
        Ok(config) => config,
        Err(reason) => {
            let farewell = Farewell::Alert(start.io, AlertDescription::InternalError);
            return Err(Rejection::new(policy_broken(reason), farewell));
        }
    };
    let mut accept = pin!(start.into_stream(Arc::clone(config.server_config())).into_fallible());
    let mut observed = None;
    let observing = poll_fn(|context| {
        let (progress, seen) = tls::observe(|| accept.as_mut().poll(context));
        observed = seen.or_else(|| observed.take());
        progress
    });
    let outcome = timeout_at(deadline, observing).await;
    match outcome {
        Ok(Ok(stream)) => {
            let session = stream.get_ref().1;
            let chain = PeerChain::from(session.peer_certificates().unwrap_or_default());
            if session.handshake_kind() == Some(HandshakeKind::Resumed) {
                // rustls takes a session up again without a look at the certificates of old.
                if let Err(refusal) = admit(policy, &chain, shared.options.clock.now()) {
                    let negotiated = Negotiated::of(session);
                    let farewell = Farewell::CloseNotify(Box::new(stream));
                    return Err(Rejection { refusal, chain: chain.to_vec(), negotiated, farewell });
                }
            }
            Ok((stream, chain))
        }
        Ok(Err((error, socket))) => {
            let mut rejection = Rejection::failed(&error, Some(socket));
            if let Some(seen) = observed {
                rejection.refusal = seen.refusal.unwrap_or(rejection.refusal);
                rejection.chain = seen.chain;
            }
            Err(rejection)
        }
        Err(_) => Err(Rejection::timed_out("the handshake")),
    }
}

/// What a failed read, write or TLS message means.
fn refusal_of(error: &io::Error) -> Refusal {
    let tls_error = error.get_ref().and_then(|source| source.downcast_ref::<rustls::Error>());
    match tls_error {
        Some(error) => {
            let (reason, detail) = tls::refusal_of(error);
            Refusal { reason, detail }
        }
        None if error.kind() == io::ErrorKind::UnexpectedEof => Refusal {
            reason: ReasonCode::ClientAborted,
            detail: "the client closed the connection during the handshake".to_owned(),
        },
        None => {
            Refusal { reason: ReasonCode::ClientAborted, detail: format!("the connection broke: {error}") }
        }
    }
}
