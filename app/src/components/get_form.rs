use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast;

/// A form that leads to another page of the dashboard, with what it holds in the address. The router's own form makes
/// the address lower case, after which the ids in it mean nothing.
#[component]
pub fn GetForm(
    /// The page's address.
    #[prop(into)]
    action: Signal<String>,
    /// The form's controls.
    children: Children,
) -> impl IntoView {
    let navigate = use_navigate();
    let submit = move |event: web_sys::SubmitEvent| {
        // Where this fails, the browser sends the form itself.
        if let Some(query) = query(&event) {
            event.prevent_default();
            navigate(&format!("{}{query}", action.get_untracked()), NavigateOptions::default());
        }
    };
    view! { <form method="get" action=move || action.get() on:submit=submit>{children()}</form> }
}

/// What the form holds, as an address's query; empty if it holds nothing.
fn query(event: &web_sys::SubmitEvent) -> Option<String> {
    let form = event.target()?.dyn_into::<web_sys::HtmlFormElement>().ok()?;
    let data = web_sys::FormData::new_with_form(&form).ok()?;
    let query = web_sys::UrlSearchParams::new_with_str_sequence_sequence(&data).ok()?;
    let query = String::from(query.to_string());
    Some(if query.is_empty() { query } else { format!("?{query}") })
}
