//! Trust anchors, the lists of those who are not let in although a CA vouches for them, and the verdict on a client's
//! chain.

mod anchor;
mod anchor_rules;
mod anchors;
mod client;
mod client_ca;
mod denials;
mod direct;
mod lists;
mod path;
mod refusal;
mod revocation_lists;
mod rules;
mod twin;

pub(crate) use self::anchor::{Anchor, AnchorSet};
pub use self::anchors::TrustAnchors;
pub(crate) use self::anchors::examine_anchors;
pub use self::client::ClientTrust;
pub use self::client_ca::ClientCa;
pub use self::denials::GroupDenials;
pub use self::refusal::Refusal;
pub use self::revocation_lists::{REVOCATION_LIST_LIMIT, RevocationLists};
pub use self::rules::TrustRules;
