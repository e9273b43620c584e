//! The narrow way for X.509 v1 and v2 client certificates, as `openssl x509 -req` makes them without `-extfile`.
//!
//! They have no extensions: nothing says what they are for, so nothing is derived from them. One is a client if a
//! configured anchor itself signed it, and never an issuer of another one.

use domain::{ReasonCode, UnixTime};

use super::Refusal;
use super::anchor::Anchor;
use crate::facts::display_name;
use crate::signature::{self, SignatureFault};
use crate::x509::Parsed;

/// The one of the `anchors` that issued `leaf`, if both are within their validity at `now`.
pub(super) fn verify<'a>(
    leaf: &Parsed<'_>,
    anchors: &'a [Anchor],
    now: UnixTime,
) -> Result<&'a Anchor, Refusal> {
    if leaf.is_self_issued() {
        let detail = format!("{} is self-signed, and no CA of this policy issued it", display_name(leaf));
        return Err(Refusal::new(ReasonCode::IssuerUnknown, detail));
    }
    if let Some(refusal) = Refusal::outside_validity(leaf, now) {
        return Err(refusal);
    }
    let mut refusal = None;
    for anchor in anchors.iter().filter(|anchor| anchor.subject == leaf.raw.issuer) {
        match signature::verify(leaf, &anchor.spki) {
            Ok(()) => match refusal_by(anchor, leaf, now) {
                None => return Ok(anchor),
                found => refusal = found,
            },
            Err(SignatureFault::Invalid) => {
                refusal.get_or_insert_with(|| Refusal::not_signed_by_its_issuer(leaf));
            }
            Err(SignatureFault::Unsupported) => return Err(Refusal::weak_signature(leaf)),
        }
    }
    Err(refusal.unwrap_or_else(|| Refusal::issuer_unknown(leaf)))
}

/// Why an anchor that issued `leaf` does not vouch for it.
fn refusal_by(anchor: &Anchor, leaf: &Parsed<'_>, now: UnixTime) -> Option<Refusal> {
    if anchor.trust.name_constraints.is_some() {
        let detail = format!(
            "the CA {} limits the names that it issues for, which cannot be checked on {}, an X.509 v1 certificate",
            anchor.name,
            display_name(leaf)
        );
        return Some(Refusal::new(ReasonCode::SanNotAllowed, detail));
    }
    if !anchor.is_for_clients {
        return Some(Refusal::ca_not_for_clients(&anchor.name));
    }
    Refusal::outside_validity_of(&format!("the CA {}", anchor.name), anchor.validity, now)
}
