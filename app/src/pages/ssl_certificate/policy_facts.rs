use domain::{CaCertificate, Field, GatewayGroupId, PeerVerification, PeerVerificationMode};
use leptos::prelude::*;
use leptos_router::components::A;

use super::facts::fact;
use super::policy_fields::mode_words;
use crate::language::{Language, Text};
use crate::pages::ca_certificate;
use crate::text::field::field as label;
use crate::text::ssl_certificate as words;

/// How many entries of an allow-list the page of a certificate shows; the form has all of them.
const ENTRIES_SHOWN: usize = 50;

/// A policy that is in force, in words.
pub(super) fn policy_facts(
    language: Language,
    group: &GatewayGroupId,
    verification: &PeerVerification,
) -> AnyView {
    let PeerVerification { mode, ca_certificates, depth, exempt_paths, allow_list, advertises_ca_names } =
        verification;
    let (word, meaning) = mode_words(*mode);
    let meaning = match (*mode, exempt_paths.is_empty()) {
        (PeerVerificationMode::Required, false) => words::REQUIRED_BUT_EXEMPT,
        _ => meaning,
    };
    let ca_names = if *advertises_ca_names { words::CA_NAMES_TOLD } else { words::CA_NAMES_KEPT };
    let depth = words::depth(language, depth.intermediates());
    view! {
        <dl class="facts">
            {fact(language, words::MODE, view! {
                <strong>{language.pick(word)}</strong> " " {language.pick(meaning)}
            })}
            {fact(language, words::AUTHORITIES, authorities(group, ca_certificates))}
            {fact(language, label(Field::Depth), depth)}
            {fact(language, label(Field::ExemptPaths), list(language, exempt_paths, words::NO_EXEMPT_PATHS))}
            {fact(language, label(Field::AllowList), list(language, allow_list, words::NO_ALLOW_LIST))}
            {fact(language, words::CA_NAMES, language.pick(ca_names))}
        </dl>
    }
    .into_any()
}

fn authorities(group: &GatewayGroupId, authorities: &[CaCertificate]) -> AnyView {
    let items = authorities
        .iter()
        .map(|ca| {
            let (href, name) = (ca_certificate::detail_path(group, &ca.id), ca.display_name());
            view! { <li><A href=href>{name}</A></li> }
        })
        .collect_view();
    view! { <ul class="plain-list">{items}</ul> }.into_any()
}

/// Entries to be read letter by letter, or what it means that there are none.
fn list<T: ToString>(language: Language, entries: &[T], none: Text) -> AnyView {
    if entries.is_empty() {
        return language.pick(none).into_any();
    }
    let more = entries.len().saturating_sub(ENTRIES_SHOWN);
    let items = entries
        .iter()
        .take(ENTRIES_SHOWN)
        .map(|entry| view! { <li><code>{entry.to_string()}</code></li> })
        .collect_view();
    view! {
        <ul class="plain-list">
            {items}
            {(more > 0).then(|| view! { <li class="muted">{words::more(language, more)}</li> })}
        </ul>
    }
    .into_any()
}
