use leptos::prelude::*;

use crate::components::Brand;
use crate::pages::preferences::Preferences;

/// The frame of the pages that belong to no signed-in person: the name, the page, language and theme.
#[component]
pub fn AccountFrame(
    /// The page.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="account">
            <header class="account__header">
                <Brand/>
                <Preferences/>
            </header>
            <main class="account__main" id="main">{children()}</main>
        </div>
    }
}
