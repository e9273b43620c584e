//! What the rest of the gateway may ask of its workers.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use domain::GatewayGroupId;
use futures_util::future::join_all;
use tokio::sync::{mpsc, oneshot};

/// Something to do for one worker. The sender is told (or dropped) when it is done.
#[derive(Debug)]
pub(crate) enum Command {
    /// Accept connections of a group here.
    Listen(Arc<GatewayGroupId>, TcpListener),
    /// Accept no more connections of a group.
    Unlisten(GatewayGroupId, oneshot::Sender<()>),
    /// Judge all connections by the policies that are in force now.
    Judge(oneshot::Sender<()>),
    /// Stop accepting, let connections finish for so long, then end.
    Shutdown(Duration, oneshot::Sender<()>),
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

    /// Gives each worker its own listener socket for a group. Whether they took them: workers that have shut down do
    /// not.
    pub(crate) fn listen(&self, group: &GatewayGroupId, sockets: Vec<TcpListener>) -> bool {
        let group = Arc::new(group.clone());
        self.0
            .iter()
            .zip(sockets)
            .all(|(worker, socket)| worker.send(Command::Listen(Arc::clone(&group), socket)).is_ok())
    }

    /// Tells all workers the same, and waits until all have done it.
    pub(crate) async fn tell_all(&self, command: impl Fn(oneshot::Sender<()>) -> Command) {
        let told = self.0.iter().map(|worker| {
            let (done, wait) = oneshot::channel();
            // One that has shut down has nothing left to do; `wait` ends at once then.
            let _ = worker.send(command(done));
            wait
        });
        join_all(told.collect::<Vec<_>>()).await;
    }
}
