use leptos::prelude::*;

use crate::text::common::POSTERN;

/// The mark and the name, leading to the start page: a wall with its small side gate.
#[component]
pub fn Brand() -> impl IntoView {
    view! {
        <a class="brand" href="/">
            <svg class="brand__mark" viewBox="0 0 20 20" aria-hidden="true">
                <path
                    fill-rule="evenodd"
                    d="M2 2h4v2h2V2h4v2h2V2h4v16h-5v-6a3 3 0 0 0-6 0v6H2zM9 12a1 1 0 0 1 2 0v6H9z"
                ></path>
            </svg>
            {POSTERN}
        </a>
    }
}
