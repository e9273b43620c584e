//! From an accepted socket to a client that is let in, or not.

mod rejection;

use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;

use domain::{ServerName, Stage, UnixTime, Verdict};
use rustls::server::Acceptor;
use rustls::{AlertDescription, HandshakeKind};
use tls::{Observed, Refusal};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::server::TlsStream;
use tokio_rustls::{LazyConfigAcceptor, StartHandshake};

use self::rejection::{Farewell, Rejection};
use crate::admission::{Standing, admit, no_policy, policy_broken, unknown_host, weigh};
use crate::budget::{Allowance, seconds};
use crate::connection::{Admitted, Connection};
use crate::counters::Counters;
use crate::events::{Attempt, Decider, Finding, Negotiated, PeerChain, Record};
use crate::server_flight::{Flight, NotedSocket};
use crate::shared::Shared;
use crate::snapshot::Policy;

/// Makes the handshake, and records its outcome. `None`: the client was refused and is gone.
pub(crate) async fn handshake(
    shared: &Shared,
    counters: &Rc<Counters>,
    allowance: &Allowance,
    mut attempt: Attempt,
    socket: TcpStream,
) -> Option<(Connection, TlsStream<NotedSocket>)> {
    let book = Book { shared, counters };
    let started = Instant::from_std(attempt.started);
    let hello_deadline = started + seconds(allowance.protection.client_hello_seconds);
    let deadline = started + seconds(allowance.protection.handshake_seconds);

    let flight = Flight::default();
    let start = match read_client_hello(flight.note(socket), hello_deadline).await {
        Ok(start) => start,
        Err(rejection) => return book.reject(attempt, None, rejection).await,
    };
    attempt.server_name = match destination(&start) {
        Ok(host) => host,
        Err(refusal) => return book.reject(attempt, None, unrecognised(start, refusal)).await,
    };
    let Some((policy, found_in)) = find_policy(shared, &attempt) else {
        let refusal = no_policy(attempt.server_name.as_ref());
        return book.reject(attempt, None, unrecognised(start, refusal)).await;
    };
    let Ok(turn) = timeout_at(deadline, allowance.budget.handshake()).await else {
        return book.reject(attempt, Some(&policy), Rejection::too_busy()).await;
    };
    let alpn = offered_alpn(&start);
    let outcome = finish(shared, &policy, start, deadline).await;
    drop(turn);
    match outcome {
        Ok(LetIn { stream, chain, standing }) => {
            let negotiated = Negotiated::of(stream.get_ref().1);
            let attempt = Arc::new(attempt);
            book.record(Finding {
                stage: Stage::Handshake,
                attempt: Arc::clone(&attempt),
                decider: Decider::from(&*policy),
                negotiated,
                chain: Arc::clone(&chain),
                verdict: standing.verdict(),
                is_verified: standing.is_verified(),
            });
            let admitted = Admitted {
                attempt,
                negotiated,
                chain,
                policy,
                standing,
                judged_in: found_in,
                protection: Arc::clone(&allowance.protection),
            };
            Some((Connection::new(admitted, Rc::clone(counters)), stream))
        }
        Err(mut rejection) => {
            if rejection.negotiated == Negotiated::default() {
                rejection.negotiated = flight.negotiated();
                rejection.negotiated.alpn = rejection.negotiated.version.and(alpn);
            }
            book.reject(attempt, Some(&policy), rejection).await
        }
    }
}

/// Records the refusal of a client of whose handshake nothing was read, then parts from it.
pub(crate) async fn turn_away(
    shared: &Shared,
    counters: &Counters,
    attempt: Attempt,
    refusal: Refusal,
    socket: TcpStream,
) {
    let rejection = Rejection::new(refusal, Farewell::Linger(socket));
    Book { shared, counters }.reject::<()>(attempt, None, rejection).await;
}

/// Where outcomes are written down.
struct Book<'a> {
    shared: &'a Shared,
    counters: &'a Counters,
}

impl Book<'_> {
    fn record(&self, finding: Finding) {
        let record = Record::new(finding, self.shared.options.clock.now());
        self.counters.count_handshake(&record);
        self.shared.events.record(record);
    }

    /// Records a refusal, then parts from the client.
    async fn reject<T>(
        &self,
        attempt: Attempt,
        policy: Option<&Arc<Policy>>,
        rejection: Rejection,
    ) -> Option<T> {
        let decider = match policy {
            Some(policy) => Decider::from(&**policy),
            None => Decider::nobody(self.shared.snapshot.load().revision()),
        };
        let Refusal { reason, detail } = rejection.refusal;
        self.record(Finding {
            stage: Stage::Handshake,
            attempt: Arc::new(attempt),
            decider,
            negotiated: rejection.negotiated,
            chain: PeerChain::from(rejection.chain),
            verdict: Verdict::Refused { reason, detail },
            is_verified: false,
        });
        rejection.farewell.say().await;
        None
    }
}

/// A client that is let in.
struct LetIn {
    stream: TlsStream<NotedSocket>,
    chain: PeerChain,
    standing: Standing,
}

/// The policy that decides, and the serial of the snapshot that says so.
fn find_policy(shared: &Shared, attempt: &Attempt) -> Option<(Arc<Policy>, u64)> {
    let snapshot = shared.snapshot.load();
    let policy = snapshot.policy_for_client(&attempt.group, attempt.server_name.as_ref())?;
    Some((Arc::clone(policy), snapshot.serial()))
}

async fn read_client_hello(
    socket: NotedSocket,
    deadline: Instant,
) -> Result<StartHandshake<NotedSocket>, Rejection> {
    let mut acceptor = pin!(LazyConfigAcceptor::new(Acceptor::default(), socket));
    match timeout_at(deadline, acceptor.as_mut()).await {
        Ok(Ok(start)) => Ok(start),
        Ok(Err(error)) => Err(Rejection::failed(&error, acceptor.take_io())),
        Err(_) => Err(Rejection::timed_out("its ClientHello")),
    }
}

/// The host that the client asks for, if it names one. A name that is no host name is one that nobody serves.
fn destination(start: &StartHandshake<NotedSocket>) -> Result<Option<ServerName>, Refusal> {
    let hello = start.client_hello();
    let Some(name) = hello.server_name() else { return Ok(None) };
    // rustls lets only characters of host names pass, so the text is safe to repeat.
    name.parse().map(Some).map_err(|_| unknown_host(name))
}

/// The application protocol that is agreed on if anything is: the first of the gateway's that the client offers.
fn offered_alpn(start: &StartHandshake<NotedSocket>) -> Option<&'static str> {
    let offered: Vec<&[u8]> = start.client_hello().alpn()?.collect();
    ["h2", "http/1.1"].into_iter().find(|protocol| offered.contains(&protocol.as_bytes()))
}

fn unrecognised(start: StartHandshake<NotedSocket>, refusal: Refusal) -> Rejection {
    Rejection::new(refusal, Farewell::Alert(start.io.into_socket(), AlertDescription::UnrecognisedName))
}

/// The rest of the handshake, under the policy of the host.
async fn finish(
    shared: &Shared,
    policy: &Policy,
    start: StartHandshake<NotedSocket>,
    deadline: Instant,
) -> Result<LetIn, Rejection> {
    let config = match policy.host_config() {
        Ok(config) => config,
        Err(reason) => {
            let farewell = Farewell::Alert(start.io.into_socket(), AlertDescription::InternalError);
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
            let is_resumed = session.handshake_kind() == Some(HandshakeKind::Resumed);
            match standing(policy, &chain, observed.filter(|_| !is_resumed), shared.options.clock.now()) {
                Ok(standing) => Ok(LetIn { stream, chain, standing }),
                Err(refusal) => {
                    let negotiated = Negotiated::of(session);
                    let farewell = Farewell::CloseNotify(Box::new(stream));
                    Err(Rejection { refusal, chain: chain.to_vec(), negotiated, farewell })
                }
            }
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

/// As what a client counts that rustls lets in. `seen` is the verifier's verdict in this very handshake: it is not asked a
/// second time. A resumed session has none: rustls takes it up again without a look at the certificates of old.
fn standing(
    policy: &Policy,
    chain: &PeerChain,
    seen: Option<Observed>,
    now: UnixTime,
) -> Result<Standing, Refusal> {
    match seen.filter(|seen| *seen.chain == **chain) {
        Some(seen) => weigh(policy, chain, |_| seen.refusal.map_or(Ok(()), Err)),
        None => admit(policy, chain, now),
    }
}
