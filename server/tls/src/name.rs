//! Distinguished names as text (RFC 4514), escaped.

use x509_parser::asn1_rs::{Any, Tag};
use x509_parser::x509::{AttributeTypeAndValue, RelativeDistinguishedName, X509Name};

use crate::algorithm::oid_text;
use crate::text::{DISTINGUISHED_NAME_LIMIT, NAME_LIMIT, cut, escape, push};

/// The whole name, the most specific part first (RFC 4514 §2.1), as `CN=test.com,O=Example`.
pub(crate) fn distinguished_name(name: &X509Name<'_>) -> String {
    let parts: Vec<&RelativeDistinguishedName<'_>> = name.iter().collect();
    let mut text = String::new();
    for part in parts.into_iter().rev() {
        for (index, attribute) in part.iter().enumerate() {
            if !text.is_empty() {
                text.push(if index == 0 { ',' } else { '+' });
            }
            push_attribute(&mut text, attribute);
        }
        if text.len() > DISTINGUISHED_NAME_LIMIT * 4 {
            break;
        }
    }
    cut(text, DISTINGUISHED_NAME_LIMIT)
}

/// The last common name, escaped.
pub(crate) fn common_name(name: &X509Name<'_>) -> Option<String> {
    raw_common_name(name).map(|text| escape(&text, NAME_LIMIT))
}

/// The last common name, as it stands.
pub(crate) fn raw_common_name(name: &X509Name<'_>) -> Option<String> {
    name.iter_common_name().last().and_then(|attribute| string(attribute.attr_value()))
}

fn push_attribute(text: &mut String, attribute: &AttributeTypeAndValue<'_>) {
    let oid = oid_text(attribute.attr_type());
    text.push_str(short_name(&oid).unwrap_or(&oid));
    text.push('=');
    match string(attribute.attr_value()) {
        Some(value) => push_value(text, &value),
        None => {
            text.push('#');
            for byte in attribute.attr_value().data.iter().take(NAME_LIMIT) {
                text.push_str(&format!("{byte:02x}"));
            }
        }
    }
}

/// RFC 4514 §2.4, with `\u{..}` for what must not be shown.
fn push_value(text: &mut String, value: &str) {
    let last = value.chars().count().saturating_sub(1);
    for (index, character) in value.chars().enumerate().take(DISTINGUISHED_NAME_LIMIT) {
        let special = matches!(character, '"' | '+' | ',' | ';' | '<' | '>' | '\\')
            || (index == 0 && matches!(character, ' ' | '#'))
            || (index == last && character == ' ');
        if special {
            text.push('\\');
        }
        push(text, character);
    }
}

/// The value of an ASN.1 string; `None` if it is none or not well formed.
pub(crate) fn string(value: &Any<'_>) -> Option<String> {
    let bytes = value.data;
    match value.tag() {
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String | Tag::NumericString | Tag::VisibleString => {
            std::str::from_utf8(bytes).ok().map(str::to_owned)
        }
        // What everybody puts into a T61String (TeletexString) is Latin-1.
        Tag::T61String => Some(bytes.iter().copied().map(char::from).collect()),
        Tag::BmpString => {
            let (units, rest) = bytes.as_chunks::<2>();
            if !rest.is_empty() {
                return None;
            }
            char::decode_utf16(units.iter().map(|unit| u16::from_be_bytes(*unit)))
                .collect::<Result<_, _>>()
                .ok()
        }
        Tag::UniversalString => {
            let (units, rest) = bytes.as_chunks::<4>();
            if !rest.is_empty() {
                return None;
            }
            units.iter().map(|unit| char::from_u32(u32::from_be_bytes(*unit))).collect()
        }
        _ => None,
    }
}

/// The short names of RFC 4514 §3, and those that OpenSSL prints.
fn short_name(oid: &str) -> Option<&'static str> {
    Some(match oid {
        "2.5.4.3" => "CN",
        "2.5.4.4" => "SN",
        "2.5.4.5" => "serialNumber",
        "2.5.4.6" => "C",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.9" => "STREET",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        "2.5.4.12" => "title",
        "2.5.4.42" => "GN",
        "0.9.2342.19200300.100.1.1" => "UID",
        "0.9.2342.19200300.100.1.25" => "DC",
        "1.2.840.113549.1.9.1" => "emailAddress",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use x509_parser::prelude::FromDer;

    use super::*;

    /// A name with one attribute in each RDN.
    fn name(attributes: &[(&[u8], u8, &[u8])]) -> Vec<u8> {
        let wrap = |tag: u8, contents: &[u8]| {
            let length = u8::try_from(contents.len()).expect("a short test value");
            [&[tag, length][..], contents].concat()
        };
        let rdns: Vec<u8> = attributes
            .iter()
            .flat_map(|(oid, tag, value)| {
                wrap(0x31, &wrap(0x30, &[wrap(6, oid), wrap(*tag, value)].concat()))
            })
            .collect();
        wrap(0x30, &rdns)
    }

    const CN: &[u8] = &[0x55, 4, 3];
    const O: &[u8] = &[0x55, 4, 10];

    #[track_caller]
    fn assert_name(attributes: &[(&[u8], u8, &[u8])], text: &str) {
        let der = name(attributes);
        let (_, parsed) = X509Name::from_der(&der).expect("a name");
        assert_eq!(distinguished_name(&parsed), text);
    }

    #[test]
    fn most_specific_part_comes_first() {
        assert_name(&[(O, 0x0c, b"Example"), (CN, 0x0c, b"test.com")], "CN=test.com,O=Example");
        assert_name(&[], "");
    }

    #[test]
    fn every_kind_of_string_is_read() {
        assert_name(&[(CN, 0x13, b"a")], "CN=a");
        assert_name(&[(CN, 0x14, &[0xe9])], "CN=é");
        assert_name(&[(CN, 0x1e, &[0x51, 0x6c])], "CN=公");
        assert_name(&[(CN, 0x1c, &[0, 0, 0, 0x61])], "CN=a");
        assert_name(&[(CN, 0x1e, &[0x51])], "CN=#51");
        assert_name(&[(&[0x2a, 3], 0x0c, b"x")], "1.2.3=x");
    }

    #[test]
    fn special_and_control_characters_are_escaped() {
        assert_name(&[(CN, 0x0c, b"a,b+c\"\\")], "CN=a\\,b\\+c\\\"\\\\");
        assert_name(&[(CN, 0x0c, b"#x ")], "CN=\\#x\\ ");
        assert_name(&[(CN, 0x0c, b"a\r\nX: y")], "CN=a\\u{d}\\u{a}X: y");
        assert_name(&[(CN, 0x0c, "\u{202e}".as_bytes())], "CN=\\u{202e}");
    }

    #[test]
    fn last_common_name_counts() {
        let der = name(&[(CN, 0x0c, b"first"), (CN, 0x0c, b"last")]);
        let (_, parsed) = X509Name::from_der(&der).expect("a name");
        assert_eq!(common_name(&parsed).as_deref(), Some("last"));
    }
}
