use domain::{CertificateType, Inspection, Secret, UnixTime};

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
pub fn inspect(_upload: Upload<'_>, _now: UnixTime) -> Inspection {
    unimplemented!()
}
