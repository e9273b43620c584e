use std::fmt;
use std::sync::Arc;

use rustls::SignatureAlgorithm;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::KeyPair;

/// Chooses among the pairs of one SSL certificate by what the client can verify.
pub(super) struct PairResolver {
    /// Elliptic curve keys first: their signatures cost the listener a small part of RSA's. Not empty.
    pairs: Vec<Arc<CertifiedKey>>,
}

impl PairResolver {
    /// `None` without a pair.
    pub(super) fn new(pairs: &[KeyPair]) -> Option<Self> {
        let mut pairs: Vec<_> = pairs.iter().map(|pair| Arc::clone(pair.certified())).collect();
        pairs.sort_by_key(|pair| pair.key.algorithm() == SignatureAlgorithm::RSA);
        (!pairs.is_empty()).then_some(Self { pairs })
    }
}

impl ResolvesServerCert for PairResolver {
    fn resolve(&self, client_hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        // rustls has cut the schemes to those that fit the offered version and cipher suites.
        let schemes = client_hello.signature_schemes();
        self.pairs.iter().find(|pair| pair.key.choose_scheme(schemes).is_some()).cloned()
    }
}

impl fmt::Debug for PairResolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.pairs.iter().map(|pair| pair.key.algorithm())).finish()
    }
}
