use domain::{CaCertificate, Fault, Health, SslCertificate, Status};
use leptos::prelude::*;
use leptos_router::components::A;

use super::path;
use crate::components::{Alert, BadgeKind};
use crate::language::Language;
use crate::pages::ca_certificate;
use crate::text;
use crate::text::ssl_certificate as words;

/// Why the gateway does not serve a certificate, and the way out.
pub(super) fn health_note(language: Language, certificate: &SslCertificate) -> AnyView {
    match (certificate.status, &certificate.health) {
        (Status::Disabled, _) => {
            view! { <Alert kind=BadgeKind::Off>{language.pick(words::DISABLED_NOTE)}</Alert> }.into_any()
        }
        (Status::Enabled, Health::Broken(cause)) => {
            let cause_in_words = text::fault::fault(language, cause);
            let way_out = way_out(language, cause, certificate);
            view! {
                <Alert kind=BadgeKind::Bad>
                    <p><strong>{language.pick(words::BROKEN_TITLE)}</strong></p>
                    <p>{cause_in_words}</p>
                    {way_out}
                </Alert>
            }
            .into_any()
        }
        (Status::Enabled, Health::Sound) => ().into_any(),
    }
}

/// Where to go with this cause: to the CA whose lists are stale, to the policy, or to another certificate.
fn way_out(language: Language, cause: &Fault, certificate: &SslCertificate) -> AnyView {
    let SslCertificate { group, id, peer_verification, .. } = certificate;
    match Remedy::of(cause) {
        Remedy::Certificate => view! { <p>{language.pick(words::BROKEN_WAY_OUT)}</p> }.into_any(),
        Remedy::Policy => view! {
            <p>
                {language.pick(words::BROKEN_POLICY_WAY_OUT)} " "
                <A href=path::edit(group, id)>{language.pick(words::EDIT_POLICY)}</A>
            </p>
        }
        .into_any(),
        Remedy::RevocationLists => {
            let links = peer_verification
                .ca_certificates
                .iter()
                .filter(|ca| !ca.revocation_lists.is_empty())
                .map(|ca: &CaCertificate| {
                    let (href, name) = (ca_certificate::detail_path(group, &ca.id), ca.display_name());
                    view! { " " <A href=href>{name}</A> }
                })
                .collect_view();
            view! { <p>{language.pick(words::BROKEN_LISTS_WAY_OUT)} {links}</p> }.into_any()
        }
    }
}

/// What has to be changed for a broken certificate to be served again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Remedy {
    Certificate,
    Policy,
    RevocationLists,
}

impl Remedy {
    fn of(cause: &Fault) -> Self {
        match cause {
            Fault::CaMissing
            | Fault::CaUnknown { .. }
            | Fault::CaExpired { .. }
            | Fault::CaNotYetValid { .. }
            | Fault::NotAnAnchor { .. }
            | Fault::InvalidPathPattern { .. }
            | Fault::ExemptPathsNotRequired
            | Fault::InvalidIdentity { .. } => Self::Policy,
            Fault::RevocationListStale { .. }
            | Fault::RevocationListOfOther { .. }
            | Fault::RevocationListSignature { .. }
            | Fault::RevocationListTwice { .. }
            | Fault::RevocationListNotYetValid { .. }
            | Fault::UnreadableRevocationList { .. } => Self::RevocationLists,
            _ => Self::Certificate,
        }
    }
}
