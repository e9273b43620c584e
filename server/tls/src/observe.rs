//! What the verifier saw, for the record of a handshake.
//!
//! rustls hands a refusal on as an error that is coarser than ours, and forgets the chain. But it calls the verifier
//! from inside of the one poll that reads the client's message, on the thread that polls: so a thread-local that lives
//! for the length of that poll carries the rest out.

use std::cell::RefCell;

use rustls_pki_types::CertificateDer;

use crate::Refusal;

thread_local! {
    static SEEN: RefCell<Slot> = const { RefCell::new(Slot::Closed) };
}

/// Whether somebody on this thread wants to know.
enum Slot {
    Closed,
    Open(Option<Observed>),
}

/// What was found out about a client during [`observe`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observed {
    /// The certificates that the client presented, leaf first. Only the leaf, if the chain itself was verified in an
    /// earlier call and the signature of the handshake in this one.
    pub chain: Vec<CertificateDer<'static>>,
    /// Why the client is refused; `None` if nothing is wrong so far.
    pub refusal: Option<Refusal>,
}

/// Runs `handshake`, which may be one poll of a handshake's future, and says what the verifier of a
/// [`HostConfig`](crate::HostConfig) saw meanwhile; `None` if it was not called, as in most polls.
///
/// Calls can be nested; the innermost sees.
pub fn observe<R>(handshake: impl FnOnce() -> R) -> (R, Option<Observed>) {
    let restore = Restore(Some(SEEN.replace(Slot::Open(None))));
    let result = handshake();
    let seen = match SEEN.replace(Slot::Closed) {
        Slot::Open(seen) => seen,
        Slot::Closed => None,
    };
    drop(restore);
    (result, seen)
}

/// Notes the chain that is being verified, and the verdict.
pub(crate) fn record_chain(
    leaf: &CertificateDer<'_>,
    intermediates: &[CertificateDer<'_>],
    verdict: &Result<(), Refusal>,
) {
    record(|| Observed {
        chain: std::iter::once(leaf).chain(intermediates).map(|it| it.clone().into_owned()).collect(),
        refusal: verdict.as_ref().err().cloned(),
    });
}

/// Notes that the client could not prove that it has the leaf's key.
pub(crate) fn record_bad_proof(leaf: &CertificateDer<'_>, refusal: Refusal) {
    let earlier = SEEN.with_borrow_mut(|slot| match slot {
        Slot::Open(seen) => seen.take(),
        Slot::Closed => None,
    });
    record(|| Observed {
        chain: earlier.map_or_else(|| vec![leaf.clone().into_owned()], |seen| seen.chain),
        refusal: Some(refusal),
    });
}

fn record(observed: impl FnOnce() -> Observed) {
    SEEN.with_borrow_mut(|slot| {
        if let Slot::Open(seen) = slot {
            *seen = Some(observed());
        }
    });
}

/// Puts back what an outer call had seen, also when the inner one panics.
struct Restore(Option<Slot>);

impl Drop for Restore {
    fn drop(&mut self) {
        if let Some(outer) = self.0.take() {
            SEEN.set(outer);
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::ReasonCode;

    use super::*;

    fn leaf() -> CertificateDer<'static> {
        CertificateDer::from(vec![1])
    }

    fn refusal() -> Refusal {
        Refusal::new(ReasonCode::Expired, "expired")
    }

    #[test]
    fn sees_what_is_recorded_meanwhile_and_nothing_else() {
        record_chain(&leaf(), &[], &Ok(()));
        assert_eq!(observe(|| 7), (7, None));
        let (_, seen) = observe(|| record_chain(&leaf(), &[leaf()], &Err(refusal())));
        assert_eq!(seen, Some(Observed { chain: vec![leaf(), leaf()], refusal: Some(refusal()) }));
        assert_eq!(observe(|| ()).1, None);
    }

    #[test]
    fn bad_proof_keeps_the_chain_that_was_seen_before() {
        let (_, seen) = observe(|| {
            record_chain(&leaf(), &[leaf()], &Ok(()));
            record_bad_proof(&leaf(), refusal());
        });
        assert_eq!(seen, Some(Observed { chain: vec![leaf(), leaf()], refusal: Some(refusal()) }));
        let (_, seen) = observe(|| record_bad_proof(&leaf(), refusal()));
        assert_eq!(seen, Some(Observed { chain: vec![leaf()], refusal: Some(refusal()) }));
    }

    #[test]
    fn nested_and_panicking_calls_leave_no_trace() {
        let ((), outer) = observe(|| {
            let (_, inner) = observe(|| record_chain(&leaf(), &[], &Ok(())));
            assert!(inner.is_some());
            assert!(std::panic::catch_unwind(|| observe(|| panic!("on purpose"))).is_err());
        });
        assert_eq!(outer, None);
        record_chain(&leaf(), &[], &Ok(()));
        assert_eq!(observe(|| ()).1, None);
    }
}
