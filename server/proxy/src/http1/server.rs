//! HTTP/1.1 towards clients (RFC 9112): one task for each connection, which reads a request, has it answered, sends the
//! answer, and goes on with the next one.

mod answer_head;
mod body;
mod date;
mod delivery;
mod exchange;
mod head;
mod intake;
mod outgoing;
mod single;
mod tunnel;

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use hyper::body::Body;
use tls::Clock;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

use self::answer_head::{Length, Manner};
pub(crate) use self::body::Http1Body;
use self::exchange::{After, Exchange};
use self::head::Terms;
use self::intake::Intake;
use self::outgoing::Outgoing;
pub(crate) use self::single::answer_one;
use crate::answer::{Answer, Tunnel};
use crate::budget::seconds;
use crate::connection::Connection;
use crate::framing::Fault;
use crate::hang_up::hang_up;
use crate::interim::Interim;

/// Bytes of a body that nobody wanted which are read so that the connection can go on.
const UNREAD_BYTES: usize = 64 * 1024;

/// Answers requests until either side has enough; the connection's [`Connection::closing`] is minded.
///
/// # Errors
/// The client is gone, or was cut off.
pub(crate) async fn converse<S, H, F, B>(
    connection: &Connection,
    clock: &dyn Clock,
    stream: S,
    handler: H,
) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
    H: Fn(Request<Http1Body>, Interim) -> F,
    F: Future<Output = Answer<B>>,
    B: Body<Data = Bytes, Error = io::Error> + Unpin,
{
    let intake = Intake::new(connection.pace().protection());
    let mut conversation = Conversation { connection, clock, stream, intake: Rc::new(RefCell::new(intake)) };
    let is_over = loop {
        match poll_fn(|context| conversation.poll_request(context)).await? {
            Next::Nothing => break true,
            Next::Refused(status) => {
                conversation.refuse(status).await?;
                break false;
            }
            Next::Request(request, terms) => {
                let request = conversation.with_body(request, terms);
                // In memory of its own, which an idle connection does not have.
                let after = Box::pin(conversation.answer(&handler, request, terms)).await?;
                match after {
                    After::Next if conversation.skip_unread().await? => {}
                    After::Next => break false,
                    After::Close => break conversation.is_read(),
                    After::Tunnel(tunnel, _answer) => {
                        Box::pin(conversation.tunnel(tunnel)).await?;
                        break true;
                    }
                }
            }
        }
    };
    conversation.end(is_over).await
}

/// An HTTP/1.1 connection.
struct Conversation<'a, S> {
    connection: &'a Connection,
    clock: &'a dyn Clock,
    stream: S,
    intake: Rc<RefCell<Intake>>,
}

impl<S> Drop for Conversation<'_, S> {
    fn drop(&mut self) {
        // A body that somebody else's task reads must not wait for ever.
        self.intake.borrow_mut().end_request();
    }
}

/// What comes next from a client.
#[expect(clippy::large_enum_variant, reason = "it is taken apart at once, and nearly always the large one")]
enum Next {
    Request(Request<()>, Terms),
    /// Something that is no request, and its answer.
    Refused(StatusCode),
    Nothing,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Conversation<'_, S> {
    /// Waits for a request.
    fn poll_request(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Next>> {
        let pace = self.connection.pace();
        let mut intake = self.intake.borrow_mut();
        loop {
            if self.connection.is_closing() {
                return Poll::Ready(Ok(Next::Nothing));
            }
            let request = intake.next_request();
            pace.head_is_arriving(intake.framing().is_in_head());
            match request {
                Ok(None) => {}
                Ok(Some((request, terms))) => return Poll::Ready(Ok(Next::Request(request, terms))),
                Err(fault) => {
                    let connection = self.connection.attempt().connection;
                    tracing::debug!(%connection, why = %fault, "request refused");
                    return Poll::Ready(Ok(Next::Refused(status_of(fault))));
                }
            }
            if ready!(intake.poll_more(&mut self.stream, context))? == 0 {
                return Poll::Ready(Ok(Next::Nothing));
            }
        }
    }

    /// Gives a request its body, which comes after its head.
    fn with_body(&self, request: Request<()>, terms: Terms) -> Request<Http1Body> {
        let number = self.intake.borrow_mut().begin_request(terms.expects_continue);
        let patience = seconds(self.connection.pace().protection().body_seconds);
        request.map(|()| Http1Body::of(&self.intake, number, patience))
    }

    async fn answer<H, F, B>(
        &mut self,
        handler: &H,
        request: Request<Http1Body>,
        terms: Terms,
    ) -> io::Result<After<B>>
    where
        H: Fn(Request<Http1Body>, Interim) -> F,
        F: Future<Output = Answer<B>>,
        B: Body<Data = Bytes, Error = io::Error> + Unpin,
    {
        let clock = self.clock;
        Exchange::new(self, terms).run(handler, request, || clock.now()).await
    }

    /// Answers what is no request.
    async fn refuse(&mut self, status: StatusCode) -> io::Result<()> {
        let mut outgoing = Outgoing::new();
        write_refusal(&mut outgoing, status, self.clock);
        poll_fn(|context| outgoing.poll_send(&mut self.stream, context)).await
    }

    /// Reads what nobody wanted of a request's body: whether another request can follow.
    async fn skip_unread(&mut self) -> io::Result<bool> {
        let mut skipped = 0;
        poll_fn(|context| {
            let mut intake = self.intake.borrow_mut();
            loop {
                match intake.discard_body() {
                    Ok(count) => skipped += count,
                    Err(_) => return Poll::Ready(Ok(false)),
                }
                if intake.is_complete() {
                    intake.end_request();
                    return Poll::Ready(Ok(true));
                }
                // How long it may take is a matter of the connection's pace.
                if skipped > UNREAD_BYTES || self.connection.is_closing() {
                    return Poll::Ready(Ok(false));
                }
                if ready!(intake.poll_more(&mut self.stream, context))? == 0 {
                    return Poll::Ready(Ok(false));
                }
            }
        })
        .await
    }

    /// Whether the client has said nothing that was not read.
    fn is_read(&self) -> bool {
        let intake = self.intake.borrow();
        intake.is_complete() && !intake.has_unused()
    }

    /// Copies until both sides have ended, or the connection is to be closed.
    async fn tunnel(&mut self, tunnel: Tunnel) -> io::Result<()> {
        let _in_progress = self.connection.pace().begin_request();
        let received = self.intake.borrow_mut().take_all();
        let mut copying = pin!(tunnel::copy(&mut self.stream, &received, tunnel));
        poll_fn(|context| {
            if self.connection.is_closing() { Poll::Ready(Ok(())) } else { copying.as_mut().poll(context) }
        })
        .await
    }

    /// Ends the connection in order. `is_over`: nothing of the client's is left unread.
    async fn end(mut self, is_over: bool) -> io::Result<()> {
        if is_over {
            self.stream.shutdown().await
        } else {
            hang_up(&mut self.stream).await;
            Ok(())
        }
    }
}

/// What bytes that are no request are answered with.
fn status_of(fault: Fault) -> StatusCode {
    match fault {
        Fault::Ambiguous(_) => StatusCode::BAD_REQUEST,
        Fault::TooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
    }
}

/// Writes the last answer of a connection, which is a head alone.
fn write_refusal(outgoing: &mut Outgoing, status: StatusCode, clock: &dyn Clock) {
    let (mut head, ()) = Response::new(()).into_parts();
    head.status = status;
    let manner = Manner { length: Length::Known(0), is_http_1_0: false, closes: true, now: clock.now() };
    answer_head::write(outgoing.text(), &head, manner);
}

#[cfg(test)]
mod tests;
