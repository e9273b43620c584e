//! Hundreds of connections that ask a node all the time, while policies change ten times a second: whom a change refuses is gone
//! within a second, nobody else notices, and nothing piles up.
//!
//! A program of its own, because it looks at the memory and the files of the whole process. It runs for
//! `POSTERN_SOAK_SECONDS`, or 5 s.
#![cfg(target_os = "linux")]

#[path = "soak/process.rs"]
mod process;
#[path = "soak/seat.rs"]
mod seat;
#[expect(dead_code, reason = "the other tests need more of it")]
#[path = "it"]
mod shared {
    pub(crate) mod support;
}

use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{env, mem};

use domain::{Keepalive, Upstream};
use http::Response;
use proxy::{Change, PolicyState};
use rustls::client::Resumption;
use tls::GroupDenials;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::interval;
use tokio_util::sync::CancellationToken;

use process::open_files;
use seat::{Place, Seat, Tally};
use shared::support::client::{Client, full};
use shared::support::forwarding::upstream;
use shared::support::gateway::{Bench, Guard, group};
use shared::support::hyper_node::HyperNode;
use shared::support::pki::{Authority, Identity};
use shared::support::process::resident_bytes;
use shared::support::{soon, until};

/// Each client has one connection to each host.
const HOSTS: usize = 20;
const CLIENTS: usize = 25;
/// Requests at once, of all connections: as many as keep the processors busy.
const REQUESTS: usize = 16;
const PACE: Duration = Duration::from_millis(100);
/// By how much memory may grow from a third of the time on: a tenth, and what an allocator keeps for itself.
const SLACK_BYTES: u64 = 8 << 20;

/// A change that refuses some clients; it is taken back by the next one.
#[derive(Debug, Clone, Copy)]
enum Refusal {
    /// The group's deny-list names a client.
    Client(usize),
    /// A host's policy no longer has the second CA.
    SecondCa(usize),
    /// A host's certificate is disabled.
    Host(usize),
}

impl Refusal {
    /// Each kind in turn, and each of its objects.
    fn numbered(number: usize) -> Self {
        let object = number / 3;
        match number % 3 {
            0 => Self::Client(object % CLIENTS),
            1 => Self::SecondCa(object % HOSTS),
            _ => Self::Host(object % HOSTS),
        }
    }

    fn concerns(self, host: usize, client: usize) -> bool {
        match self {
            Self::Client(denied) => client == denied,
            Self::SecondCa(of) => host == of && is_of_second_ca(client),
            Self::Host(disabled) => host == disabled,
        }
    }
}

fn is_of_second_ca(client: usize) -> bool {
    client % 2 == 1
}

fn sni(host: usize) -> String {
    format!("host{host}.test")
}

/// The gateway and what its policies are made of.
struct Soak {
    bench: Bench,
    first: Authority,
    second: Authority,
    identities: Vec<Identity>,
    denials: Arc<GroupDenials>,
    /// Answers all requests.
    _node: HyperNode,
}

impl Soak {
    async fn start() -> Self {
        let mut bench = Bench::start_with(|options| options.connections = 10 * HOSTS * CLIENTS).await;
        // Somebody has to take the records: their queue would fill up for minutes, and look like a leak.
        let mut records = mem::replace(&mut bench.records.handshakes, mpsc::channel(1).1);
        tokio::spawn(async move { while records.recv().await.is_some() {} });
        let (first, second) = (Authority::root("First"), Authority::root("Second"));
        let identity = |client| {
            let authority = if is_of_second_ca(client) { &second } else { &first };
            authority.client(&format!("client {client}"))
        };
        let identities = (0..CLIENTS).map(identity).collect();
        let node = HyperNode::http1(|_| async { Response::new(full("ok")) }).await;
        // Short, so that nothing is kept at the end.
        let keepalive = Keepalive { idle_timeout: 1_000, ..Keepalive::default() };
        bench.forward(Upstream { keepalive, ..upstream(&[node.address]) }, None).await;
        let denials = GroupDenials::new([]);
        let mut soak = Self { bench, first, second, identities, denials, _node: node };
        let hosts: Vec<Change> =
            (0..HOSTS).map(|host| soak.host(host, &[&soak.first, &soak.second])).collect();
        soak.bench.apply(hosts).await;
        soak
    }

    fn host(&self, host: usize, cas: &[&Authority]) -> Change {
        self.bench.guarding(&format!("host{host}"), &[&sni(host)], &Guard::of(cas).under(&self.denials))
    }

    /// The gateway's change that makes a refusal, or takes it back.
    fn change(&self, refusal: Refusal, is_made: bool) -> Change {
        match refusal {
            Refusal::Client(client) => {
                self.denials.replace(is_made.then(|| self.identities[client].deny_entry()));
                Change::DenialsChanged(group())
            }
            Refusal::SecondCa(host) if is_made => self.host(host, &[&self.first]),
            Refusal::Host(host) if is_made => {
                self.bench.policy(&format!("host{host}"), &[&sni(host)], PolicyState::Suspended)
            }
            Refusal::SecondCa(host) | Refusal::Host(host) => self.host(host, &[&self.first, &self.second]),
        }
    }

    /// Changes policies for `duration`; gives the resident memory after a third of it and at its end.
    async fn run(&mut self, duration: Duration, places: &[Place]) -> (u64, u64) {
        let start = Instant::now();
        let mut pace = interval(PACE);
        let mut after_third = None;
        for number in 0.. {
            if start.elapsed() >= duration {
                break;
            }
            let refusal = Refusal::numbered(number);
            let concerned = || places.iter().filter(|place| refusal.concerns(place.host, place.client));
            pace.tick().await;
            concerned().for_each(Place::begin_refusal);
            let change = self.change(refusal, true);
            self.bench.apply(vec![change]).await;
            concerned().for_each(Place::refused);

            pace.tick().await;
            let change = self.change(refusal, false);
            self.bench.apply(vec![change]).await;
            concerned().for_each(Place::let_in);
            if after_third.is_none() && start.elapsed() >= duration / 3 {
                after_third = Some(resident_bytes());
            }
        }
        (after_third.expect("a third of the time has passed"), resident_bytes())
    }

    /// Waits until the gateway has no connection left.
    async fn emptied(&self) {
        let mut looks = interval(Duration::from_millis(5));
        let emptied = async {
            while self.bench.gateway.report().await.open_connections.values().any(|open| *open > 0) {
                looks.tick().await;
            }
        };
        soon(emptied).await;
    }
}

fn duration() -> Duration {
    let seconds = env::var("POSTERN_SOAK_SECONDS").ok();
    Duration::from_secs(
        seconds.map_or(5, |seconds| seconds.parse().expect("POSTERN_SOAK_SECONDS is a number")),
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_cut_whom_they_refuse_and_nothing_piles_up() {
    let mut soak = Soak::start().await;
    let files_at_start = open_files();
    let (places, mut seats, stop) = take_seats(&soak);
    until("everybody is connected", || places.iter().all(Place::is_taken)).await;

    let (after_third, at_end) = soak.run(duration(), &places).await;
    stop.cancel();
    let mut total = Tally::default();
    while let Some(tally) = soon(seats.join_next()).await {
        total += tally.expect("every seat is served as it should be");
    }
    println!("{total:?}; resident: {after_third} bytes after a third, {at_end} at the end");
    assert!(total.refused > 0, "nobody was refused: {total:?}");
    assert!(
        at_end <= after_third + after_third / 10 + SLACK_BYTES,
        "memory grew from {after_third} to {at_end}"
    );
    soak.emptied().await;
    drop(places);
    until("all files are closed", || open_files() <= files_at_start).await;
}

/// Gives each client its connection to each host, one half of them over HTTP/2.
fn take_seats(soak: &Soak) -> (Vec<Place>, JoinSet<Tally>, CancellationToken) {
    let (turns, stop) = (Arc::new(Semaphore::new(REQUESTS)), CancellationToken::new());
    let (mut places, mut seats) = (Vec::new(), JoinSet::new());
    for (number, identity) in soak.identities.iter().enumerate() {
        // Few sessions: the clients' own stores are not to be what grows.
        let client = Client::of(&soak.bench, identity).resuming(Resumption::in_memory_sessions(4));
        for host in 0..HOSTS {
            let client = client.clone();
            let client = if (host + number) % 2 == 0 { client.http2() } else { client };
            let place = Place::new(host, number);
            let seat = Seat::new(&place, client, sni(host), Arc::clone(&turns), stop.clone());
            seats.spawn(seat.keep());
            places.push(place);
        }
    }
    (places, seats, stop)
}
