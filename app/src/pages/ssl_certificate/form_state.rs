//! What a form without JavaScript carries in its address when it comes back with errors: the choices and the texts that
//! are not secret. Files cannot be put back into a form, and keys must not stand in an address.

use domain::CertificateType;
use leptos_router::params::ParamsMap;

use super::control::{Control, Method};

/// The most of a text that goes into an address, in bytes; a longer one is dropped.
#[cfg(feature = "ssr")]
const TEXT_LIMIT: usize = 8 * 1024;

/// What stands in a form when it is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct FormState {
    pub(super) certificate_type: CertificateType,
    pub(super) method: Method,
    pub(super) certificate_text: String,
    pub(super) peer_verification: bool,
    pub(super) ca_certificate_text: String,
    pub(super) ca_certificate_id: String,
    pub(super) depth: String,
    pub(super) snis: String,
    pub(super) snis_from_certificate: bool,
}

impl FormState {
    /// The state in an address; what is missing or unknown there is as in an empty form.
    pub(super) fn from_query(query: &ParamsMap) -> Self {
        let text = |control: Control| query.get_str(control.name()).unwrap_or_default().to_owned();
        let checked = |control: Control| query.get_str(control.name()) == Some("on");
        Self {
            certificate_type: type_from_code(&text(Control::Type)).unwrap_or_default(),
            method: Method::from_code(&text(Control::Method)).unwrap_or_default(),
            certificate_text: text(Control::CertificateText),
            peer_verification: checked(Control::PeerVerification),
            ca_certificate_text: text(Control::CaCertificateText),
            ca_certificate_id: text(Control::CaCertificateId),
            depth: text(Control::Depth),
            snis: text(Control::Snis),
            snis_from_certificate: checked(Control::SnisFromCertificate),
        }
    }

    /// What of an upload goes back into the address.
    #[cfg(feature = "ssr")]
    pub(super) fn typed(upload: &super::upload::Upload) -> Vec<(&'static str, String)> {
        const KEPT: [Control; 9] = [
            Control::Type,
            Control::Method,
            Control::CertificateText,
            Control::PeerVerification,
            Control::CaCertificateText,
            Control::CaCertificateId,
            Control::Depth,
            Control::Snis,
            Control::SnisFromCertificate,
        ];
        KEPT.into_iter()
            .map(|control| (control.name(), upload.text(control)))
            // A key that was pasted into the wrong field is a secret there too.
            .filter(|(_, text)| !text.is_empty() && text.len() <= TEXT_LIMIT && !text.contains("PRIVATE KEY"))
            .collect()
    }
}

/// The value that forms and addresses have for a type.
pub(super) const fn type_code(certificate_type: CertificateType) -> &'static str {
    match certificate_type {
        CertificateType::Server => "server",
        CertificateType::Client => "client",
    }
}

/// The type with this code.
pub(super) fn type_from_code(code: &str) -> Option<CertificateType> {
    [CertificateType::Server, CertificateType::Client]
        .into_iter()
        .find(|certificate_type| type_code(*certificate_type) == code)
}
