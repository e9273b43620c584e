use domain::{CaCertificate, Certificate, SslCertificateId, UnixTime};
use leptos::prelude::*;
use leptos_router::components::{A, Outlet};

use super::api::{CaCertificateList, list_ca_certificates};
use super::revocation::list_state;
use super::users::Users;
use super::{delete_path, detail_path};
use crate::components::{Badge, ButtonLink, EmptyState, PageHeader, ProblemPage};
use crate::error::UiError;
use crate::language::{Language, use_language};
use crate::pages::gateway_group::use_group_id;
use crate::pages::layout::use_reload;
use crate::pages::ssl_certificate::{Expiry, path};
use crate::text::{ca_certificate as words, ssl_certificate};

/// The group's CAs, for the dialog over the list.
#[derive(Clone, Copy)]
pub(super) struct ListContext(pub(super) Resource<Result<CaCertificateList, UiError>>);

/// The CA certificates of a group.
#[component]
pub fn CaCertificatesPage() -> impl IntoView {
    let language = use_language();
    let group = use_group_id();
    let reload = use_reload();
    let loaded = Resource::new(
        move || (group.get(), reload.get()),
        |(group, _)| list_ca_certificates(group.to_string()),
    );
    provide_context(ListContext(loaded));
    let list = move || {
        Suspend::new(async move {
            match loaded.await {
                Ok(list) => view! { <List list/> }.into_any(),
                Err(error) => view! { <ProblemPage problem=error.0/> }.into_any(),
            }
        })
    };
    view! {
        <PageHeader title=language.pick(words::TITLE)/>
        <Transition>{list}</Transition>
        <Outlet/>
    }
}

#[component]
fn List(list: CaCertificateList) -> impl IntoView {
    let language = use_language();
    let group = use_group_id();
    if list.items.is_empty() {
        return view! {
            <EmptyState text=language.pick(words::EMPTY)>
                <ButtonLink
                    href=path::add(&group.get_untracked())
                    text=language.pick(ssl_certificate::ADD_BUTTON)
                />
            </EmptyState>
        }
        .into_any();
    }
    let count = words::count(language, list.items.len());
    let now = list.now;
    let heads =
        [words::NAME, words::SUBJECT, words::EXPIRES, words::REVOCATION, words::USED_BY, words::ACTIONS]
            .map(|head| view! { <th scope="col">{language.pick(head)}</th> })
            .collect_view();
    let rows = list
        .items
        .into_iter()
        .map(|(certificate, users)| view! { <Row certificate users now/> })
        .collect_view();
    view! {
        <p class="list-summary">{count}</p>
        <p class="page-lead">{language.pick(words::LEAD)}</p>
        <div class="table-frame">
            <table class="table">
                <caption class="visually-hidden">{language.pick(words::CAPTION)}</caption>
                <thead>
                    <tr>{heads}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

#[component]
fn Row(certificate: CaCertificate, users: Vec<SslCertificateId>, now: UnixTime) -> impl IntoView {
    let language = use_language();
    let name = certificate.display_name();
    let subjects = certificate
        .certificates
        .iter()
        .map(|certificate: &Certificate| view! { <li><code>{certificate.subject.clone()}</code></li> })
        .collect_view();
    let expires = certificate.certificates.iter().map(|certificate| certificate.not_after).min();
    let delete = users.is_empty().then(|| {
        let href = delete_path(&certificate.group, &certificate.id);
        view! {
            <A href=href attr:aria-label=words::delete_one(language, &name)>{language.pick(words::DELETE)}</A>
        }
    });
    let revocation = revocation(language, &certificate, now);
    let href = detail_path(&certificate.group, &certificate.id);
    view! {
        <tr>
            <td><A href=href><strong>{name}</strong></A></td>
            <td><ul class="plain-list">{subjects}</ul></td>
            <td>{expires.map(|at| view! { <Expiry at now/> })}</td>
            <td>{revocation}</td>
            <td><Users group=certificate.group users/></td>
            <td>{delete}</td>
        </tr>
    }
    .into_any()
}

/// Whether a CA has revocation lists, and whether all of them can still be relied on.
fn revocation(language: Language, certificate: &CaCertificate, now: UnixTime) -> AnyView {
    let lists = &certificate.revocation_lists;
    let worst = lists.iter().find(|list| list.is_stale(now)).or(lists.first());
    match worst.map(|list| list_state(list, now)) {
        Some((kind, word)) => view! { <Badge kind text=language.pick(word)/> }.into_any(),
        None => view! { <span class="muted">{language.pick(words::NO_LIST)}</span> }.into_any(),
    }
}
