use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use domain::{Fault, Limit, RevocationList, SerialNumber, StaleRevocationLists, UnixTime};
use x509_parser::prelude::FromDer;
use x509_parser::x509::{AlgorithmIdentifier, X509Name};

use super::TrustAnchors;
use super::anchor::Anchor;
use crate::algorithm::signature_name;
use crate::crl::Crl;
use crate::der::{self, significant};
use crate::material::is_blank;
use crate::name::distinguished_name;
use crate::pem;
use crate::signature::{SignatureFault, verify_signed};
use crate::text::{NAME_LIMIT, escape};
use crate::x509::Parsed;

/// The greatest size of an upload of revocation lists, in bytes.
pub const REVOCATION_LIST_LIMIT: usize = 2 * 1024 * 1024;
/// The greatest number of lists in an upload.
const LIST_LIMIT: usize = 64;

/// Revocation lists of one CA. Their signatures were verified when they were read. Cheap to clone.
#[derive(Debug, Clone)]
pub struct RevocationLists(Arc<[List]>);

impl RevocationLists {
    /// No list: nobody is revoked.
    pub fn none() -> Self {
        Self(Arc::new([]))
    }

    /// Reads an upload in PEM (several blocks) or DER, of at most [`REVOCATION_LIST_LIMIT`] bytes. Each list must be a
    /// complete one that one of the `anchors` signed and that is in force at `now`; a stale one only does if stale lists
    /// are not to block.
    ///
    /// # Errors
    /// Every reason why it cannot be used, with the number of the list, from 1, where it has no issuer to name.
    pub fn read(
        upload: &[u8],
        anchors: &TrustAnchors,
        stale: StaleRevocationLists,
        now: UnixTime,
    ) -> Result<Self, Vec<Fault>> {
        let found = split(upload).map_err(|fault| vec![fault])?;
        let (mut lists, mut faults) = (Vec::new(), Vec::new());
        for (index, der) in found.into_iter().enumerate() {
            let list = der
                .map_err(|reason| unreadable(index, &reason))
                .and_then(|der| List::read(der, index, anchors))
                .and_then(|list| list.check_time(stale, now).map(|()| list));
            match list.and_then(|list| add(&mut lists, list)) {
                Ok(()) => {}
                Err(fault) => faults.push(fault),
            }
        }
        if faults.is_empty() { Ok(Self(lists.into())) } else { Err(faults) }
    }

    /// Reads back what [`RevocationLists::der`] gave. The time is not looked at.
    ///
    /// # Errors
    /// A list cannot be read any more, or is not by one of the `anchors`.
    pub fn load(der: &[Vec<u8>], anchors: &TrustAnchors) -> Result<Self, Fault> {
        let mut lists = Vec::new();
        for (index, der) in der.iter().enumerate() {
            add(&mut lists, List::read(der.clone(), index, anchors)?)?;
        }
        Ok(Self(lists.into()))
    }

    /// Of the lists of other CAs, as stored, those that one of the `anchors` signed, with the stricter of the choices about
    /// stale lists that hold for them: who is revoked stays so when a CA is uploaded anew, in another bundle. Of two lists
    /// of one issuer, the later counts. The time is not looked at.
    ///
    /// # Errors
    /// A list cannot be read any more, or one of the `anchors` may not sign it any more.
    pub fn inherit<'a>(
        others: impl IntoIterator<Item = (&'a [Vec<u8>], StaleRevocationLists)>,
        anchors: &TrustAnchors,
    ) -> Result<(Self, StaleRevocationLists), Fault> {
        let (mut lists, mut choice) = (Vec::new(), None);
        for (stored, stale) in others {
            for (index, der) in stored.iter().enumerate() {
                match List::read(der.clone(), index, anchors) {
                    Ok(list) => add_later(&mut lists, list),
                    // Another CA, or one of the same name.
                    Err(Fault::RevocationListOfOther { .. } | Fault::RevocationListSignature { .. }) => {
                        continue;
                    }
                    Err(fault) => return Err(fault),
                }
                if choice != Some(StaleRevocationLists::Block) {
                    choice = Some(stale);
                }
            }
        }
        Ok((Self(lists.into()), choice.unwrap_or_default()))
    }

    /// These lists in DER, and those of `stored` that none of them takes the place of: the lists of other issuers or keys.
    ///
    /// # Errors
    /// Which are older than what they would take the place of ([`Fault::RevocationListOlder`]).
    pub fn in_place_of(&self, stored: &Self) -> Result<Vec<Vec<u8>>, Vec<Fault>> {
        let (mut der, mut faults) = (self.der(), Vec::new());
        for old in stored.lists() {
            match self.lists().iter().find(|new| new.issuer == old.issuer && new.signer == old.signer) {
                None => der.push(old.der.clone()),
                Some(new) if new.facts.this_update < old.facts.this_update => {
                    faults.push(Fault::RevocationListOlder {
                        issuer: new.facts.issuer.clone(),
                        this_update: new.facts.this_update,
                        than: old.facts.this_update,
                    });
                }
                Some(_) => {}
            }
        }
        if faults.is_empty() { Ok(der) } else { Err(faults) }
    }

    /// The lists in DER, to be stored.
    pub fn der(&self) -> Vec<Vec<u8>> {
        self.0.iter().map(|list| list.der.clone()).collect()
    }

    /// What the lists say of themselves.
    pub fn facts(&self) -> Vec<RevocationList> {
        self.0.iter().map(|list| list.facts.clone()).collect()
    }

    /// The lists.
    pub(super) fn lists(&self) -> &[List] {
        &self.0
    }
}

/// One list, ready to be asked.
pub(super) struct List {
    der: Vec<u8>,
    /// What it says of itself.
    pub(super) facts: RevocationList,
    /// The issuer's name in DER.
    issuer: Vec<u8>,
    /// The key that signed it: subject public key info in DER.
    signer: Vec<u8>,
    /// The keys of all anchors with the issuer's name: a CA that has renewed its key signs one list, with the new key,
    /// for what it has issued with either.
    keys: Vec<Vec<u8>>,
    /// See [`Crl::distribution_points`].
    distribution_points: Option<Vec<String>>,
    /// The serial numbers, without leading zeros.
    revoked: HashSet<Box<[u8]>>,
}

impl List {
    /// Reads a list and finds the anchor that signed it; `index` is its place in the upload.
    fn read(der: Vec<u8>, index: usize, anchors: &TrustAnchors) -> Result<Self, Fault> {
        let crl = Crl::read(&der).map_err(|reason| unreadable(index, &reason))?;
        let facts = facts(&crl).ok_or_else(|| unreadable(index, "its issuer cannot be read"))?;
        let namesakes: Vec<&Anchor> =
            anchors.anchors().iter().filter(|anchor| anchor.subject == crl.issuer).collect();
        let signer = signer(&crl, index, &namesakes, &facts.issuer)?;
        let revoked = crl.revoked.iter().map(|serial| significant(serial).into()).collect();
        let keys = namesakes.iter().map(|anchor| anchor.spki.clone()).collect();
        let (issuer, signer) = (crl.issuer.to_vec(), signer.spki.clone());
        let distribution_points = crl.distribution_points;
        Ok(Self { facts, issuer, signer, keys, distribution_points, revoked, der })
    }

    fn check_time(&self, stale: StaleRevocationLists, now: UnixTime) -> Result<(), Fault> {
        let RevocationList { issuer, this_update, next_update, .. } = &self.facts;
        if *this_update > now {
            return Err(Fault::RevocationListNotYetValid {
                issuer: issuer.clone(),
                this_update: *this_update,
            });
        }
        match next_update {
            Some(next_update) if stale == StaleRevocationLists::Block && self.facts.is_stale(now) => {
                Err(Fault::RevocationListStale { issuer: issuer.clone(), next_update: *next_update })
            }
            _ => Ok(()),
        }
    }

    /// Whether it is about the certificates that were issued under this name (in DER) with this key.
    pub(super) fn is_of(&self, issuer: &[u8], spki: &[u8]) -> bool {
        self.issuer == issuer && self.keys.iter().any(|key| key == spki)
    }

    /// Whether a certificate of its issuer is found elsewhere: the list is one of several, and the certificate names only
    /// others (RFC 5280 §6.3.3 (b)(2)(i)).
    pub(super) fn leaves_out(&self, certificate: &Parsed<'_>) -> bool {
        let named = &certificate.extensions.distribution_points;
        self.distribution_points
            .as_ref()
            .is_some_and(|own| !named.is_empty() && !named.iter().any(|point| own.contains(point)))
    }

    /// Whether it revokes the certificate with this serial number.
    pub(super) fn revokes(&self, serial: &[u8]) -> bool {
        self.revoked.contains(significant(serial))
    }
}

impl fmt::Debug for List {
    /// Without the entries, of which there can be a hundred thousand.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("List").field("facts", &self.facts).finish_non_exhaustive()
    }
}

/// Adds a list, unless there is one by the same name and key.
fn add(lists: &mut Vec<List>, list: List) -> Result<(), Fault> {
    if lists.iter().any(|known| known.issuer == list.issuer && known.signer == list.signer) {
        return Err(Fault::RevocationListTwice { issuer: list.facts.issuer });
    }
    lists.push(list);
    Ok(())
}

/// Adds a list; of two by the same name and key, the later stays.
fn add_later(lists: &mut Vec<List>, list: List) {
    match lists.iter_mut().find(|known| known.issuer == list.issuer && known.signer == list.signer) {
        Some(known) if known.facts.this_update < list.facts.this_update => *known = list,
        Some(_) => {}
        None => lists.push(list),
    }
}

/// Who of the anchors with the issuer's name has signed the list.
fn signer<'a>(
    crl: &Crl<'_>,
    index: usize,
    namesakes: &[&'a Anchor],
    issuer: &str,
) -> Result<&'a Anchor, Fault> {
    if namesakes.is_empty() {
        return Err(Fault::RevocationListOfOther { issuer: issuer.to_owned() });
    }
    let mut fault = Fault::RevocationListSignature { issuer: issuer.to_owned() };
    for anchor in namesakes {
        match verify_signed(&crl.signed, &anchor.spki) {
            Ok(()) if anchor.signs_revocation_lists => return Ok(anchor),
            // RFC 5280 §6.3.3 (f)
            Ok(()) => {
                fault = unreadable(index, &format!("the keyUsage of {} lacks cRLSign", anchor.name));
            }
            Err(SignatureFault::Invalid) => {}
            Err(SignatureFault::Unsupported) => {
                let algorithm = algorithm_name(crl.signed.signature_algorithm);
                return Err(unreadable(
                    index,
                    &format!("it is signed with {algorithm}, which is not accepted"),
                ));
            }
        }
    }
    Err(fault)
}

fn facts(crl: &Crl<'_>) -> Option<RevocationList> {
    let (_, issuer) = X509Name::from_der(crl.issuer).ok()?;
    Some(RevocationList {
        issuer: distinguished_name(&issuer),
        this_update: UnixTime(crl.this_update),
        next_update: crl.next_update.map(UnixTime),
        number: crl.number.map(SerialNumber::of),
        entries: u64::try_from(crl.revoked.len()).unwrap_or(u64::MAX),
    })
}

fn algorithm_name(identifier: &[u8]) -> String {
    let whole = der::write(der::SEQUENCE, identifier);
    AlgorithmIdentifier::from_der(&whole)
        .map_or_else(|_| "an unknown algorithm".to_owned(), |(_, algorithm)| signature_name(&algorithm).name)
}

/// The lists of an upload in DER, or why one of them is none.
fn split(upload: &[u8]) -> Result<Vec<Result<Vec<u8>, String>>, Fault> {
    if is_blank(upload) {
        return Err(Fault::Required);
    }
    if upload.len() > REVOCATION_LIST_LIMIT {
        return Err(Fault::TooLarge(Limit::Bytes(REVOCATION_LIST_LIMIT as u64)));
    }
    let Some(pem) = pem::read(upload)? else {
        let is_der = der::take(upload, der::SEQUENCE).is_some();
        return if is_der { Ok(vec![Ok(upload.to_vec())]) } else { Err(Fault::NotPem) };
    };
    if pem.blocks.len() > LIST_LIMIT {
        return Err(Fault::TooLarge(Limit::Entries(LIST_LIMIT as u64)));
    }
    let lists = pem.blocks.iter().map(|block| match block.label.as_str() {
        "X509 CRL" => Ok(block.contents.to_vec()),
        label => Err(format!("it is no revocation list but a {label}")),
    });
    Ok(lists.collect())
}

fn unreadable(index: usize, reason: &str) -> Fault {
    Fault::UnreadableRevocationList { number: index + 1, reason: escape(reason, NAME_LIMIT) }
}
