//! A request's body that has to get on.

use std::error::Error;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

use crate::patience::Patience;

/// A body that fails when somebody waits for more of it for too long.
#[derive(Debug)]
pub(crate) struct SteadyBody<B> {
    body: B,
    patience: Patience,
}

impl<B> SteadyBody<B> {
    /// `patience`: how long the next bytes may take.
    pub(crate) fn new(body: B, patience: Duration) -> Self {
        Self { body, patience: Patience::new(patience) }
    }
}

impl<B> Body for SteadyBody<B>
where
    B: Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Unpin,
{
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let body = self.get_mut();
        match Pin::new(&mut body.body).poll_frame(context) {
            Poll::Ready(frame) => {
                // A piece without a byte is no progress.
                if !matches!(&frame, Some(Ok(frame)) if frame.data_ref().is_some_and(Bytes::is_empty)) {
                    body.patience.renew();
                }
                Poll::Ready(frame.map(|frame| frame.map_err(io::Error::other)))
            }
            Poll::Pending => {
                ready!(body.patience.poll_exhausted(context));
                Poll::Ready(Some(Err(io::ErrorKind::TimedOut.into())))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
