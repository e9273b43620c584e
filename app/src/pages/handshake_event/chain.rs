use domain::{PeerCertificate, UnixTime};
use leptos::prelude::*;

use super::name::certificate_name;
use crate::components::{Badge, BadgeKind};
use crate::language::{Language, use_language};
use crate::pages::ssl_certificate::{code, copyable, exact, expiry_note, fact};
use crate::text::{handshake_event as words, ssl_certificate};

/// The certificates that a client presented, its own first.
#[component]
pub(super) fn Chain(
    certificates: Vec<PeerCertificate>,
    /// When they were judged: what had expired then, and not what has since.
    at: UnixTime,
) -> impl IntoView {
    let language = use_language();
    let content = if certificates.is_empty() {
        view! { <p>{language.pick(words::NO_CHAIN)}</p> }.into_any()
    } else {
        let facts = |certificate| view! { <Facts certificate at/> };
        certificates.into_iter().map(facts).collect_view().into_any()
    };
    view! {
        <section class="section" aria-labelledby="chain-heading">
            <h2 class="section__title" id="chain-heading">{language.pick(words::CHAIN)}</h2>
            {content}
        </section>
    }
    .into_any()
}

#[component]
fn Facts(certificate: PeerCertificate, at: UnixTime) -> impl IntoView {
    let language = use_language();
    let name = certificate_name(&certificate).map_or(language.pick(words::NAMELESS), |name| name).to_owned();
    let PeerCertificate { subject, issuer, serial, not_before, not_after, names, fingerprint } = certificate;
    let names = (!names.is_empty()).then(|| names.join(", "));
    view! {
        <h3 class="section__subtitle">{name}</h3>
        <dl class="facts">
            {fact(language, ssl_certificate::SUBJECT, code(or_none(subject)))}
            {names.map(|names| fact(language, ssl_certificate::SANS, code(names)))}
            {fact(language, ssl_certificate::ISSUER, code(or_none(issuer)))}
            {fact(language, ssl_certificate::VALID_FROM, view! {
                {exact(not_before)} {too_early(language, not_before, at)}
            })}
            {fact(language, ssl_certificate::VALID_UNTIL, view! {
                {exact(not_after)} {expiry_note(language, not_after, at)}
            })}
            {fact(language, ssl_certificate::SERIAL, copyable(serial))}
            {fact(language, ssl_certificate::FINGERPRINT, copyable(fingerprint.to_string()))}
        </dl>
    }
    .into_any()
}

fn or_none(text: String) -> String {
    if text.is_empty() { ssl_certificate::NONE.to_owned() } else { text }
}

fn too_early(language: Language, not_before: UnixTime, at: UnixTime) -> Option<impl IntoView> {
    (at < not_before)
        .then(|| view! { " " <Badge kind=BadgeKind::Bad text=language.pick(words::NOT_YET_VALID)/> })
}
