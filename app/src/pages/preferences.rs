//! Language and theme: cookies of this browser, not settings of a person.

pub mod api;

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_location;

use crate::language::use_language;
use crate::text::common;
use crate::theme::Theme;

/// The switches for language and theme. Ordinary forms: the page is loaded again, in the other words or colours.
#[component]
pub fn Preferences() -> impl IntoView {
    view! {
        <div class="preferences">
            <LanguageSwitch/>
            <ThemeMenu/>
        </div>
    }
}

#[component]
fn LanguageSwitch() -> impl IntoView {
    let language = use_language();
    view! {
        <form method="post" action=api::SetLanguage::url()>
            <Here/>
            <input type="hidden" name="language" value=language.other().code()/>
            <button type="submit" class="button button--quiet" lang=language.other().tag()>
                {language.pick(common::SWITCH_LANGUAGE)}
            </button>
        </form>
    }
}

#[component]
fn ThemeMenu() -> impl IntoView {
    let language = use_language();
    let current = Theme::of_page();
    let choices = Theme::ALL
        .into_iter()
        .map(|theme| {
            let label = match theme {
                Theme::System => common::THEME_SYSTEM,
                Theme::Light => common::THEME_LIGHT,
                Theme::Dark => common::THEME_DARK,
            };
            view! {
                <button
                    type="submit"
                    class="menu__item"
                    name="theme"
                    value=theme.code()
                    aria-current=(theme == current).then_some("true")
                >
                    {language.pick(label)}
                </button>
            }
        })
        .collect_view();
    view! {
        <button type="button" class="button button--quiet" popovertarget="theme-menu">
            <span aria-hidden="true">"◐"</span>
            <span class="preferences__word">{language.pick(common::THEME)}</span>
        </button>
        <form class="menu" id="theme-menu" popover="auto" method="post" action=api::SetTheme::url()>
            <Here/>
            {choices}
        </form>
    }
}

/// Where the person is, so that the switch leads back there.
#[component]
fn Here() -> impl IntoView {
    let location = use_location();
    let here = move || {
        let search = location.search.get();
        let search = search.trim_start_matches('?');
        let path = location.pathname.get();
        if search.is_empty() { path } else { format!("{path}?{search}") }
    };
    view! { <input type="hidden" name="back" value=here prop:value=here/> }
}
