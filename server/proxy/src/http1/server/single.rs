//! Connections with one request, whose body nobody wants.

use std::future::poll_fn;
use std::io;
use std::task::{Poll, ready};

use bytes::Bytes;
use domain::Protection;
use http::{Request, Response};
use tls::Clock;
use tokio::io::{AsyncRead, AsyncWrite};

use super::answer_head::{self, Length, Manner};
use super::intake::Intake;
use super::outgoing::Outgoing;
use super::{status_of, write_refusal};

/// Answers the first request of a connection; what follows its head is left unread. Answers HEAD without the body.
///
/// # Errors
/// The client is gone.
pub(crate) async fn answer_one<S: AsyncRead + AsyncWrite + Unpin>(
    protection: &Protection,
    clock: &dyn Clock,
    stream: &mut S,
    answer: impl Fn(&Request<()>) -> Response<Bytes>,
) -> io::Result<()> {
    let mut intake = Intake::new(protection);
    let request = poll_fn(|context| {
        loop {
            if let Some(request) = intake.next_request().transpose() {
                return Poll::Ready(Ok(request));
            }
            if ready!(intake.poll_more(stream, context))? == 0 {
                return Poll::Ready(Err(io::Error::from(io::ErrorKind::UnexpectedEof)));
            }
        }
    })
    .await?;
    let mut outgoing = Outgoing::new();
    match request {
        Ok((request, terms)) => {
            let (head, body) = answer(&request).into_parts();
            let length = Length::of(head.status, Some(body.len() as u64), &terms);
            let manner = Manner { length, is_http_1_0: terms.is_http_1_0, closes: true, now: clock.now() };
            answer_head::write(outgoing.text(), &head, manner);
            if length != Length::Bodiless {
                outgoing.put(body, b"");
            }
        }
        Err(fault) => {
            tracing::debug!(why = %fault, "request refused");
            write_refusal(&mut outgoing, status_of(fault), clock);
        }
    }
    poll_fn(|context| outgoing.poll_send(stream, context)).await
}
