use std::collections::HashSet;
use std::sync::Arc;

use arc_swap::ArcSwap;
use domain::{DenyEntry, SerialNumber};

use super::twin::twin;
use crate::facts::fingerprint;
use crate::name::distinguished_name;
use crate::x509::Parsed;

/// The deny-list of a gateway group, shared by all its policies and replaced as a whole while they are in use.
#[derive(Debug, Default)]
pub struct GroupDenials(ArcSwap<DenyList>);

impl GroupDenials {
    /// With these entries.
    pub fn new(entries: impl IntoIterator<Item = DenyEntry>) -> Arc<Self> {
        Arc::new(Self(ArcSwap::from_pointee(entries.into_iter().collect())))
    }

    /// From the next verification on, these entries count. Connections that are open already are not looked at here.
    pub fn replace(&self, entries: impl IntoIterator<Item = DenyEntry>) {
        self.0.store(Arc::new(entries.into_iter().collect()));
    }

    /// The entries of this moment.
    pub(super) fn current(&self) -> Arc<DenyList> {
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
