use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use domain::Fingerprint;

use crate::ascii_name::{ascii_name, push_hex};
use crate::facts::fingerprint;
use crate::x509::Parsed;
use crate::{der, pem};

/// What header fields say of a client's certificate. All texts are printable ASCII, without a space at either end, unless
/// told otherwise. Works for certificates of every X.509 version.
#[derive(Debug)]
pub struct HeaderFacts<'a>(Parsed<'a>);

impl<'a> HeaderFacts<'a> {
    /// Of a certificate in DER; `None` if it cannot be read.
    pub fn read(der: &'a [u8]) -> Option<Self> {
        Parsed::read(der).ok().map(Self)
    }

    /// The subject's distinguished name in RFC 4514's form, without a quotation mark or semicolon; `None` if it cannot be
    /// written.
    pub fn subject(&self) -> Option<String> {
        ascii_name(self.0.fields.subject())
    }

    /// The issuer's distinguished name, likewise.
    pub fn issuer(&self) -> Option<String> {
        ascii_name(self.0.fields.issuer())
    }

    /// The serial number in hexadecimal as OpenSSL prints it: whole bytes, upper case, `-` before a negative one.
    pub fn serial(&self) -> String {
        serial(self.0.raw.serial)
    }

    /// SHA-1 of the certificate, in lower case hexadecimal. Compared by services that know nothing newer.
    pub fn sha1(&self) -> String {
        let mut text = String::new();
        push_hex(&mut text, digest(&SHA1_FOR_LEGACY_USE_ONLY, self.0.der).as_ref());
        text.make_ascii_lowercase();
        text
    }

    /// SHA-256 of the certificate.
    pub fn sha256(&self) -> Fingerprint {
        fingerprint(self.0.der)
    }

    /// The URIs of its subjectAltName as written: anything may stand in them.
    pub fn uris(&self) -> &[String] {
        &self.0.extensions.uris
    }

    /// The host names of its subjectAltName as written: anything may stand in them.
    pub fn dns_names(&self) -> &[String] {
        &self.0.extensions.dns_names
    }

    /// The certificate in PEM, everything but RFC 3986's unreserved characters percent-encoded.
    pub fn escaped_pem(&self) -> String {
        let text = pem::write("CERTIFICATE", self.0.der);
        let mut escaped = String::with_capacity(text.len() + text.len() / 8);
        for character in text.chars() {
            // All of PEM that is not unreserved.
            match character {
                '\n' => escaped.push_str("%0A"),
                ' ' => escaped.push_str("%20"),
                '+' => escaped.push_str("%2B"),
                '/' => escaped.push_str("%2F"),
                '=' => escaped.push_str("%3D"),
                _ => escaped.push(character),
            }
        }
        escaped
    }
}

/// The contents of an INTEGER (X.690 §8.3: two's complement).
fn serial(contents: &[u8]) -> String {
    let is_negative = contents.first().is_some_and(|first| first & 0x80 != 0);
    let mut magnitude = contents.to_vec();
    if is_negative {
        let mut carry = true;
        for byte in magnitude.iter_mut().rev() {
            (*byte, carry) = (!*byte).overflowing_add(u8::from(carry));
        }
    }
    let mut text = String::new();
    if is_negative {
        text.push('-');
    }
    match der::significant(&magnitude) {
        [] => text.push_str("00"),
        digits => push_hex(&mut text, digits),
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serial_numbers_are_printed_as_openssl_does() {
        for (contents, text) in [
            (&[1][..], "01"),
            (&[0], "00"),
            (&[0, 0xff], "FF"),
            (&[0x12, 0xab, 0], "12AB00"),
            (&[0xff], "-01"),
            (&[0x80], "-80"),
            (&[0xff, 0x00], "-0100"),
            (&[], "00"),
        ] {
            assert_eq!(serial(contents), text, "{contents:?}");
        }
    }
}
