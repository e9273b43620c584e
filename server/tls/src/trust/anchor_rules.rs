//! What makes a certificate fit as a trust anchor. The TLS library checks none of it.

use domain::{AnchorRule, Fault, KeyAlgorithm, UnixTime};

use crate::algorithm::{RSA_LEAST_BITS, RSA_MOST_BITS, public_key, signature_name};
use crate::facts::display_name;
use crate::signature::{SignatureFault, verify_self};
use crate::x509::Parsed;

/// Whether a certificate may act as a trust anchor, whatever the time (RFC 5280 §4.2.1.3, §4.2.1.9).
///
/// # Errors
/// The rule that it breaks, or a key or self-signature that cannot be verified with.
pub(super) fn check(certificate: &Parsed<'_>) -> Result<(), Fault> {
    check_key(certificate)?;
    let broken = |rule| Err(Fault::NotAnAnchor { subject: display_name(certificate), rule });
    let extensions = &certificate.extensions;
    match extensions.basic_constraints {
        Some(constraints) if constraints.ca => {}
        Some(_) => return broken(AnchorRule::CaFalse),
        // Without basicConstraints, only being self-signed tells a CA from a leaf.
        None if !certificate.is_self_issued() && certificate.is_v3() => {
            return broken(AnchorRule::NoBasicConstraints);
        }
        None if !certificate.is_self_issued() => return broken(AnchorRule::V1NotSelfSigned),
        None => match verify_self(certificate) {
            Ok(()) => {}
            Err(SignatureFault::Invalid) => return broken(AnchorRule::SelfSignatureInvalid),
            Err(SignatureFault::Unsupported) => {
                let algorithm = signature_name(&certificate.fields.signature_algorithm).name;
                return Err(Fault::UnsupportedAlgorithm { algorithm });
            }
        },
    }
    if extensions.key_usage.is_some_and(|usage| !usage.key_cert_sign) {
        return broken(AnchorRule::NoKeyCertSign);
    }
    Ok(())
}

/// The key must be one that signatures can be verified with.
fn check_key(certificate: &Parsed<'_>) -> Result<(), Fault> {
    let key = public_key(certificate.fields.public_key());
    match key.algorithm {
        KeyAlgorithm::Rsa if key.bits < RSA_LEAST_BITS => Err(Fault::KeyTooSmall { bits: key.bits }),
        KeyAlgorithm::Rsa if key.bits > RSA_MOST_BITS => {
            Err(Fault::UnsupportedAlgorithm { algorithm: format!("RSA with {} bits", key.bits) })
        }
        KeyAlgorithm::Other(algorithm) => Err(Fault::UnsupportedAlgorithm { algorithm }),
        _ => Ok(()),
    }
}

/// Whether it is valid at `now`.
///
/// # Errors
/// It has expired, or is not valid yet.
pub(super) fn check_validity(certificate: &Parsed<'_>, now: UnixTime) -> Result<(), Fault> {
    let subject = display_name(certificate);
    let (not_before, not_after) = certificate.validity();
    if now.0 > not_after {
        Err(Fault::CaExpired { subject, not_after: UnixTime(not_after) })
    } else if now.0 < not_before {
        Err(Fault::CaNotYetValid { subject, not_before: UnixTime(not_before) })
    } else {
        Ok(())
    }
}
