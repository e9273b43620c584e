//! How a service fares, in badges.

use domain::{NodeHealth, Scheme, ServiceStatus, Upstream, UpstreamChoice};
use leptos::prelude::*;

use crate::components::{Badge, BadgeKind};
use crate::language::Language;
use crate::text::service as words;

/// The upstream that a service uses, its own or a shared one.
pub(super) fn upstream_of(status: &ServiceStatus) -> Option<&Upstream> {
    match &status.service.service.value.upstream {
        UpstreamChoice::Own(own) => Some(own),
        UpstreamChoice::Shared(_) => status.shared_upstream.as_ref().map(|shared| &shared.value.upstream),
    }
}

/// How many of the nodes are well.
pub(super) fn health_badge(language: Language, status: &ServiceStatus) -> AnyView {
    let (kind, text) = health(language, status);
    view! { <Badge kind text/> }.into_any()
}

fn health(language: Language, status: &ServiceStatus) -> (BadgeKind, String) {
    let upstream = upstream_of(status);
    if upstream.is_some_and(|upstream| upstream.scheme == Scheme::Echo) {
        return (BadgeKind::Good, language.pick(words::BUILT_IN).to_owned());
    }
    let all = upstream.map_or(0, |upstream| upstream.nodes.len());
    if all == 0 {
        return (BadgeKind::Attention, language.pick(words::NO_NODES).to_owned());
    }
    if status.nodes.is_empty() {
        // The gateway does not have them yet, or cannot use them.
        return (BadgeKind::Off, words::nodes(language, all));
    }
    let (all, well) =
        (status.nodes.len(), status.nodes.iter().filter(|node| node.health == NodeHealth::Healthy));
    let well = well.count();
    let kind = match well {
        0 => BadgeKind::Bad,
        well if well < all => BadgeKind::Attention,
        _ => BadgeKind::Good,
    };
    (kind, words::healthy(language, well, all))
}

/// Whether the gateway serves what is saved.
pub(super) fn state_badge(language: Language, status: &ServiceStatus) -> AnyView {
    let (kind, text) = match (&status.fault, status.is_live) {
        (Some(_), _) => (BadgeKind::Bad, words::BROKEN),
        (None, true) => (BadgeKind::Good, words::LIVE),
        (None, false) => (BadgeKind::Off, words::NOT_YET_LIVE),
    };
    view! { <Badge kind text=language.pick(text)/> }.into_any()
}

/// What the nodes speak, and what a shared upstream is called.
pub(super) fn upstream_name(language: Language, status: &ServiceStatus) -> String {
    let scheme = upstream_of(status).map(|upstream| language.pick(words::scheme(upstream.scheme)));
    match &status.shared_upstream {
        Some(shared) => {
            let name = words::shared(language, shared.value.name.as_str());
            scheme.map_or(name.clone(), |scheme| format!("{name} · {scheme}"))
        }
        None => scheme.unwrap_or_default().to_owned(),
    }
}
