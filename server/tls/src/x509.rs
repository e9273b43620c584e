//! One certificate, taken apart: the exact bytes that names, keys and signatures are compared by, and the extensions
//! that decide what it may be used for.

use std::net::IpAddr;

use x509_parser::asn1_rs::Tag;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{DistributionPointName, GeneralName, ParsedExtension};
use x509_parser::prelude::FromDer;
use x509_parser::x509::X509Version;

use crate::algorithm::oid_text;
use crate::der;
use crate::signature::Signed;

/// The greatest number of extensions; real certificates have fewer than 20. Looking for doubles costs the square.
const EXTENSION_LIMIT: usize = 100;

/// A certificate that was read. Borrows from its DER.
#[derive(Debug)]
pub(crate) struct Parsed<'a> {
    /// The whole certificate.
    pub(crate) der: &'a [u8],
    /// Its fields as x509-parser reads them, for people.
    pub(crate) fields: X509Certificate<'a>,
    /// Its fields as they stand, for comparing and verifying.
    pub(crate) raw: Raw<'a>,
    /// What its extensions say; there are none below version 3.
    pub(crate) extensions: Extensions,
}

impl<'a> Parsed<'a> {
    /// Reads a certificate that fills `der` to its end.
    ///
    /// # Errors
    /// What the parser stumbled over.
    pub(crate) fn read(der: &'a [u8]) -> Result<Self, String> {
        let (rest, fields) = X509Certificate::from_der(der).map_err(|error| match error {
            x509_parser::nom::Err::Incomplete(_) => "it ends too early".to_owned(),
            x509_parser::nom::Err::Error(error) | x509_parser::nom::Err::Failure(error) => error.to_string(),
        })?;
        if !rest.is_empty() {
            return Err("something follows the certificate".to_owned());
        }
        let raw = Raw::read(der).ok_or("its fields are not in order")?;
        if fields.tbs_certificate.version.0 > X509Version::V3.0 {
            return Err("invalid version".to_owned());
        }
        let extensions = Extensions::read(&fields)?;
        if fields.tbs_certificate.version != X509Version::V3 && !fields.extensions().is_empty() {
            return Err("extensions below version 3".to_owned());
        }
        Ok(Self { der, fields, raw, extensions })
    }

    /// Whether it is version 3, the only one that has extensions (RFC 5280 §4.1.2.1).
    pub(crate) fn is_v3(&self) -> bool {
        self.fields.tbs_certificate.version == X509Version::V3
    }

    /// Whether subject and issuer are the same name, byte for byte.
    pub(crate) fn is_self_issued(&self) -> bool {
        self.raw.subject == self.raw.issuer
    }

    /// Whether it is a CA's: basicConstraints says so, or it is a self-issued version 1, which has no other way to say it.
    pub(crate) fn is_ca(&self) -> bool {
        match self.extensions.basic_constraints {
            Some(constraints) => constraints.ca,
            None => self.fields.tbs_certificate.version == X509Version::V1 && self.is_self_issued(),
        }
    }

    /// The start and end of its validity, both included, in seconds since 1970.
    pub(crate) fn validity(&self) -> (i64, i64) {
        let validity = &self.fields.tbs_certificate.validity;
        (validity.not_before.timestamp(), validity.not_after.timestamp())
    }
}

/// The parts of a certificate, byte for byte. Names and key with their SEQUENCE header.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Raw<'a> {
    /// What the issuer signed, and how.
    pub(crate) signed: Signed<'a>,
    /// The outer algorithm identifier, with its SEQUENCE header.
    pub(crate) outer_algorithm: &'a [u8],
    /// The serial number's bytes.
    pub(crate) serial: &'a [u8],
    /// The issuer's name.
    pub(crate) issuer: &'a [u8],
    /// The subject's name.
    pub(crate) subject: &'a [u8],
    /// The subject public key info.
    pub(crate) spki: &'a [u8],
}

impl<'a> Raw<'a> {
    fn read(certificate: &'a [u8]) -> Option<Self> {
        let certificate = der::take(certificate, der::SEQUENCE)?;
        let tbs = der::take(certificate.contents, der::SEQUENCE)?;
        let signature_algorithm = der::take(tbs.rest, der::SEQUENCE)?;
        let signature = der::take(signature_algorithm.rest, der::BIT_STRING)?;
        // A signature is whole bytes: no unused bits.
        let (0, signature_bytes) =
            signature.contents.split_first().map(|(unused, bytes)| (*unused, bytes))?
        else {
            return None;
        };
        if !signature.rest.is_empty() {
            return None;
        }
        let after_version =
            der::take(tbs.contents, der::CONTEXT_0).map_or(tbs.contents, |version| version.rest);
        let serial = der::take(after_version, der::INTEGER)?;
        let signed_algorithm = der::take(serial.rest, der::SEQUENCE)?;
        let issuer = der::take(signed_algorithm.rest, der::SEQUENCE)?;
        let validity = der::take(issuer.rest, der::SEQUENCE)?;
        let subject = der::take(validity.rest, der::SEQUENCE)?;
        let spki = der::take(subject.rest, der::SEQUENCE)?;
        Some(Self {
            signed: Signed {
                tbs: tbs.whole,
                signature_algorithm: signature_algorithm.contents,
                signed_algorithm: signed_algorithm.contents,
                signature: signature_bytes,
            },
            outer_algorithm: signature_algorithm.whole,
            serial: serial.contents,
            issuer: issuer.whole,
            subject: subject.whole,
            spki: spki.whole,
        })
    }
}

/// What a certificate's extensions allow and name. A field is `None` where the extension is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Extensions {
    /// basicConstraints (RFC 5280 §4.2.1.9).
    pub(crate) basic_constraints: Option<BasicConstraints>,
    /// keyUsage (§4.2.1.3).
    pub(crate) key_usage: Option<KeyUsage>,
    /// extKeyUsage (§4.2.1.12).
    pub(crate) extended_key_usage: Option<ExtendedKeyUsage>,
    /// The dNSNames of subjectAltName (§4.2.1.6), as written.
    pub(crate) dns_names: Vec<String>,
    /// Its uniformResourceIdentifiers, as written; an empty text for one that is no text.
    pub(crate) uris: Vec<String>,
    /// Its rfc822Names, as written.
    pub(crate) emails: Vec<String>,
    /// Its iPAddresses.
    pub(crate) ip_addresses: Vec<IpAddr>,
    /// The URIs of cRLDistributionPoints (§4.2.1.13): where its issuer's revocation list is found.
    pub(crate) distribution_points: Vec<String>,
    /// authorityInfoAccess says where the issuer's certificate can be fetched (§4.2.2.1).
    pub(crate) names_issuer_url: bool,
}

/// basicConstraints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BasicConstraints {
    /// It may issue certificates.
    pub(crate) ca: bool,
    /// How many intermediates may stand below it.
    pub(crate) path_length: Option<u32>,
}

/// The bits of keyUsage that are asked for here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeyUsage {
    /// keyCertSign.
    pub(crate) key_cert_sign: bool,
    /// cRLSign.
    pub(crate) crl_sign: bool,
    /// digitalSignature or keyAgreement: what a TLS client's key needs.
    pub(crate) authenticates: bool,
}

/// The purposes of extKeyUsage that are asked for here; anyExtendedKeyUsage counts for both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ExtendedKeyUsage {
    /// For TLS servers.
    pub(crate) server_auth: bool,
    /// For TLS clients.
    pub(crate) client_auth: bool,
}

impl Extensions {
    /// An extension that decides something must be readable and stand there once: x509-parser's accessors would let a
    /// broken basicConstraints pass as an absent one.
    fn read(certificate: &X509Certificate<'_>) -> Result<Self, String> {
        let mut extensions = Self::default();
        let mut seen = Vec::new();
        if certificate.extensions().len() > EXTENSION_LIMIT {
            return Err("too many extensions".to_owned());
        }
        for extension in certificate.extensions() {
            if seen.contains(&&extension.oid) {
                return Err(format!("extension {} stands there twice", oid_text(&extension.oid)));
            }
            seen.push(&extension.oid);
            extensions.remember(extension.parsed_extension(), &oid_text(&extension.oid))?;
        }
        Ok(extensions)
    }

    fn remember(&mut self, extension: &ParsedExtension<'_>, oid: &str) -> Result<(), String> {
        match extension {
            ParsedExtension::BasicConstraints(constraints) => {
                self.basic_constraints = Some(BasicConstraints {
                    ca: constraints.ca,
                    path_length: constraints.path_len_constraint,
                });
            }
            ParsedExtension::KeyUsage(usage) => {
                self.key_usage = Some(KeyUsage {
                    key_cert_sign: usage.key_cert_sign(),
                    crl_sign: usage.crl_sign(),
                    authenticates: usage.digital_signature() || usage.key_agreement(),
                });
            }
            ParsedExtension::ExtendedKeyUsage(usage) => {
                self.extended_key_usage = Some(ExtendedKeyUsage {
                    server_auth: usage.any || usage.server_auth,
                    client_auth: usage.any || usage.client_auth,
                });
            }
            ParsedExtension::SubjectAlternativeName(names) => {
                names.general_names.iter().for_each(|name| self.remember_name(name));
            }
            ParsedExtension::CRLDistributionPoints(points) => {
                let full_names = points.iter().filter_map(|point| match &point.distribution_point {
                    Some(DistributionPointName::FullName(names)) => Some(names),
                    _ => None,
                });
                self.distribution_points = full_names
                    .flatten()
                    .filter_map(|name| match name {
                        GeneralName::URI(uri) => Some((*uri).to_owned()),
                        _ => None,
                    })
                    .collect();
            }
            ParsedExtension::AuthorityInfoAccess(access) => {
                // id-ad-caIssuers
                self.names_issuer_url = access
                    .iter()
                    .any(|description| oid_text(&description.access_method) == "1.3.6.1.5.5.7.48.2");
            }
            ParsedExtension::ParseError { .. } if decides(oid) => {
                return Err(format!("extension {oid} cannot be read"));
            }
            _ => {}
        }
        Ok(())
    }

    fn remember_name(&mut self, name: &GeneralName<'_>) {
        match name {
            GeneralName::DNSName(name) => self.dns_names.push((*name).to_owned()),
            GeneralName::URI(uri) => self.uris.push((*uri).to_owned()),
            // It counts all the same: a SPIFFE certificate has one URI and no other.
            GeneralName::Invalid(Tag(6), _) => self.uris.push(String::new()),
            GeneralName::RFC822Name(mailbox) => self.emails.push((*mailbox).to_owned()),
            GeneralName::IPAddress(bytes) => self.ip_addresses.extend(ip_address(bytes)),
            _ => {}
        }
    }
}

/// An iPAddress of a SAN: 4 or 16 bytes (RFC 5280 §4.2.1.6).
fn ip_address(bytes: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(bytes).ok().map(IpAddr::from);
    v4.or_else(|| <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from))
}

/// Whether what is refused or let in depends on this extension: keyUsage, subjectAltName, basicConstraints,
/// nameConstraints, extKeyUsage.
fn decides(oid: &str) -> bool {
    matches!(oid, "2.5.29.15" | "2.5.29.17" | "2.5.29.19" | "2.5.29.30" | "2.5.29.37")
}
