use domain::GatewayGroup;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_location;

use super::Groups;
use crate::language::{Language, use_language};
use crate::text::{common, gateway_group as words};

/// The gateway groups with their pages. On a narrow screen it is a drawer, opened by the menu button of the top bar.
#[component]
pub(super) fn Sidebar(groups: Groups) -> impl IntoView {
    let language = use_language();
    let list = move || {
        Suspend::new(async move {
            let groups = groups.await.unwrap_or_default();
            groups.into_iter().map(|group| view! { <Group group/> }).collect_view()
        })
    };
    view! {
        <nav class="sidebar" id="sidebar" popover="auto" aria-label=language.pick(common::NAVIGATION)>
            <a class="brand" href="/">{common::POSTERN}</a>
            <p class="sidebar__heading">{language.pick(words::GATEWAY_GROUP)}</p>
            <Transition>{list}</Transition>
            <A href="/groups/new" attr:class="sidebar__link">{language.pick(words::ADD_GROUP_MORE)}</A>
        </nav>
    }
}

#[component]
fn Group(group: GatewayGroup) -> impl IntoView {
    let language = use_language();
    let location = use_location();
    let home = format!("/groups/{}", group.id);
    let open = {
        let (home, inside) = (home.clone(), format!("{home}/"));
        move || {
            let path = location.pathname.read();
            *path == home || path.starts_with(&inside)
        }
    };
    view! {
        <details class="sidebar__group" open=open>
            <summary class="sidebar__summary">{group.name.to_string()}</summary>
            <ul class="sidebar__links">{links(language, &home)}</ul>
        </details>
    }
}

fn links(language: Language, home: &str) -> impl IntoView + use<> {
    [
        (home.to_owned(), words::OVERVIEW),
        (format!("{home}/ssl-certificates"), words::SSL_CERTIFICATES),
        (format!("{home}/ca-certificates"), words::CA_CERTIFICATES),
        (format!("{home}/settings"), words::SETTINGS),
    ]
    .into_iter()
    .map(|(href, label)| {
        // Every other page's address begins like the overview's.
        let exact = label == words::OVERVIEW;
        view! { <li><A href exact attr:class="sidebar__link">{language.pick(label)}</A></li> }
    })
    .collect_view()
}
