//! What a certificate says of itself, for people.

use aws_lc_rs::digest::{SHA256, digest};
use domain::{Certificate, ClientIdentity, Fault, Fingerprint, UnixTime, X509Version};

use crate::algorithm::{public_key, signature_name};
use crate::name::{common_name, distinguished_name, raw_common_name};
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
        other_names: other_names(certificate),
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

/// The SAN's names that are no host names, each with its kind.
fn other_names(certificate: &Parsed<'_>) -> Vec<String> {
    let extensions = &certificate.extensions;
    let named = |kind: &'static str, names: &[String]| -> Vec<String> {
        names.iter().map(|name| format!("{kind}:{}", escape(name, NAME_LIMIT))).collect()
    };
    let mut names = named("uri", &extensions.uris);
    names.extend(named("email", &extensions.emails));
    names.extend(extensions.ip_addresses.iter().map(|address| format!("ip:{address}")));
    names
}

/// What a certificate says of its owner, as allow-lists ask for it. A name that no host, mailbox or URI can have (with a
/// control character in it, say) stands as an empty text, which no entry matches.
pub(crate) fn identity(certificate: &Parsed<'_>) -> ClientIdentity {
    let comparable = |name: &String| {
        if name.chars().any(char::is_control) { String::new() } else { name.clone() }
    };
    let extensions = &certificate.extensions;
    ClientIdentity {
        common_name: raw_common_name(certificate.fields.subject()).as_ref().map(comparable),
        dns_names: extensions.dns_names.iter().map(comparable).collect(),
        uris: extensions.uris.iter().map(comparable).collect(),
        emails: extensions.emails.iter().map(comparable).collect(),
        certificate: fingerprint(certificate.der),
        public_key: fingerprint(certificate.raw.spki),
    }
}

/// SHA-256.
pub(crate) fn fingerprint(bytes: &[u8]) -> Fingerprint {
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
