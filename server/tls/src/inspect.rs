use domain::{CertificateType, Fault, FieldError, Inspection, Secret, UnixTime};

use crate::facts::display_name;
use crate::identity::examine;
use crate::material::{Material, is_blank};
use crate::private_key::PrivateKey;
use crate::trust::examine_anchors;

/// The fields of a form that may not be complete yet; an empty one was not given.
#[derive(Debug, Clone, Copy)]
pub struct Upload<'a> {
    /// Whom the certificate is to be shown to.
    pub certificate_type: CertificateType,
    /// Certificate and chain.
    pub certificate: &'a [u8],
    /// Private key.
    pub private_key: &'a Secret,
    /// Client CA.
    pub ca_certificate: &'a [u8],
}

/// Says what the given fields are. Fields that are empty get no error: they may still be filled.
pub fn inspect(upload: Upload<'_>, now: UnixTime) -> Inspection {
    let pair = examine(upload.certificate, upload.private_key, upload.certificate_type, now);
    let mut inspection = Inspection {
        chains: pair.chains,
        snis: pair.snis,
        key: pair.key,
        ca_certificates: Vec::new(),
        errors: pair.errors,
        warnings: pair.warnings,
    };
    if !is_blank(upload.ca_certificate) {
        let anchors = examine_anchors(upload.ca_certificate, now);
        name_owner(&mut inspection.errors, upload.private_key, upload.ca_certificate);
        inspection.ca_certificates = anchors.facts;
        inspection.errors.extend(anchors.errors);
        inspection.warnings.extend(anchors.warnings);
    }
    inspection
}

/// Where a key belongs to none of the certificates that it was uploaded with, looks among the CA field's too: taking the
/// CA's key for the server's is an easy slip, and "it belongs to ROOTCA" is the quickest way out of it.
pub fn name_owner(errors: &mut [FieldError], private_key: &Secret, ca_certificate: &[u8]) {
    let unowned = errors.iter_mut().filter_map(|error| match &mut error.fault {
        Fault::KeyMismatch { belongs_to: belongs_to @ None } => Some(belongs_to),
        _ => None,
    });
    for belongs_to in unowned {
        *belongs_to = owner(private_key, ca_certificate);
    }
}

/// What the first of the certificates that one of the keys belongs to is called.
fn owner(keys: &Secret, certificates: &[u8]) -> Option<String> {
    let keys = Material::read(keys.expose()).ok()?;
    let certificates = Material::read(certificates).ok()?;
    let spkis: Vec<_> =
        keys.keys.iter().filter_map(|key| PrivateKey::load(key).ok()).map(|key| key.spki).collect();
    let parsed = certificates.parsed();
    parsed.iter().find(|it| spkis.iter().any(|spki| it.raw.spki == *spki)).map(display_name)
}
