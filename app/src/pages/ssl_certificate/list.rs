use domain::{CertificateType, GatewayGroup, PageRequest, Status};
use leptos::prelude::*;
use leptos_router::components::{A, Outlet};
use leptos_router::hooks::use_query_map;

use super::api::list_ssl_certificates;
use super::form_state::type_code;
use super::list_state::{EXPIRING, ListState, SEARCH, STATUS, TYPE, status_code};
use super::live::refetch_until;
use super::path;
use super::query::{PAGE_SIZE, SslCertificateList};
use super::row::Row;
use super::try_it::curl_commands;
use crate::components::{
    Alert, Badge, BadgeKind, ButtonLink, EmptyState, GetForm, PageHeader, Pagination, ProblemPage,
};
use crate::error::UiError;
use crate::language::{Language, Text, use_language};
use crate::pages::gateway_group::{use_group, use_group_id};
use crate::pages::layout::{steady, use_reload};
use crate::text::{gateway_group, ssl_certificate as words};

/// The SSL certificates of a group.
#[component]
pub fn SslCertificatesPage() -> impl IntoView {
    let language = use_language();
    let group = use_group_id();
    let query = use_query_map();
    let state = Memo::new(move |_| ListState::from_query(&query.read()));
    let reload = use_reload();
    let loaded = Resource::new(
        move || (group.get(), state.get(), reload.get()),
        |(group, state, _)| {
            let ListState { search, certificate_type, status, expiring, page, added: _ } = state;
            list_ssl_certificates(group.to_string(), search, certificate_type, status, expiring, page)
        },
    );
    refetch_until(loaded, |list| list.as_ref().map_or(true, SslCertificateList::is_in_effect));
    view! {
        <PageHeader title=language.pick(words::TITLE)>
            <ButtonLink
                href=Signal::derive(move || path::add(&group.get()))
                text=language.pick(words::ADD_BUTTON)
                primary=true
            />
        </PageHeader>
        <Transition>
            {
                let shown = steady(move || loaded.get(), differs);
                move || match shown.get() {
                    None => ().into_any(),
                    Some(Ok(list)) => view! { <List list state=state.get()/> }.into_any(),
                    Some(Err(error)) => view! { <ProblemPage problem=error.0/> }.into_any(),
                }
            }
        </Transition>
        <Outlet/>
    }
}

type Loaded = Option<Result<SslCertificateList, UiError>>;

/// Whether the list is to be shown anew: time alone is no reason.
fn differs(before: Option<&Loaded>, after: Option<&Loaded>) -> bool {
    match (before, after) {
        (Some(Some(Ok(before))), Some(Some(Ok(after)))) => {
            *before != SslCertificateList { now: before.now, ..after.clone() }
        }
        (before, after) => before != after,
    }
}

impl SslCertificateList {
    /// Whether the listener serves every row as it is shown.
    fn is_in_effect(&self) -> bool {
        self.page.items.iter().all(|row| row.revision <= self.served)
    }
}

#[component]
fn List(list: SslCertificateList, state: ListState) -> impl IntoView {
    let language = use_language();
    let group = use_group_id();
    if list.all == 0 {
        return view! { <EmptyState text=language.pick(words::EMPTY)/> }.into_any();
    }
    let request = PageRequest::new(state.page, PAGE_SIZE);
    let total = list.page.total;
    let href = {
        let state = state.clone();
        move |page: u32| state.href(&group.get(), page)
    };
    view! {
        <p class="list-summary">
            <span>{words::count(language, list.all, list.expiring)}</span>
            <Badge kind=BadgeKind::Good text=gateway_group::live_at(language, list.served)/>
        </p>
        <Added list=list.clone() state=state.clone()/>
        <Filters state=state.clone()/>
        <Table list state/>
        <Pagination request total href/>
    }
    .into_any()
}

/// Says that a certificate has been added, and how to try it.
#[component]
fn Added(list: SslCertificateList, state: ListState) -> impl IntoView {
    let language = use_language();
    let group = use_group();
    let added = state
        .added
        .and_then(|added| list.page.items.into_iter().find(|certificate| certificate.id.as_str() == added));
    let note = move |group: GatewayGroup| {
        let certificate = added.clone()?;
        let try_it = (!certificate.snis.is_empty()).then(|| {
            view! {
                <details>
                    <summary>{language.pick(words::TRY_IT)}</summary>
                    {curl_commands(language, &certificate, &group)}
                </details>
            }
        });
        Some(view! {
            <Alert kind=BadgeKind::Good>
                <p>{language.pick(words::ADDED)}</p>
                {try_it}
            </Alert>
        })
    };
    move || group.get().and_then(&note)
}

/// The search, as a form whose state is the address.
#[component]
fn Filters(state: ListState) -> impl IntoView {
    let language = use_language();
    let group = use_group_id();
    let types = [CertificateType::Server, CertificateType::Client].map(|each| {
        let word = if each == CertificateType::Server { words::SERVER } else { words::CLIENT };
        (type_code(each), word, state.certificate_type == Some(each))
    });
    let statuses = [Status::Enabled, Status::Disabled].map(|each| {
        let word = if each == Status::Enabled { words::ENABLED } else { words::DISABLED };
        (status_code(each), word, state.status == Some(each))
    });
    let is_filtered = state.is_filtered();
    view! {
        <GetForm action=Signal::derive(move || path::list(&group.get())) attr:class="filters" attr:role="search">
            <label class="visually-hidden" for="filter-search">{language.pick(words::SEARCH)}</label>
            <input
                class="input filters__search"
                type="search"
                id="filter-search"
                name=SEARCH
                value=state.search
                maxlength="128"
                placeholder=language.pick(words::SEARCH_EXAMPLE)
            />
            {choice(language, "filter-type", TYPE, words::FILTER_TYPE, words::ANY_TYPE, types)}
            {choice(language, "filter-status", STATUS, words::FILTER_STATUS, words::ANY_STATUS, statuses)}
            <label class="checkbox">
                <input type="checkbox" name=EXPIRING value="on" checked=state.expiring/>
                {language.pick(words::FILTER_EXPIRING)}
            </label>
            <button type="submit" class="button">{language.pick(words::FILTER)}</button>
            {is_filtered.then(|| {
                view! { <A href=move || path::list(&group.get())>{language.pick(words::CLEAR_FILTER)}</A> }
            })}
        </GetForm>
    }
    .into_any()
}

fn choice(
    language: Language,
    id: &'static str,
    name: &'static str,
    label: Text,
    any: Text,
    options: [(&'static str, Text, bool); 2],
) -> impl IntoView {
    let options = options
        .map(|(value, word, selected)| view! { <option value=value selected=selected>{language.pick(word)}</option> })
        .collect_view();
    view! {
        <label class="visually-hidden" for=id>{language.pick(label)}</label>
        <select class="input" id=id name=name>
            <option value="">{language.pick(any)}</option>
            {options}
        </select>
    }
}

#[component]
fn Table(list: SslCertificateList, state: ListState) -> impl IntoView {
    let language = use_language();
    if list.page.items.is_empty() {
        return view! { <p class="no-match" role="status">{language.pick(words::NO_MATCH)}</p> }.into_any();
    }
    let (served, now) = (list.served, list.now);
    let rows = list
        .page
        .items
        .into_iter()
        .map(|certificate| {
            let is_new = state.added.as_deref() == Some(certificate.id.as_str());
            view! { <Row certificate served now is_new/> }
        })
        .collect_view();
    let heads = [
        words::ID,
        words::SNIS,
        words::TYPE,
        words::PEER_VERIFICATION,
        words::ISSUER,
        words::EXPIRES,
        words::STATUS,
    ]
    .map(|head| view! { <th scope="col">{language.pick(head)}</th> })
    .collect_view();
    view! {
        <div class="table-frame">
            <table class="table certificate-table">
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
