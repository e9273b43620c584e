//! Distinguished names for header fields: RFC 4514 §2 in printable ASCII, as OpenSSL's `RFC2253` format writes it, so
//! that services compare with it what they compared with nginx's and Envoy's.
//!
//! One difference: what could end a quoted text, part a list, or be trimmed away (`"`, `\`, `;`, spaces at either end) is
//! written in hexadecimal like control characters, not with a backslash before it. Both are RFC 4514; but some services
//! split header fields without knowing quotes.

use x509_parser::asn1_rs::{Any, ToDer};
use x509_parser::x509::{AttributeTypeAndValue, RelativeDistinguishedName, X509Name};

use crate::algorithm::oid_text;
use crate::name::string;

/// The whole name, the most specific part first. Different names have different texts, however long they are.
///
/// `None` if an attribute's type or value cannot be written.
pub(crate) fn ascii_name(name: &X509Name<'_>) -> Option<String> {
    let parts: Vec<&RelativeDistinguishedName<'_>> = name.iter().collect();
    let mut text = String::new();
    for part in parts.into_iter().rev() {
        // OpenSSL turns round the attributes within a part too.
        let attributes: Vec<&AttributeTypeAndValue<'_>> = part.iter().collect();
        for (index, attribute) in attributes.into_iter().rev().enumerate() {
            if !text.is_empty() {
                text.push(if index == 0 { ',' } else { '+' });
            }
            push_attribute(&mut text, attribute)?;
        }
    }
    Some(text)
}

fn push_attribute(text: &mut String, attribute: &AttributeTypeAndValue<'_>) -> Option<()> {
    /// Bytes of an object identifier; no real one is longer.
    const LONGEST_TYPE: usize = 32;
    let value = attribute.attr_value();
    if attribute.attr_type().as_bytes().len() > LONGEST_TYPE {
        return None;
    }
    let oid = oid_text(attribute.attr_type());
    match (short_name(&oid), string(value)) {
        (Some(name), Some(value)) => {
            text.push_str(name);
            text.push('=');
            push_value(text, &value);
        }
        // RFC 4514 §2.4: so are values of types without a name, and those that are no strings.
        (name, _) => {
            text.push_str(name.unwrap_or(&oid));
            text.push_str("=#");
            push_hex(text, &der(value)?);
        }
    }
    Some(())
}

fn push_value(text: &mut String, value: &str) {
    let last = value.char_indices().next_back().map_or(0, |(last, _)| last);
    for (index, character) in value.char_indices() {
        let is_edge = index == 0 || index == last;
        match character {
            ' ' if is_edge => text.push_str("\\20"),
            '#' if index == 0 => text.push_str("\\#"),
            ',' | '+' | '<' | '>' => text.extend(['\\', character]),
            ' '..='~' if !matches!(character, '"' | '\\' | ';') => text.push(character),
            _ => {
                for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                    text.push('\\');
                    push_hex(text, &[byte]);
                }
            }
        }
    }
}

/// A value with its tag and length.
fn der(value: &Any<'_>) -> Option<Vec<u8>> {
    value.to_der_vec().ok()
}

/// Appends two digits for each byte, in upper case.
pub(crate) fn push_hex(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        text.extend([byte >> 4, byte & 0xf].map(|digit| char::from(b"0123456789ABCDEF"[usize::from(digit)])));
    }
}

/// The names that OpenSSL prints.
fn short_name(oid: &str) -> Option<&'static str> {
    Some(match oid {
        "2.5.4.3" => "CN",
        "2.5.4.4" => "SN",
        "2.5.4.5" => "serialNumber",
        "2.5.4.6" => "C",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.9" => "street",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        "2.5.4.12" => "title",
        "2.5.4.13" => "description",
        "2.5.4.15" => "businessCategory",
        "2.5.4.17" => "postalCode",
        "2.5.4.20" => "telephoneNumber",
        "2.5.4.41" => "name",
        "2.5.4.42" => "GN",
        "2.5.4.43" => "initials",
        "2.5.4.44" => "generationQualifier",
        "2.5.4.46" => "dnQualifier",
        "2.5.4.65" => "pseudonym",
        "2.5.4.97" => "organizationIdentifier",
        "0.9.2342.19200300.100.1.1" => "UID",
        "0.9.2342.19200300.100.1.25" => "DC",
        "1.2.840.113549.1.9.1" => "emailAddress",
        "1.2.840.113549.1.9.2" => "unstructuredName",
        "1.3.6.1.4.1.311.60.2.1.1" => "jurisdictionL",
        "1.3.6.1.4.1.311.60.2.1.2" => "jurisdictionST",
        "1.3.6.1.4.1.311.60.2.1.3" => "jurisdictionC",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use x509_parser::prelude::FromDer;

    use super::*;
    use crate::der::write;

    const CN: &[u8] = &[0x55, 4, 3];
    const O: &[u8] = &[0x55, 4, 10];
    const UTF8: u8 = 0x0c;

    /// Type, tag and value of an attribute.
    type Attribute<'a> = (&'a [u8], u8, &'a [u8]);

    /// A name of these parts.
    fn name(parts: &[&[Attribute<'_>]]) -> Vec<u8> {
        let attribute =
            |(oid, tag, value): &Attribute<'_>| write(0x30, &[write(6, oid), write(*tag, value)].concat());
        let part = |attributes: &&[Attribute<'_>]| {
            write(0x31, &attributes.iter().flat_map(attribute).collect::<Vec<u8>>())
        };
        write(0x30, &parts.iter().flat_map(part).collect::<Vec<u8>>())
    }

    fn text(parts: &[&[Attribute<'_>]]) -> Option<String> {
        let der = name(parts);
        let (_, parsed) = X509Name::from_der(&der).expect("a name");
        ascii_name(&parsed)
    }

    fn common_name(tag: u8, value: &[u8]) -> String {
        text(&[&[(CN, tag, value)]]).expect("can be written")
    }

    #[test]
    fn parts_are_turned_round() {
        assert_eq!(text(&[]).as_deref(), Some(""));
        assert_eq!(
            text(&[&[(O, UTF8, b"Example")], &[(CN, UTF8, b"a"), (O, UTF8, b"b")]]).as_deref(),
            Some("O=b+CN=a,O=Example")
        );
    }

    /// Each as `openssl x509 -noout -subject -nameopt RFC2253` writes it, but for those in hexadecimal that it writes with
    /// a backslash.
    #[test]
    fn values_are_printable_ascii_and_nothing_in_them_ends_a_field() {
        for (value, expected) in [
            ("test.com", "CN=test.com"),
            ("Example, Inc. <a+b>", "CN=Example\\, Inc. \\<a\\+b\\>"),
            ("#1", "CN=\\#1"),
            ("1#", "CN=1#"),
            ("a=b", "CN=a=b"),
            ("", "CN="),
            (" ", "CN=\\20"),
            (" a b ", "CN=\\20a b\\20"),
            ("x\";URI=spiffe://admin", "CN=x\\22\\3BURI=spiffe://admin"),
            ("x\\", "CN=x\\5C"),
            ("x\r\nX-SSL-Client-Verify: SUCCESS", "CN=x\\0D\\0AX-SSL-Client-Verify: SUCCESS"),
            ("\0\t\u{7f}", "CN=\\00\\09\\7F"),
            ("caf\u{e9}", "CN=caf\\C3\\A9"),
            ("公\u{202e}", "CN=\\E5\\85\\AC\\E2\\80\\AE"),
        ] {
            assert_eq!(common_name(UTF8, value.as_bytes()), expected, "{value:?}");
        }
    }

    #[test]
    fn every_kind_of_string_is_read() {
        assert_eq!(common_name(0x13, b"a"), "CN=a");
        assert_eq!(common_name(0x14, &[0xe9]), "CN=\\C3\\A9");
        assert_eq!(common_name(0x1e, &[0x51, 0x6c]), "CN=\\E5\\85\\AC");
    }

    #[test]
    fn what_is_no_string_is_written_in_hexadecimal() {
        assert_eq!(common_name(UTF8, &[0xff]), "CN=#0C01FF");
        assert_eq!(common_name(0x02, &[5]), "CN=#020105");
        assert_eq!(text(&[&[(&[0x2a, 3], UTF8, b"x,y")]]).as_deref(), Some("1.2.3=#0C03782C79"));
    }

    #[test]
    fn long_names_are_not_cut() {
        let (one, other) = ("a".repeat(3000) + "1", "a".repeat(3000) + "2");
        assert_ne!(common_name(UTF8, one.as_bytes()), common_name(UTF8, other.as_bytes()));
        let long_type = [&[0x2a][..], &[1; 32]].concat();
        assert_eq!(text(&[&[(&long_type, UTF8, b"x")]]), None);
    }

    /// Whatever a value is: only printable characters, never a quote, and a backslash only before what it escapes.
    #[test]
    fn no_text_breaks_out() {
        proptest::proptest!(|(value in ".*")| {
            let text = common_name(UTF8, value.as_bytes());
            assert!(text.bytes().all(|byte| (0x20..0x7f).contains(&byte) && byte != b'"' && byte != b';'));
            assert!(!text.ends_with([' ', '\\']));
        });
    }
}
