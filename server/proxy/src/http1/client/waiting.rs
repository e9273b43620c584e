//! A request whose answer has not begun.

use std::io;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::StatusCode;
use http::header::EXPECT;
use http::request::Parts;
use hyper::body::Body;
use tokio::io::{AsyncRead, AsyncWrite};

use super::answer::{Framing, Head};
use super::patience::Wait;
use super::receiving::Receiving;
use super::sending::{SendError, Sending};
use super::{Answered, Connection, HEAD_BYTES, Rest};
use crate::hop_by_hop::{UpgradeField, strip_answer};
use crate::http1::{Malformed, fields};
use crate::interim::Interim;
use crate::node::{FailureStage, Trouble};

/// How many interim answers a node may give to a request.
const INTERIM_ANSWERS: u8 = 16;

/// A request that is being sent, and whose answer is listened for at the same time.
pub(super) struct Waiting<S, B> {
    connection: Box<Connection<S>>,
    sending: Sending<B>,
    progress: Progress,
    /// Whether the connection had served a request before.
    is_reused: bool,
    /// Whether the node has said anything.
    has_spoken: bool,
    interim_answers: u8,
    /// How far `received` was searched for the end of a head.
    searched: usize,
}

/// How far the request was sent.
enum Progress {
    Sending,
    Sent,
    /// The node takes no more of it. What it has answered before that still counts.
    Broken(io::Error),
}

impl<S, B> Waiting<S, B>
where
    S: AsyncRead + AsyncWrite + Unpin,
    B: Body<Data = Bytes, Error = io::Error> + Unpin,
{
    pub(super) fn new(mut connection: Box<Connection<S>>, parts: &Parts, body: B) -> Self {
        let is_reused = connection.served > 0;
        connection.served = connection.served.saturating_add(1);
        let sending = Sending::new(parts, body, &mut connection);
        let progress = Progress::Sending;
        Self { connection, sending, progress, is_reused, has_spoken: false, interim_answers: 0, searched: 0 }
    }

    /// The body, if nothing was read from it.
    pub(super) fn into_untouched(self) -> Option<B> {
        self.sending.into_untouched()
    }

    /// Sends, and receives the head of the final answer, or of the one that changes the protocol.
    pub(super) fn poll(
        &mut self,
        parts: &Parts,
        interim: &Interim,
        context: &mut Context<'_>,
    ) -> Poll<Result<(Head, Framing), Trouble>> {
        if matches!(self.progress, Progress::Sending)
            && let Poll::Ready(end) = self.sending.poll(&mut self.connection, context)
        {
            self.progress = match end {
                Ok(()) => Progress::Sent,
                Err(SendError::Node(error)) => Progress::Broken(error),
                Err(SendError::Client(error)) => {
                    return Poll::Ready(Err(Trouble::new(FailureStage::Client, error)));
                }
            };
        }
        loop {
            if let Some(head) = self.take_head().map_err(malformed)? {
                if let Some(found) = self.consider(head, parts, interim)? {
                    return Poll::Ready(Ok(found));
                }
                continue;
            }
            match self.connection.poll_fill(context) {
                Poll::Ready(Ok(1..)) => self.has_spoken = true,
                Poll::Ready(Ok(0)) => {
                    return Poll::Ready(Err(self.closed(io::ErrorKind::UnexpectedEof.into())));
                }
                Poll::Ready(Err(error)) => return Poll::Ready(Err(self.closed(error))),
                Poll::Pending => return self.poll_lost(context).map(Err),
            }
        }
    }

    fn take_head(&mut self) -> Result<Option<Head>, Malformed> {
        let received = &mut self.connection.received;
        let end = fields::end(received, &mut self.searched)?;
        if end.unwrap_or(received.len()) > HEAD_BYTES {
            return Err(Malformed("an answer's head that is too large"));
        }
        let Some(end) = end else { return Ok(None) };
        self.searched = 0;
        Head::parse(&received.split_to(end).freeze()).map(Some)
    }

    /// The head, if it is what is waited for; others are passed on.
    fn consider(
        &mut self,
        head: Head,
        parts: &Parts,
        interim: &Interim,
    ) -> Result<Option<(Head, Framing)>, Trouble> {
        let framing = head.framing(&parts.method).map_err(malformed)?;
        if head.status == StatusCode::SWITCHING_PROTOCOLS {
            let is_asked = head.changes_as_asked(&parts.headers);
            if is_asked && matches!(self.progress, Progress::Sent) {
                return Ok(Some((head, framing)));
            }
            return Err(malformed(Malformed("a change to a protocol that was not asked for")));
        }
        if !head.status.is_informational() {
            return Ok(Some((head, framing)));
        }
        self.interim_answers += 1;
        if self.interim_answers > INTERIM_ANSWERS {
            return Err(malformed(Malformed("too many interim answers")));
        }
        if head.status != StatusCode::CONTINUE || expects_continue(parts) {
            let Head { status, mut headers, .. } = head;
            strip_answer(&mut headers, UpgradeField::Drop);
            interim.send(status, headers);
        }
        Ok(None)
    }

    fn poll_lost(&mut self, context: &mut Context<'_>) -> Poll<Trouble> {
        let wait = match self.progress {
            Progress::Sending => self.sending.wait(),
            Progress::Sent | Progress::Broken(_) => Some(Wait::Read),
        };
        // Who waits for the client has a limit elsewhere.
        let Some(wait) = wait else { return Poll::Pending };
        ready!(self.connection.patience.poll_lost(wait, context));
        Poll::Ready(match wait {
            Wait::Send => {
                Trouble::new(FailureStage::SendTimeout, "the node took no more of the request in time")
            }
            Wait::Read => Trouble::new(FailureStage::ReadTimeout, "the node did not answer in time"),
        })
    }

    /// What it means that the connection ended.
    fn closed(&mut self, error: io::Error) -> Trouble {
        match &self.progress {
            _ if self.is_reused && !self.has_spoken => Trouble::new(FailureStage::Stale, error),
            Progress::Broken(earlier) => Trouble::new(FailureStage::Sending, earlier),
            Progress::Sending => Trouble::new(FailureStage::Sending, error),
            Progress::Sent => Trouble::new(FailureStage::Answering, error),
        }
    }

    /// What follows the head.
    pub(super) fn into_answered(self, head: Head, framing: Framing) -> Answered<S, B> {
        let Self { mut connection, sending, progress, .. } = self;
        let is_kept = head.keeps_connection() && !matches!(progress, Progress::Broken(_));
        let rest = if head.status == StatusCode::SWITCHING_PROTOCOLS {
            let read_ahead = connection.received.split().freeze();
            Rest::Tunnel(connection.stream, read_ahead)
        } else {
            // Who refuses a request does not want the rest of it (RFC 9112 §9.5), nor could read another one behind it.
            let wants_rest = head.status.is_success();
            let (sending, is_kept) = match progress {
                Progress::Sending if wants_rest => (Some(sending), is_kept),
                Progress::Sending => (None, false),
                Progress::Sent | Progress::Broken(_) => (None, is_kept),
            };
            Rest::Body(Receiving::new(connection, sending, framing, is_kept))
        };
        Answered { status: head.status, headers: head.headers, rest }
    }
}

fn expects_continue(parts: &Parts) -> bool {
    parts.headers.get(EXPECT).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"100-continue"))
}

fn malformed(malformed: Malformed) -> Trouble {
    Trouble::new(FailureStage::Answering, malformed)
}
