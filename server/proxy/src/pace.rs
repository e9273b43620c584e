use std::cell::Cell;
use std::sync::Arc;
use std::time::Instant;

use domain::Protection;

use crate::budget::seconds;

/// How a connection gets on with its requests, and how slow it may be. Belongs to one worker's thread.
///
/// Bodies are watched where they are read ([`crate::steady_body`]): nobody can tell a client that does not send from one
/// that is not listened to, except who waits for it.
#[derive(Debug)]
pub(crate) struct Pace {
    protection: Arc<Protection>,
    /// The end of the handshake, then of the last answer.
    since: Cell<Instant>,
    has_asked: Cell<bool>,
    /// Requests being answered.
    requests: Cell<usize>,
    /// Answers of which the client has been given something, and has not asked for more.
    untaken: Cell<usize>,
    /// When it asked last for more of an answer, while there are such.
    taken_at: Cell<Instant>,
    /// Since when a head is arriving.
    head_since: Cell<Option<Instant>>,
}

impl Pace {
    /// Of a connection whose handshake has just ended.
    pub(crate) fn new(protection: Arc<Protection>) -> Self {
        Self {
            protection,
            since: Cell::new(Instant::now()),
            has_asked: Cell::new(false),
            requests: Cell::new(0),
            untaken: Cell::new(0),
            taken_at: Cell::new(Instant::now()),
            head_since: Cell::new(None),
        }
    }

    /// The limits that held when the connection was accepted.
    pub(crate) fn protection(&self) -> &Protection {
        &self.protection
    }

    /// To be called with each piece of the connection: whether it leaves a head half sent.
    pub(crate) fn head_is_arriving(&self, arriving: bool) {
        if !arriving {
            self.head_since.set(None);
        } else if self.head_since.get().is_none() {
            self.head_since.set(Some(Instant::now()));
        }
    }

    /// Counts a request as being answered for as long as the returned value lives.
    pub(crate) fn begin_request(&self) -> RequestInProgress<'_> {
        self.count_request();
        RequestInProgress(self)
    }

    /// Counts a request as being answered, until [`Pace::discount_request`].
    pub(crate) fn count_request(&self) {
        self.has_asked.set(true);
        self.requests.set(self.requests.get() + 1);
    }

    /// One request has been answered, or never will be.
    pub(crate) fn discount_request(&self) {
        self.requests.set(self.requests.get() - 1);
        self.since.set(Instant::now());
    }

    /// A piece of an answer is there for the client to take.
    pub(crate) fn offer(&self) {
        if self.untaken.get() == 0 {
            self.taken_at.set(Instant::now());
        }
        self.untaken.set(self.untaken.get() + 1);
    }

    /// A piece that was offered has been taken, or never will be.
    pub(crate) fn take(&self) {
        self.untaken.set(self.untaken.get() - 1);
        self.taken_at.set(Instant::now());
    }

    /// Whether the client keeps the gateway waiting for longer than it may, at `now`.
    pub(crate) fn is_overdue(&self, now: Instant) -> bool {
        let stalls = self.untaken.get() > 0;
        if stalls && now.duration_since(self.taken_at.get()) > seconds(self.protection.body_seconds) {
            return true;
        }
        if self.requests.get() > 0 {
            // It is the gateway that keeps the client waiting, and may not be listening.
            return false;
        }
        let since = self.since.get();
        let exceeds = |since: Instant, limit: u32| now.duration_since(since) > seconds(limit);
        if !self.has_asked.get() && exceeds(since, self.protection.first_request_seconds) {
            return true;
        }
        match self.head_since.get() {
            Some(head_since) => exceeds(head_since.max(since), self.protection.header_seconds),
            None => self.has_asked.get() && exceeds(since, self.protection.idle_seconds),
        }
    }
}

/// See [`Pace::begin_request`].
#[derive(Debug)]
pub(crate) struct RequestInProgress<'a>(&'a Pace);

impl Drop for RequestInProgress<'_> {
    fn drop(&mut self) {
        self.0.discount_request();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn pace() -> Pace {
        let limits = Protection {
            first_request_seconds: 10,
            header_seconds: 3,
            idle_seconds: 20,
            body_seconds: 5,
            ..Protection::default()
        };
        Pace::new(Arc::new(limits))
    }

    /// For how many seconds from now on the client may go on as it does, up to 1,000.
    fn patience(pace: &Pace) -> u64 {
        let now = Instant::now();
        let is_overdue = |seconds: &u64| pace.is_overdue(now + Duration::from_secs(*seconds));
        (1..1_000).find(is_overdue).map_or(1_000, |seconds| seconds - 1)
    }

    #[test]
    fn each_phase_has_its_limit() {
        let pace = pace();
        assert_eq!(patience(&pace), 9, "before the first request");
        pace.head_is_arriving(true);
        assert_eq!(patience(&pace), 2, "within the head");
        pace.head_is_arriving(false);
        assert_eq!(patience(&pace), 9, "before the first request was given to a service");
        let request = pace.begin_request();
        assert_eq!(patience(&pace), 1_000, "while it is answered");
        pace.head_is_arriving(true);
        assert_eq!(patience(&pace), 1_000, "within a head that comes meanwhile");
        drop(request);
        assert_eq!(patience(&pace), 2, "within a head that nobody has listened to until now");
        pace.head_is_arriving(false);
        assert_eq!(patience(&pace), 19, "idle");
        pace.head_is_arriving(true);
        assert_eq!(patience(&pace), 2, "within the next head");
    }

    #[test]
    fn a_client_that_takes_no_more_of_its_answers_is_overdue() {
        let pace = pace();
        pace.count_request();
        pace.offer();
        assert_eq!(patience(&pace), 4, "it was given a piece");
        pace.offer();
        pace.take();
        assert_eq!(patience(&pace), 4, "it has taken one of two");
        pace.take();
        assert_eq!(patience(&pace), 1_000, "it waits for more");
    }

    #[test]
    fn a_head_that_comes_in_drops_does_not_start_anew() {
        let pace = pace();
        pace.head_is_arriving(true);
        let began = pace.head_since.get();
        pace.head_is_arriving(true);
        assert_eq!(pace.head_since.get(), began);
    }
}
