use leptos::prelude::*;

use crate::language::use_language;
use crate::text::common;

/// Copies a text to the clipboard, and says so. Shown only where JavaScript runs: there is no other way to copy.
#[component]
pub fn CopyButton(
    /// What to copy.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let language = use_language();
    let copied = RwSignal::new(false);
    let copy = move |_| {
        let clipboard = window().navigator().clipboard();
        let text = text.clone();
        leptos::task::spawn_local(async move {
            if wasm_bindgen_futures::JsFuture::from(clipboard.write_text(&text)).await.is_ok() {
                copied.set(true);
                set_timeout(move || copied.set(false), std::time::Duration::from_secs(2));
            }
        });
    };
    let label = move || language.pick(if copied.get() { common::COPIED } else { common::COPY });
    view! {
        <button type="button" class="copy-button" on:click=copy>
            <span aria-live="polite">{label}</span>
        </button>
    }
}
