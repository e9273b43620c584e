//! What one worker counts. It has its own, so that nothing on the way of a request is shared with other threads.

use std::cell::RefCell;
use std::collections::HashMap;
use std::mem;
use std::rc::Rc;
use std::sync::Arc;

use domain::GatewayGroupId;

use crate::events::Record;
use crate::report::{HandshakeLabels, Report, RequestLabels};

/// A group and the label of one of its policies.
type Labels = (Arc<GatewayGroupId>, Arc<str>);

/// The counts of one worker.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    report: RefCell<Report>,
    requests: RefCell<HashMap<Labels, Rc<StatusCounts>>>,
    /// Connections that changes of policies have refused since the last [`Counters::take_closed`].
    closed: RefCell<HashMap<GatewayGroupId, u64>>,
}

/// Answers by their status, for one policy's hosts. There are few statuses, so looking through them is the fastest.
#[derive(Debug, Default)]
pub(crate) struct StatusCounts(RefCell<Vec<(u16, u64)>>);

impl StatusCounts {
    pub(crate) fn add(&self, status: u16) {
        let mut counts = self.0.borrow_mut();
        match counts.iter_mut().find(|(known, _)| *known == status) {
            Some((_, count)) => *count += 1,
            None => counts.push((status, 1)),
        }
    }
}

impl Counters {
    /// Counts a handshake that came to an end.
    pub(crate) fn count_handshake(&self, record: &Record) {
        let group = record.group();
        let labels = HandshakeLabels {
            group: group.clone(),
            host: record.label().map_or_else(|| Report::UNKNOWN_HOST.into(), Arc::clone),
            outcome: record.verdict().into(),
            reason: record.verdict().reason(),
        };
        let mut report = self.report.borrow_mut();
        *report.handshakes.entry(labels).or_default() += 1;
        report.durations.entry(group.clone()).or_default().add(record.duration());
        if record.is_resumed() && record.verdict().is_let_in() {
            *report.resumed.entry(group.clone()).or_default() += 1;
        }
    }

    /// Where the answers to a policy's clients are counted.
    pub(crate) fn requests(&self, group: &Arc<GatewayGroupId>, label: &Arc<str>) -> Rc<StatusCounts> {
        let key = (Arc::clone(group), Arc::clone(label));
        Rc::clone(self.requests.borrow_mut().entry(key).or_default())
    }

    /// Counts an open connection that is refused; `by_change`: because policies changed, not because time ran out.
    pub(crate) fn count_closed(&self, group: &GatewayGroupId, by_change: bool) {
        *self.report.borrow_mut().closed_by_policy.entry(group.clone()).or_default() += 1;
        if by_change {
            *self.closed.borrow_mut().entry(group.clone()).or_default() += 1;
        }
    }

    /// The connections that changes of policies have refused since the last call.
    pub(crate) fn take_closed(&self) -> HashMap<GatewayGroupId, u64> {
        mem::take(&mut *self.closed.borrow_mut())
    }

    /// All counts.
    pub(crate) fn report(&self) -> Report {
        let mut report = self.report.borrow().clone();
        for ((group, host), counts) in &*self.requests.borrow() {
            for (status, count) in &*counts.0.borrow() {
                let labels = RequestLabels {
                    group: GatewayGroupId::clone(group),
                    host: Arc::clone(host),
                    status: *status,
                };
                report.requests.insert(labels, *count);
            }
        }
        report
    }
}
