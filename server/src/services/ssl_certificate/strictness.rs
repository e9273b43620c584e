//! Whether one policy is sure to ask as much of clients as another.

use domain::PeerVerificationMode;
use store::StoredPeerVerification;

/// Whether a policy keeps anybody out.
pub(super) fn guards(policy: &StoredPeerVerification) -> bool {
    strictness(policy.mode) > 0
}

/// Whether `heir` may let in somebody whom `ours` keeps out. Two policies are compared entry by entry, not by what the
/// entries mean: where it cannot be seen that nobody is, the answer is yes.
pub(super) fn may_ask_less(heir: &StoredPeerVerification, ours: &StoredPeerVerification) -> bool {
    if !guards(ours) {
        return false;
    }
    let allows_more = match (heir.allow_list.as_slice(), ours.allow_list.as_slice()) {
        (_, []) => false,
        // An empty list lets in everybody.
        ([], _) => true,
        (theirs, ours) => !is_subset(theirs, ours),
    };
    let knows_ca = |id| ours.ca_certificates.iter().any(|ca| ca.id == id);
    strictness(heir.mode) < strictness(ours.mode)
        || heir.depth > ours.depth
        || allows_more
        || !is_subset(&heir.exempt_paths, &ours.exempt_paths)
        || !is_subset(&ours.denied, &heir.denied)
        || !heir.ca_certificates.iter().all(|ca| knows_ca(ca.id.clone()))
}

fn is_subset<T: PartialEq>(some: &[T], all: &[T]) -> bool {
    some.iter().all(|one| all.contains(one))
}

/// How much a mode asks of clients.
fn strictness(mode: PeerVerificationMode) -> u8 {
    match mode {
        PeerVerificationMode::Required => 2,
        PeerVerificationMode::Optional => 1,
        PeerVerificationMode::ReportOnly | PeerVerificationMode::Off => 0,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::{Depth, GatewayGroupId, StaleRevocationLists, UnixTime};
    use store::StoredCaCertificate;

    use super::*;

    fn ca(id: &str) -> StoredCaCertificate {
        StoredCaCertificate {
            id: id.parse().expect("an id"),
            group: GatewayGroupId::default_group(),
            pem: String::new(),
            revocation_lists: Arc::from([]),
            stale_revocation_lists: StaleRevocationLists::Block,
            created_at: UnixTime(0),
        }
    }

    /// A policy with something of everything.
    fn policy() -> StoredPeerVerification {
        StoredPeerVerification {
            mode: PeerVerificationMode::Required,
            ca_certificates: vec![ca("a"), ca("b")],
            depth: Depth::new(1).expect("in range"),
            exempt_paths: vec!["^/health$".parse().expect("a pattern")],
            allow_list: ["cn:ann", "cn:bob"].map(|it| it.parse().expect("an identity")).to_vec(),
            advertises_ca_names: true,
            denied: vec![format!("sha256:{}", "0a".repeat(32)).parse().expect("an entry")],
        }
    }

    type Change = fn(&mut StoredPeerVerification);

    #[test]
    fn whoever_is_not_seen_to_ask_as_much_may_ask_less() {
        let changes: [(&str, Change, bool); 15] = [
            ("nothing", |_| (), false),
            ("mode off", |it| it.mode = PeerVerificationMode::Off, true),
            ("mode report-only", |it| it.mode = PeerVerificationMode::ReportOnly, true),
            ("mode optional", |it| it.mode = PeerVerificationMode::Optional, true),
            ("a path more", |it| it.exempt_paths.push("/".parse().expect("a pattern")), true),
            ("a path less", |it| it.exempt_paths.clear(), false),
            ("a CA more", |it| it.ca_certificates.push(ca("c")), true),
            ("another CA", |it| it.ca_certificates = vec![ca("c")], true),
            ("a CA less", |it| it.ca_certificates.truncate(1), false),
            ("more depth", |it| it.depth = Depth::new(2).expect("in range"), true),
            ("less depth", |it| it.depth = Depth::new(0).expect("in range"), false),
            ("no allow-list", |it| it.allow_list.clear(), true),
            ("one more allowed", |it| it.allow_list.push("cn:eve".parse().expect("an identity")), true),
            ("one less allowed", |it| it.allow_list.truncate(1), false),
            ("one less denied", |it| it.denied.clear(), true),
        ];
        for (what, change, expected) in changes {
            let mut heir = policy();
            change(&mut heir);
            assert_eq!(may_ask_less(&heir, &policy()), expected, "{what}");
        }
    }

    #[test]
    fn an_allow_list_where_there_was_none_asks_more() {
        let ours = StoredPeerVerification { allow_list: Vec::new(), ..policy() };
        assert!(!may_ask_less(&policy(), &ours));
        assert!(!may_ask_less(&ours, &ours));
    }

    #[test]
    fn who_keeps_nobody_out_has_nothing_to_lose() {
        for (mode, expected) in [
            (PeerVerificationMode::Off, false),
            (PeerVerificationMode::ReportOnly, false),
            (PeerVerificationMode::Optional, true),
            (PeerVerificationMode::Required, true),
        ] {
            let ours = StoredPeerVerification { mode, ..policy() };
            let heir = StoredPeerVerification { mode: PeerVerificationMode::Off, ..policy() };
            assert_eq!((guards(&ours), may_ask_less(&heir, &ours)), (expected, expected), "{mode:?}");
        }
    }
}
