use domain::{Problem, ServiceStatus};
use leptos::prelude::*;

use super::api::{ServiceList, list_services};
use super::path;
use super::row::Row;
use crate::components::{Badge, BadgeKind, ButtonLink, EmptyState, PageHeader, ProblemPage};
use crate::language::use_language;
use crate::pages::gateway_group::use_group_id;
use crate::pages::layout::{Newest, newest, refetch_while, steady, use_reload};
use crate::text::service as words;

/// The services of a group, with the health of their nodes; live.
#[component]
pub fn ServicesPage() -> impl IntoView {
    let language = use_language();
    let group = use_group_id();
    let reload = use_reload();
    let loaded =
        Resource::new(move || (group.get(), reload.get()), |(group, _)| list_services(group.to_string()));
    refetch_while(loaded, || true);
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
                let newest = newest(loaded);
                let shown = steady(move || Shown::of(newest.read().as_ref()?), |before, after| before != after);
                move || match shown.get() {
                    None => ().into_any(),
                    Some(Shown::Problem(problem)) => view! { <ProblemPage problem/> }.into_any(),
                    Some(Shown::Nothing) => {
                        view! { <EmptyState text=language.pick(words::EMPTY)/> }.into_any()
                    }
                    Some(Shown::List) => view! { <List newest/> }.into_any(),
                }
            }
        </Transition>
    }
    .into_any()
}

/// What the page is, apart from the rows, which change in place.
#[derive(Debug, Clone, PartialEq)]
enum Shown {
    Problem(Problem),
    /// The group has no services.
    Nothing,
    List,
}

impl Shown {
    fn of(newest: &Newest<ServiceList>) -> Option<Self> {
        Some(match &newest.answer {
            Err(problem) => Self::Problem(problem.clone()),
            Ok(list) if list.items.is_empty() => Self::Nothing,
            Ok(_) => Self::List,
        })
    }
}

#[component]
fn List(newest: Signal<Option<Newest<ServiceList>>>) -> impl IntoView {
    let language = use_language();
    let items = Memo::new(move |_| {
        newest
            .read()
            .as_ref()
            .and_then(|newest| newest.answer.clone().ok())
            .map(|list| list.items)
            .unwrap_or_default()
    });
    let is_old = Memo::new(move |_| newest.read().as_ref().is_some_and(|newest| newest.is_old));
    let old = move || {
        is_old
            .get()
            .then(|| view! { <Badge kind=BadgeKind::Attention text=language.pick(words::RECONNECTING)/> })
    };
    let heads = [words::NAME, words::HOSTS, words::ROUTES, words::UPSTREAM, words::NODES, words::STATE]
        .map(|head| view! { <th scope="col">{language.pick(head)}</th> })
        .collect_view();
    view! {
        <p class="list-summary">
            <span>{move || words::count(language, items.read().len())}</span>
            <span role="status">{old}</span>
        </p>
        <div class="table-frame">
            <table class="table service-table">
                <caption class="visually-hidden">{language.pick(words::CAPTION)}</caption>
                <thead>
                    <tr>{heads}</tr>
                </thead>
                <tbody>
                    <For each=move || items.get() key=key let:status>
                        <Row status items/>
                    </For>
                </tbody>
            </table>
        </div>
    }
    .into_any()
}

/// Changes with whatever a row shows that is not live.
fn key(status: &ServiceStatus) -> String {
    let service = &status.service;
    let routes = service.routes.iter().map(|route| format!("{}@{}", route.id, route.revision));
    let shared = status.shared_upstream.iter().map(|shared| format!("{}@{}", shared.id, shared.revision));
    let own = format!("{}@{}", service.service.id, service.service.revision);
    [own].into_iter().chain(routes).chain(shared).collect::<Vec<_>>().join(" ")
}
