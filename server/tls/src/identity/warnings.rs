//! What is worth knowing of one chain.

use domain::{CertificateType, UnixTime, Warning};

use crate::algorithm::signature_name;
use crate::facts::{display_name, facts};
use crate::x509::Parsed;

/// How long before its end a certificate is reported, in seconds.
const SOON: i64 = 30 * UnixTime::DAY;

/// The warnings of a chain, leaf first; `unrelated` are the certificates of the upload that are in no chain.
pub(crate) fn chain_warnings(
    chain: &[&Parsed<'_>],
    unrelated: &[&Parsed<'_>],
    certificate_type: CertificateType,
    now: UnixTime,
) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for certificate in chain {
        warnings.extend(validity_warning(certificate, now));
        warnings.extend(weak_signature(certificate));
    }
    let leaf = chain[0];
    warnings.extend(version_warning(leaf));
    match certificate_type {
        CertificateType::Server => warnings.extend(server_warnings(leaf)),
        CertificateType::Client => {
            if leaf.extensions.extended_key_usage.is_some_and(|usage| !usage.client_auth) {
                warnings.push(Warning::NoClientAuth);
            }
        }
    }
    warnings.extend(incomplete(chain, unrelated));
    warnings
}

/// Expired, not valid yet, or soon to expire.
pub(crate) fn validity_warning(certificate: &Parsed<'_>, now: UnixTime) -> Option<Warning> {
    let (not_before, not_after) = certificate.validity();
    let left = not_after.saturating_sub(now.0);
    if left < 0 {
        Some(Warning::Expired { subject: display_name(certificate), not_after: UnixTime(not_after) })
    } else if now.0 < not_before {
        Some(Warning::NotYetValid { subject: display_name(certificate), not_before: UnixTime(not_before) })
    } else if left < SOON {
        Some(Warning::ExpiresSoon { subject: display_name(certificate), days: left / UnixTime::DAY })
    } else {
        None
    }
}

/// A signature with a broken digest. Nobody relies on a root's signature of itself.
pub(crate) fn weak_signature(certificate: &Parsed<'_>) -> Option<Warning> {
    let signature = signature_name(&certificate.fields.signature_algorithm);
    (signature.weak && !certificate.is_self_issued())
        .then(|| Warning::WeakSignature { subject: display_name(certificate), algorithm: signature.name })
}

/// X.509 v1, or v2, which has no extensions either.
pub(crate) fn version_warning(certificate: &Parsed<'_>) -> Option<Warning> {
    (!certificate.is_v3()).then(|| Warning::X509V1 { subject: display_name(certificate) })
}

fn server_warnings(leaf: &Parsed<'_>) -> Vec<Warning> {
    let mut warnings = Vec::new();
    if leaf.is_v3() && leaf.extensions.dns_names.is_empty() {
        warnings.push(Warning::NoSan);
    }
    if leaf.extensions.extended_key_usage.is_some_and(|usage| !usage.server_auth) {
        warnings.push(Warning::NoServerAuth);
    }
    if leaf.is_ca() {
        warnings.push(Warning::CaAsServer);
    }
    warnings
}

/// Whether an intermediate seems to be missing. That a chain does not end in a root is no sign of it: roots are not
/// sent (RFC 8446 §4.4.2), and a certificate right below a private root is a whole chain. Signs are: a leaf alone that
/// says where its issuer's certificate can be fetched, as those of public CAs do, which issue from intermediates; or CA
/// certificates in the upload that do not fit.
fn incomplete(chain: &[&Parsed<'_>], unrelated: &[&Parsed<'_>]) -> Option<Warning> {
    let last = chain.last()?;
    if last.is_self_issued() {
        return None;
    }
    let is_lone_public_leaf = chain.len() == 1 && last.extensions.names_issuer_url;
    let has_misfits = unrelated.iter().any(|certificate| certificate.is_ca());
    (is_lone_public_leaf || has_misfits)
        .then(|| Warning::IncompleteChain { issuer: facts(last).issuer_display_name().to_owned() })
}
