use domain::{
    AnchorRule, Certificate, Fault, Field, FieldError, FieldWarning, KeyAlgorithm, UnixTime, Warning,
};
use rustls_pki_types::{CertificateDer, Der, TrustAnchor};

use crate::algorithm::{RSA_LEAST_BITS, RSA_MOST_BITS, signature_name};
use crate::der;
use crate::facts::{display_name, facts};
use crate::identity::{validity_warning, version_warning, weak_signature};
use crate::material::{Material, is_blank};
use crate::pem;
use crate::signature::{SignatureFault, verify_self};
use crate::text::{NAME_LIMIT, escape};
use crate::x509::Parsed;

/// One uploaded CA bundle, each certificate of it checked to be fit as a trust anchor.
///
/// The TLS library checks nothing of a trust anchor but its name and key, so all of it is checked here, at upload: a
/// leaf that was accepted as anchor could mint clients.
#[derive(Debug, Clone)]
pub struct TrustAnchors {
    pem: String,
    facts: Vec<Certificate>,
    warnings: Vec<FieldWarning>,
    anchors: Vec<Anchor>,
}

impl TrustAnchors {
    /// Reads and checks the CA field of an upload.
    ///
    /// # Errors
    /// Every reason why it cannot be used; all speak of the field `CaCertificate`.
    pub fn read(ca_certificate: &[u8], now: UnixTime) -> Result<Self, Vec<FieldError>> {
        if is_blank(ca_certificate) {
            return Err(vec![FieldError::new(Field::CaCertificate, Fault::Required)]);
        }
        let AnchorExamination { pem, anchors, facts, errors, warnings } =
            examine_anchors(ca_certificate, now);
        if errors.is_empty() { Ok(Self { pem, facts, warnings, anchors }) } else { Err(errors) }
    }

    /// Reads back what [`TrustAnchors::pem`] gave. Expiry is not looked at.
    ///
    /// # Errors
    /// It cannot be used any more.
    pub fn load(pem: &str) -> Result<Self, Fault> {
        let material = Material::read(pem.as_bytes())?;
        let mut loaded =
            Self { pem: pem.to_owned(), facts: Vec::new(), warnings: Vec::new(), anchors: Vec::new() };
        for (index, der) in material.certificates.iter().enumerate() {
            let certificate = Parsed::read(der).map_err(|reason| unreadable(index, &reason))?;
            check(&certificate)?;
            loaded.anchors.push(Anchor::new(&certificate, index)?);
            loaded.facts.push(facts(&certificate));
        }
        if loaded.anchors.is_empty() { Err(material.no_certificate()) } else { Ok(loaded) }
    }

    /// The bundle: byte for byte as sent if that was one clean PEM text, else written anew.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// What its certificates say.
    pub fn facts(&self) -> &[Certificate] {
        &self.facts
    }

    /// What is worth knowing.
    pub fn warnings(&self) -> &[FieldWarning] {
        &self.warnings
    }

    /// For verification.
    pub(super) fn anchors(&self) -> &[Anchor] {
        &self.anchors
    }
}

/// One CA that clients may come from.
#[derive(Debug, Clone)]
pub(super) struct Anchor {
    /// Name, key and name constraints, for webpki.
    pub(super) trust: TrustAnchor<'static>,
    /// The subject in DER, with its SEQUENCE header.
    pub(super) subject: Vec<u8>,
    /// The subject public key info in DER.
    pub(super) spki: Vec<u8>,
    /// What to call it.
    pub(super) name: String,
    /// First and last second of its validity.
    pub(super) validity: (i64, i64),
    /// How many intermediates it allows below it (RFC 5280 §4.2.1.9), which webpki does not ask of an anchor.
    pub(super) path_length: Option<u32>,
}

impl Anchor {
    fn new(certificate: &Parsed<'_>, index: usize) -> Result<Self, Fault> {
        let trust = if certificate.is_v3() {
            webpki::anchor_from_trusted_cert(&CertificateDer::from(certificate.der))
                .map(|anchor| anchor.to_owned())
                .map_err(|error| unreadable(index, &error.to_string()))?
        } else {
            TrustAnchor {
                subject: contents(certificate.raw.subject),
                subject_public_key_info: contents(certificate.raw.spki),
                name_constraints: None,
            }
        };
        Ok(Self {
            trust,
            subject: certificate.raw.subject.to_vec(),
            spki: certificate.raw.spki.to_vec(),
            name: display_name(certificate),
            validity: certificate.validity(),
            path_length: certificate
                .extensions
                .basic_constraints
                .and_then(|constraints| constraints.path_length),
        })
    }
}

impl Anchor {
    /// Whether it is within its validity. webpki does not ask that of an anchor.
    pub(super) fn is_valid_at(&self, now: UnixTime) -> bool {
        (self.validity.0..=self.validity.1).contains(&now.0)
    }
}

/// Anchors, ready for webpki.
#[derive(Debug, Clone)]
pub(super) struct AnchorSet {
    anchors: Vec<Anchor>,
    /// The `trust` of each, in one slice.
    trust: Vec<TrustAnchor<'static>>,
}

impl AnchorSet {
    /// Of these anchors.
    pub(super) fn new(anchors: Vec<Anchor>) -> Self {
        let trust = anchors.iter().map(|anchor| anchor.trust.clone()).collect();
        Self { anchors, trust }
    }

    /// All that is known of each.
    pub(super) fn anchors(&self) -> &[Anchor] {
        &self.anchors
    }

    /// What webpki wants to know of each.
    pub(super) fn trust(&self) -> &[TrustAnchor<'static>] {
        &self.trust
    }
}

/// What a CA field holds, as far as it can be told.
#[derive(Debug, Default)]
pub(crate) struct AnchorExamination {
    pem: String,
    anchors: Vec<Anchor>,
    /// What its certificates say, fit as anchors or not.
    pub(crate) facts: Vec<Certificate>,
    /// What keeps it from being used.
    pub(crate) errors: Vec<FieldError>,
    /// What is worth knowing.
    pub(crate) warnings: Vec<FieldWarning>,
}

/// Looks at a CA field that is not blank.
pub(crate) fn examine_anchors(ca_certificate: &[u8], now: UnixTime) -> AnchorExamination {
    let mut examination = AnchorExamination::default();
    match Material::read(ca_certificate) {
        Ok(material) => examination.examine(&material, now),
        Err(fault) => examination.error(fault),
    }
    examination
}

impl AnchorExamination {
    fn examine(&mut self, material: &Material, now: UnixTime) {
        if material.has_key() {
            self.warn(Warning::KeyInCertificateField);
        }
        if material.certificates.is_empty() {
            self.error(material.no_certificate());
        }
        for (index, der) in material.certificates.iter().enumerate() {
            match Parsed::read(der) {
                Ok(certificate) => self.add(&certificate, index, now),
                Err(reason) => self.error(unreadable(index, &reason)),
            }
        }
        let written = || {
            material
                .certificates
                .iter()
                .map(|der| pem::write("CERTIFICATE", der).as_str().to_owned())
                .collect()
        };
        self.pem = material.text.clone().unwrap_or_else(written);
    }

    fn add(&mut self, certificate: &Parsed<'_>, index: usize, now: UnixTime) {
        self.facts.push(facts(certificate));
        let checked = check(certificate)
            .and_then(|()| check_validity(certificate, now))
            .and_then(|()| Anchor::new(certificate, index));
        match checked {
            Ok(anchor) => {
                self.anchors.push(anchor);
                let warnings = [
                    validity_warning(certificate, now),
                    weak_signature(certificate),
                    version_warning(certificate),
                ];
                warnings.into_iter().flatten().for_each(|warning| self.warn(warning));
            }
            Err(fault) => self.error(fault),
        }
    }

    fn error(&mut self, fault: Fault) {
        self.errors.push(FieldError::new(Field::CaCertificate, fault));
    }

    fn warn(&mut self, warning: Warning) {
        self.warnings.push(FieldWarning::new(Field::CaCertificate, warning));
    }
}

/// The rules that do not depend on the time (RFC 5280 §4.2.1.3, §4.2.1.9).
fn check(certificate: &Parsed<'_>) -> Result<(), Fault> {
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
    let key = facts(certificate).public_key;
    match key.algorithm {
        KeyAlgorithm::Rsa if key.bits < RSA_LEAST_BITS => Err(Fault::KeyTooSmall { bits: key.bits }),
        KeyAlgorithm::Rsa if key.bits > RSA_MOST_BITS => {
            Err(Fault::UnsupportedAlgorithm { algorithm: format!("RSA with {} bits", key.bits) })
        }
        KeyAlgorithm::Other(algorithm) => Err(Fault::UnsupportedAlgorithm { algorithm }),
        _ => Ok(()),
    }
}

fn check_validity(certificate: &Parsed<'_>, now: UnixTime) -> Result<(), Fault> {
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

fn unreadable(index: usize, reason: &str) -> Fault {
    Fault::UnreadableCertificate { number: index + 1, reason: escape(reason, NAME_LIMIT) }
}

/// A SEQUENCE without its header, as webpki's anchors hold names and keys.
fn contents(sequence: &[u8]) -> Der<'static> {
    let contents = der::take(sequence, der::SEQUENCE).map_or(&[][..], |value| value.contents);
    Der::from(contents.to_vec())
}
