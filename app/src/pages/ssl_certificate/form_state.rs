//! What a form without JavaScript carries in its address when it comes back with errors: the choices and the texts that
//! are not secret. Files cannot be put back into a form, and keys must not stand in an address.

use domain::{CertificateType, PeerVerificationMode};
use leptos_router::params::ParamsMap;

use super::control::{Control, Method, mode_from_code};

/// The most of a text that goes into an address, in bytes; a longer one is dropped.
#[cfg(feature = "ssr")]
const TEXT_LIMIT: usize = 8 * 1024;

/// What stands in a form when it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FormState {
    pub(super) certificate_type: CertificateType,
    pub(super) method: Method,
    pub(super) certificate_text: String,
    pub(super) peer_verification: bool,
    pub(super) ca_certificate_text: String,
    /// The ids of the CAs that are picked.
    pub(super) ca_certificate_ids: Vec<String>,
    /// The mode while the switch is on.
    pub(super) mode: PeerVerificationMode,
    pub(super) depth: String,
    /// One on each line.
    pub(super) exempt_paths: String,
    /// One on each line.
    pub(super) allow_list: String,
    pub(super) advertises_ca_names: bool,
    pub(super) snis: String,
    pub(super) snis_from_certificate: bool,
}

/// An empty form.
impl Default for FormState {
    fn default() -> Self {
        Self {
            certificate_type: CertificateType::default(),
            method: Method::default(),
            certificate_text: String::new(),
            peer_verification: false,
            ca_certificate_text: String::new(),
            ca_certificate_ids: Vec::new(),
            mode: PeerVerificationMode::Required,
            depth: String::new(),
            exempt_paths: String::new(),
            allow_list: String::new(),
            advertises_ca_names: true,
            snis: String::new(),
            snis_from_certificate: false,
        }
    }
}

impl FormState {
    /// The state in an address; what is missing there is as in an empty form.
    pub(super) fn from_query(query: &ParamsMap) -> Self {
        Self::default().with_query(query)
    }

    /// This state, with what an address has in place of it. A text that was too long for the address is not in it, and
    /// must not look as if it had been emptied.
    pub(super) fn with_query(self, query: &ParamsMap) -> Self {
        let sent = |control: Control| query.get_str(control.name());
        let Some(method) = sent(Control::Method) else {
            // Every form sends it: none has come back.
            return self;
        };
        let text = |control: Control, before: String| sent(control).map_or(before, str::to_owned);
        let checked = |control: Control| sent(control) == Some("on");
        let mode = sent(Control::PeerVerificationMode).and_then(mode_from_code);
        let ids = |ids: &str| ids.split_whitespace().map(str::to_owned).collect();
        Self {
            certificate_type: sent(Control::Type).and_then(type_from_code).unwrap_or(self.certificate_type),
            method: Method::from_code(method).unwrap_or_default(),
            certificate_text: text(Control::CertificateText, self.certificate_text),
            peer_verification: checked(Control::PeerVerification),
            ca_certificate_text: text(Control::CaCertificateText, self.ca_certificate_text),
            ca_certificate_ids: sent(Control::CaCertificateId).map_or(self.ca_certificate_ids, ids),
            mode: mode.unwrap_or(self.mode),
            depth: text(Control::Depth, self.depth),
            exempt_paths: text(Control::ExemptPaths, self.exempt_paths),
            allow_list: text(Control::AllowList, self.allow_list),
            // Where the mode was sent, the box was there too, and sends nothing if it is not ticked.
            advertises_ca_names: if mode.is_some() {
                checked(Control::AdvertisesCaNames)
            } else {
                self.advertises_ca_names
            },
            snis: text(Control::Snis, self.snis),
            snis_from_certificate: checked(Control::SnisFromCertificate),
        }
    }

    /// Whether something in the policy is not as it is in an empty form.
    pub(super) fn has_policy(&self) -> bool {
        let Self { mode, exempt_paths, allow_list, depth, advertises_ca_names, .. } = self;
        *mode != PeerVerificationMode::Required
            || !exempt_paths.is_empty()
            || !allow_list.is_empty()
            || !matches!(depth.as_str(), "" | "1")
            || !advertises_ca_names
    }

    /// What of an upload goes back into the address.
    #[cfg(feature = "ssr")]
    pub(super) fn typed(upload: &super::upload::Upload) -> Vec<(&'static str, String)> {
        const KEPT: [Control; 13] = [
            Control::Type,
            Control::Method,
            Control::CertificateText,
            Control::PeerVerification,
            Control::CaCertificateText,
            Control::CaCertificateId,
            Control::PeerVerificationMode,
            Control::Depth,
            Control::ExemptPaths,
            Control::AllowList,
            Control::AdvertisesCaNames,
            Control::Snis,
            Control::SnisFromCertificate,
        ];
        KEPT.into_iter()
            .map(|control| (control.name(), upload.text(control)))
            // A key that was pasted into the wrong field is a secret there too.
            .filter(|(_, text)| text.len() <= TEXT_LIMIT && shows_no_key(text))
            .collect()
    }
}

/// Whether a text may go into an address: short words, entries of an allow-list, patterns, or certificates in PEM, and
/// nothing else. Whatever else is long may be a key, with or without its header.
#[cfg(feature = "ssr")]
fn shows_no_key(text: &str) -> bool {
    let is_short = |line: &str| {
        !line.contains("PRIVATE")
            && (is_entry(line) || line.split([',', ';', ' ']).all(|word| word.len() < 64))
    };
    let mut in_certificate = false;
    text.lines().map(str::trim).all(|line| match line {
        "-----BEGIN CERTIFICATE-----" => !std::mem::replace(&mut in_certificate, true),
        "-----END CERTIFICATE-----" => std::mem::replace(&mut in_certificate, false),
        line => in_certificate && !line.starts_with("-----") || is_short(line),
    })
}

/// Whether a line begins as an entry of an allow-list (`dns:`, `sha256:`) or a pattern of paths (`^/`) does, and no line
/// of a key in base64 or JSON.
#[cfg(feature = "ssr")]
fn is_entry(line: &str) -> bool {
    const KINDS: [&str; 6] = ["dns:", "uri:", "email:", "cn:", "sha256:", "spki:"];
    KINDS.iter().any(|kind| line.starts_with(kind)) || line.starts_with("^/")
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_did_not_fit_is_not_emptied() {
        let set = FormState {
            peer_verification: true,
            allow_list: "dns:a.test".to_owned(),
            exempt_paths: "^/health$".to_owned(),
            advertises_ca_names: false,
            ..FormState::default()
        };
        let query = |pairs: &[(&'static str, &str)]| -> ParamsMap {
            pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
        };
        assert_eq!(set.clone().with_query(&query(&[("confirm", "x")])), set);
        let returned = set.with_query(&query(&[("method", "upload"), ("exempt_paths", "")]));
        assert_eq!((returned.allow_list.as_str(), returned.exempt_paths.as_str()), ("dns:a.test", ""));
        assert!(!returned.peer_verification && !returned.advertises_ca_names);
    }

    #[test]
    fn only_words_and_certificates_go_into_an_address() {
        let base64 = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";
        for text in [
            "test.com, *.test.com",
            "server",
            "a\nb",
            &format!("sha256:{0}\nspki:{0}", "ab".repeat(32)),
            &format!("^/{}$", "health|".repeat(20)),
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
            format!("dns:a.test\n{base64}"),
            format!("{{\"d\":\"{base64}\"}}"),
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
