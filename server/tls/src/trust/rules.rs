use std::sync::Arc;

use domain::{AllowedIdentity, DenyEntry, Depth};

use super::{ClientCa, GroupDenials};

/// What a policy says about clients.
#[derive(Debug, Clone)]
pub struct TrustRules {
    /// The CAs that vouch for clients.
    pub cas: Vec<ClientCa>,
    /// How many intermediates may stand between a client and its CA.
    pub depth: Depth,
    /// Whom to let in of those that the CAs vouch for; empty: all of them.
    pub allow_list: Vec<AllowedIdentity>,
    /// Whom to turn away all the same.
    pub deny_list: Vec<DenyEntry>,
    /// Whom all policies of the group turn away.
    pub group_denials: Arc<GroupDenials>,
}
