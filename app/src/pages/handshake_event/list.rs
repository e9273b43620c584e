use domain::{HandshakeEvent, Problem, UnixTime};
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_query_map;

use super::api::{ListedHandshakes, list_handshakes};
use super::filters::Filters;
use super::list_state::{ListState, outcome_code};
use super::row::Row;
use crate::components::{Badge, BadgeKind, ButtonLink, EmptyState, PageHeader, ProblemPage};
use crate::language::use_language;
use crate::pages::gateway_group::use_group_id;
use crate::pages::layout::{Newest, newest, refetch_while, steady, use_reload};
use crate::text::handshake_event as words;

/// The TLS attempts at a group, newest first; live while the newest are shown.
#[component]
pub fn HandshakesPage() -> impl IntoView {
    let language = use_language();
    let group = use_group_id();
    let query = use_query_map();
    let state = Memo::new(move |_| ListState::from_query(&query.read()));
    let reload = use_reload();
    let loaded = Resource::new(
        move || (group.get(), state.get(), reload.get()),
        |(group, ListState { host, outcome, before }, _)| {
            let before = before.map(String::from).unwrap_or_default();
            list_handshakes(group.to_string(), host, outcome_code(outcome).to_owned(), before)
        },
    );
    let pulse = Pulse { paused: RwSignal::new(false), is_old: RwSignal::new(false) };
    refetch_while(loaded, move || !pulse.paused.get() && state.read().before.is_none());
    view! {
        <PageHeader title=language.pick(words::TITLE)>
            {move || state.read().before.is_none().then(|| view! { <Watch pulse/> })}
        </PageHeader>
        <Transition>
            {
                let newest = newest(loaded);
                let shown = steady(
                    move || Shown::of(newest.read().as_ref()?, &state.read()),
                    |before, after| before != after,
                );
                move || match shown.get() {
                    None => ().into_any(),
                    Some(Shown::Problem(problem)) => view! { <ProblemPage problem/> }.into_any(),
                    Some(Shown::Nothing) => view! { <Nothing/> }.into_any(),
                    Some(Shown::List(state)) => view! { <List newest state pulse/> }.into_any(),
                }
            }
        </Transition>
    }
}

/// Whether the list goes on by itself.
#[derive(Debug, Clone, Copy)]
struct Pulse {
    /// The person has stopped it.
    paused: RwSignal<bool>,
    /// The server does not answer.
    is_old: RwSignal<bool>,
}

/// What the page is, apart from the rows and the time, which change in place.
#[derive(Debug, Clone, PartialEq)]
enum Shown {
    Problem(Problem),
    /// The group has no events at all.
    Nothing,
    List(ListState),
}

impl Shown {
    fn of(newest: &Newest<ListedHandshakes>, state: &ListState) -> Option<Self> {
        Some(match &newest.answer {
            Err(problem) => Self::Problem(problem.clone()),
            Ok(page) if page.list.events.is_empty() && *state == ListState::default() => Self::Nothing,
            Ok(_) => Self::List(state.clone()),
        })
    }
}

/// Stops and starts the list, where a script runs; elsewhere it is loaded again by hand.
#[component]
fn Watch(pulse: Pulse) -> impl IntoView {
    let language = use_language();
    let group = use_group_id();
    let query = use_query_map();
    let here = move || ListState::from_query(&query.read()).href(&group.get(), None);
    let Pulse { paused, is_old } = pulse;
    let word = move || language.pick(if paused.get() { words::GO_ON } else { words::PAUSE });
    let state = move || {
        let (kind, word) = match (paused.get(), is_old.get()) {
            (true, _) => (BadgeKind::Off, words::PAUSED),
            (false, true) => (BadgeKind::Attention, words::RECONNECTING),
            (false, false) => (BadgeKind::Good, words::LIVE),
        };
        view! { <Badge kind text=language.pick(word)/> }
    };
    view! {
        <span class="live-only" role="status">{state}</span>
        <button
            type="button"
            class="button live-only"
            on:click=move |_| paused.update(|paused| *paused = !*paused)
        >
            {word}
        </button>
        <A href=here attr:class="button scriptless-only">{language.pick(words::REFRESH)}</A>
    }
    .into_any()
}

#[component]
fn Nothing() -> impl IntoView {
    let language = use_language();
    let group = use_group_id();
    view! {
        <EmptyState text=language.pick(words::EMPTY)>
            <ButtonLink
                href=Signal::derive(move || format!("/groups/{}", group.get()))
                text=language.pick(words::TO_COMMANDS)
            />
        </EmptyState>
    }
    .into_any()
}

#[component]
fn List(newest: Signal<Option<Newest<ListedHandshakes>>>, state: ListState, pulse: Pulse) -> impl IntoView {
    let language = use_language();
    let page = move || newest.get().and_then(|newest| newest.answer.ok());
    let events = Memo::new(move |_| page().map(|page| page.list.events).unwrap_or_default());
    let now = Memo::new(move |_| page().map_or(UnixTime(0), |page| page.now));
    let dropped = Memo::new(move |_| page().map_or(0, |page| page.list.dropped));
    let has_more = Memo::new(move |_| page().is_some_and(|page| page.list.has_more));
    let is_empty = Memo::new(move |_| events.read().is_empty());
    let is_newest = state.before.is_none();
    Effect::new(move || pulse.is_old.set(newest.read().as_ref().is_some_and(|newest| newest.is_old)));
    view! {
        <Filters state=state.clone()/>
        {move || (dropped.get() > 0).then(|| {
            view! { <p class="list-summary">{words::dropped(language, dropped.get())}</p> }
        })}
        {move || {
            if is_empty.get() {
                let text = if is_newest { words::NO_MATCH } else { words::NO_OLDER };
                view! { <p class="no-match" role="status">{language.pick(text)}</p> }.into_any()
            } else {
                view! { <Table events now=now.into()/> }.into_any()
            }
        }}
        <Older events has_more state/>
    }
    .into_any()
}

#[component]
fn Table(events: Memo<Vec<HandshakeEvent>>, now: Signal<UnixTime>) -> impl IntoView {
    let language = use_language();
    let heads = [words::TIME, words::HOST, words::CLIENT, words::VERDICT, words::TLS]
        .map(|head| view! { <th scope="col">{language.pick(head)}</th> })
        .collect_view();
    view! {
        <div class="table-frame">
            <table class="table handshake-table">
                <caption class="visually-hidden">{language.pick(words::CAPTION)}</caption>
                <thead>
                    <tr>{heads}</tr>
                </thead>
                <tbody>
                    <For each=move || events.get() key=|event| event.id.clone() let:event>
                        <Row event now/>
                    </For>
                </tbody>
            </table>
        </div>
    }
    .into_any()
}

/// The ways to older events and back to the newest.
#[component]
fn Older(events: Memo<Vec<HandshakeEvent>>, has_more: Memo<bool>, state: ListState) -> impl IntoView {
    let language = use_language();
    let group = use_group_id();
    let newest = state.before.is_some().then(|| {
        let state = state.clone();
        let href = move || state.href(&group.get(), None);
        view! { <A href attr:class="button button--quiet">{language.pick(words::NEWEST)}</A> }
    });
    let state = StoredValue::new(state);
    let older = move || {
        let last = events.read().last().map(|event| event.id.clone()).filter(|_| has_more.get())?;
        let href = state.with_value(|state| state.href(&group.get(), Some(&last)));
        Some(view! { <A href attr:class="button button--quiet">{language.pick(words::OLDER)}</A> })
    };
    view! { <nav class="pagination" aria-label=language.pick(words::MORE)>{newest} {older}</nav> }.into_any()
}
