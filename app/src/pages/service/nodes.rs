use domain::{Node, NodeHealth, NodeState, Scheme, ServiceStatus, UnixTime};
use leptos::prelude::*;

use super::status::upstream_of;
use crate::components::{Badge, BadgeKind, Time};
use crate::language::{Language, Text};
use crate::text::service as words;

/// The nodes of a service's upstream; their states change in place. `now` is the server's time.
pub(super) fn nodes(
    language: Language,
    status: &ServiceStatus,
    states: Memo<Vec<NodeState>>,
    now: Memo<UnixTime>,
) -> AnyView {
    let upstream = upstream_of(status);
    let nodes = upstream.map(|upstream| upstream.nodes.clone()).unwrap_or_default();
    let body = if upstream.is_some_and(|upstream| upstream.scheme == Scheme::Echo) {
        view! { <p>{language.pick(words::ECHO_MEANING)}</p> }.into_any()
    } else if nodes.is_empty() {
        view! { <p>{language.pick(words::NO_NODES_MEANING)}</p> }.into_any()
    } else {
        table(language, nodes, states, now)
    };
    view! {
        <section class="section section--wide" aria-labelledby="nodes-heading">
            <h2 class="section__title" id="nodes-heading">{language.pick(words::NODES)}</h2>
            {body}
        </section>
    }
    .into_any()
}

fn table(language: Language, nodes: Vec<Node>, states: Memo<Vec<NodeState>>, now: Memo<UnixTime>) -> AnyView {
    let heads = [words::NODE, words::HEALTH, words::REQUESTS, words::WEIGHT, words::PRIORITY]
        .map(|head| view! { <th scope="col">{language.pick(head)}</th> })
        .collect_view();
    let rows = move || {
        let states = states.read();
        let row = |node: &Node| {
            let state = states.iter().find(|state| state.address == node.address);
            row(language, node, state, now.get())
        };
        nodes.iter().map(row).collect_view()
    };
    view! {
        <div class="table-frame">
            <table class="table">
                <caption class="visually-hidden">{language.pick(words::NODES_CAPTION)}</caption>
                <thead>
                    <tr>{heads}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(language: Language, node: &Node, state: Option<&NodeState>, now: UnixTime) -> AnyView {
    let requests = state.map(|state| state.requests);
    view! {
        <tr>
            <td><code>{node.address.to_string()}</code></td>
            <td>{health(language, state.map(|state| &state.health), now)}</td>
            <td>{narrow(language, words::REQUESTS)}{requests}</td>
            <td>{narrow(language, words::WEIGHT)}{node.weight}</td>
            <td>{narrow(language, words::PRIORITY)}{node.priority}</td>
        </tr>
    }
    .into_any()
}

/// The head of a cell's column, where the screen is too narrow for columns.
pub(super) fn narrow(language: Language, head: Text) -> AnyView {
    view! { <span class="narrow-label">{language.pick(head)}</span> }.into_any()
}

fn health(language: Language, health: Option<&NodeHealth>, now: UnixTime) -> AnyView {
    let badge = |kind, text| view! { <Badge kind text=language.pick(text)/> };
    match health {
        None => badge(BadgeKind::Off, words::NOT_CHECKED_YET).into_any(),
        Some(NodeHealth::Healthy) => badge(BadgeKind::Good, words::HEALTHY).into_any(),
        Some(NodeHealth::Unhealthy { since, reason }) => view! {
            <span class="status">
                {badge(BadgeKind::Bad, words::UNHEALTHY)}
                <span>{reason.clone()}</span>
                <span class="muted"><Time at=*since now/></span>
            </span>
        }
        .into_any(),
    }
}
