//! Extensions of revocation lists (RFC 5280 §5.2) and of their entries (§5.3).

use crate::algorithm::dotted;
use crate::der;

/// The greatest number of extensions of a list. Looking for doubles costs the square.
const EXTENSION_LIMIT: usize = 100;
/// The most bytes of a list's number (§5.2.3).
const NUMBER_LIMIT: usize = 20;

/// issuingDistributionPoint's [1] to [5], each without a tag of its type (§5.2.5), and [0], which is
/// constructed.
const DISTRIBUTION_POINT: u8 = 0xa0;
const ONLY_USER_CERTIFICATES: u8 = 0x81;
const ONLY_CA_CERTIFICATES: u8 = 0x82;
const ONLY_SOME_REASONS: u8 = 0x83;
const INDIRECT: u8 = 0x84;
const ONLY_ATTRIBUTE_CERTIFICATES: u8 = 0x85;
/// `GeneralName`'s uniformResourceIdentifier (§4.2.1.6).
const URI: u8 = 0x86;

/// What the extensions of a list say.
#[derive(Debug, Default)]
pub(super) struct ListExtensions<'a> {
    /// Its number.
    pub(super) number: Option<&'a [u8]>,
    /// See [`Crl::distribution_points`](super::Crl::distribution_points).
    pub(super) distribution_points: Option<Vec<String>>,
}

impl<'a> ListExtensions<'a> {
    /// Reads the extensions in their SEQUENCE.
    ///
    /// # Errors
    /// The list is not a complete one, or has something critical that is not known.
    pub(super) fn read(extensions: &'a [u8]) -> Result<Self, String> {
        let sequence = der::take(extensions, der::SEQUENCE)
            .filter(|value| value.rest.is_empty())
            .ok_or("its extensions cannot be read")?;
        let mut list = Self::default();
        let mut seen = Vec::new();
        for extension in Extensions(sequence.contents) {
            let extension = extension?;
            if seen.contains(&extension.oid) || seen.len() == EXTENSION_LIMIT {
                return Err(format!("extension {} stands there twice, or there are too many", extension.oid));
            }
            list.remember(&extension)?;
            seen.push(extension.oid);
        }
        Ok(list)
    }

    fn remember(&mut self, extension: &Extension<'a>) -> Result<(), String> {
        match extension.oid.as_str() {
            "2.5.29.20" => self.number = Some(number(extension.value).ok_or("its number cannot be read")?),
            // authorityKeyIdentifier: which key signed is found out by trying those of the CA.
            "2.5.29.35" => {}
            "2.5.29.27" => return Err("it is a delta list, which holds only what has changed".to_owned()),
            "2.5.29.28" => self.distribution_points = scope(extension.value)?,
            _ => extension.refuse_if_critical()?,
        }
        Ok(())
    }
}

/// cRLNumber (§5.2.3).
fn number(value: &[u8]) -> Option<&[u8]> {
    let number = der::take(value, der::INTEGER).filter(|number| number.rest.is_empty())?;
    (der::significant(number.contents).len() <= NUMBER_LIMIT).then_some(number.contents)
}

/// Checks the extensions of an entry, in the contents of their SEQUENCE.
///
/// # Errors
/// It is none of a complete list, or has something critical that is not known.
pub(super) fn check_entry(extensions: &[u8]) -> Result<(), String> {
    Extensions(extensions).try_for_each(|extension| check_entry_extension(&extension?))
}

fn check_entry_extension(extension: &Extension<'_>) -> Result<(), String> {
    match extension.oid.as_str() {
        // reasonCode (§5.3.1): removeFromCRL (8) takes an entry of an earlier list back, so only deltas have it.
        "2.5.29.21" => match extension.value {
            [0x0a, 1, 8] => Err("an entry takes a revocation back, which only a delta list can".to_owned()),
            [0x0a, 1, 0..=10] => Ok(()),
            _ => Err("the reason of an entry cannot be read".to_owned()),
        },
        "2.5.29.29" => Err("an entry is about certificates of another issuer (an indirect list)".to_owned()),
        _ => extension.refuse_if_critical(),
    }
}

/// issuingDistributionPoint: the places where a list is found that is only about certificates which name one of them. A
/// list that is only about users' certificates is about all clients; any other part of the whole is refused.
fn scope(value: &[u8]) -> Result<Option<Vec<String>>, String> {
    const UNREADABLE: &str = "its issuingDistributionPoint cannot be read";
    let scope = der::take(value, der::SEQUENCE).filter(|scope| scope.rest.is_empty()).ok_or(UNREADABLE)?;
    let mut distribution_points = None;
    let mut rest = scope.contents;
    while let Some(tag) = rest.first() {
        let field = der::take(rest, *tag).ok_or(UNREADABLE)?;
        let is_set = field.contents != [0];
        let part = match *tag {
            DISTRIBUTION_POINT => {
                distribution_points = Some(uris(field.contents).ok_or(UNREADABLE)?);
                None
            }
            ONLY_USER_CERTIFICATES => None,
            ONLY_CA_CERTIFICATES => is_set.then_some("CA certificates"),
            ONLY_SOME_REASONS => Some("some reasons"),
            INDIRECT => is_set.then_some("several issuers together (an indirect list)"),
            ONLY_ATTRIBUTE_CERTIFICATES => is_set.then_some("attribute certificates"),
            _ => return Err(UNREADABLE.to_owned()),
        };
        if let Some(part) = part {
            return Err(format!("it is no complete list, but one of {part}"));
        }
        rest = field.rest;
    }
    Ok(distribution_points)
}

/// The URIs of a distributionPoint's fullName; its other form, relative to the issuer's name, is not read.
fn uris(point: &[u8]) -> Option<Vec<String>> {
    let full_name = der::take(point, der::CONTEXT_0).filter(|name| name.rest.is_empty())?;
    let mut uris = Vec::new();
    let mut rest = full_name.contents;
    while let Some(tag) = rest.first() {
        let name = der::take(rest, *tag)?;
        if *tag == URI {
            uris.push(std::str::from_utf8(name.contents).ok()?.to_owned());
        }
        rest = name.rest;
    }
    Some(uris)
}

/// One extension (§4.1).
struct Extension<'a> {
    oid: String,
    is_critical: bool,
    /// What its OCTET STRING holds.
    value: &'a [u8],
}

impl<'a> Extension<'a> {
    fn read(contents: &'a [u8]) -> Option<Self> {
        let oid = der::take(contents, der::OBJECT_IDENTIFIER)?;
        let critical = der::take(oid.rest, der::BOOLEAN);
        let value = der::take(critical.map_or(oid.rest, |it| it.rest), der::OCTET_STRING)?;
        value.rest.is_empty().then(|| Self {
            oid: dotted(oid.contents),
            is_critical: critical.is_some_and(|it| it.contents != [0]),
            value: value.contents,
        })
    }

    fn refuse_if_critical(&self) -> Result<(), String> {
        if self.is_critical {
            Err(format!("the critical extension {} is not known", self.oid))
        } else {
            Ok(())
        }
    }
}

/// The extensions of a SEQUENCE's contents; ends after the first that cannot be read.
struct Extensions<'a>(&'a [u8]);

impl<'a> Iterator for Extensions<'a> {
    type Item = Result<Extension<'a>, String>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let value = der::take(self.0, der::SEQUENCE);
        self.0 = value.map_or(&[], |value| value.rest);
        let extension = value.and_then(|value| Extension::read(value.contents));
        Some(extension.ok_or_else(|| "an extension cannot be read".to_owned()))
    }
}
