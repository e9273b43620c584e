//! Why a request gets no answer of a service, and what its client is told of that.

use bytes::Bytes;
use domain::{ReasonCode, ServerName};
use http::header::{CONNECTION, CONTENT_TYPE, HeaderValue};
use http::{Request, Response, StatusCode, Version};
use http_body_util::Full;

use super::authority;
use crate::connection::Connection;
use crate::shared::Shared;

/// Characters of a path in the detail of an event.
const DETAIL_PATH: usize = 128;

/// Why a request gets no answer of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The client is no longer let in; the connection is being closed.
    NotAdmitted,
    /// No host, more than one, or something that is no host name; or anything else that nobody should send.
    Bad(&'static str),
    /// More header fields than the group's limits allow.
    TooManyFields,
    /// The path is for verified clients only.
    PathRequiresCert,
    /// The route is for verified clients only.
    RouteRequiresCert,
    /// The host's policy, or this connection's, wants another connection.
    Misdirected,
    /// Nobody has heard of the host.
    UnknownHost,
    /// No route is for such requests.
    NotRouted,
    /// The upstream cannot be used.
    BrokenUpstream,
    /// No node answered.
    Unanswered(StatusCode),
}

impl Refusal {
    pub(super) fn response(self, version: Version) -> Response<Full<Bytes>> {
        let (status, body) = match self {
            // A new connection is the client's way to learn the reason, in its handshake (RFC 9110 §15.5.20).
            Self::NotAdmitted | Self::Misdirected => {
                (StatusCode::MISDIRECTED_REQUEST, "Misdirected request\n")
            }
            // The client is not told more: what a path needs is a detail of the policy.
            Self::Bad(_) | Self::PathRequiresCert | Self::RouteRequiresCert => {
                (StatusCode::BAD_REQUEST, "Bad request\n")
            }
            Self::TooManyFields => {
                (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "Request header fields too large\n")
            }
            Self::UnknownHost => (StatusCode::NOT_FOUND, "Not found\n"),
            // In APISIX's words, which its users look for.
            Self::NotRouted => (StatusCode::NOT_FOUND, "{\"error_msg\":\"404 Route Not Found\"}\n"),
            Self::BrokenUpstream => (StatusCode::SERVICE_UNAVAILABLE, "Service unavailable\n"),
            Self::Unanswered(status) => (status, phrase(status)),
        };
        let kind = if self == Self::NotRouted { "application/json" } else { "text/plain; charset=utf-8" };
        let mut response = Response::new(Full::from(body));
        *response.status_mut() = status;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        // RFC 9113 §8.2.2: HTTP/2 has no such header.
        if self == Self::NotAdmitted && version < Version::HTTP_2 {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }

    /// Records what operators have to know, and says the rest to whoever looks for it.
    pub(super) fn note<B>(self, shared: &Shared, connection: &Connection, request: &Request<B>) {
        let requires = |what: &str| requires_certificate(what, request.uri().path());
        match self {
            Self::Misdirected => {
                let detail = || misdirected(connection, request);
                connection.record_refused_request(ReasonCode::Misdirected421, detail, shared);
            }
            Self::PathRequiresCert => {
                let detail = || requires("is not exempt");
                connection.record_refused_request(ReasonCode::PathRequiresCert, detail, shared);
            }
            Self::RouteRequiresCert => {
                let detail = || requires("belongs to a route that requires one");
                connection.record_refused_request(ReasonCode::PathRequiresCert, detail, shared);
            }
            _ => {
                let id = connection.attempt().connection;
                let sni = connection.server_name().map_or("", ServerName::as_str);
                tracing::debug!(connection = %id, sni, reason = ?self, "request refused");
            }
        }
    }
}

fn phrase(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => "Bad request\n",
        StatusCode::REQUEST_TIMEOUT => "Request timeout\n",
        StatusCode::SERVICE_UNAVAILABLE => "Service unavailable\n",
        StatusCode::GATEWAY_TIMEOUT => "Gateway timeout\n",
        _ => "Bad gateway\n",
    }
}

fn misdirected<B>(connection: &Connection, request: &Request<B>) -> String {
    let asked = authority(request.version(), request.uri(), request.headers())
        .ok()
        .and_then(|authority| ServerName::from_authority(authority).ok());
    format!(
        "a request for {} came on a connection that was made for {}",
        asked.as_ref().map_or("another host", ServerName::as_str),
        connection.server_name().map_or("no host by name", ServerName::as_str),
    )
}

fn requires_certificate(why: &str, path: &str) -> String {
    // Escaped: in HTTP a path may have characters beyond ASCII.
    let path: String = path.escape_default().take(DETAIL_PATH).collect();
    format!("the path {path} {why}, and the client has no verified certificate")
}
