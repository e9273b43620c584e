//! The kinds of controls that a service's form has.

use domain::{Problem, UpstreamNumber};
use leptos::prelude::*;

use super::words::{help, label};
use crate::components::{FieldErrors, error_id, has_error, in_textarea};
use crate::language::Language;
use crate::pages::service::control::{Control, ON, form_name};
use crate::pages::service::fields::Fields;

/// A form that is open: what stands in it, and what is wrong with it.
#[derive(Clone, Copy)]
pub(super) struct Form {
    pub(super) language: Language,
    pub(super) fields: StoredValue<Fields>,
    pub(super) problem: Signal<Option<Problem>>,
}

impl Form {
    /// What stands in a control.
    pub(super) fn text(self, control: Control) -> String {
        self.fields.with_value(|fields| fields.text(control))
    }

    fn invalid(self, control: Control) -> impl Fn() -> Option<&'static str> + Copy + Send + Sync + 'static {
        let wrong = has_error(self.problem, control.field());
        move || wrong().then_some("true")
    }

    /// A line of text.
    pub(super) fn line(self, control: Control, placeholder: &'static str) -> AnyView {
        let invalid = self.invalid(control);
        let class = if control == Control::Name { "input" } else { "input input--code" };
        let input = view! {
            <input
                class=class
                type="text"
                id=control.name()
                name=form_name(control.name())
                value=self.text(control)
                placeholder=placeholder
                autocomplete="off"
                spellcheck="false"
                autocapitalize="none"
                aria-describedby=described_by(control)
                aria-invalid=invalid
            />
        };
        self.labelled(control, input.into_any())
    }

    /// A number, with decimals if its `step` has them.
    pub(super) fn number(self, number: UpstreamNumber, least: &'static str, most: u32) -> AnyView {
        let step = if least == "1" { "1" } else { "0.001" };
        self.number_in(Control::Number(number), least, most, step)
    }

    /// A number in any control.
    pub(super) fn number_in(
        self,
        control: Control,
        least: &'static str,
        most: u32,
        step: &'static str,
    ) -> AnyView {
        let invalid = self.invalid(control);
        let input = view! {
            <input
                class="input"
                type="number"
                id=control.name()
                name=form_name(control.name())
                value=self.text(control)
                min=least
                max=most.to_string()
                step=step
                autocomplete="off"
                aria-describedby=described_by(control)
                aria-invalid=invalid
            />
        };
        self.labelled(control, input.into_any())
    }

    /// Several lines of text.
    pub(super) fn lines(self, control: Control, rows: &'static str, placeholder: &'static str) -> AnyView {
        let invalid = self.invalid(control);
        let input = view! {
            <textarea
                class="input input--code"
                id=control.name()
                name=form_name(control.name())
                rows=rows
                placeholder=placeholder
                autocomplete="off"
                spellcheck="false"
                autocapitalize="none"
                aria-describedby=described_by(control)
                aria-invalid=invalid
            >
                {in_textarea(self.text(control))}
            </textarea>
        };
        self.labelled(control, input.into_any())
    }

    /// One out of a few.
    pub(super) fn choice(self, control: Control, options: Vec<(String, String)>) -> AnyView {
        let chosen = self.text(control);
        let options = options
            .into_iter()
            .map(|(value, name)| {
                let selected = value == chosen;
                view! { <option value=value selected=selected>{name}</option> }
            })
            .collect_view();
        let input = view! {
            <select
                class="input"
                id=control.name()
                name=form_name(control.name())
                aria-describedby=described_by(control)
            >
                {options}
            </select>
        };
        self.labelled(control, input.into_any())
    }

    /// On or off.
    pub(super) fn switch(self, control: Control) -> AnyView {
        let is_on = self.fields.with_value(|fields| fields.is_on(control.name()));
        view! {
            <div class="field field--switch">
                <label class="field__label" for=control.name()>{self.language.pick(label(control))}</label>
                <input
                    class="switch"
                    type="checkbox"
                    role="switch"
                    id=control.name()
                    name=form_name(control.name())
                    value=ON
                    checked=is_on
                    aria-describedby=described_by(control)
                />
                <p class="field__help" id=help_id(control)>{self.language.pick(help(control))}</p>
            </div>
        }
        .into_any()
    }

    fn labelled(self, control: Control, input: AnyView) -> AnyView {
        let errors = control
            .shows_errors()
            .then(|| view! { <FieldErrors field=control.field() problem=self.problem/> });
        view! {
            <div class="field">
                <label class="field__label" for=control.name()>{self.language.pick(label(control))}</label>
                {input}
                <p class="field__help" id=help_id(control)>{self.language.pick(help(control))}</p>
                {errors}
            </div>
        }
        .into_any()
    }

    /// A part of the form that is out of the way until something in it is set or wrong.
    pub(super) fn section(
        self,
        title: crate::language::Text,
        class: &'static str,
        controls: &'static [Control],
        body: AnyView,
    ) -> AnyView {
        let is_set = self.fields.with_value(|fields| fields.has_own(controls));
        let problem = self.problem;
        let wrong = move || {
            let is_here = |field| controls.iter().any(|control| control.field() == field);
            problem.with(|problem| {
                problem.iter().flat_map(Problem::field_errors).any(|error| is_here(error.field))
            })
        };
        // It never closes by itself: that would take away what is being typed.
        let open = Memo::new(move |before| before == Some(&true) || is_set || wrong());
        view! {
            <details class=class open=move || open.get()>
                <summary>{self.language.pick(title)}</summary>
                {body}
            </details>
        }
        .into_any()
    }
}

fn help_id(control: Control) -> String {
    format!("{}-help", control.name())
}

fn described_by(control: Control) -> String {
    format!("{} {}", help_id(control), error_id(control.field()))
}
