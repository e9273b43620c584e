use std::sync::Arc;

use rustls::SignatureScheme;
use rustls::client::ResolvesClientCert;
use rustls::sign::CertifiedKey;

use crate::KeyPair;

/// Shows nodes the gateway's own certificate, of whatever X.509 version it is: rustls' own resolver reads it, and refuses
/// version 1.
#[derive(Debug)]
pub(super) struct OwnIdentity(Arc<CertifiedKey>);

impl OwnIdentity {
    pub(super) fn new(pair: &KeyPair) -> Self {
        Self(Arc::clone(pair.certified()))
    }
}

impl ResolvesClientCert for OwnIdentity {
    fn resolve(&self, _issuers: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        // Shown whatever CAs the node names: it was chosen for this upstream.
        self.0.key.choose_scheme(schemes).map(|_| Arc::clone(&self.0))
    }

    fn has_certs(&self) -> bool {
        true
    }
}
