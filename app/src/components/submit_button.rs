use leptos::prelude::*;

use crate::language::{Text, use_language};

/// The button that sends a form. While the answer is awaited it is disabled and busy; style shows a spinner once that
/// has lasted 400 ms.
#[component]
pub fn SubmitButton(
    /// The verb.
    label: Text,
    /// Whether an answer is awaited.
    #[prop(optional, into)]
    pending: Signal<bool>,
) -> impl IntoView {
    view! {
        <button
            type="submit"
            class="button button--primary"
            disabled=move || pending.get()
            aria-busy=move || pending.get().then_some("true")
        >
            {use_language().pick(label)}
        </button>
    }
}
