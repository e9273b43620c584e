//! The routes of the form: a row for each, and two empty ones where no script can add any.

use std::time::Duration;

use domain::{Fault, Field, Problem, Route, ServiceWithRoutes};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::controls::Form;
use crate::components::{FieldErrors, error_id, field_id, in_textarea};
use crate::language::Language;
use crate::pages::service::control::{self, ON, RouteControl, form_name};
use crate::pages::service::fields::{Fields, joined};
use crate::text;
use crate::text::service as words;

/// Empty rows for browsers without scripts.
const SPARE: usize = 2;

/// What is known of a route besides what its row shows.
type Kept = Vec<(String, String)>;

/// The routes.
#[component]
pub(super) fn RouteRows(form: Form, stored: Option<ServiceWithRoutes>) -> impl IntoView {
    let language = form.language;
    let used = form.fields.with_value(used_rows);
    let next = used.last().map_or(0, |last| last + 1);
    let first = used.first().copied().unwrap_or(next);
    let kept = StoredValue::new(stored.map(|stored| kept(language, &stored)).unwrap_or_default());
    let rows = RwSignal::new(used);
    let added = StoredValue::new(next);
    let add = move |_| {
        let row = added.get_value();
        added.set_value(row + 1);
        rows.update(|rows| rows.push(row));
        // Once the row is there.
        set_timeout(move || focus(&RouteControl::Paths.name(row)), Duration::ZERO);
    };
    let remove = move |row: usize| rows.update(|rows| rows.retain(|other| *other != row));
    // Where a script runs, rows are added when they are wanted, with the numbers that the spare ones have.
    let is_scripted = RwSignal::new(false);
    Effect::new(move || is_scripted.set(true));
    let spare = move || {
        let row = |row| view! { <div class="route--spare"><RouteRow form row first kept remove=None/></div> };
        (!is_scripted.get()).then(|| (next..next + SPARE).map(row).collect_view())
    };
    view! {
        <section class="form-section" aria-labelledby="routes-heading">
            <h2 class="section__title" id="routes-heading">{language.pick(words::ROUTES)}</h2>
            <p class="form__lead">{language.pick(words::ROUTES_LEAD)}</p>
            <For each=move || rows.get() key=|row| *row let:row>
                <RouteRow form row first kept remove=Some(Callback::new(remove))/>
            </For>
            {spare}
            <p class="field__help scriptless-only">{language.pick(words::ROUTES_SCRIPTLESS)}</p>
            {general_errors(form)}
            <button type="button" class="button live-only" on:click=add>{language.pick(words::ADD_ROUTE)}</button>
        </section>
    }
    .into_any()
}

/// The rows that something stands in.
fn used_rows(fields: &Fields) -> Vec<usize> {
    let stands = [RouteControl::Id, RouteControl::Paths, RouteControl::Methods];
    let is_used = |row: &usize| stands.iter().any(|control| !fields.route(*row, *control).is_empty());
    fields.rows().into_iter().filter(is_used).collect()
}

/// By id, what the form leaves as it is.
fn kept(language: Language, stored: &ServiceWithRoutes) -> Kept {
    let routes = stored.routes.iter();
    routes.filter_map(|route| Some((route.id.to_string(), kept_of(language, &route.value)?))).collect()
}

fn kept_of(language: Language, route: &Route) -> Option<String> {
    let hosts = (!route.hosts.is_empty()).then(|| joined(&route.hosts, ", "));
    let upstream = route.upstream.is_some().then(|| language.pick(words::OWN_UPSTREAM).to_owned());
    let timeouts = route.timeouts.is_some().then(|| language.pick(words::OWN_TIMEOUTS).to_owned());
    let name = route.name.as_ref().map(|name| format!("“{name}”"));
    let kept: Vec<_> = [name, hosts, upstream, timeouts].into_iter().flatten().collect();
    (!kept.is_empty()).then(|| format!("{} {}", language.pick(words::KEPT), kept.join(", ")))
}

#[component]
fn RouteRow(
    form: Form,
    row: usize,
    /// The first row: that is where the summary of errors leads.
    first: usize,
    kept: StoredValue<Kept>,
    remove: Option<Callback<usize>>,
) -> impl IntoView {
    let language = form.language;
    let id = form.fields.with_value(|fields| fields.route(row, RouteControl::Id));
    let kept = kept.with_value(|kept| kept.iter().find(|(of, _)| *of == id).map(|(_, text)| text.clone()));
    let kept = kept.map(|kept| view! { <p class="field__help">{kept}</p> });
    let remove = remove.map(|remove| {
        view! {
            <button
                type="button"
                class="button button--quiet live-only"
                aria-label=words::remove_route(language, row + 1)
                on:click=move |_| remove.run(row)
            >
                {language.pick(words::REMOVE)}
            </button>
        }
    });
    view! {
        <fieldset class="route" aria-describedby=row_error_id(row)>
            <legend class="route__title">{words::route(language, row + 1)}</legend>
            <div class="route__remove">{remove}</div>
            <input type="hidden" name=form_name(&RouteControl::Id.name(row)) value=id/>
            {paths(form, row, first)}
            <div class="route__line">
                {line(form, row, RouteControl::Methods, words::METHODS, words::METHODS_HELP)}
                {line(form, row, RouteControl::Priority, words::PRIORITY, words::PRIORITY_HELP)}
                {status(form, row)}
            </div>
            {verified(form, row)}
            {kept}
            {row_errors(form, row)}
        </fieldset>
    }
    .into_any()
}

fn paths(form: Form, row: usize, first: usize) -> AnyView {
    let name = RouteControl::Paths.name(row);
    let id = if row == first { field_id(Field::Routes).to_owned() } else { name.clone() };
    let help = format!("{name}-help");
    let value = form.fields.with_value(|fields| fields.route(row, RouteControl::Paths));
    let problem = form.problem;
    let is_invalid = move || problem.with(|problem| !of_row(problem.as_ref(), row).is_empty());
    view! {
        <div class="field">
            <label class="field__label" for=id.clone()>{form.language.pick(words::PATHS)}</label>
            <textarea
                class="input input--code"
                id=id
                name=form_name(&name)
                rows="2"
                placeholder="/*"
                autocomplete="off"
                spellcheck="false"
                autocapitalize="none"
                aria-describedby=format!("{help} {}", row_error_id(row))
                aria-invalid=move || is_invalid().then_some("true")
            >
                {in_textarea(value)}
            </textarea>
            <p class="field__help" id=help>{form.language.pick(words::PATHS_HELP)}</p>
        </div>
    }
    .into_any()
}

fn line(
    form: Form,
    row: usize,
    control: RouteControl,
    label: crate::language::Text,
    help: crate::language::Text,
) -> AnyView {
    let name = control.name(row);
    let described_by = format!("{name}-help");
    let value = form.fields.with_value(|fields| fields.route(row, control));
    view! {
        <div class="field">
            <label class="field__label" for=name.clone()>{form.language.pick(label)}</label>
            <input
                class="input"
                type="text"
                id=name.clone()
                name=form_name(&name)
                value=value
                autocomplete="off"
                spellcheck="false"
                aria-describedby=described_by.clone()
            />
            <p class="field__help" id=described_by>{form.language.pick(help)}</p>
        </div>
    }
    .into_any()
}

fn status(form: Form, row: usize) -> AnyView {
    let name = RouteControl::Status.name(row);
    let described_by = format!("{name}-help");
    let disabled =
        form.fields.with_value(|fields| fields.route(row, RouteControl::Status) == control::DISABLED);
    let language = form.language;
    view! {
        <div class="field">
            <label class="field__label" for=name.clone()>{language.pick(words::ROUTE_STATUS)}</label>
            <select class="input" id=name.clone() name=form_name(&name) aria-describedby=described_by.clone()>
                <option value=control::ENABLED selected=!disabled>{language.pick(words::ENABLED)}</option>
                <option value=control::DISABLED selected=disabled>{language.pick(words::DISABLED)}</option>
            </select>
            <p class="field__help" id=described_by>{language.pick(words::STATUS_HELP)}</p>
        </div>
    }
    .into_any()
}

fn verified(form: Form, row: usize) -> AnyView {
    let name = RouteControl::Verified.name(row);
    let described_by = format!("{name}-help");
    let is_on = form.fields.with_value(|fields| fields.is_on(&name));
    view! {
        <label class="checkbox" for=name.clone()>
            <input
                type="checkbox"
                id=name.clone()
                name=form_name(&name)
                value=ON
                checked=is_on
                aria-describedby=described_by.clone()
            />
            {form.language.pick(words::VERIFIED)}
        </label>
        <p class="field__help" id=described_by>{form.language.pick(words::VERIFIED_HELP)}</p>
    }
    .into_any()
}

/// What is wrong with one row.
fn row_errors(form: Form, row: usize) -> AnyView {
    let lines = move || {
        let faults = form.problem.with(|problem| of_row(problem.as_ref(), row));
        let line = |fault: Fault| text::fault::fault(form.language, &fault);
        faults.into_iter().map(|fault| view! { <p class="field__error">{line(fault)}</p> }).collect_view()
    };
    view! { <div class="field__errors" id=row_error_id(row)>{lines}</div> }.into_any()
}

fn of_row(problem: Option<&Problem>, row: usize) -> Vec<Fault> {
    let errors = problem.map(Problem::field_errors).unwrap_or_default();
    errors
        .iter()
        .filter_map(|error| match &error.fault {
            Fault::InRoute { number, fault } if *number == row + 1 => Some((**fault).clone()),
            _ => None,
        })
        .collect()
}

/// What is wrong with the routes as a whole.
fn general_errors(form: Form) -> AnyView {
    let problem = Signal::derive(move || match form.problem.get() {
        Some(Problem::Invalid(errors)) => {
            let is_general = |fault: &Fault| !matches!(fault, Fault::InRoute { .. });
            Some(Problem::Invalid(errors.into_iter().filter(|error| is_general(&error.fault)).collect()))
        }
        problem => problem,
    });
    view! { <FieldErrors field=Field::Routes problem/> }.into_any()
}

fn row_error_id(row: usize) -> String {
    format!("{}-{row}", error_id(Field::Routes))
}

fn focus(id: &str) {
    let element = document().get_element_by_id(id);
    if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok())
        && let Err(error) = element.focus()
    {
        leptos::logging::warn!("cannot focus the new route: {error:?}");
    }
}
