//! What the rest of the gateway may ask of its workers.

use std::collections::HashMap;
use std::net::TcpListener;
use std::time::Duration;

use domain::GatewayGroupId;
use futures_util::future::join_all;
use tokio::sync::{mpsc, oneshot};

use crate::listener::ListenerId;
use crate::report::Report;

/// Something to do for one worker. The sender is told (or dropped) when it is done.
#[derive(Debug)]
pub(crate) enum Command {
    /// Accept connections here.
    Listen(Listening),
    /// Accept no more connections of a listener.
    Unlisten(ListenerId, oneshot::Sender<()>),
    /// Judge all connections by the policies that are in force now. Answers how many of each group have been refused for
    /// a change of policies since this was last asked.
    Judge(oneshot::Sender<HashMap<GatewayGroupId, u64>>),
    /// Say what was counted.
    Report(oneshot::Sender<Report>),
    /// Stop accepting, let connections finish for so long, then end.
    Shutdown(Duration, oneshot::Sender<()>),
}

/// A listener's socket.
#[derive(Debug)]
pub(crate) struct Listening {
    pub(crate) listener: ListenerId,
    /// The port of the socket, never 0.
    pub(crate) port: u16,
    pub(crate) socket: TcpListener,
}

/// The way to all workers.
#[derive(Debug)]
pub(crate) struct Workers(Vec<mpsc::UnboundedSender<Command>>);

impl Workers {
    /// Makes a way to `number` workers, and the end of it for each of them.
    pub(crate) fn new(number: usize) -> (Self, Vec<mpsc::UnboundedReceiver<Command>>) {
        let (senders, receivers) = (0..number).map(|_| mpsc::unbounded_channel()).unzip();
        (Self(senders), receivers)
    }

    /// How many there are.
    pub(crate) fn number(&self) -> usize {
        self.0.len()
    }

    /// Gives each worker its own socket of a listener. Whether they took them: workers that have shut down do not.
    pub(crate) fn listen(&self, listener: &ListenerId, port: u16, sockets: Vec<TcpListener>) -> bool {
        self.0.iter().zip(sockets).all(|(worker, socket)| {
            let listening = Listening { listener: listener.clone(), port, socket };
            worker.send(Command::Listen(listening)).is_ok()
        })
    }

    /// Tells all workers the same, and waits until all have done it.
    pub(crate) async fn tell_all(&self, command: impl Fn(oneshot::Sender<()>) -> Command) {
        self.ask_all(command).await;
    }

    /// Asks all workers the same; the answers of those that have not shut down.
    pub(crate) async fn ask_all<T>(&self, command: impl Fn(oneshot::Sender<T>) -> Command) -> Vec<T> {
        let asked = self.0.iter().map(|worker| {
            let (done, wait) = oneshot::channel();
            // One that has shut down has nothing left to do; `wait` ends at once then.
            let _ = worker.send(command(done));
            wait
        });
        join_all(asked.collect::<Vec<_>>()).await.into_iter().flatten().collect()
    }
}
