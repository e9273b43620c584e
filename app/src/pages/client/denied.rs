use domain::{DeniedClient, DenyEntry, UnixTime};
use leptos::prelude::*;
use leptos_router::components::{A, Outlet};
use leptos_router::hooks::use_query_map;

use super::api::{DeniedClientList, list_denied_clients};
use super::path;
use super::tabs::{Head, Tab};
use crate::components::{Alert, BadgeKind, EmptyState, ProblemPage, Time};
use crate::error::UiError;
use crate::language::{Language, use_language};
use crate::pages::gateway_group::use_group_id;
use crate::pages::layout::use_reload;
use crate::pages::ssl_certificate::path as certificate_path;
use crate::text::{client as words, ssl_certificate};

/// The list, for the dialog over it.
#[derive(Clone, Copy)]
pub(super) struct ListContext(pub(super) Resource<Result<DeniedClientList, UiError>>);

/// The clients that are denied: by the group, or for the hosts of one of its SSL certificates.
#[component]
pub fn DeniedClientsPage() -> impl IntoView {
    let group = use_group_id();
    let reload = use_reload();
    let query = use_query_map();
    // With the mark in the source, the list that a new entry leads to is loaded anew.
    let added = Memo::new(move |_| query.read().get(path::ADDED));
    let loaded = Resource::new(
        move || (group.get(), reload.get(), added.get()),
        |(group, _, _)| list_denied_clients(group.to_string()),
    );
    provide_context(ListContext(loaded));
    let list = move || {
        Suspend::new(async move {
            match loaded.await {
                Ok(list) => view! { <List list added=added.get_untracked()/> }.into_any(),
                Err(error) => view! { <ProblemPage problem=error.0/> }.into_any(),
            }
        })
    };
    view! {
        <Head tab=Tab::Denied/>
        <Transition>{list}</Transition>
        <Outlet/>
    }
}

#[component]
fn List(list: DeniedClientList, added: Option<String>) -> impl IntoView {
    let language = use_language();
    if list.items.is_empty() {
        return view! { <EmptyState text=language.pick(words::NOBODY_DENIED)/> }.into_any();
    }
    let now = list.now;
    let is_new = |denied: &DeniedClient| added.as_deref() == Some(denied.id.as_str());
    let note = list.items.iter().find(|denied| is_new(denied)).map(|denied| {
        let text = words::now_denied(language, &name(language, denied));
        view! { <Alert kind=BadgeKind::Good>{text}</Alert> }
    });
    let rows = list
        .items
        .iter()
        .map(|denied| view! { <Row denied=denied.clone() now is_new=is_new(denied)/> })
        .collect_view();
    let heads = [words::CLIENT, words::CERTIFICATE, words::SCOPE, words::DENIED_BY, words::ACTIONS]
        .map(|head| view! { <th scope="col">{language.pick(head)}</th> })
        .collect_view();
    view! {
        {note}
        <div class="table-frame">
            <table class="table">
                <caption class="visually-hidden">{language.pick(words::DENIED_CAPTION)}</caption>
                <thead>
                    <tr>{heads}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// What to call an entry.
pub(super) fn name(language: Language, denied: &DeniedClient) -> String {
    match denied.label.as_str() {
        "" => language.pick(words::UNNAMED).to_owned(),
        label => label.to_owned(),
    }
}

#[component]
fn Row(denied: DeniedClient, now: UnixTime, is_new: bool) -> impl IntoView {
    let language = use_language();
    let name = name(language, &denied);
    let allow = path::allow(&denied.group, &denied.id);
    let scope = match &denied.ssl_certificate {
        None => language.pick(words::ALL_HOSTS).into_any(),
        Some(id) => {
            let href = certificate_path::detail(&denied.group, id);
            let id = id.to_string();
            view! { <A href attr:class="id-link"><code>{id}</code></A> }.into_any()
        }
    };
    let label = words::allow_one(language, &name);
    view! {
        <tr class="denied-row" class:denied-row--new=is_new>
            <td class="denied-row__name"><strong>{name}</strong></td>
            <td class="denied-row__entry"><Entry entry=denied.entry/></td>
            <td>{scope}</td>
            <td>{denied.author} " · " <Time at=denied.created_at now/></td>
            <td><A href=allow attr:aria-label=label>{language.pick(words::ALLOW_MORE)}</A></td>
        </tr>
    }
    .into_any()
}

/// Which certificates an entry denies.
#[component]
pub(super) fn Entry(entry: DenyEntry) -> impl IntoView {
    let language = use_language();
    let (first, second) = match entry {
        DenyEntry::Certificate(fingerprint) => ((words::SHA256, fingerprint.to_string()), None),
        DenyEntry::Serial { issuer, serial } => (
            (ssl_certificate::SERIAL, serial.to_string()),
            Some((ssl_certificate::ISSUER, String::from(issuer))),
        ),
    };
    [Some(first), second]
        .into_iter()
        .flatten()
        .map(|(label, value)| {
            view! {
                <span class="entry"><span class="muted">{language.pick(label)}</span> " " <code>{value}</code></span>
            }
        })
        .collect_view()
}
