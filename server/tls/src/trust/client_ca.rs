use std::sync::Arc;

use domain::StaleRevocationLists;

use super::{RevocationLists, TrustAnchors};

/// One CA as a policy refers to it. Cheap to clone, shared by all policies of a group that use it.
#[derive(Debug, Clone)]
pub struct ClientCa {
    pub(super) anchors: Arc<TrustAnchors>,
    pub(super) revocation_lists: RevocationLists,
    pub(super) stale: StaleRevocationLists,
}

impl ClientCa {
    /// The CA with these anchors, whose clients the lists revoke; `stale` says what to do once one of those is out of date.
    pub fn new(
        anchors: TrustAnchors,
        revocation_lists: RevocationLists,
        stale: StaleRevocationLists,
    ) -> Self {
        Self { anchors: Arc::new(anchors), revocation_lists, stale }
    }
}
