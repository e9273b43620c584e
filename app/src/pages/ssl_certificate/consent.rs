//! The tick without which hosts are not opened to clients that are kept out of them now.

use domain::{Fault, Problem};
use leptos::prelude::*;

use super::control::Control;
use super::submission::Submission;
use crate::language::use_language;
use crate::text::{self, ssl_certificate as words};

/// What would be opened, and the tick that somebody knows.
#[component]
pub(super) fn Consent(
    /// A sentence for each host.
    opened: Vec<String>,
    /// Whether the form can do nothing else, and is not sent without the tick.
    required: bool,
) -> impl IntoView {
    let lines = opened.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
    view! {
        <div class="take-over">
            <ul>{lines}</ul>
            <label class="checkbox">
                <input
                    type="checkbox"
                    name=Control::AcceptsConsequences.name()
                    value="on"
                    required=required
                />
                {use_language().pick(words::ACCEPT_CONSEQUENCES)}
            </label>
        </div>
    }
    .into_any()
}

/// The tick for a form that was refused because it gives hosts up; nothing before that.
#[component]
pub(super) fn ConsentField(submission: Submission) -> impl IntoView {
    let language = use_language();
    move || {
        let opened: Vec<_> = submission.problem.with(|problem| {
            let errors = problem.iter().flat_map(Problem::field_errors);
            let faults = errors.map(|error| &error.fault);
            let opening = faults.filter(|fault| matches!(fault, Fault::OpensHost { .. }));
            opening.map(|fault| text::fault::fault(language, fault)).collect()
        });
        (!opened.is_empty()).then(|| view! { <Consent opened required=false/> })
    }
}
