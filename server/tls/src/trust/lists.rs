//! The lists of those who are not let in although a CA vouches for them: deny-lists and revocation lists.

use std::sync::Arc;

use domain::{DenyEntry, ReasonCode, SerialNumber, StaleRevocationLists, UnixTime};

use super::anchor::Anchor;
use super::denials::{DenyList, deniable_as};
use super::revocation_lists::List;
use super::{ClientCa, GroupDenials, Refusal, RevocationLists};
use crate::facts::display_name;
use crate::x509::Parsed;

/// The lists of one policy.
#[derive(Debug)]
pub(super) struct Lists {
    deny_list: DenyList,
    group_denials: Arc<GroupDenials>,
    /// Those of each CA, and what to do once one is stale.
    revocation: Vec<(RevocationLists, StaleRevocationLists)>,
}

impl Lists {
    pub(super) fn new(cas: &[ClientCa], deny_list: Vec<DenyEntry>, group_denials: Arc<GroupDenials>) -> Self {
        let revocation = cas.iter().map(|ca| (ca.revocation_lists.clone(), ca.stale)).collect();
        Self { deny_list: deny_list.into_iter().collect(), group_denials, revocation }
    }

    /// The refusal of a path of which the policy or its group denies a certificate: the leaf, an intermediate, or one of
    /// the `anchors` that it ends in. Without the group's deny-list, that of every path.
    pub(super) fn denial<'a>(
        &self,
        path: &[&Parsed<'_>],
        anchors: impl IntoIterator<Item = &'a Anchor>,
    ) -> Option<Refusal> {
        let Some(group) = self.group_denials.current() else {
            return Some(denials_lost());
        };
        if self.deny_list.is_empty() && group.is_empty() {
            return None;
        }
        let denied = |name: &str, names: &[DenyEntry]| {
            let own = self.deny_list.find(names).map(|entry| (entry, "this policy"));
            let (entry, owner) =
                own.or_else(|| group.find(names).map(|entry| (entry, "the gateway group")))?;
            Some(denied(path.first()?, name, &entry, owner))
        };
        let on_path =
            path.iter().find_map(|certificate| denied(&display_name(certificate), &deniable_as(certificate)));
        on_path.or_else(|| anchors.into_iter().find_map(|anchor| denied(&anchor.name, &anchor.deniable_as)))
    }

    /// The refusal of a path with a certificate that a revocation list revokes; or else about which a list that is to block
    /// then does not say whether it is revoked.
    pub(super) fn revocation(&self, path: &[&Parsed<'_>], anchor: &Anchor, now: UnixTime) -> Option<Refusal> {
        let mut unknown = None;
        for (index, certificate) in path.iter().enumerate() {
            let issuer_key = path.get(index + 1).map_or(anchor.spki.as_slice(), |issuer| issuer.raw.spki);
            for (list, when_stale) in self.lists_of(certificate.raw.issuer, issuer_key) {
                if list.revokes(certificate.raw.serial) {
                    return Some(revoked(certificate, list));
                }
                if when_stale == StaleRevocationLists::Block {
                    unknown = unknown.or_else(|| list_says_nothing(certificate, list, now));
                }
            }
        }
        unknown
    }

    /// The ends of the lists that block from then on.
    pub(super) fn blocking_from(&self) -> impl Iterator<Item = UnixTime> {
        self.revocation
            .iter()
            .filter(|(_, stale)| *stale == StaleRevocationLists::Block)
            .flat_map(|(lists, _)| lists.lists().iter().filter_map(|list| list.facts.next_update))
    }

    /// The lists about what was issued under this name (in DER) with this key.
    fn lists_of(&self, issuer: &[u8], spki: &[u8]) -> impl Iterator<Item = (&List, StaleRevocationLists)> {
        self.revocation.iter().flat_map(move |(lists, stale)| {
            lists.lists().iter().filter(move |list| list.is_of(issuer, spki)).map(|list| (list, *stale))
        })
    }
}

/// The refusal of a client because of the certificate called `name`, its own or one that it comes from.
fn denied(client: &Parsed<'_>, name: &str, entry: &DenyEntry, owner: &str) -> Refusal {
    let client = display_name(client);
    let who = if client == name { client } else { format!("{client} comes from {name}, which") };
    Refusal::new(ReasonCode::DenyListed, format!("{who} is on the deny-list of {owner} ({entry})"))
}

/// The refusal of everybody, as the group's deny-list may name anybody.
fn denials_lost() -> Refusal {
    let detail = "the deny-list of the gateway group cannot be read: nobody knows whom it names";
    Refusal::new(ReasonCode::PolicyBroken, detail)
}

fn revoked(certificate: &Parsed<'_>, list: &List) -> Refusal {
    let detail = format!(
        "{} (serial {}) is revoked by the list that {} issued at {}",
        display_name(certificate),
        SerialNumber::of(certificate.raw.serial),
        list.facts.issuer,
        list.facts.this_update
    );
    Refusal::new(ReasonCode::Revoked, detail)
}

/// The refusal of a certificate about which a list says nothing: it is stale, or a part that is about others.
fn list_says_nothing(certificate: &Parsed<'_>, list: &List, now: UnixTime) -> Option<Refusal> {
    let issuer = &list.facts.issuer;
    let detail = match list.facts.next_update {
        Some(due) if list.facts.is_stale(now) => format!(
            "the revocation list of {issuer} is stale, its next update was due at {due}: nobody knows who has been revoked since"
        ),
        _ if list.leaves_out(certificate) => format!(
            "the revocation list of {issuer} is not the one that {} names: nobody knows whether that is revoked",
            display_name(certificate)
        ),
        _ => return None,
    };
    Some(Refusal::new(ReasonCode::CrlStale, detail))
}
