use domain::{Route, RouteId, ServiceStatus, Sni, UpstreamChoice, Versioned};
use leptos::prelude::*;
use leptos_router::components::A;

use super::path;
use super::status::{health_badge, state_badge, upstream_name};
use crate::language::{Language, use_language};
use crate::pages::gateway_group::use_group_id;
use crate::text::fault::fault;
use crate::text::service as words;

/// How many hosts and paths a row shows.
const SHOWN: usize = 3;

/// One service in the list. All of the row leads to its page.
#[component]
pub(super) fn Row(
    status: ServiceStatus,
    /// The newest states, of which the row shows its own while it stays.
    items: Memo<Vec<ServiceStatus>>,
) -> impl IntoView {
    let language = use_language();
    let service = &status.service.service;
    let href = path::detail(&use_group_id().get_untracked(), &service.id);
    let name = service.value.name.to_string();
    let hosts = hosts(language, &service.value.hosts);
    let routes = routes(language, &status.service.routes);
    let upstream = upstream_name(language, &status);
    let first = first_node(&status).map(|node| view! { <code class="muted service-row__node">{node}</code> });
    let id = service.id.clone();
    let current = Memo::new(move |_| {
        let found = items.with(|items| items.iter().find(|one| one.service.service.id == id).cloned());
        found.unwrap_or_else(|| status.clone())
    });
    let health = move || health_badge(language, &current.read());
    let state = move || state(language, &current.read());
    view! {
        <tr class="service-row">
            <td class="service-row__name"><A href attr:class="service-row__link"><strong>{name}</strong></A></td>
            <td class="service-row__hosts">{hosts}</td>
            <td class="service-row__routes">{routes}</td>
            <td class="service-row__upstream">{upstream} " " {first}</td>
            <td class="service-row__health">{health}</td>
            <td class="service-row__state">{state}</td>
        </tr>
    }
    .into_any()
}

/// Whether a service is live, and why not.
fn state(language: Language, status: &ServiceStatus) -> AnyView {
    let reason =
        status.fault.as_ref().map(|reason| view! { <span class="muted">{fault(language, reason)}</span> });
    view! { <span class="status">{state_badge(language, status)} {reason}</span> }.into_any()
}

fn hosts(language: Language, hosts: &[Sni]) -> AnyView {
    if hosts.is_empty() {
        return view! { <span class="muted">{language.pick(words::ALL_HOSTS)}</span> }.into_any();
    }
    cut(language, &hosts.iter().map(ToString::to_string).collect::<Vec<_>>())
}

fn routes(language: Language, routes: &[Versioned<RouteId, Route>]) -> AnyView {
    let paths = routes.iter().flat_map(|route| &route.value.paths);
    let paths: Vec<_> = paths.map(ToString::to_string).collect();
    if paths.is_empty() {
        return view! { <span class="muted">{language.pick(words::NO_ROUTES)}</span> }.into_any();
    }
    cut(language, &paths)
}

/// The first few of a list, and how many more there are.
fn cut(language: Language, entries: &[String]) -> AnyView {
    let shown = entries.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    let more = entries.len().saturating_sub(SHOWN);
    let more = (more > 0).then(|| view! { " " <span class="muted">{words::more(language, more)}</span> });
    view! { <code>{shown}</code> {more} }.into_any()
}

/// The first of a service's own nodes.
fn first_node(status: &ServiceStatus) -> Option<String> {
    match &status.service.service.value.upstream {
        UpstreamChoice::Own(own) => own.nodes.first().map(|node| node.address.to_string()),
        UpstreamChoice::Shared(_) => None,
    }
}
