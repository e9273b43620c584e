use domain::PageRequest;
use leptos::prelude::*;
use leptos_router::components::{A, Outlet};
use leptos_router::hooks::use_query_map;

use super::api::{ClientList, list_clients};
use super::list_state::{ListState, PAGE_SIZE, SEARCH};
use super::path;
use super::row::Row;
use super::tabs::{Head, Tab};
use crate::components::{EmptyState, GetForm, Pagination, ProblemPage};
use crate::language::use_language;
use crate::pages::gateway_group::use_group_id;
use crate::pages::layout::use_reload;
use crate::text::{client as words, ssl_certificate};

/// The clients of a group that were let in with a verified certificate.
#[component]
pub fn ClientsPage() -> impl IntoView {
    let group = use_group_id();
    let query = use_query_map();
    let state = Memo::new(move |_| ListState::from_query(&query.read()));
    let reload = use_reload();
    let loaded = Resource::new(
        move || (group.get(), state.get(), reload.get()),
        |(group, ListState { search, page }, _)| list_clients(group.to_string(), search, page),
    );
    let list = move || {
        Suspend::new(async move {
            match loaded.await {
                Ok(list) => view! { <List list state=state.get_untracked()/> }.into_any(),
                Err(error) => view! { <ProblemPage problem=error.0/> }.into_any(),
            }
        })
    };
    view! {
        <Head tab=Tab::Seen/>
        <Transition>{list}</Transition>
        <Outlet/>
    }
}

#[component]
fn List(list: ClientList, state: ListState) -> impl IntoView {
    let language = use_language();
    let group = use_group_id();
    let ClientList { page, now, .. } = list;
    if page.total == 0 && state.search.is_empty() {
        return view! { <EmptyState text=language.pick(words::EMPTY)/> }.into_any();
    }
    let request = PageRequest::new(state.page, PAGE_SIZE);
    let total = page.total;
    let href = {
        let state = state.clone();
        move |page: u32| state.href(&group.get(), page)
    };
    if page.items.is_empty() {
        return view! {
            <Filters state/>
            <p class="no-match" role="status">{language.pick(words::NO_MATCH)}</p>
            <Pagination request total href/>
        }
        .into_any();
    }
    let rows = page.items.into_iter().map(|client| view! { <Row client now/> }).collect_view();
    let heads = [
        words::CLIENT,
        words::ISSUER,
        words::HOSTS,
        words::FIRST_SEEN,
        words::LAST_SEEN,
        words::HANDSHAKES,
        words::EXPIRES,
        words::ACTIONS,
    ]
    .map(|head| view! { <th scope="col">{language.pick(head)}</th> })
    .collect_view();
    view! {
        <Filters state/>
        <div class="table-frame">
            <table class="table client-table">
                <caption class="visually-hidden">{language.pick(words::CAPTION)}</caption>
                <thead>
                    <tr>{heads}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <Pagination request total href/>
    }
    .into_any()
}

/// The search, as a form whose state is the address.
#[component]
fn Filters(state: ListState) -> impl IntoView {
    let language = use_language();
    let group = use_group_id();
    let is_filtered = !state.search.is_empty();
    view! {
        <GetForm action=Signal::derive(move || path::list(&group.get())) attr:class="filters" attr:role="search">
            <label class="visually-hidden" for="filter-search">{language.pick(ssl_certificate::SEARCH)}</label>
            <input
                class="input filters__search"
                type="search"
                id="filter-search"
                name=SEARCH
                value=state.search
                maxlength=ListState::LONGEST_SEARCH.to_string()
                placeholder=language.pick(words::SEARCH_EXAMPLE)
            />
            <button type="submit" class="button">{language.pick(ssl_certificate::FILTER)}</button>
            {is_filtered.then(|| {
                view! { <A href=move || path::list(&group.get())>{language.pick(ssl_certificate::CLEAR_FILTER)}</A> }
            })}
        </GetForm>
    }
    .into_any()
}
