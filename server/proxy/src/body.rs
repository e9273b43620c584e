//! Bodies on their way through the gateway: streamed, never gathered.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Body, Frame, Incoming, SizeHint};

use crate::http1::server::Http1Body;
use crate::node::NodeBody;
use crate::request_end::RequestEnd;
use crate::steady_body::SteadyBody;
use crate::trailers;

/// The body of a client's request.
pub(crate) enum RequestBody {
    Http1(Http1Body),
    Http2(SteadyBody<Incoming>),
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let mut frame = ready!(match self.get_mut() {
            Self::Http1(body) => Pin::new(body).poll_frame(context),
            Self::Http2(body) => Pin::new(body).poll_frame(context),
        });
        if let Some(Ok(frame)) = &mut frame
            && let Some(trailers) = frame.trailers_mut()
        {
            trailers::strip_request(trailers);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Http1(body) => body.is_end_stream(),
            Self::Http2(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Http1(body) => body.size_hint(),
            Self::Http2(body) => body.size_hint(),
        }
    }
}

/// What an answer consists of.
pub(crate) enum Content {
    /// The gateway's own words.
    Own(Full<Bytes>),
    /// A node's.
    Node(NodeBody<RequestBody>),
}

impl From<Full<Bytes>> for Content {
    fn from(body: Full<Bytes>) -> Self {
        Self::Own(body)
    }
}

/// The body of an answer. The request counts as being answered for as long as it lives.
pub(crate) struct AnswerBody {
    content: Content,
    end: RequestEnd,
}

impl AnswerBody {
    pub(crate) fn new(content: Content, end: RequestEnd) -> Self {
        let mut body = Self { content, end };
        // HTTP/2 does not even look at a body while the client has no window for it.
        let is_offered = !body.is_end_stream();
        body.end.set_offered(is_offered);
        body
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let body = self.get_mut();
        // Whoever asks for more has taken what there was.
        body.end.set_offered(false);
        let mut frame = match &mut body.content {
            // It cannot fail.
            Content::Own(own) => ready!(Pin::new(own).poll_frame(context)).and_then(Result::ok).map(Ok),
            Content::Node(node) => ready!(Pin::new(node).poll_frame(context)),
        };
        if let Some(Ok(frame)) = &mut frame
            && let Some(trailers) = frame.trailers_mut()
        {
            trailers::strip_answer(trailers);
        }
        body.end.set_offered(matches!(frame, Some(Ok(_))));
        match &frame {
            Some(Ok(frame)) => body.end.add_bytes(frame.data_ref().map_or(0, Bytes::len)),
            Some(Err(error)) => body.end.broke_off(error),
            None => {}
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        match &self.content {
            Content::Own(own) => own.is_end_stream(),
            Content::Node(node) => node.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Own(own) => own.size_hint(),
            Content::Node(node) => node.size_hint(),
        }
    }
}
