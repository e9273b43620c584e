use domain::{Route, RoutePath, Scheme, ServiceStatus, Sni, Status};
use leptos::prelude::*;

use super::status::upstream_of;
use crate::components::Command;
use crate::language::Language;
use crate::pages::gateway_group::use_group;
use crate::pages::ssl_certificate::{curl_path, example_host, reachable};
use crate::text::service as words;

/// The guide's host.
const ANY_HOST: &str = "test.com";

/// A request that the service answers, ready to copy.
pub(super) fn try_it(language: Language, status: &ServiceStatus) -> Option<AnyView> {
    let group = use_group();
    let routes = &status.service.routes;
    let route = routes.iter().map(|route| &route.value).find(|route| route.status == Status::Enabled)?;
    let host = host(route, &status.service.service.value.hosts);
    let any_host = host.is_none().then(|| view! { <p>{language.pick(words::TRY_ANY_HOST)}</p> });
    let host = host.unwrap_or_else(|| ANY_HOST.to_owned());
    let is_echo = upstream_of(status).is_some_and(|upstream| upstream.scheme == Scheme::Echo);
    let path = path(route, is_echo);
    let command = move || {
        group.get().map(|group| view! { <Command text=curl_path(&host, reachable(&group), &path, true)/> })
    };
    let section = view! {
        <section class="section" aria-labelledby="try-heading">
            <h2 class="section__title" id="try-heading">{language.pick(words::TRY_IT)}</h2>
            <p>{language.pick(words::TRY_LEAD)}</p>
            {any_host}
            {command}
        </section>
    };
    Some(section.into_any())
}

/// A host that the route covers, if it or its service names any.
fn host(route: &Route, of_service: &[Sni]) -> Option<String> {
    route.hosts.iter().chain(of_service).find(|host| **host != Sni::Any).map(example_host)
}

/// A path that the route covers, as it stands in an address (RFC 3986 §3.3).
fn path(route: &Route, is_echo: bool) -> String {
    if is_echo && route.paths.iter().any(|path| path.covers("/ip")) {
        return "/ip".to_owned();
    }
    let path = match route.paths.first() {
        Some(RoutePath::Exact(path) | RoutePath::Prefix(path)) => path,
        None => "/",
    };
    let escaped = |byte: u8| match byte {
        b'/' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    path.bytes().map(escaped).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(paths: &[&str]) -> Route {
        let paths = paths.iter().map(|path| path.parse().expect("valid")).collect();
        Route::of_service("s".parse().expect("valid"), paths)
    }

    #[test]
    fn a_path_that_the_route_covers_and_no_shell_reads() {
        for (paths, is_echo, expected) in [
            (&["/*"][..], true, "/ip"),
            (&["/*"], false, "/"),
            (&["/api/*", "/b"], true, "/api/"),
            (&["/health"], false, "/health"),
            (&["/a b\"$(id)`"], false, "/a%20b%22%24%28id%29%60"),
            (&["/é"], false, "/%C3%A9"),
        ] {
            assert_eq!(path(&route(paths), is_echo), expected, "{paths:?}");
        }
    }

    #[test]
    fn the_routes_own_host_goes_before_the_services() {
        let of_service = ["*.example.com".parse().expect("valid")];
        assert_eq!(host(&route(&["/"]), &of_service).as_deref(), Some("www.example.com"));
        let own = Route { hosts: vec!["a.test".parse().expect("valid")], ..route(&["/"]) };
        assert_eq!(host(&own, &of_service).as_deref(), Some("a.test"));
        assert_eq!(host(&route(&["/"]), &["*".parse().expect("valid")]), None);
    }
}
