//! Extensions of revocation lists (RFC 5280 §5.2) and of their entries (§5.3).

use crate::algorithm::dotted;
use crate::der;

/// The greatest number of extensions of a list. Looking for doubles costs the square.
const EXTENSION_LIMIT: usize = 100;
/// The most bytes of a list's number (§5.2.3).
const NUMBER_LIMIT: usize = 20;

/// issuingDistributionPoint's [1] to [5], where one is a BOOLEAN or ReasonFlags without the explicit tag (§5.2.5), and
/// [0], which is constructed.
const DISTRIBUTION_POINT: u8 = 0xa0;
const ONLY_USER_CERTIFICATES: u8 = 0x81;
const ONLY_CA_CERTIFICATES: u8 = 0x82;
const ONLY_SOME_REASONS: u8 = 0x83;
const INDIRECT: u8 = 0x84;
const ONLY_ATTRIBUTE_CERTIFICATES: u8 = 0x85;

/// What an extension stands in.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    /// The list.
    List,
    /// One of its entries.
    Entry,
}

/// Reads the extensions of a list, in their SEQUENCE, and gives its number.
///
/// # Errors
/// The list is not a complete one, or has something critical that is not known.
pub(super) fn list(extensions: &[u8]) -> Result<Option<&[u8]>, String> {
    let sequence = der::take(extensions, der::SEQUENCE)
        .filter(|value| value.rest.is_empty())
        .ok_or("its extensions cannot be read")?;
    check(sequence.contents, Place::List)?;
    let number = Extensions(sequence.contents).flatten().find(|extension| extension.oid == "2.5.29.20");
    match number {
        Some(number) => der::take(number.value, der::INTEGER)
            .filter(|value| der::significant(value.contents).len() <= NUMBER_LIMIT)
            .map(|value| Some(value.contents))
            .ok_or_else(|| "its number cannot be read".to_owned()),
        None => Ok(None),
    }
}

/// Checks the extensions that stand in a SEQUENCE with these contents.
///
/// # Errors
/// See [`list`].
pub(super) fn check(extensions: &[u8], place: Place) -> Result<(), String> {
    let mut seen = Vec::new();
    for extension in Extensions(extensions) {
        let extension = extension?;
        if seen.contains(&extension.oid) || seen.len() == EXTENSION_LIMIT {
            return Err(format!("extension {} stands there twice, or there are too many", extension.oid));
        }
        match place {
            Place::List => check_list_extension(&extension)?,
            Place::Entry => check_entry_extension(&extension)?,
        }
        seen.push(extension.oid);
    }
    Ok(())
}

fn check_list_extension(extension: &Extension<'_>) -> Result<(), String> {
    match extension.oid.as_str() {
        // cRLNumber; authorityKeyIdentifier: which key signed is found out by trying those of the CA.
        "2.5.29.20" | "2.5.29.35" => Ok(()),
        "2.5.29.27" => Err("it is a delta list, which holds only what has changed".to_owned()),
        "2.5.29.28" => check_scope(extension.value),
        _ => extension.refuse_if_critical(),
    }
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

/// issuingDistributionPoint: a list that is only about users' certificates is about all clients; anything else that
/// it may say means that there are other lists beside it.
fn check_scope(value: &[u8]) -> Result<(), String> {
    let scope = der::take(value, der::SEQUENCE)
        .filter(|scope| scope.rest.is_empty())
        .ok_or("its issuingDistributionPoint cannot be read")?;
    let mut rest = scope.contents;
    while let Some(tag) = rest.first() {
        let field = der::take(rest, *tag).ok_or("its issuingDistributionPoint cannot be read")?;
        let is_set = field.contents != [0];
        let partial = match *tag {
            ONLY_USER_CERTIFICATES => None,
            DISTRIBUTION_POINT => Some("the certificates of one distribution point"),
            ONLY_CA_CERTIFICATES if is_set => Some("CA certificates"),
            ONLY_SOME_REASONS => Some("some reasons"),
            INDIRECT if is_set => Some("several issuers together (an indirect list)"),
            ONLY_ATTRIBUTE_CERTIFICATES if is_set => Some("attribute certificates"),
            ONLY_CA_CERTIFICATES | INDIRECT | ONLY_ATTRIBUTE_CERTIFICATES => None,
            _ => return Err("its issuingDistributionPoint cannot be read".to_owned()),
        };
        if let Some(partial) = partial {
            return Err(format!("it is no complete list, but one of {partial}"));
        }
        rest = field.rest;
    }
    Ok(())
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
