//! A worker: one thread with its own runtime, its own listener sockets and its own connections.

mod reception;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::io;
use std::rc::Rc;
use std::sync::{Arc, Weak};
use std::thread;
use std::time::{Duration, Instant};

use domain::GatewayGroupId;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinHandle, LocalSet, yield_now};
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use ulid::Ulid;

use crate::command::{Command, Listening};
use crate::connection::Connection;
use crate::counters::Counters;
use crate::listener::{ListenerId, Listeners};
use crate::node::NodeClient;
use crate::report::Report;
use crate::request::Context;
use crate::shared::Shared;
use crate::upstream::check_nodes;

/// How often connections that keep the gateway waiting and certificates that have run out are looked for.
const SWEEP: Duration = Duration::from_secs(1);
/// How often binding is tried again.
const RETRY: Duration = Duration::from_secs(1);
/// Connections judged between two looks at the traffic: about 5 ms of signature checks.
const BATCH: usize = 64;

/// Starts a worker's thread. It ends after [`Command::Shutdown`], or when nobody can send commands any more.
///
/// `listeners` is given to one of the workers: it tries again to bind what could not be bound.
///
/// # Errors
/// The thread or its runtime could not be made.
pub(crate) fn spawn(
    number: usize,
    shared: Arc<Shared>,
    commands: mpsc::UnboundedReceiver<Command>,
    listeners: Option<Weak<Listeners>>,
) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    thread::Builder::new()
        .name(format!("gateway-{number}"))
        .spawn(move || run(&runtime, shared, commands, listeners))?;
    Ok(())
}

fn run(
    runtime: &Runtime,
    shared: Arc<Shared>,
    commands: mpsc::UnboundedReceiver<Command>,
    listeners: Option<Weak<Listeners>>,
) {
    let tasks = LocalSet::new();
    // One of the workers does what is to be done once.
    if let Some(listeners) = listeners {
        tasks.spawn_local(retry_listeners(listeners));
        tasks.spawn_local(check_nodes(Arc::clone(&shared)));
    }
    let worker = Rc::new(Worker::new(shared));
    let done = tasks.block_on(runtime, worker.obey(commands));
    // Cuts off every connection that is still there.
    drop(tasks);
    if let Some(done) = done {
        // Whoever asked may have stopped waiting.
        let _ = done.send(());
    }
}

async fn retry_listeners(listeners: Weak<Listeners>) {
    let mut ticks = interval(RETRY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match listeners.upgrade() {
            Some(listeners) => listeners.retry(),
            None => return,
        }
    }
}

struct Worker {
    shared: Arc<Shared>,
    context: Rc<Context>,
    listeners: RefCell<HashMap<ListenerId, Accepting>>,
    connections: RefCell<HashMap<Ulid, Rc<Connection>>>,
    counters: Rc<Counters>,
    tasks: TaskTracker,
    /// Set once it shuts down: how long connections may take.
    grace: Cell<Option<Duration>>,
    /// Cancelled at the same moment.
    shutdown: CancellationToken,
}

/// A listener's socket that is being watched.
struct Accepting {
    port: u16,
    task: JoinHandle<()>,
}

impl Worker {
    fn new(shared: Arc<Shared>) -> Self {
        let context = Rc::new(Context { shared: Arc::clone(&shared), nodes: NodeClient::default() });
        Self {
            shared,
            context,
            listeners: RefCell::default(),
            connections: RefCell::default(),
            counters: Rc::default(),
            tasks: TaskTracker::new(),
            grace: Cell::new(None),
            shutdown: CancellationToken::new(),
        }
    }

    /// Works until told to shut down; answers whom to tell that it is done.
    async fn obey(
        self: Rc<Self>,
        mut commands: mpsc::UnboundedReceiver<Command>,
    ) -> Option<oneshot::Sender<()>> {
        let mut sweeps = interval(SWEEP);
        sweeps.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let command = tokio::select! {
                command = commands.recv() => command?,
                _ = sweeps.tick() => {
                    self.sweep().await;
                    continue;
                }
            };
            match command {
                Command::Listen(listening) => self.listen(listening),
                Command::Unlisten(listener, done) => {
                    self.unlisten(&listener).await;
                    let _ = done.send(());
                }
                Command::Judge(done) => {
                    self.judge().await;
                    let _ = done.send(self.counters.take_closed());
                }
                Command::Report(done) => {
                    let _ = done.send(self.report());
                }
                Command::Shutdown(grace, done) => {
                    self.drain(grace).await;
                    return Some(done);
                }
            }
        }
    }

    fn listen(self: &Rc<Self>, Listening { listener, port, socket }: Listening) {
        match TcpListener::from_std(socket) {
            Ok(socket) => {
                let task = tokio::task::spawn_local(Rc::clone(self).accept(listener.clone(), socket));
                self.listeners.borrow_mut().insert(listener, Accepting { port, task });
            }
            Err(error) => {
                tracing::error!(group = %listener.group, %error, "cannot watch the listener socket");
            }
        }
    }

    async fn unlisten(&self, listener: &ListenerId) {
        let accepting = self.listeners.borrow_mut().remove(listener);
        if let Some(Accepting { task, .. }) = accepting {
            task.abort();
            // The socket is closed when the task is gone; that it was aborted is no news.
            let _ = task.await;
        }
    }

    fn register(&self, connection: Connection) -> Registered<'_> {
        let connection = Rc::new(connection);
        self.connections.borrow_mut().insert(connection.attempt().connection, Rc::clone(&connection));
        Registered { connections: &self.connections, connection }
    }

    fn report(&self) -> Report {
        let mut report = self.counters.report();
        for connection in self.connections.borrow().values() {
            let group = GatewayGroupId::clone(&connection.attempt().group);
            *report.open_connections.entry(group).or_default() += 1;
        }
        report
    }

    async fn judge(&self) {
        self.for_each_connection(|connection| {
            connection.is_admitted(&self.shared);
        })
        .await;
    }

    async fn sweep(&self) {
        let options = &self.shared.options;
        let now = Instant::now();
        self.context.nodes.sweep(now);
        self.for_each_connection(|connection| {
            connection.check_validity(&self.shared);
            connection.close_if_overdue(now, options.drain_timeout);
        })
        .await;
    }

    async fn for_each_connection(&self, act: impl Fn(&Connection)) {
        let connections: Vec<_> = self.connections.borrow().values().map(Rc::clone).collect();
        for batch in connections.chunks(BATCH) {
            batch.iter().for_each(|connection| act(connection));
            yield_now().await;
        }
    }

    async fn drain(&self, grace: Duration) {
        self.grace.set(Some(grace));
        self.shutdown.cancel();
        let listeners: Vec<ListenerId> = self.listeners.borrow().keys().cloned().collect();
        for listener in listeners {
            self.unlisten(&listener).await;
        }
        self.for_each_connection(|connection| connection.close_within(grace)).await;
        self.tasks.close();
        if timeout(grace, self.tasks.wait()).await.is_err() {
            tracing::info!(left = self.tasks.len(), "cutting off connections that did not finish in time");
        }
    }
}

/// A connection for as long as it can be found by its worker.
struct Registered<'a> {
    connections: &'a RefCell<HashMap<Ulid, Rc<Connection>>>,
    connection: Rc<Connection>,
}

impl std::ops::Deref for Registered<'_> {
    type Target = Rc<Connection>;

    fn deref(&self) -> &Rc<Connection> {
        &self.connection
    }
}

impl Drop for Registered<'_> {
    fn drop(&mut self) {
        self.connections.borrow_mut().remove(&self.connection.attempt().connection);
    }
}
