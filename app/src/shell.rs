//! The document around every page.

use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;

use crate::App;
use crate::language::Language;
use crate::theme::Theme;

/// Where the static files are, as URL paths.
#[derive(Debug, Clone, Default)]
pub struct Assets {
    /// The style sheet.
    pub stylesheet: String,
    /// The ES module that loads the browser's half and starts it; `None` in a build that has none.
    pub boot: Option<String>,
    /// The icon.
    pub favicon: String,
}

/// The whole document: what the server renders for every address.
pub fn shell(assets: Assets) -> impl IntoView {
    let boot = assets.boot.map(|boot| {
        // The data of the page are in inline scripts, which need the hydration's own nonce as well.
        view! {
            <link rel="modulepreload" href=boot.clone()/>
            <script type="module" src=boot nonce=use_nonce()></script>
        }
    });
    view! {
        <!DOCTYPE html>
        <html lang=Language::of_page().tag() data-theme=Theme::of_page().attribute()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" type="image/svg+xml" href=assets.favicon/>
                <link rel="stylesheet" href=assets.stylesheet/>
                {boot}
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}
