//! The section Protection of a group's settings: its controls, and what they say.

use domain::{Field, Problem, Protection, ProtectionLimit};
use leptos::prelude::*;
use leptos_router::params::ParamsMap;

use crate::components::{FieldErrors, TextAreaField, error_id, field_id, has_error};
use crate::language::use_language;
use crate::text::field as label;
use crate::text::protection as words;

/// What stands in the section's controls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ProtectionState {
    /// In the order of [`ProtectionLimit::ALL`].
    limits: Vec<(ProtectionLimit, String)>,
    /// One on each line.
    proxy_protocol: String,
    /// Whether something is not as in a new group.
    is_set: bool,
}

impl ProtectionState {
    /// What is set, or in its place what was typed before, if the form comes back.
    pub(super) fn new(set: &Protection, typed: &ParamsMap) -> Self {
        let value =
            |limit: ProtectionLimit| typed.get(&control(limit)).unwrap_or_else(|| set.get(limit).to_string());
        let ranges = || set.proxy_protocol.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        Self {
            limits: ProtectionLimit::ALL.iter().map(|limit| (*limit, value(*limit))).collect(),
            proxy_protocol: typed.get(field_id(Field::ProxyProtocol)).unwrap_or_else(ranges),
            is_set: *set != Protection::default(),
        }
    }
}

/// The form name of a limit's control.
pub(super) fn control(limit: ProtectionLimit) -> String {
    format!("limits[{}]", limit.name())
}

/// What one client may use up. Out of the way until something in it is set or wrong.
#[component]
pub(super) fn ProtectionFields(
    state: ProtectionState,
    /// What went wrong, if anything did.
    #[prop(into)]
    problem: Signal<Option<Problem>>,
) -> impl IntoView {
    let language = use_language();
    let is_set = state.is_set;
    let is_here = |field: Field| matches!(field, Field::Protection(_) | Field::ProxyProtocol);
    let wrong = move || {
        problem
            .with(|problem| problem.iter().flat_map(Problem::field_errors).any(|error| is_here(error.field)))
    };
    // It never closes by itself: that would take away what is being typed.
    let open = Memo::new(move |before| before == Some(&true) || is_set || wrong());
    let limits = state
        .limits
        .into_iter()
        .map(|(limit, value)| view! { <LimitField limit value problem/> })
        .collect_view();
    view! {
        <details class="advanced" open=move || open.get()>
            <summary>{language.pick(words::PROTECTION)}</summary>
            <p class="form__lead">{language.pick(words::PROTECTION_LEAD)}</p>
            <div class="limits">{limits}</div>
            <TextAreaField
                field=Field::ProxyProtocol
                name=field_id(Field::ProxyProtocol)
                label=label::field(Field::ProxyProtocol)
                value=state.proxy_protocol
                placeholder="10.0.0.0/8"
                help=language.pick(words::PROXY_PROTOCOL_HELP)
                problem
            />
            <FieldErrors field=Field::ProxyProtocol problem/>
        </details>
    }
    .into_any()
}

#[component]
fn LimitField(limit: ProtectionLimit, value: String, problem: Signal<Option<Problem>>) -> impl IntoView {
    let language = use_language();
    let field = Field::Protection(limit);
    let id = field_id(field);
    let help = format!("{id}-help");
    let invalid = has_error(problem, field);
    let (least, most) = limit.range();
    view! {
        <div class="field">
            <label class="field__label" for=id>{language.pick(label::field(field))}</label>
            <input
                class="input"
                type="number"
                id=id
                name=control(limit)
                value=value
                min=least.to_string()
                max=most.to_string()
                step="1"
                placeholder=Protection::default().get(limit).to_string()
                autocomplete="off"
                aria-describedby=format!("{help} {}", error_id(field))
                aria-invalid=move || invalid().then_some("true")
            />
            <p class="field__help" id=help>
                {language.pick(words::meaning(limit))} " " {words::range(language, limit)}
            </p>
            <FieldErrors field problem/>
        </div>
    }
    .into_any()
}
