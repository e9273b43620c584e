use domain::{CertificateType, Inspection, Secret, UnixTime};

use crate::identity::examine;
use crate::material::is_blank;
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
        inspection.ca_certificates = anchors.facts;
        inspection.errors.extend(anchors.errors);
        inspection.warnings.extend(anchors.warnings);
    }
    inspection
}
