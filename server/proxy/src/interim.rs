//! Interim answers (1xx, RFC 9110 §15.2) on their way from who answers a request to its client.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use http::{HeaderMap, StatusCode};

/// How many may wait for a client.
const WAITING: usize = 16;

/// Where the interim answers of one request go. All clones are of the same request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interim(Option<Rc<Waiting>>);

#[derive(Debug, Default)]
struct Waiting {
    answers: RefCell<VecDeque<(StatusCode, HeaderMap)>>,
    reader: RefCell<Option<Waker>>,
}

impl Interim {
    /// Swallows them: the client's version of HTTP has none, or they cannot be sent.
    pub(crate) fn none() -> Self {
        Self(None)
    }

    /// Keeps them until they are taken.
    pub(crate) fn kept() -> Self {
        Self(Some(Rc::default()))
    }

    /// Sends an interim answer, unless too many wait already.
    pub(crate) fn send(&self, status: StatusCode, headers: HeaderMap) {
        let Some(waiting) = &self.0 else { return };
        let mut answers = waiting.answers.borrow_mut();
        if answers.len() < WAITING {
            answers.push_back((status, headers));
            if let Some(reader) = waiting.reader.borrow_mut().take() {
                reader.wake();
            }
        }
    }

    /// Takes the next one, or sees to it that the task is woken once there is one.
    pub(crate) fn poll_take(&self, context: &Context<'_>) -> Poll<(StatusCode, HeaderMap)> {
        let Some(waiting) = &self.0 else { return Poll::Pending };
        match waiting.answers.borrow_mut().pop_front() {
            Some(answer) => Poll::Ready(answer),
            None => {
                *waiting.reader.borrow_mut() = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(interim: &Interim) -> Vec<u16> {
        let context = Context::from_waker(Waker::noop());
        let mut statuses = Vec::new();
        while let Poll::Ready((status, _)) = interim.poll_take(&context) {
            statuses.push(status.as_u16());
        }
        statuses
    }

    #[test]
    fn they_are_taken_in_order_and_bounded() {
        let interim = Interim::kept();
        let same = interim.clone();
        interim.send(StatusCode::PROCESSING, HeaderMap::new());
        same.send(StatusCode::EARLY_HINTS, HeaderMap::new());
        assert_eq!(taken(&interim), [102, 103]);
        for _ in 0..=WAITING {
            interim.send(StatusCode::PROCESSING, HeaderMap::new());
        }
        assert_eq!(taken(&interim).len(), WAITING);
        let nowhere = Interim::none();
        nowhere.send(StatusCode::PROCESSING, HeaderMap::new());
        assert!(taken(&nowhere).is_empty());
    }
}
