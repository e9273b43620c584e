use domain::{Field, Problem};
use leptos::html;
use leptos::prelude::*;

use super::badge::BadgeKind;
use super::field::field_id;
use crate::language::use_language;
use crate::text;

/// What went wrong with a form, at its top: the errors as links to their fields, or the problem in a sentence. Takes the
/// focus when it appears, so that a screen reader starts there.
#[component]
pub fn ErrorSummary(
    /// What went wrong, if anything did.
    #[prop(into)]
    problem: Signal<Option<Problem>>,
) -> impl IntoView {
    let language = use_language();
    let node = NodeRef::<html::Div>::new();
    Effect::new(move || {
        if problem.read().is_some()
            && let Some(summary) = node.get()
            && let Err(error) = summary.focus()
        {
            leptos::logging::warn!("cannot focus the error summary: {error:?}");
        }
    });
    move || {
        problem.get().map(|problem| {
            let errors = problem
                .field_errors()
                .iter()
                .map(|error| {
                    let href = format!("#{}", field_id(error.field));
                    let label = language.pick(text::field::field(error.field));
                    let fault = text::fault::fault(language, &error.fault);
                    view! { <li><a href=href rel="external">{label}</a>": "{fault}</li> }
                })
                .collect_view();
            view! {
                <div class="alert alert--bad error-summary" role="alert" tabindex="-1" node_ref=node>
                    <p>{text::problem::problem(language, &problem)}</p>
                    {(problem == Problem::SignInRequired)
                        .then(|| view! { <p><a href="/sign-in">{language.pick(text::account::SIGN_IN)}</a></p> })}
                    {(!problem.field_errors().is_empty()).then(|| view! { <ul>{errors}</ul> })}
                </div>
            }
        })
    }
}

/// A message that stays until its cause is gone.
#[component]
pub fn Alert(
    /// How grave it is.
    kind: BadgeKind,
    /// What it says.
    children: Children,
) -> impl IntoView {
    let (class, role) = match kind {
        BadgeKind::Good => ("alert alert--good", "status"),
        BadgeKind::Off => ("alert", "status"),
        BadgeKind::Attention => ("alert alert--attention", "status"),
        BadgeKind::Bad => ("alert alert--bad", "alert"),
    };
    view! { <div class=class role=role>{children()}</div> }
}

/// What a list shows that has no rows: what it is for, and the next step.
#[component]
pub fn EmptyState(
    /// One sentence.
    #[prop(into)]
    text: String,
    /// The next step, if the page's head does not have it already: one name, one button.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty-state">
            <p>{text}</p>
            {children.map(|children| view! { <div class="empty-state__actions">{children()}</div> })}
        </div>
    }
}

/// The sentences for the errors of one field.
pub(super) fn faults_of(
    problem: Signal<Option<Problem>>,
    field: Field,
) -> impl Fn() -> Vec<String> + Copy + Send + Sync + 'static {
    let language = use_language();
    move || {
        problem.with(|problem| {
            let errors = problem.as_ref().map(Problem::field_errors).unwrap_or_default();
            errors
                .iter()
                .filter(|error| error.field == field)
                .map(|error| text::fault::fault(language, &error.fault))
                .collect()
        })
    }
}
