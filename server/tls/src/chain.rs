//! Which certificate issued which: finding leaves, and putting chains in order.

use crate::signature::{self, SignatureFault};
use crate::x509::Parsed;

/// The certificates that issued no other one of the pool, in the order of the pool.
pub(crate) fn leaves(pool: &[Parsed<'_>]) -> Vec<usize> {
    (0..pool.len()).filter(|&index| !pool.iter().any(|other| issued(&pool[index], other))).collect()
}

/// The chain that starts at `leaf`: each certificate is followed by its issuer, up to a self-signed
/// one or as far as the pool has them.
pub(crate) fn from_leaf(leaf: usize, pool: &[Parsed<'_>]) -> Vec<usize> {
    let mut chain = vec![leaf];
    let mut last = leaf;
    while signature::verify_self(&pool[last]).is_err() {
        let issuer =
            (0..pool.len()).find(|&index| !chain.contains(&index) && issued(&pool[index], &pool[last]));
        let Some(issuer) = issuer else { break };
        chain.push(issuer);
        last = issuer;
    }
    chain
}

/// Whether `issuer` made `certificate`: the names fit and, where the algorithm is one that can be verified, the
/// signature does too. A certificate is not counted as its own issuer.
fn issued(issuer: &Parsed<'_>, certificate: &Parsed<'_>) -> bool {
    certificate.raw.issuer == issuer.raw.subject
        && certificate.der != issuer.der
        && signature::verify(certificate, issuer.raw.spki) != Err(SignatureFault::Invalid)
}
