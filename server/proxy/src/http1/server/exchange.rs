//! One request and its answer.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, StatusCode};
use hyper::body::Body;
use tokio::io::{AsyncRead, AsyncWrite};

use super::answer_head::{self, Length, Manner, wants_close};
use super::delivery::Delivery;
use super::head::Terms;
use super::intake::Intake;
use super::outgoing::Outgoing;
use super::{Conversation, Http1Body};
use crate::answer::{Answer, Tunnel};
use crate::connection::Connection;
use crate::interim::Interim;
use crate::patience::Patience;

/// What the client is told when its body is wanted.
const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// What happens after an answer.
pub(super) enum After<B> {
    Next,
    Close,
    /// The answer's body is to be kept for as long: the request is being answered until then.
    Tunnel(Tunnel, B),
}

/// One request while it is answered. The client is listened to all the time.
pub(super) struct Exchange<'a, S> {
    connection: &'a Connection,
    stream: &'a mut S,
    intake: &'a RefCell<Intake>,
    terms: Terms,
    interim: Interim,
    outgoing: Outgoing,
    /// How long the client may take no byte of what is sent to it.
    patience: Patience,
}

impl<'a, S: AsyncRead + AsyncWrite + Unpin> Exchange<'a, S> {
    pub(super) fn new(conversation: &'a mut Conversation<'_, S>, terms: Terms) -> Self {
        let limit = conversation.connection.pace().protection().body_seconds;
        Self {
            connection: conversation.connection,
            stream: &mut conversation.stream,
            intake: &conversation.intake,
            terms,
            interim: if terms.is_http_1_0 { Interim::none() } else { Interim::kept() },
            outgoing: Outgoing::new(),
            patience: Patience::new(crate::budget::seconds(limit)),
        }
    }

    /// Has the request answered, and sends the answer.
    ///
    /// # Errors
    /// The client is gone, or must learn from the connection's end that its answer is not whole.
    pub(super) async fn run<H, F, B>(
        mut self,
        handler: &H,
        request: Request<Http1Body>,
        now: impl Fn() -> domain::UnixTime,
    ) -> io::Result<After<B>>
    where
        H: Fn(Request<Http1Body>, Interim) -> F,
        F: Future<Output = Answer<B>>,
        B: Body<Data = Bytes, Error = io::Error> + Unpin,
    {
        let _in_progress = self.connection.pace().begin_request();
        let Answer { response, tunnel } = {
            let mut handling = pin!(handler(request, self.interim.clone()));
            poll_fn(|context| self.poll_answer(handling.as_mut(), context)).await?
        };
        let (head, body) = response.into_parts();
        if tunnel.is_some() != (head.status == StatusCode::SWITCHING_PROTOCOLS)
            || head.status.is_informational() && tunnel.is_none()
        {
            return Err(io::Error::other("a final answer that is none"));
        }
        let length = Length::of(head.status, body.size_hint().exact(), &self.terms);
        let closes = length == Length::UntilClose
            || !self.terms.keeps_alive
            || wants_close(&head)
            || self.intake.borrow().is_last()
            || self.connection.is_closing();
        let manner = Manner { length, is_http_1_0: self.terms.is_http_1_0, closes, now: now() };
        answer_head::write(self.outgoing.text(), &head, manner);
        // From here on it would be read as part of the answer's body.
        self.intake.borrow_mut().forget_continue();
        drop(head);
        let mut delivery = Delivery::new(body, length, self.terms.takes_trailers);
        poll_fn(|context| self.poll_deliver(&mut delivery, context)).await?;
        Ok(match tunnel {
            Some(tunnel) => After::Tunnel(tunnel, delivery.into_body()),
            None if closes => After::Close,
            None => After::Next,
        })
    }

    /// Waits for the answer, and meanwhile serves both the request's body and interim answers.
    fn poll_answer<F: Future>(
        &mut self,
        mut handling: Pin<&mut F>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<F::Output>> {
        loop {
            let answer = handling.as_mut().poll(context);
            while let Poll::Ready((status, headers)) = self.interim.poll_take(context) {
                // Clients are told to continue once: when their body is wanted.
                if status != StatusCode::CONTINUE {
                    answer_head::write_interim(self.outgoing.text(), status, &headers);
                }
            }
            if let Poll::Ready(answer) = answer {
                return Poll::Ready(Ok(answer));
            }
            if self.poll_exchange(context)?.is_pending() {
                return Poll::Pending;
            }
        }
    }

    /// Sends the answer, and meanwhile serves the request's body.
    fn poll_deliver<B>(
        &mut self,
        delivery: &mut Delivery<B>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<()>>
    where
        B: Body<Data = Bytes, Error = io::Error> + Unpin,
    {
        loop {
            let mut has_more = false;
            while !delivery.is_done() && self.outgoing.has_room() {
                match delivery.poll_frame(&mut self.outgoing, context)? {
                    Poll::Ready(()) => has_more = true,
                    Poll::Pending => break,
                }
            }
            let is_sent = self.poll_send(context)?.is_ready();
            if is_sent && delivery.is_done() {
                return Poll::Ready(Ok(()));
            }
            if !(is_sent && has_more) && self.poll_exchange(context)?.is_pending() {
                return Poll::Pending;
            }
        }
    }

    /// Sends what there is to send, and reads what there is to read. Ready if the request's body has got on.
    fn poll_exchange(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.outgoing.has_room() && self.intake.borrow_mut().take_continue() {
            self.outgoing.text().extend_from_slice(CONTINUE);
        }
        let _ = self.poll_send(context)?;
        self.intake.borrow_mut().poll_receive(self.stream, context)
    }

    fn poll_send(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let left = self.outgoing.left();
        let sent = self.outgoing.poll_send(self.stream, context)?;
        if sent.is_ready() || self.outgoing.left() < left {
            self.patience.renew();
        }
        if sent.is_pending() && self.patience.poll_exhausted(context).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        sent.map(Ok)
    }
}
