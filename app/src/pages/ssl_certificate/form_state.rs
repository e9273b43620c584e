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
            .filter(|(_, text)| !text.is_empty() && text.len() <= TEXT_LIMIT && shows_no_key(text))
            .collect()
    }
}

/// Whether a text may go into an address: short words, or certificates in PEM and nothing else. Whatever else is long
/// may be a key, with or without its header.
#[cfg(feature = "ssr")]
fn shows_no_key(text: &str) -> bool {
    let is_short =
        |line: &str| line.split([',', ';', ' ']).all(|word| word.len() < 64 && !word.contains("PRIVATE"));
    let mut in_certificate = false;
    text.lines().map(str::trim).all(|line| match line {
        "-----BEGIN CERTIFICATE-----" => !std::mem::replace(&mut in_certificate, true),
        "-----END CERTIFICATE-----" => std::mem::replace(&mut in_certificate, false),
        line => in_certificate && !line.starts_with("-----") || is_short(line),
    })
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn only_words_and_certificates_go_into_an_address() {
        let base64 = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";
        for text in [
            "test.com, *.test.com",
            "server",
            &format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n"),
        ] {
            assert!(shows_no_key(text), "{text}");
        }
        for text in [
            base64.to_owned(),
            format!("-----BEGIN PRIVATE KEY-----\n{base64}\n-----END PRIVATE KEY-----"),
            format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n{base64}"),
            format!("-----BEGIN CERTIFICATE-----\n-----BEGIN RSA PRIVATE KEY-----\n{base64}"),
            format!("test.com {base64}"),
        ] {
            assert!(!shows_no_key(&text), "{text}");
        }
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
