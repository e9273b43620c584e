use domain::{GatewayGroup, ListenerState};
use leptos::html;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_location;

use super::Groups;
use crate::components::Brand;
use crate::language::{Language, use_language};
use crate::text::{common, gateway_group as words, service};

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
    let nav = NodeRef::<html::Nav>::new();
    let location = use_location();
    // As a drawer it has done its work once the person has gone somewhere.
    Effect::new(move || {
        location.pathname.track();
        if let Some(nav) = nav.get()
            && let Err(error) = nav.hide_popover()
        {
            leptos::logging::warn!("cannot close the sidebar: {error:?}");
        }
    });
    view! {
        <nav node_ref=nav class="sidebar" id="sidebar" popover="auto" aria-label=language.pick(common::NAVIGATION)>
            <Brand/>
            <p class="sidebar__heading">{language.pick(words::GATEWAY_GROUP)}</p>
            <Transition>{list}</Transition>
            <A href="/groups/new" attr:class="sidebar__link sidebar__link--add">{language.pick(words::ADD_GROUP_MORE)}</A>
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
    let alarm = matches!(group.listener_state, ListenerState::Failed { .. }).then(|| {
        view! {
            <span class="sidebar__alarm">
                <span aria-hidden="true">"■"</span>
                <span class="visually-hidden">{language.pick(words::FAILED)}</span>
            </span>
        }
    });
    view! {
        <details class="sidebar__group" open=open>
            <summary class="sidebar__summary">
                <span class="sidebar__name">{group.name.to_string()}</span>
                {alarm}
            </summary>
            <ul class="sidebar__links">{links(language, &home)}</ul>
        </details>
    }
}

fn links(language: Language, home: &str) -> impl IntoView + use<> {
    [
        (home.to_owned(), words::OVERVIEW),
        (format!("{home}/services"), service::TITLE),
        (format!("{home}/ssl-certificates"), words::SSL_CERTIFICATES),
        (format!("{home}/ca-certificates"), words::CA_CERTIFICATES),
        (format!("{home}/handshakes"), words::HANDSHAKES),
        (format!("{home}/clients"), words::CLIENTS),
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
