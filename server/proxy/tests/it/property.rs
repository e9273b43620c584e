//! Whatever operators change and clients do, in whatever order: nobody is answered whom the policy in force refuses, and
//! everybody is whom it lets in.
//!
//! In force is what the last call of `Gateway::apply` that has returned has made so. While a call is under way, either
//! policy may decide.

mod line;
mod model;
mod policies;

use std::env;
use std::future::{Future as _, poll_fn};
use std::pin::pin;
use std::sync::Arc;

use futures_util::future::join_all;
use proptest::prelude::*;
use proptest::sample::select;
use rustls::client::Resumption;
use rustls::{SupportedProtocolVersion, version};
use tls::{GroupDenials, KeyPair};
use tokio::join;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio_rustls::client::TlsStream;

use crate::support::client::Client;
use crate::support::gateway::Bench;
use crate::support::pki::{Authority, Identity};
use line::Line;
use model::{EXEMPT, Edit, GUARDED, HOSTS, Who, World};

/// Cases, unless `PROPTEST_CASES` says otherwise: as many as take a few seconds.
const CASES: u32 = 24;
const VERSIONS: [&SupportedProtocolVersion; 2] = [&version::TLS12, &version::TLS13];

/// A client's coming.
#[derive(Debug, Clone)]
struct Visit {
    who: Who,
    host: usize,
    /// An index of [`VERSIONS`].
    version: usize,
    is_http2: bool,
    /// Whether it takes up an earlier session, if it has one.
    resumes: bool,
}

#[derive(Debug, Clone)]
enum Step {
    /// Changes one after the other, and nobody asks in between.
    Change(Vec<Edit>),
    Visit(Visit),
    /// A change while a client comes, once its handshake has had to wait so many times, and while all others ask.
    Race(Edit, Visit, usize),
}

fn visit() -> impl Strategy<Value = Visit> {
    (select(Who::ALL.to_vec()), 0..HOSTS.len(), 0..VERSIONS.len(), any::<bool>(), any::<bool>())
        .prop_map(|(who, host, version, is_http2, resumes)| Visit { who, host, version, is_http2, resumes })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => prop::collection::vec(model::edit(), 1..=2).prop_map(Step::Change),
        4 => visit().prop_map(Step::Visit),
        2 => (model::edit(), visit(), 0..5_usize).prop_map(|(edit, visit, waits)| Step::Race(edit, visit, waits)),
    ]
}

/// A client that was let in.
struct Guest {
    line: Line,
    host: usize,
    /// What it has shown of itself.
    shown: Who,
}

impl Guest {
    fn is_let_in(&self, world: &World) -> bool {
        world.lets_in(self.host, self.shown)
    }

    /// Asks, and compares the answer with what the world says.
    async fn check(&mut self, path: &str, world: &World) {
        let answer = self.line.ask(path).await;
        self.compare(answer, path, &[world]);
    }

    /// Compares an answer with worlds of which each may have decided.
    fn compare(&self, answer: Option<bool>, path: &str, worlds: &[&World]) {
        let answers = |world: &&World| world.answers(self.host, self.shown, path);
        let asked = format!("{:?} asked for {}{path}", self.shown, HOSTS[self.host]);
        assert!(worlds.iter().any(answers) || answer != Some(true), "{asked}: refused, and answered");
        assert!(!worlds.iter().all(answers) || answer == Some(true), "{asked}: let in, and got {answer:?}");
        let must_stay = worlds.iter().all(|world| self.is_let_in(world));
        assert!(!must_stay || answer.is_some(), "{asked}: let in, and cut off");
    }
}

/// A gateway, its clients, and what ought to be.
struct Play {
    bench: Bench,
    denials: Arc<GroupDenials>,
    first: Authority,
    second: Authority,
    servers: Vec<KeyPair>,
    identities: Vec<(Who, Identity)>,
    /// For each client and version of TLS, with its sessions.
    clients: Vec<(Who, [Client; VERSIONS.len()])>,
    guests: Vec<Guest>,
    world: World,
}

impl Play {
    async fn new() -> Self {
        let bench = Bench::start().await;
        let (first, second, rogue) =
            (Authority::root("First"), Authority::root("Second"), Authority::root("First"));
        let identities = vec![
            (Who::Ann, first.client_named("ann", &["ann.test"])),
            (Who::Bob, first.client_named("bob", &["bob.test"])),
            (Who::Cid, second.client_named("cid", &["cid.test"])),
            (Who::Mallory, rogue.client_named("ann", &["ann.test"])),
        ];
        let client = |who: Who| {
            let identity = identities.iter().find(|(owner, _)| *owner == who).map(|(_, identity)| identity);
            (who, VERSIONS.map(|version| Client::with(&bench, identity, &[version])))
        };
        Self {
            denials: GroupDenials::new([]),
            servers: HOSTS.iter().map(|host| bench.servers.server(&[host]).key_pair()).collect(),
            clients: Who::ALL.map(client).into(),
            first,
            second,
            identities,
            bench,
            guests: Vec::new(),
            world: World::new(),
        }
    }

    async fn step(&mut self, step: Step) {
        match step {
            Step::Change(edits) => {
                let mut left = Vec::new();
                for edit in edits {
                    self.world.edit(&edit);
                    let change = self.change(&edit);
                    self.bench.apply(vec![change]).await;
                    left.extend(self.guests.extract_if(.., |guest| !guest.is_let_in(&self.world)));
                }
                self.see_off(left).await;
            }
            Step::Visit(visit) => {
                let stream = self.client(&visit).connect(HOSTS[visit.host]).await;
                let world = self.world.clone();
                self.receive(stream.ok(), &visit, [&world, &world]).await;
            }
            Step::Race(edit, visit, waits) => self.race(&edit, &visit, waits).await,
        }
        for guest in &mut self.guests {
            guest.check(GUARDED, &self.world).await;
            guest.check(EXEMPT, &self.world).await;
        }
    }

    /// Asks on the connection of a new client, and keeps it if it is let in. While it came, the world changed from the first
    /// to the second.
    async fn receive(&mut self, stream: Option<TlsStream<TcpStream>>, visit: &Visit, worlds: [&World; 2]) {
        let shown = worlds.map(|world| world.shown(visit.host, visit.who));
        let is_welcome = |world: &World| shown.iter().all(|shown| world.lets_in(visit.host, *shown));
        let is_welcome = worlds.into_iter().all(is_welcome);
        assert!(stream.is_some() || !is_welcome, "{visit:?}: let in, and yet not");
        let Some(stream) = stream else { return };
        let mut line = Line::new(stream, HOSTS[visit.host]);
        let answer = line.ask(GUARDED).await;
        let mut answers = shown.iter().map(|shown| worlds[1].answers(visit.host, *shown, GUARDED));
        assert!(
            answers.clone().any(|answers| answers) || answer != Some(true),
            "{visit:?}: refused, and answered"
        );
        let must_answer = is_welcome && answers.all(|answers| answers);
        assert!(!must_answer || answer == Some(true), "{visit:?}: let in, and got {answer:?}");
        if is_welcome && shown[0] == shown[1] {
            self.guests.push(Guest { line, host: visit.host, shown: shown[0] });
        }
    }

    /// Checks that refused guests have to go.
    async fn see_off(&self, guests: Vec<Guest>) {
        for mut guest in guests {
            // Later changes may let it in again; whether the connection lives to see that, nobody says.
            let answer = guest.line.ask(EXEMPT).await;
            let may_answer = self.world.answers(guest.host, guest.shown, EXEMPT);
            assert!(may_answer || answer != Some(true), "{:?}: refused, and answered", guest.shown);
            guest.line.ends().await;
        }
    }

    async fn race(&mut self, edit: &Edit, visit: &Visit, waits: usize) {
        let before = self.world.clone();
        self.world.edit(edit);
        let change = self.change(edit);
        let client = self.client(visit);
        let begin = Notify::new();
        let coming = async {
            let mut connecting = pin!(client.connect(HOSTS[visit.host]));
            let mut polls = 0;
            let stream = poll_fn(|context| {
                let poll = connecting.as_mut().poll(context);
                if polls == waits || poll.is_ready() {
                    begin.notify_one();
                }
                polls += 1;
                poll
            });
            stream.await
        };
        let changing = async {
            begin.notified().await;
            self.bench.apply(vec![change]).await
        };
        let asking = join_all(self.guests.iter_mut().map(|guest| guest.line.ask(GUARDED)));
        let (stream, _, answers) = join!(coming, changing, asking);
        for (guest, answer) in self.guests.iter().zip(answers) {
            guest.compare(answer, GUARDED, &[&before, &self.world]);
        }
        let refused = self.guests.extract_if(.., |guest| !guest.is_let_in(&self.world)).collect();
        self.see_off(refused).await;
        let after = self.world.clone();
        self.receive(stream.ok(), visit, [&before, &after]).await;
    }

    fn client(&self, visit: &Visit) -> Client {
        let (_, clients) =
            self.clients.iter().find(|(who, _)| *who == visit.who).expect("all of them are there");
        let mut client = clients[visit.version].clone();
        if visit.is_http2 {
            client = client.http2();
        }
        if visit.resumes { client } else { client.resuming(Resumption::disabled()) }
    }
}

fn cases() -> u32 {
    env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(CASES)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_policy_in_force_decides(opening in model::opening(), steps in prop::collection::vec(step(), 1..=20)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let mut play = Play::new().await;
            play.step(Step::Change(opening)).await;
            for step in steps {
                play.step(step).await;
            }
        });
    }
}
