use domain::GatewayGroup;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_location;

use super::Groups;
use crate::language::{Language, Text, use_language};
use crate::text::{common, gateway_group as words, service};

/// Where one is: the group, the kind of thing, and that one of them is open.
#[component]
pub(super) fn Breadcrumbs(groups: Groups) -> impl IntoView {
    let language = use_language();
    let location = use_location();
    let crumbs = move || {
        let groups = groups.get().and_then(Result::ok).unwrap_or_default();
        trail(language, &location.pathname.read(), &groups).into_iter().map(item).collect_view()
    };
    view! {
        <nav class="breadcrumbs" aria-label=language.pick(common::BREADCRUMBS)>
            <ol>
                <Transition>{crumbs}</Transition>
            </ol>
        </nav>
    }
}

/// One step of the way; the last one has no link.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Crumb {
    label: String,
    href: Option<String>,
}

fn item(crumb: Crumb) -> impl IntoView {
    let Crumb { label, href } = crumb;
    match href {
        Some(href) => view! { <li><A href exact=true>{label}</A></li> }.into_any(),
        None => view! { <li aria-current="page">{label}</li> }.into_any(),
    }
}

fn trail(language: Language, path: &str, groups: &[GatewayGroup]) -> Vec<Crumb> {
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    let (Some("groups"), Some(id)) = (segments.next(), segments.next()) else {
        return Vec::new();
    };
    let Some(group) = groups.iter().find(|group| group.id.as_str() == id) else {
        let new = Crumb { label: language.pick(words::NEW_GROUP).to_owned(), href: None };
        return if id == "new" { vec![new] } else { Vec::new() };
    };
    let section = segments.next();
    let inside = segments.next().is_some();
    let home = format!("/groups/{id}");
    let second = section.and_then(section_name).map(|name| Crumb {
        label: language.pick(name).to_owned(),
        href: inside.then(|| format!("{home}/{}", section.unwrap_or_default())),
    });
    let first = Crumb { label: group.name.to_string(), href: second.is_some().then_some(home) };
    [Some(first), second].into_iter().flatten().collect()
}

fn section_name(segment: &str) -> Option<Text> {
    match segment {
        "services" => Some(service::TITLE),
        "ssl-certificates" => Some(words::SSL_CERTIFICATES),
        "ca-certificates" => Some(words::CA_CERTIFICATES),
        "handshakes" => Some(words::HANDSHAKES),
        "clients" => Some(words::CLIENTS),
        "settings" => Some(words::SETTINGS),
        "delete" => Some(words::DELETE_GROUP),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use domain::{ListenerState, Revision};

    use super::*;

    fn crumb(label: &str, href: Option<&str>) -> Crumb {
        Crumb { label: label.to_owned(), href: href.map(str::to_owned) }
    }

    #[test]
    fn the_way_to_each_page() {
        let group = GatewayGroup {
            id: "g1".parse().expect("valid"),
            name: "Partners".parse().expect("valid"),
            listener: ([0, 0, 0, 0], 9443).into(),
            listener_state: ListenerState::Starting,
            http_listener: None,
            http_listener_state: None,
            default_certificate: None,
            ssl_certificates: 0,
            revision: Revision(1),
            protection: domain::Protection::default(),
            identity_headers: domain::IdentityHeaders::default(),
            last_policy_change: None,
        };
        let groups = [group];
        let home = Some("/groups/g1");
        for (path, crumbs) in [
            ("/", vec![]),
            ("/groups/new", vec![crumb("New gateway group", None)]),
            ("/groups/other", vec![]),
            ("/groups/g1", vec![crumb("Partners", None)]),
            ("/groups/g1/settings", vec![crumb("Partners", home), crumb("Settings", None)]),
            ("/groups/g1/ssl-certificates", vec![crumb("Partners", home), crumb("SSL Certificates", None)]),
            (
                "/groups/g1/handshakes/01J",
                vec![crumb("Partners", home), crumb("Handshakes", Some("/groups/g1/handshakes"))],
            ),
            (
                "/groups/g1/services/new",
                vec![crumb("Partners", home), crumb("Services", Some("/groups/g1/services"))],
            ),
            ("/groups/g1/clients", vec![crumb("Partners", home), crumb("Clients", None)]),
            (
                "/groups/g1/ssl-certificates/01J/edit",
                vec![crumb("Partners", home), crumb("SSL Certificates", Some("/groups/g1/ssl-certificates"))],
            ),
        ] {
            assert_eq!(trail(Language::English, path, &groups), crumbs, "{path}");
        }
    }
}
