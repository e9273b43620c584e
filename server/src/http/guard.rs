//! Refuses requests that another site makes a browser send: by a foreign `Host` (DNS rebinding) or a foreign origin.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use domain::{HostNameError, ServerName};
use http::header::{HOST, HeaderName, ORIGIN};
use http::{HeaderMap, Method, StatusCode};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The names under which browsers may reach the dashboard.
#[derive(Debug, Clone)]
pub(crate) struct OwnNames {
    /// `https` or `http`, as browsers see it.
    pub(crate) scheme: &'static str,
    /// Besides loopback names and IP addresses.
    pub(crate) hosts: Vec<ServerName>,
    /// Behind a proxy that does TLS the scheme in `Origin` is the proxy's.
    pub(crate) any_scheme: bool,
}

impl OwnNames {
    /// Whether a `Host` is ours. An IP address always is: rebinding needs a name that its attacker controls.
    pub(super) fn allows(&self, authority: &str) -> bool {
        match ServerName::from_authority(authority) {
            Ok(name) => {
                name.as_str() == "localhost"
                    || name.as_str().ends_with(".localhost")
                    || self.hosts.contains(&name)
            }
            Err(HostNameError::IpAddress) => is_ip_authority(authority),
            Err(_) => false,
        }
    }

    /// Whether an `Origin` is the site that `authority` names.
    fn is_own_origin(&self, origin: &str, authority: &str) -> bool {
        origin.split_once("://").is_some_and(|(scheme, host)| {
            host.eq_ignore_ascii_case(authority)
                && (scheme == self.scheme || (self.any_scheme && scheme == "https"))
        })
    }
}

fn is_ip_authority(authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    };
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    bare.parse::<IpAddr>().is_ok()
}

/// Lets a request through only if its `Host` is ours and, unless it is a navigation that changes nothing, the page that
/// sent it is ours too.
pub(super) async fn same_site_only(
    State(names): State<Arc<OwnNames>>,
    request: Request,
    next: Next,
) -> Response {
    match judge(&names, &request) {
        Ok(()) => next.run(request).await,
        Err((status, why)) => {
            tracing::info!(
                status = status.as_u16(),
                why,
                path = request.uri().path(),
                "a request was refused"
            );
            (status, why).into_response()
        }
    }
}

fn judge(names: &OwnNames, request: &Request) -> Result<(), (StatusCode, &'static str)> {
    let Some(authority) = authority(request) else {
        return Err((StatusCode::BAD_REQUEST, "exactly one host is needed\n"));
    };
    if !names.allows(authority) {
        return Err((
            StatusCode::MISDIRECTED_REQUEST,
            "the dashboard does not answer to this host name; add it with --dashboard-host\n",
        ));
    }
    // Reads through the API are no navigations: no other site has a reason to make them.
    let navigation =
        matches!(*request.method(), Method::GET | Method::HEAD) && !request.uri().path().starts_with("/api/");
    if navigation || from_own_site(names, request.headers(), authority, request.method()) {
        return Ok(());
    }
    Err((StatusCode::FORBIDDEN, "this request comes from another site\n"))
}

/// The one host of a request: `:authority` in HTTP/2, `Host` in HTTP/1.1.
pub(super) fn authority(request: &Request) -> Option<&str> {
    let mut hosts = request.headers().get_all(HOST).iter();
    let header = hosts.next().map(|value| value.to_str().ok());
    if hosts.next().is_some() {
        return None;
    }
    match (request.uri().authority(), header) {
        (Some(authority), None) => Some(authority.as_str()),
        (None, Some(host)) => host,
        (Some(authority), Some(host)) => host.filter(|host| *host == authority.as_str()),
        (None, None) => None,
    }
}

fn from_own_site(names: &OwnNames, headers: &HeaderMap, authority: &str, method: &Method) -> bool {
    // A browser sends each at most once; of two that differ nobody knows which one was meant.
    if headers.get_all(ORIGIN).iter().count() > 1 || headers.get_all(SEC_FETCH_SITE).iter().count() > 1 {
        return false;
    }
    let site = headers.get(SEC_FETCH_SITE).map(|value| value.as_bytes());
    match (headers.get(ORIGIN), site) {
        (_, Some(site)) if !matches!(site, b"same-origin" | b"none") => false,
        (Some(origin), _) => origin.to_str().is_ok_and(|origin| names.is_own_origin(origin, authority)),
        // Browsers send no Origin with same-origin reads.
        (None, Some(_)) => true,
        // Neither header: no browser of this decade. Reads are harmless; what writes has to say where it comes from.
        (None, None) => matches!(*method, Method::GET | Method::HEAD),
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn names() -> OwnNames {
        OwnNames { scheme: "http", hosts: vec!["ops.example.com".parse().expect("valid")], any_scheme: false }
    }

    fn status(method: &str, path: &str, headers: &[(&str, &str)]) -> u16 {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty()).expect("valid");
        judge(&names(), &request).map_or_else(|(status, _)| status.as_u16(), |()| 200)
    }

    #[test]
    fn a_foreign_host_is_refused() {
        for host in ["127.0.0.1:7080", "[::1]:7080", "localhost:7080", "ops.example.com", "10.1.2.3"] {
            assert_eq!(status("GET", "/", &[("host", host)]), 200, "{host}");
        }
        for host in ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "1.2.3"] {
            assert_eq!(status("GET", "/", &[("host", host)]), 421, "{host}");
        }
        assert_eq!(status("GET", "/", &[]), 400);
        assert_eq!(status("GET", "/", &[("host", "localhost"), ("host", "evil.example")]), 400);
    }

    #[test]
    fn a_write_needs_our_own_origin() {
        let host = ("host", "localhost:7080");
        let post = |more: &[(&str, &str)]| status("POST", "/api/x", &[&[host], more].concat());
        assert_eq!(post(&[("origin", "http://localhost:7080")]), 200);
        assert_eq!(post(&[("origin", "http://localhost:7080"), ("sec-fetch-site", "same-origin")]), 200);
        assert_eq!(post(&[("sec-fetch-site", "same-origin")]), 200);
        assert_eq!(post(&[]), 403);
        assert_eq!(post(&[("origin", "http://localhost:7080"), ("origin", "http://evil.example")]), 403);
        for origin in ["http://localhost:7081", "https://localhost:7080", "http://evil.example", "null"] {
            assert_eq!(post(&[("origin", origin)]), 403, "{origin}");
        }
        for site in ["cross-site", "same-site", "nonsense"] {
            assert_eq!(post(&[("sec-fetch-site", site)]), 403, "{site}");
            assert_eq!(post(&[("origin", "http://localhost:7080"), ("sec-fetch-site", site)]), 403, "{site}");
        }
    }

    #[test]
    fn a_read_through_the_api_is_ours_and_a_navigation_anybodys() {
        let host = ("host", "localhost:7080");
        assert_eq!(status("GET", "/api/x", &[host, ("sec-fetch-site", "cross-site")]), 403);
        assert_eq!(status("GET", "/api/x", &[host, ("sec-fetch-site", "same-origin")]), 200);
        assert_eq!(status("GET", "/groups/default", &[host, ("sec-fetch-site", "cross-site")]), 200);
    }
}
