use leptos::prelude::*;
use leptos_router::components::A;

use super::path;
use crate::components::{ButtonLink, PageHeader};
use crate::language::use_language;
use crate::pages::gateway_group::use_group_id;
use crate::text::client as words;

/// One of the two lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tab {
    Seen,
    Denied,
}

/// The head of both lists, with the way from one to the other.
#[component]
pub(super) fn Head(
    /// Which of them this is.
    tab: Tab,
) -> impl IntoView {
    let language = use_language();
    let group = use_group_id();
    let class = move |each| if each == tab { "tabs__link tabs__link--current" } else { "tabs__link" };
    view! {
        <PageHeader title=language.pick(words::TITLE)>
            <ButtonLink
                href=Signal::derive(move || path::deny(&group.get()))
                text=language.pick(words::DENY_A_CLIENT)
            />
        </PageHeader>
        <nav class="tabs" aria-label=language.pick(words::TABS)>
            <A href=move || path::list(&group.get()) exact=true attr:class=class(Tab::Seen)>
                {language.pick(words::SEEN)}
            </A>
            <A href=move || path::denied(&group.get()) attr:class=class(Tab::Denied)>
                {language.pick(words::DENIED_CLIENTS)}
            </A>
        </nav>
    }
    .into_any()
}
