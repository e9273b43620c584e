//! The body of a request, as its handler reads it.

use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

use super::intake::{Content, Intake};
use crate::framing::BodyLength;
use crate::patience::Patience;

/// The body of a request; its trailers are its last frame. To read it tells the client to send it, if it waits for that.
#[derive(Debug)]
pub(crate) struct Http1Body {
    /// `None` once it has ended.
    source: Option<Source>,
    /// As far as it was announced.
    left: Option<u64>,
}

#[derive(Debug)]
struct Source {
    intake: Rc<RefCell<Intake>>,
    request: u64,
    patience: Patience,
}

impl Http1Body {
    /// The body of the request with this number, which has just begun. `patience`: how long its next bytes may take
    /// while somebody waits for them.
    pub(super) fn of(intake: &Rc<RefCell<Intake>>, request: u64, patience: Duration) -> Self {
        let left = match intake.borrow().framing().body_left() {
            BodyLength::Zero => return Self { source: None, left: Some(0) },
            BodyLength::Known(length) => Some(length),
            BodyLength::Chunked => None,
        };
        let patience = Patience::new(patience);
        Self { source: Some(Source { intake: Rc::clone(intake), request, patience }), left }
    }
}

impl Body for Http1Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let body = self.get_mut();
        let Some(source) = &mut body.source else { return Poll::Ready(None) };
        let content = source.intake.borrow_mut().poll_body(source.request, context);
        let Poll::Ready(content) = content else {
            ready!(source.patience.poll_exhausted(context));
            return Poll::Ready(Some(Err(io::ErrorKind::TimedOut.into())));
        };
        source.patience.renew();
        Poll::Ready(match content {
            Ok(Content::Data(data)) => {
                if let Some(left) = &mut body.left {
                    *left -= data.len() as u64;
                    if *left == 0 {
                        body.source = None;
                    }
                }
                Some(Ok(Frame::data(data)))
            }
            Ok(Content::Trailers(trailers)) => {
                body.source = None;
                Some(Ok(Frame::trailers(trailers)))
            }
            Ok(Content::End) => {
                body.source = None;
                None
            }
            Err(error) => Some(Err(error)),
        })
    }

    fn is_end_stream(&self) -> bool {
        self.source.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        match (&self.source, self.left) {
            (None, _) => SizeHint::with_exact(0),
            (Some(_), Some(left)) => SizeHint::with_exact(left),
            (Some(_), None) => SizeHint::default(),
        }
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        self.intake.borrow_mut().leave(self.request);
    }
}
