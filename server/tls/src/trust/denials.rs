use std::collections::HashSet;
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use domain::{DenyEntry, SerialNumber};

use super::twin::twin;
use crate::facts::fingerprint;
use crate::name::distinguished_name;
use crate::x509::Parsed;

/// The deny-list of a gateway group, shared by all its policies and replaced as a whole while they are in use.
///
/// While it is lost, nobody knows whom it names, and every client that the policies verify is refused.
#[derive(Debug)]
pub struct GroupDenials(ArcSwapOption<DenyList>);

impl GroupDenials {
    /// With these entries.
    pub fn new(entries: impl IntoIterator<Item = DenyEntry>) -> Arc<Self> {
        Arc::new(Self(ArcSwapOption::from_pointee(entries.into_iter().collect::<DenyList>())))
    }

    /// Lost from the start.
    pub fn lost() -> Arc<Self> {
        Arc::new(Self(ArcSwapOption::empty()))
    }

    /// From the next verification on, these entries count. Connections that are open already are not looked at here.
    pub fn replace(&self, entries: impl IntoIterator<Item = DenyEntry>) {
        self.0.store(Some(Arc::new(entries.into_iter().collect())));
    }

    /// The list cannot be read: from the next verification on, and until it is replaced, everybody is refused.
    pub fn lose(&self) {
        self.0.store(None);
    }

    /// Whether nobody knows whom it names.
    pub fn is_lost(&self) -> bool {
        self.0.load().is_none()
    }

    /// The entries of this moment; `None` while they are lost.
    pub(super) fn current(&self) -> Option<Arc<DenyList>> {
        self.0.load_full()
    }
}

/// Certificates that are turned away.
#[derive(Debug, Default)]
pub(super) struct DenyList(HashSet<DenyEntry>);

impl DenyList {
    /// Whether it names nobody.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The entry that is one of `names`.
    pub(super) fn find(&self, names: &[DenyEntry]) -> Option<DenyEntry> {
        names.iter().find(|name| self.0.contains(*name)).cloned()
    }
}

impl FromIterator<DenyEntry> for DenyList {
    fn from_iter<I: IntoIterator<Item = DenyEntry>>(entries: I) -> Self {
        Self(entries.into_iter().collect())
    }
}

/// All entries that would name this certificate.
pub(super) fn deniable_as(certificate: &Parsed<'_>) -> Vec<DenyEntry> {
    let mut names = vec![
        DenyEntry::Serial {
            issuer: distinguished_name(certificate.fields.issuer()).into(),
            serial: SerialNumber::of(certificate.raw.serial),
        },
        DenyEntry::Certificate(fingerprint(certificate.der)),
    ];
    names.extend(twin(certificate).map(|twin| DenyEntry::Certificate(fingerprint(&twin))));
    names
}
