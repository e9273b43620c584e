use domain::{HandshakeEvent, Verdict};

use crate::components::BadgeKind;
use crate::language::Language;
use crate::text::{handshake_event as words, reason};

/// How grave a verdict is.
pub(super) fn kind(verdict: &Verdict) -> BadgeKind {
    match verdict {
        Verdict::Accepted => BadgeKind::Good,
        Verdict::Tolerated { .. } => BadgeKind::Attention,
        Verdict::Refused { .. } => BadgeKind::Bad,
    }
}

/// Why the verdict is what it is, in a few words.
pub(super) fn why(language: Language, event: &HandshakeEvent) -> &'static str {
    let text = match event.verdict.reason() {
        Some(code) => reason::reason(code),
        None if event.peer_chain.is_empty() => words::ACCEPTED_PLAIN,
        None => words::ACCEPTED_VERIFIED,
    };
    language.pick(text)
}
