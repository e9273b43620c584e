use domain::{GatewayGroupId, HandshakeEvent, ReasonCode, SslCertificateId};
use leptos::prelude::*;
use leptos_router::components::A;

use crate::language::{Language, Text};
use crate::pages::ssl_certificate::path as certificate_path;
use crate::pages::{ca_certificate, client};
use crate::text::{handshake_event as words, reason};

/// What to do about the reason `code` of an event, with the ways to where that is done.
pub(super) fn advice(language: Language, event: &HandshakeEvent, code: ReasonCode) -> AnyView {
    let ways = ways(code)
        .iter()
        .filter_map(|way| way.link(&event.group, event.ssl_certificate.as_ref()))
        .map(|(href, text)| view! { <li><A href>{language.pick(text)}</A></li> })
        .collect_view();
    view! {
        <section class="section" aria-labelledby="advice-heading">
            <h2 class="section__title" id="advice-heading">{language.pick(words::WHAT_TO_DO)}</h2>
            <p>{language.pick(reason::advice(code))}</p>
            <ul class="ways">{ways}</ul>
        </section>
    }
    .into_any()
}

/// A page where something can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Policy,
    EditPolicy,
    Cas,
    Certificates,
    Denied,
    Settings,
}

impl Way {
    /// Its address and what to call it; `None` for a policy where none decided.
    fn link(self, group: &GatewayGroupId, policy: Option<&SslCertificateId>) -> Option<(String, Text)> {
        Some(match self {
            Self::Policy => (certificate_path::detail(group, policy?), words::SHOW_POLICY),
            Self::EditPolicy => (certificate_path::edit(group, policy?), words::EDIT_POLICY),
            Self::Cas => (ca_certificate::list_path(group), words::SHOW_CAS),
            Self::Certificates => (certificate_path::list(group), words::SHOW_CERTIFICATES),
            Self::Denied => (client::path::denied(group), words::SHOW_DENIED),
            Self::Settings => (format!("/groups/{group}/settings"), words::SHOW_SETTINGS),
        })
    }
}

/// Where the advice for a reason can be followed; nowhere, if only the client can be changed.
fn ways(code: ReasonCode) -> &'static [Way] {
    use ReasonCode as R;
    match code {
        R::NoSni | R::HandshakeTimeout => &[Way::Settings],
        R::UnknownHost | R::Misdirected421 => &[Way::Certificates],
        R::PolicyBroken | R::NoClientCert => &[Way::Policy],
        R::IssuerUnknown => &[Way::EditPolicy, Way::Cas],
        R::Revoked | R::CrlStale => &[Way::Cas],
        R::DenyListed => &[Way::Denied],
        R::ChainTooDeep | R::SanNotAllowed | R::PathRequiresCert => &[Way::EditPolicy],
        R::Expired
        | R::NotYetValid
        | R::PurposeInvalid
        | R::BadSignature
        | R::WeakKeyOrAlg
        | R::TlsVersionOrCipher
        | R::ClientAborted => &[],
    }
}
