//! What a certificate says of itself, for people.

use aws_lc_rs::digest::{SHA256, digest};
use domain::{Certificate, Fault, Fingerprint, UnixTime, X509Version};

use crate::algorithm::{public_key, signature_name};
use crate::name::{common_name, distinguished_name};
use crate::text::{NAME_LIMIT, cut, escape};
use crate::x509::Parsed;

/// The facts of one certificate in DER; nothing may follow it.
///
/// # Errors
/// [`Fault::UnreadableCertificate`], as number 1.
pub fn certificate_facts(der: &[u8]) -> Result<Certificate, Fault> {
    let parsed = Parsed::read(der)
        .map_err(|reason| Fault::UnreadableCertificate { number: 1, reason: escape(&reason, NAME_LIMIT) })?;
    Ok(facts(&parsed))
}

/// The facts of a certificate that was read.
pub(crate) fn facts(certificate: &Parsed<'_>) -> Certificate {
    let fields = &certificate.fields;
    let (not_before, not_after) = certificate.validity();
    let version = match fields.version().0 {
        0 => X509Version::V1,
        1 => X509Version::V2,
        _ => X509Version::V3,
    };
    Certificate {
        subject: distinguished_name(fields.subject()),
        common_name: common_name(fields.subject()),
        issuer: distinguished_name(fields.issuer()),
        issuer_common_name: common_name(fields.issuer()),
        serial: serial(fields.raw_serial()),
        version,
        not_before: UnixTime(not_before),
        not_after: UnixTime(not_after),
        dns_names: certificate.extensions.dns_names.iter().map(|name| escape(name, NAME_LIMIT)).collect(),
        other_names: Vec::new(),
        public_key: public_key(fields.public_key()),
        signature_algorithm: signature_name(&fields.signature_algorithm).name,
        fingerprint: fingerprint(certificate.der),
        public_key_fingerprint: fingerprint(certificate.raw.spki),
        self_issued: certificate.is_self_issued(),
        is_ca: certificate.is_ca(),
    }
}

/// What to call a certificate in a sentence.
pub(crate) fn display_name(certificate: &Parsed<'_>) -> String {
    facts(certificate).display_name()
}

fn fingerprint(bytes: &[u8]) -> Fingerprint {
    let mut sum = [0; 32];
    sum.copy_from_slice(digest(&SHA256, bytes).as_ref());
    Fingerprint(sum)
}

/// RFC 5280 §4.1.2.2 bounds a serial number to 20 bytes; longer ones are cut in print.
fn serial(bytes: &[u8]) -> String {
    const BYTES_SHOWN: usize = 64;
    let text =
        bytes.iter().take(BYTES_SHOWN + 1).map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":");
    cut(text, BYTES_SHOWN * 3 - 1)
}
