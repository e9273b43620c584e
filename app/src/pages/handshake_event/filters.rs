use domain::ReasonCode;
use leptos::prelude::*;
use leptos_router::components::A;

use super::list_state::{HOST, ListState, OUTCOME, outcome_code};
use super::path;
use super::query::Outcome;
use crate::components::GetForm;
use crate::language::{Text, use_language};
use crate::pages::gateway_group::use_group_id;
use crate::text::{handshake_event as words, reason, ssl_certificate};

/// The filter, as a form whose state is the address.
#[component]
pub(super) fn Filters(state: ListState) -> impl IntoView {
    let language = use_language();
    let group = use_group_id();
    let is_filtered = state.is_filtered();
    let chosen = state.outcome;
    let option = move |outcome: Outcome, word: Text| {
        let selected = outcome == chosen;
        view! { <option value=outcome_code(outcome) selected=selected>{language.pick(word)}</option> }
    };
    let reasons = ReasonCode::ALL.map(|code| option(Outcome::Reason(code), reason::reason(code)));
    view! {
        <GetForm action=Signal::derive(move || path::list(&group.get())) attr:class="filters" attr:role="search">
            <label class="visually-hidden" for="filter-host">{language.pick(words::HOST_FILTER)}</label>
            <input
                class="input filters__search"
                type="search"
                id="filter-host"
                name=HOST
                value=state.host
                maxlength=ListState::LONGEST_HOST.to_string()
                placeholder=language.pick(words::HOST_EXAMPLE)
                spellcheck="false"
                autocapitalize="none"
            />
            <label class="visually-hidden" for="filter-outcome">{language.pick(words::OUTCOME_FILTER)}</label>
            <select class="input" id="filter-outcome" name=OUTCOME>
                {option(Outcome::Any, words::ANY_OUTCOME)}
                {option(Outcome::Accepted, words::LET_IN)}
                {option(Outcome::NotAccepted, words::ALL_NOT_ACCEPTED)}
                <optgroup label=language.pick(words::REASONS)>{reasons.collect_view()}</optgroup>
            </select>
            <button type="submit" class="button">{language.pick(ssl_certificate::FILTER)}</button>
            {is_filtered.then(|| {
                view! { <A href=move || path::list(&group.get())>{language.pick(ssl_certificate::CLEAR_FILTER)}</A> }
            })}
        </GetForm>
    }
    .into_any()
}
