//! Ctrl-C and polite requests to end, for the time in which a server runs under us.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// Requests to end, taken from the moment this is made on. Before, they end us as usual.
#[derive(Debug)]
pub(crate) struct EndRequests(Receiver<()>);

impl EndRequests {
    pub(crate) fn listen() -> Result<Self> {
        let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM]).context("could not listen for signals")?;
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            for _signal in signals.forever() {
                if sender.send(()).is_err() {
                    return;
                }
            }
        });
        Ok(Self(receiver))
    }

    /// Waits for a request, not longer than `patience`. Was there one?
    pub(crate) fn wait(&self, patience: Duration) -> bool {
        match self.0.recv_timeout(patience) {
            Ok(()) => true,
            Err(RecvTimeoutError::Timeout) => false,
            Err(RecvTimeoutError::Disconnected) => unreachable!("the thread listens as long as we do"),
        }
    }
}
