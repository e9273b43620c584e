use serde::{Deserialize, Serialize};

use crate::{CaCertificateId, Certificate, GatewayGroupId, RevocationList, StaleRevocationLists, UnixTime};

/// A CA of a gateway group: the anchors that client certificates are verified against, as uploaded together.
///
/// Having it does not enforce anything by itself: an SSL certificate with peer verification refers to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaCertificate {
    /// Its id.
    pub id: CaCertificateId,
    /// The group that it belongs to.
    pub group: GatewayGroupId,
    /// The certificates of the bundle, at least one.
    pub certificates: Vec<Certificate>,
    /// Its revocation lists, at most one for each certificate of the bundle.
    pub revocation_lists: Vec<RevocationList>,
    /// What to do once one of them is stale.
    pub stale_revocation_lists: StaleRevocationLists,
    /// When it was uploaded.
    pub created_at: UnixTime,
}

impl CaCertificate {
    /// What to call it: the first certificate's name, and how many more there are.
    pub fn display_name(&self) -> String {
        match self.certificates.as_slice() {
            [] => self.id.to_string(),
            [one] => one.display_name(),
            [first, rest @ ..] => format!("{} +{}", first.display_name(), rest.len()),
        }
    }
}
