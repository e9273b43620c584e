use domain::{CaCertificate, Field, Problem, RevocationList, StaleRevocationLists, UnixTime};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::api;
use crate::components::{Alert, Badge, BadgeKind, ErrorSummary, FieldErrors, FileField, RadioField, Time};
use crate::language::{Language, use_language};
use crate::pages::ssl_certificate::returned_problem;
use crate::text::{ca_certificate as words, common};

/// What the file dialog offers first.
const FILES: &str = ".crl,.pem,.der";

/// Whom a CA has revoked, and what happens once nobody knows any more.
#[component]
pub(super) fn RevocationSection(
    certificate: CaCertificate,
    /// The server's time.
    now: UnixTime,
) -> impl IntoView {
    let language = use_language();
    let lists = certificate.revocation_lists.clone();
    let is_stale = lists.iter().any(|list| list.is_stale(now));
    let note = is_stale.then(|| stale_note(language, certificate.stale_revocation_lists));
    let remove = (!lists.is_empty()).then(|| view! { <RemoveForm certificate=certificate.clone()/> });
    view! {
        <section class="section" aria-labelledby="revocation-heading">
            <h2 class="section__title" id="revocation-heading">{language.pick(words::REVOCATION)}</h2>
            {note}
            <Lists lists now/>
            <UploadForm certificate/>
            {remove}
        </section>
    }
    .into_any()
}

fn stale_note(language: Language, stale: StaleRevocationLists) -> impl IntoView + use<> {
    let (kind, text) = match stale {
        StaleRevocationLists::Block => (BadgeKind::Bad, words::STALE_BLOCKS),
        StaleRevocationLists::Warn => (BadgeKind::Attention, words::STALE_WARNS),
    };
    view! { <Alert kind>{language.pick(text)}</Alert> }
}

#[component]
fn Lists(lists: Vec<RevocationList>, now: UnixTime) -> impl IntoView {
    let language = use_language();
    if lists.is_empty() {
        return view! { <p>{language.pick(words::NO_LISTS)}</p> }.into_any();
    }
    let heads =
        [words::LIST_ISSUER, words::LIST_ISSUED, words::LIST_NEXT, words::LIST_ENTRIES, words::LIST_STATE]
            .map(|head| view! { <th scope="col">{language.pick(head)}</th> })
            .collect_view();
    let rows = lists.into_iter().map(|list| row(language, list, now)).collect_view();
    view! {
        <div class="table-frame">
            <table class="table">
                <caption class="visually-hidden">{language.pick(words::LISTS_CAPTION)}</caption>
                <thead>
                    <tr>{heads}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(language: Language, list: RevocationList, now: UnixTime) -> AnyView {
    let (kind, word) = list_state(&list, now);
    let next = match list.next_update {
        Some(at) => view! { <Time at now/> }.into_any(),
        None => language.pick(words::NO_NEXT).into_any(),
    };
    view! {
        <tr>
            <td><code>{list.issuer}</code></td>
            <td><Time at=list.this_update now/></td>
            <td>{next}</td>
            <td>{words::entries(language, list.entries)}</td>
            <td><Badge kind text=language.pick(word)/></td>
        </tr>
    }
    .into_any()
}

/// Whether a list can still be relied on.
pub(super) fn list_state(list: &RevocationList, now: UnixTime) -> (BadgeKind, crate::language::Text) {
    if list.is_stale(now) { (BadgeKind::Bad, words::STALE) } else { (BadgeKind::Good, words::CURRENT) }
}

/// Other lists, or another choice for when they are stale. An ordinary form, with JavaScript as without.
#[component]
fn UploadForm(certificate: CaCertificate) -> impl IntoView {
    let language = use_language();
    let paths = [api::SetRevocation::PATH, api::RemoveRevocationLists::PATH];
    let problem: Signal<Option<Problem>> = Signal::stored(returned_problem(&paths));
    let field = Field::RevocationLists;
    let options = vec![("block", words::STALE_BLOCK), ("warn", words::STALE_WARN)];
    view! {
        <form class="form" method="post" action=api::SetRevocation::url() enctype="multipart/form-data">
            <ErrorSummary problem/>
            <input type="hidden" name="group" value=certificate.group.to_string()/>
            <input type="hidden" name="id" value=certificate.id.to_string()/>
            <div class="list-field">
                <FileField field accept=FILES problem/>
                <p class="field__help">{language.pick(words::LISTS_HELP)}</p>
                <FieldErrors field problem/>
            </div>
            <RadioField
                field=Field::StaleRevocationLists
                options
                selected=stale_code(certificate.stale_revocation_lists)
                problem
            />
            <div class="form__actions">
                <button type="submit" class="button button--primary">{language.pick(common::SAVE)}</button>
            </div>
        </form>
    }
    .into_any()
}

#[component]
fn RemoveForm(certificate: CaCertificate) -> impl IntoView {
    let language = use_language();
    view! {
        <form class="form" method="post" action=api::RemoveRevocationLists::url()>
            <input type="hidden" name="group" value=certificate.group.to_string()/>
            <input type="hidden" name="id" value=certificate.id.to_string()/>
            <p class="field__help">{language.pick(words::REMOVE_LISTS_MEANING)}</p>
            <div class="form__actions">
                <button type="submit" class="button button--danger">{language.pick(words::REMOVE_LISTS)}</button>
            </div>
        </form>
    }
    .into_any()
}

/// The value that forms send for a choice.
pub(super) const fn stale_code(stale: StaleRevocationLists) -> &'static str {
    match stale {
        StaleRevocationLists::Block => "block",
        StaleRevocationLists::Warn => "warn",
    }
}

/// The choice with this code.
#[cfg(feature = "ssr")]
pub(super) fn stale_from_code(code: &str) -> Option<StaleRevocationLists> {
    [StaleRevocationLists::Block, StaleRevocationLists::Warn]
        .into_iter()
        .find(|stale| stale_code(*stale) == code)
}
