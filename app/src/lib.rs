//! The dashboard: pages, forms, and the ports ([`backend`]) that they need from the server.
//!
//! Pages are rendered on the server (feature `ssr`) and taken over in the browser (feature `hydrate`). This package
//! must not know any package of the server, and no database: what a page needs stands as a trait in `backend`.

// The views are deeply nested types.
#![recursion_limit = "512"]
#![expect(
    unreachable_pub,
    reason = "`#[component]` makes public items beside a component that nobody re-exports"
)]

mod app;
#[cfg(feature = "ssr")]
pub mod backend;
pub mod components;
pub mod error;
#[cfg(feature = "ssr")]
pub mod form;
pub mod language;
pub mod local_path;
pub mod pages;
pub mod shell;
pub mod text;
pub mod theme;

pub use app::App;
pub use shell::{Assets, shell};

/// Takes over the page that the server rendered, and says so on the root element (`data-hydrated`) once it is done.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(App);
    if let Some(root) = leptos::prelude::document().document_element()
        && let Err(error) = root.set_attribute("data-hydrated", "true")
    {
        leptos::logging::warn!("cannot mark the page as hydrated: {error:?}");
    }
}
