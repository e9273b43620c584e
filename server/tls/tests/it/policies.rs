//! Policies for the tests.

use std::sync::Arc;

use domain::{Depth, StaleRevocationLists};
use tls::{
    ClientCa, ClientPolicy, ClientTrust, Enforcement, GroupDenials, RevocationLists, TrustAnchors, TrustRules,
};

/// Clients of these CAs, with nobody revoked and no list.
pub(crate) fn rules(cas: impl IntoIterator<Item = TrustAnchors>, depth: Depth) -> TrustRules {
    let ca = |anchors| ClientCa::new(anchors, RevocationLists::none(), StaleRevocationLists::Block);
    TrustRules {
        cas: cas.into_iter().map(ca).collect(),
        depth,
        allow_list: Vec::new(),
        deny_list: Vec::new(),
        group_denials: GroupDenials::new([]),
    }
}

/// The same, compiled.
pub(crate) fn trust_in(cas: impl IntoIterator<Item = TrustAnchors>, depth: Depth) -> ClientTrust {
    ClientTrust::new(rules(cas, depth)).expect("compiles")
}

/// The policy that enforces it.
pub(crate) fn policy(trust: ClientTrust, enforcement: Enforcement) -> ClientPolicy {
    ClientPolicy { trust: Arc::new(trust), enforcement, advertises_ca_names: true }
}
