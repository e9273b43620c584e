//! One certificate revocation list, taken apart (RFC 5280 §5). Only complete lists are understood: what a list leaves
//! out by its form, nobody would miss.

mod extensions;

use x509_parser::prelude::FromDer;
use x509_parser::time::ASN1Time;

use self::extensions::{ListExtensions, check_entry};
use crate::der;
use crate::signature::Signed;

/// `UTCTime` and `GeneralizedTime`.
const TIMES: [u8; 2] = [0x17, 0x18];

/// A list that was read. Borrows from its DER.
#[derive(Debug)]
pub(crate) struct Crl<'a> {
    /// What its issuer signed, and how.
    pub(crate) signed: Signed<'a>,
    /// The issuer's name, with its SEQUENCE header.
    pub(crate) issuer: &'a [u8],
    /// When it was issued, in seconds since 1970.
    pub(crate) this_update: i64,
    /// When the next one is due, if it says so.
    pub(crate) next_update: Option<i64>,
    /// Its number, if it has one.
    pub(crate) number: Option<&'a [u8]>,
    /// Where it can be fetched, if it is only about certificates that name one of these places, or none at all.
    pub(crate) distribution_points: Option<Vec<String>>,
    /// The serial numbers of the revoked certificates.
    pub(crate) revoked: Vec<&'a [u8]>,
}

impl<'a> Crl<'a> {
    /// Reads a list that fills `der` to its end.
    ///
    /// # Errors
    /// What is wrong with it, or what it has that is not understood.
    pub(crate) fn read(der: &'a [u8]) -> Result<Self, String> {
        let frame = Frame::read(der).ok_or("its fields are not in order")?;
        let mut fields = Fields(frame.tbs_contents);
        let is_v2 = fields.version()?;
        let signed_algorithm = fields.required(der::SEQUENCE, "signature algorithm")?;
        let issuer = fields.required(der::SEQUENCE, "issuer")?;
        let this_update = fields.time()?.ok_or("it has no thisUpdate")?;
        let next_update = fields.time()?;
        let entries = fields.optional(der::SEQUENCE);
        let extensions = fields.optional(der::CONTEXT_0);
        fields.end()?;
        if !is_v2 && extensions.is_some() {
            return Err("extensions below version 2".to_owned());
        }
        let extensions =
            extensions.map(|it| ListExtensions::read(it.contents)).transpose()?.unwrap_or_default();
        Ok(Self {
            signed: Signed { signed_algorithm: signed_algorithm.contents, ..frame.signed },
            issuer: issuer.whole,
            this_update,
            next_update,
            number: extensions.number,
            distribution_points: extensions.distribution_points,
            revoked: entries.map(|it| revoked(it.contents, is_v2)).transpose()?.unwrap_or_default(),
        })
    }
}

/// The outer parts of a list.
struct Frame<'a> {
    tbs_contents: &'a [u8],
    /// Without what only the inner part says.
    signed: Signed<'a>,
}

impl<'a> Frame<'a> {
    fn read(der: &'a [u8]) -> Option<Self> {
        let whole = der::take(der, der::SEQUENCE).filter(|value| value.rest.is_empty())?;
        let tbs = der::take(whole.contents, der::SEQUENCE)?;
        let algorithm = der::take(tbs.rest, der::SEQUENCE)?;
        let signature = der::take(algorithm.rest, der::BIT_STRING).filter(|value| value.rest.is_empty())?;
        // A signature is whole bytes: no unused bits.
        let signature = signature.contents.strip_prefix(&[0])?;
        let signed = Signed {
            tbs: tbs.whole,
            signature_algorithm: algorithm.contents,
            signed_algorithm: &[],
            signature,
        };
        Some(Self { tbs_contents: tbs.contents, signed })
    }
}

/// The serial numbers of the entries.
fn revoked(entries: &[u8], is_v2: bool) -> Result<Vec<&[u8]>, String> {
    let mut serials = Vec::new();
    let mut entries = Fields(entries);
    while !entries.0.is_empty() {
        let mut entry = Fields(entries.required(der::SEQUENCE, "entry")?.contents);
        let serial = entry.required(der::INTEGER, "serial number")?;
        entry.time()?.ok_or("an entry has no date")?;
        let extensions = entry.optional(der::SEQUENCE);
        entry.end()?;
        match extensions {
            Some(_) if !is_v2 => return Err("extensions below version 2".to_owned()),
            Some(extensions) => check_entry(extensions.contents)?,
            None => {}
        }
        serials.push(serial.contents);
    }
    Ok(serials)
}

/// The fields of a SEQUENCE that were not taken yet.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn optional(&mut self, tag: u8) -> Option<der::Value<'a>> {
        let value = der::take(self.0, tag)?;
        self.0 = value.rest;
        Some(value)
    }

    fn required(&mut self, tag: u8, name: &str) -> Result<der::Value<'a>, String> {
        self.optional(tag).ok_or_else(|| format!("its {name} cannot be read"))
    }

    /// Whether it is version 2, the only one that is written down (§5.1.2.1).
    fn version(&mut self) -> Result<bool, String> {
        match self.optional(der::INTEGER).map(|version| version.contents) {
            None => Ok(false),
            Some([1]) => Ok(true),
            Some(_) => Err("invalid version".to_owned()),
        }
    }

    fn time(&mut self) -> Result<Option<i64>, String> {
        let Some(value) = TIMES.into_iter().find_map(|tag| self.optional(tag)) else { return Ok(None) };
        match ASN1Time::from_der(value.whole) {
            Ok((_, time)) => Ok(Some(time.timestamp())),
            Err(_) => Err("a date cannot be read".to_owned()),
        }
    }

    fn end(&self) -> Result<(), String> {
        if self.0.is_empty() { Ok(()) } else { Err("its fields are not in order".to_owned()) }
    }
}
