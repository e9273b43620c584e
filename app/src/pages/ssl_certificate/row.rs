use domain::{
    CaCertificate, Certificate, CertificateType, Health, PeerVerificationMode, Revision, Sni, SslCertificate,
    Status, UnixTime,
};
use leptos::prelude::*;
use leptos_router::components::A;

use super::facts::Expiry;
use super::path;
use crate::components::{Badge, BadgeKind, CopyButton};
use crate::language::{Language, use_language};
use crate::text::ssl_certificate as words;

/// How many SNIs a row shows.
const SNIS_SHOWN: usize = 3;

/// One SSL certificate in the list.
#[component]
pub(super) fn Row(
    certificate: SslCertificate,
    /// The revision that the listener serves.
    served: Revision,
    /// The server's time.
    now: UnixTime,
    /// Whether it has just been added.
    is_new: bool,
) -> impl IntoView {
    let language = use_language();
    let issuer = certificate.leaf().map_or(words::NONE, Certificate::issuer_display_name).to_owned();
    let expires = certificate.not_after().map(|at| view! { <Expiry at now/> });
    let verification = peer_verification_badge(language, &certificate);
    let status = status_badge(language, &certificate, served);
    let SslCertificate { id, group, snis: names, certificate_type, .. } = certificate;
    let href = path::detail(&group, &id);
    let id = id.to_string();
    let (shown_id, title) = (short(&id), id.clone());
    view! {
        <tr class="certificate-row" class:certificate-row--new=is_new>
            <td class="certificate-row__id">
                <A href=href attr:class="certificate-row__link" attr:title=title>
                    <code>{shown_id}</code>
                </A>
                <CopyButton text=id/>
            </td>
            <td class="certificate-row__snis">{snis(language, &names)}</td>
            <td>{language.pick(type_word(certificate_type))}</td>
            <td>{verification}</td>
            <td>{issuer}</td>
            <td>{expires}</td>
            <td>{status}</td>
        </tr>
    }
    .into_any()
}

/// An id short enough for a column: its start and its end, which is where ids differ that were made one after the other.
fn short(id: &str) -> String {
    // Ids are ASCII, so every index is the border of a character.
    if id.len() <= 12 { id.to_owned() } else { format!("{}…{}", &id[..4], &id[id.len() - 4..]) }
}

fn snis(language: Language, snis: &[Sni]) -> impl IntoView + use<> {
    if snis.is_empty() {
        return view! { <span>{words::NONE}</span> }.into_any();
    }
    let shown = snis.iter().take(SNIS_SHOWN).map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let more = (snis.len() > SNIS_SHOWN).then(|| words::more(language, snis.len() - SNIS_SHOWN));
    view! { <code>{shown}</code> {more.map(|more| view! { " " <span class="muted">{more}</span> })} }
        .into_any()
}

/// The word for a type.
pub(super) fn type_word(certificate_type: CertificateType) -> crate::language::Text {
    match certificate_type {
        CertificateType::Server => words::SERVER,
        CertificateType::Client => words::CLIENT,
    }
}

/// Whether clients are verified, and by which CA.
pub(super) fn peer_verification_badge(language: Language, certificate: &SslCertificate) -> AnyView {
    let verification = &certificate.peer_verification;
    match (certificate.certificate_type, verification.mode) {
        (CertificateType::Client, _) => view! { <span>{words::NONE}</span> }.into_any(),
        (CertificateType::Server, PeerVerificationMode::Off) => {
            view! { <Badge kind=BadgeKind::Off text=language.pick(words::OFF)/> }.into_any()
        }
        (CertificateType::Server, mode) => {
            let names = verification
                .ca_certificates
                .iter()
                .map(CaCertificate::display_name)
                .collect::<Vec<_>>()
                .join(", ");
            let (kind, word) = match mode {
                PeerVerificationMode::Off | PeerVerificationMode::Required => (BadgeKind::Good, words::ON),
                PeerVerificationMode::Optional => (BadgeKind::Good, words::OPTIONAL),
                PeerVerificationMode::ReportOnly => (BadgeKind::Attention, words::REPORT_ONLY),
            };
            view! { <Badge kind text=words::verified_by(language, word, &names)/> }.into_any()
        }
    }
}

/// Whether a certificate is in use, and whether the listener knows that already.
pub(super) fn status_badge(
    language: Language,
    certificate: &SslCertificate,
    served: Revision,
) -> impl IntoView + use<> {
    let (kind, word) = match (&certificate.health, certificate.status) {
        (_, Status::Disabled) => (BadgeKind::Off, words::DISABLED),
        (Health::Broken(_), Status::Enabled) => (BadgeKind::Bad, words::BROKEN),
        (Health::Sound, Status::Enabled) => (BadgeKind::Good, words::ENABLED),
    };
    let effect = if certificate.revision <= served { words::IN_EFFECT } else { words::NOT_YET_IN_EFFECT };
    view! {
        <span class="status">
            <Badge kind text=language.pick(word)/>
            <span class="muted">{language.pick(effect)}</span>
        </span>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_cut_in_the_middle() {
        assert_eq!(short("1"), "1");
        assert_eq!(short("123456789012"), "123456789012");
        assert_eq!(short("01J9ZC7Q8V5W2N4M6K8J0H2G4F"), "01J9…2G4F");
    }
}
