use domain::{Route, RouteId, Status, Versioned};
use leptos::prelude::*;

use super::fields::joined;
use super::nodes::narrow;
use crate::components::{Badge, BadgeKind};
use crate::language::{Language, use_language};
use crate::text::service as words;

/// The routes of a service.
#[component]
pub(super) fn Routes(routes: Vec<Versioned<RouteId, Route>>) -> impl IntoView {
    let language = use_language();
    let body = if routes.is_empty() {
        view! { <p>{language.pick(words::NO_ROUTES_YET)}</p> }.into_any()
    } else {
        table(language, routes)
    };
    view! {
        <section class="section section--wide" aria-labelledby="routes-heading">
            <h2 class="section__title" id="routes-heading">{language.pick(words::ROUTES)}</h2>
            {body}
        </section>
    }
    .into_any()
}

fn table(language: Language, routes: Vec<Versioned<RouteId, Route>>) -> AnyView {
    let heads = [words::PATHS, words::METHODS, words::PRIORITY, words::HOSTS, words::CLIENTS, words::STATE]
        .map(|head| view! { <th scope="col">{language.pick(head)}</th> })
        .collect_view();
    let rows = routes.into_iter().map(|route| row(language, route.value)).collect_view();
    view! {
        <div class="table-frame">
            <table class="table">
                <caption class="visually-hidden">{language.pick(words::ROUTES_CAPTION)}</caption>
                <thead>
                    <tr>{heads}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(language: Language, route: Route) -> AnyView {
    let methods: Vec<_> = route.methods.iter().map(|method| method.name()).collect();
    let methods =
        if methods.is_empty() { language.pick(words::ALL_METHODS).to_owned() } else { methods.join(" ") };
    let hosts = match route.hosts.as_slice() {
        [] => view! { <span class="muted">{language.pick(words::HOSTS_OF_SERVICE)}</span> }.into_any(),
        hosts => view! { <code>{joined(hosts, ", ")}</code> }.into_any(),
    };
    let clients = if route.requires_client_certificate { words::VERIFIED_ONLY } else { words::EVERYBODY };
    let (kind, status) = match route.status {
        Status::Enabled => (BadgeKind::Good, words::ENABLED),
        Status::Disabled => (BadgeKind::Off, words::DISABLED),
    };
    let name = route.name.map(|name| view! { <span class="muted">{name.to_string()}</span> });
    view! {
        <tr>
            <td><code>{joined(&route.paths, ", ")}</code> " " {name}</td>
            <td>{narrow(language, words::METHODS)}{methods}</td>
            <td>{narrow(language, words::PRIORITY)}{route.priority}</td>
            <td>{hosts}</td>
            <td>{language.pick(clients)}</td>
            <td><Badge kind text=language.pick(status)/></td>
        </tr>
    }
    .into_any()
}
