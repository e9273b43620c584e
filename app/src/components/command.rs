use leptos::prelude::*;

use super::copy_button::CopyButton;

/// A command line, ready to copy.
#[component]
pub fn Command(
    /// The line; a line break in it is kept.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! {
        <div class="command">
            <pre class="command__text">{text.clone()}</pre>
            <CopyButton text/>
        </div>
    }
}
