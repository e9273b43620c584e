//! Trust anchors, and the verdict on a client's chain.

mod anchor;
mod anchor_rules;
mod anchors;
mod client;
mod direct;
mod path;
mod refusal;

pub use self::anchors::TrustAnchors;
pub(crate) use self::anchors::examine_anchors;
pub use self::client::ClientTrust;
pub use self::refusal::Refusal;
