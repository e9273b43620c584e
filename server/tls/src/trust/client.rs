use std::borrow::Cow;

use domain::{AllowedIdentity, Depth, Fault, ReasonCode, UnixTime};
use rustls_pki_types::CertificateDer;

use super::anchor::{Anchor, AnchorSet};
use super::lists::Lists;
use super::{Refusal, TrustRules, direct, path};
use crate::facts::{display_name, fingerprint, identity};
use crate::text::{NAME_LIMIT, escape};
use crate::x509::Parsed;

/// Whom to let in: a policy's rules about clients, compiled once per save.
#[derive(Debug)]
pub struct ClientTrust {
    anchors: AnchorSet,
    depth: Depth,
    lists: Lists,
    allow_list: Vec<AllowedIdentity>,
}

impl ClientTrust {
    /// Compiles a policy.
    ///
    /// # Errors
    /// [`Fault::CaMissing`] if there is no anchor at all.
    pub fn new(rules: TrustRules) -> Result<Self, Fault> {
        let TrustRules { cas, depth, allow_list, deny_list, group_denials } = rules;
        let mut all: Vec<Anchor> = Vec::new();
        for anchor in cas.iter().flat_map(|ca| ca.anchors.anchors()) {
            if !all.iter().any(|known| known.deniable_as == anchor.deniable_as) {
                all.push(anchor.clone());
            }
        }
        if all.is_empty() {
            return Err(Fault::CaMissing);
        }
        let lists = Lists::new(&cas, deny_list, group_denials);
        Ok(Self { anchors: AnchorSet::new(all), depth, lists, allow_list })
    }

    /// Whether a client with this chain (leaf first, as presented) is let in at `now`. For new handshakes, resumed
    /// sessions and connections already open alike.
    ///
    /// A version 3 leaf goes through path building: validity, basicConstraints, keyUsage and EKU, name constraints, path
    /// lengths and `depth`. A version 1 or 2 leaf, which has no extensions, is let in only if an anchor itself issued it.
    /// One signature is checked for each link of the chain, more only where CAs share a name.
    ///
    /// Then the lists are asked, in this order: the deny-lists and the revocation lists about every certificate of the
    /// path, the allow-list about the leaf.
    ///
    /// # Errors
    /// Why not.
    pub fn verify(&self, chain: &[CertificateDer<'_>], now: UnixTime) -> Result<(), Refusal> {
        let Some((leaf, intermediates)) = chain.split_first() else {
            return Err(Refusal::new(ReasonCode::NoClientCert, "the client presented no certificate"));
        };
        let parsed = Parsed::read(leaf)
            .map_err(|reason| Refusal::unreadable(&escape(&reason, NAME_LIMIT), fingerprint(leaf)))?;
        self.refuse_ca_as_client(&parsed)?;
        // The handshake's signature could not be verified with such a key.
        if let Some(refusal) = Refusal::weak_key(&parsed) {
            return Err(refusal);
        }
        if parsed.is_v3() {
            refuse_other_purpose(&parsed)?;
            self.verify_path(&path::Candidates::new(leaf, &parsed, intermediates)?, now)?;
        } else {
            let anchor = direct::verify(&parsed, self.anchors.anchors(), now)?;
            self.refusal_by_lists(&[&parsed], anchor, now).map_or(Ok(()), Err)?;
        }
        self.refuse_unlisted(&parsed)
    }

    fn verify_path(&self, candidates: &path::Candidates<'_>, now: UnixTime) -> Result<(), Refusal> {
        let listed =
            |certificates: &[&Parsed<'_>], anchor: &Anchor| self.refusal_by_lists(certificates, anchor, now);
        let refusal = match path::verify(candidates, &self.anchors_at(now), self.depth, now, &listed) {
            Ok(()) => return Ok(()),
            Err(refusal) => refusal,
        };
        // An anchor outside of its validity was not used; if that is the reason, say so.
        Err(self.stale_anchor(candidates, now).unwrap_or(refusal))
    }

    /// Why the deny-lists or revocation lists refuse a path that ends in `anchor`.
    fn refusal_by_lists(&self, path: &[&Parsed<'_>], anchor: &Anchor, now: UnixTime) -> Option<Refusal> {
        // A CA has several certificates for one key where it was renewed; to deny one of them is to deny the CA.
        let namesakes = self.anchors.anchors().iter().filter(|known| known.trust == anchor.trust);
        self.lists.denial(path, namesakes).or_else(|| self.lists.revocation(path, anchor, now))
    }

    fn refuse_unlisted(&self, leaf: &Parsed<'_>) -> Result<(), Refusal> {
        if self.allow_list.is_empty() {
            return Ok(());
        }
        let identity = identity(leaf);
        if self.allow_list.iter().any(|entry| entry.covers(&identity)) {
            return Ok(());
        }
        Err(Refusal::not_allowed(leaf))
    }

    /// The next time, `now` or later, that is the last second of an anchor, or of a revocation list that blocks once it is
    /// stale. What the policy says of a client that is let in now holds until then, as long as no list is changed.
    pub fn next_expiry(&self, now: UnixTime) -> Option<UnixTime> {
        let anchors = self.anchors.anchors().iter().map(|anchor| UnixTime(anchor.validity.1));
        let ends = anchors.chain(self.lists.blocking_from());
        ends.filter(|end| *end >= now).min()
    }

    /// The subjects of the anchors in DER, each once: what a client is told to choose its certificate by.
    pub(crate) fn subjects(&self) -> impl Iterator<Item = &[u8]> {
        let anchors = self.anchors.anchors();
        anchors.iter().enumerate().filter_map(|(index, anchor)| {
            let is_first = !anchors[..index].iter().any(|earlier| earlier.subject == anchor.subject);
            is_first.then_some(anchor.trust.subject.as_ref())
        })
    }

    /// The anchors that are within their validity at `now`. One that expired after its upload trusts nobody.
    fn anchors_at(&self, now: UnixTime) -> Cow<'_, AnchorSet> {
        let anchors = self.anchors.anchors();
        if anchors.iter().all(|anchor| anchor.is_valid_at(now)) {
            return Cow::Borrowed(&self.anchors);
        }
        Cow::Owned(AnchorSet::new(anchors.iter().filter(|anchor| anchor.is_valid_at(now)).cloned().collect()))
    }

    /// The refusal that names the anchor, if the chain would lead to one that is outside of its validity.
    fn stale_anchor(&self, candidates: &path::Candidates<'_>, now: UnixTime) -> Option<Refusal> {
        self.anchors.anchors().iter().filter(|anchor| !anchor.is_valid_at(now)).find_map(|anchor| {
            let alone = AnchorSet::new(vec![anchor.clone()]);
            path::verify(candidates, &alone, self.depth, now, &|_, _| None).ok()?;
            Refusal::outside_validity_of(&format!("the CA {}", anchor.name), anchor.validity, now)
        })
    }

    /// A CA is not a client, even if its key is at hand: being an anchor does not make a certificate a good leaf. (A v3
    /// root without basicConstraints would pass as its own leaf otherwise.)
    fn refuse_ca_as_client(&self, leaf: &Parsed<'_>) -> Result<(), Refusal> {
        let is_anchor = |anchor: &Anchor| anchor.spki == leaf.raw.spki && anchor.subject == leaf.raw.subject;
        if self.anchors.anchors().iter().any(is_anchor) {
            let detail = format!("{} is a CA of this policy, not a client", display_name(leaf));
            return Err(Refusal::new(ReasonCode::PurposeInvalid, detail));
        }
        Ok(())
    }
}

/// A keyUsage that is there must let the key sign the handshake (RFC 5280 §4.2.1.3); webpki does not look at it.
fn refuse_other_purpose(leaf: &Parsed<'_>) -> Result<(), Refusal> {
    if leaf.extensions.key_usage.is_some_and(|usage| !usage.authenticates) {
        let detail = format!("{} has a keyUsage without digitalSignature", display_name(leaf));
        return Err(Refusal::new(ReasonCode::PurposeInvalid, detail));
    }
    Ok(())
}
