use domain::{Certificate, Fault, Field, FieldError, FieldWarning, UnixTime, Warning};

use super::anchor::Anchor;
use super::anchor_rules::{check, check_validity};
use crate::facts::facts;
use crate::identity::{validity_warning, version_warning, weak_signature};
use crate::material::{Material, is_blank};
use crate::pem;
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
        for (index, certificate) in material.parsed().iter().enumerate() {
            check(certificate)?;
            loaded.anchors.push(Anchor::new(certificate, index)?);
            loaded.facts.push(facts(certificate));
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
    pub(crate) fn anchors(&self) -> &[Anchor] {
        &self.anchors
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
        for (index, certificate) in material.parsed().iter().enumerate() {
            self.add(certificate, index, now);
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
                let anchor_is_for_clients = anchor.is_for_clients;
                self.anchors.push(anchor);
                let warnings = [
                    validity_warning(certificate, now),
                    weak_signature(certificate),
                    version_warning(certificate),
                    (!anchor_is_for_clients).then_some(Warning::NoClientAuth),
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
