//! From a request's head to the service that answers it: whose host it asks for, and whether it may on this connection.

use std::convert::Infallible;
use std::error::Error;
use std::io;
use std::net::IpAddr;
use std::time::Instant;

use bytes::Bytes;
use domain::{GatewayGroupId, ReasonCode, ServerName};
use http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderValue};
use http::{HeaderMap, Method, Request, Response, StatusCode, Uri, Version};
use http_body_util::Full;
use http_body_util::BodyExt;
use http_body_util::combinators::MapErr;
use hyper::body::Body;

use crate::answer::Answer;
use crate::budget::seconds;
use crate::connection::Connection;
use crate::events::connection_id;
use crate::interim::Interim;
use crate::request_record::{RequestLine, RequestRecord};
use crate::shared::Shared;
use crate::steady_body::SteadyBody;
use crate::{echo, hop_by_hop, identity_headers};

/// Characters of a path in the detail of an event.
const DETAIL_PATH: usize = 128;

/// The body of an answer.
pub(crate) type AnswerBody = MapErr<Full<Bytes>, fn(Infallible) -> io::Error>;

/// Answers a request. What the client gets to know of a refusal is its status only.
pub(crate) async fn answer<B>(
    shared: &Shared,
    connection: &Connection,
    mut request: Request<B>,
    _interim: Interim,
) -> Answer<AnswerBody>
where
    B: Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Unpin,
{
    let started = Instant::now();
    let _in_progress = connection.pace().begin_request();
    let line = shared.access_log.is_some().then(|| RequestLine::of(&request));
    let version = request.version();
    let is_head = request.method() == Method::HEAD;
    let response = match route(shared, connection, &request) {
        Ok(()) => {
            set_host(&mut request);
            identity_headers::strip(request.headers_mut());
            let patience = seconds(connection.pace().protection().body_seconds);
            let request = request.map(|body| SteadyBody::new(body, patience));
            echo::answer(request, client_address(connection)).await
        }
        Err(refusal) => refusal.response(version),
    };
    let response = if is_head { without_body(response) } else { response };
    connection.count_answer(response.status().as_u16());
    if let (Some(log), Some(line)) = (&shared.access_log, line) {
        log.record(record(shared, connection, line, &response, started));
    }
    let unfailing: fn(Infallible) -> io::Error = |never| match never {};
    Answer::from(response.map(|body| body.map_err(unfailing)))
}

fn record(
    shared: &Shared,
    connection: &Connection,
    line: RequestLine,
    response: &Response<Full<Bytes>>,
    started: Instant,
) -> RequestRecord {
    let attempt = connection.attempt();
    let negotiated = connection.negotiated();
    RequestRecord {
        connection: connection_id(attempt.connection),
        at: shared.options.clock.now(),
        group: GatewayGroupId::clone(&attempt.group),
        client: attempt.client,
        line,
        status: response.status().as_u16(),
        bytes: response.body().size_hint().exact().unwrap_or_default(),
        duration_us: u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
        identity: connection.verified_name().map(str::to_owned),
        tls_version: negotiated.version_name(),
        resumed: negotiated.resumed,
    }
}

/// The client's address, in IPv4's own form where it is one.
fn client_address(connection: &Connection) -> IpAddr {
    connection.attempt().client.ip().to_canonical()
}

/// Why a request is not given to a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    /// The client is no longer let in; the connection is being closed.
    NotAdmitted,
    /// No host, more than one, or something that is no host name; or anything else that nobody should send.
    Bad(&'static str),
    /// More header fields than the group's limits allow. HTTP/1.1's parser says so itself.
    TooManyFields,
    /// The path is for verified clients only.
    PathRequiresCert,
    /// The host's policy, or this connection's, wants another connection.
    Misdirected,
    /// Nobody has heard of the host.
    UnknownHost,
}

impl Refusal {
    fn response(self, version: Version) -> Response<Full<Bytes>> {
        let (status, body) = match self {
            // A new connection is the client's way to learn the reason, in its handshake (RFC 9110 §15.5.20).
            Self::NotAdmitted | Self::Misdirected => {
                (StatusCode::MISDIRECTED_REQUEST, "Misdirected request\n")
            }
            // The client is not told more: what a path needs is a detail of the policy.
            Self::Bad(_) | Self::PathRequiresCert => (StatusCode::BAD_REQUEST, "Bad request\n"),
            Self::TooManyFields => {
                (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "Request header fields too large\n")
            }
            Self::UnknownHost => (StatusCode::NOT_FOUND, "Not found\n"),
        };
        let mut response = Response::new(Full::from(body));
        *response.status_mut() = status;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        // RFC 9113 §8.2.2: HTTP/2 has no such header.
        if self == Self::NotAdmitted && version < Version::HTTP_2 {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }

    /// Records what operators have to know, and says the rest to whoever looks for it.
    fn note<B>(self, shared: &Shared, connection: &Connection, request: &Request<B>) {
        match self {
            Self::Misdirected => {
                let detail = || misdirected(connection, request);
                connection.record_refused_request(ReasonCode::Misdirected421, detail, shared);
            }
            Self::PathRequiresCert => {
                let detail = || requires_certificate(request.uri().path());
                connection.record_refused_request(ReasonCode::PathRequiresCert, detail, shared);
            }
            Self::Bad(_) | Self::TooManyFields | Self::NotAdmitted | Self::UnknownHost => {
                let id = connection.attempt().connection;
                let sni = connection.server_name().map_or("", ServerName::as_str);
                tracing::debug!(connection = %id, sni, reason = ?self, "request refused");
            }
        }
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

fn requires_certificate(path: &str) -> String {
    // Escaped: in HTTP a path may have characters beyond ASCII.
    let path: String = path.escape_default().take(DETAIL_PATH).collect();
    format!("the path {path} is not exempt, and the client has no verified certificate")
}

/// Whether the request may be answered on this connection.
fn route<B>(shared: &Shared, connection: &Connection, request: &Request<B>) -> Result<(), Refusal> {
    check(shared, connection, request).inspect_err(|refusal| refusal.note(shared, connection, request))
}

fn check<B>(shared: &Shared, connection: &Connection, request: &Request<B>) -> Result<(), Refusal> {
    if !connection.is_admitted(shared) {
        return Err(Refusal::NotAdmitted);
    }
    if request.headers().len() > connection.pace().protection().headers as usize {
        return Err(Refusal::TooManyFields);
    }
    if request.method() == Method::CONNECT {
        return Err(Refusal::Bad("a gateway makes no tunnels"));
    }
    hop_by_hop::check(request.headers()).map_err(Refusal::Bad)?;
    check_host(shared, connection, request)?;
    if !connection.may_reach(request.uri().path()) {
        return Err(Refusal::PathRequiresCert);
    }
    Ok(())
}

/// Whether the request's host may be reached on this connection.
fn check_host<B>(shared: &Shared, connection: &Connection, request: &Request<B>) -> Result<(), Refusal> {
    let authority = authority(request.version(), request.uri(), request.headers()).map_err(Refusal::Bad)?;
    if connection.server_name().is_some_and(|host| names(authority, host)) {
        // The handshake's own host, which the connection has just been found to be admitted to.
        return Ok(());
    }
    let host = ServerName::from_authority(authority).map_err(|_| Refusal::Bad("not a host name"))?;
    let snapshot = shared.snapshot.load();
    match snapshot.policy(&connection.attempt().group, &host) {
        Some(policy) if connection.is_under(policy) => Ok(()),
        Some(policy) if policy.is_guarded() => Err(Refusal::Misdirected),
        _ if connection.is_guarded() => Err(Refusal::Misdirected),
        Some(_) => Ok(()),
        None => Err(Refusal::UnknownHost),
    }
}

/// The one authority that a request names: in its target, in `Host`, or in both alike (RFC 9112 §3.2, RFC 9113 §8.3.1).
pub(crate) fn authority<'a>(
    version: Version,
    target: &'a Uri,
    headers: &'a HeaderMap,
) -> Result<&'a str, &'static str> {
    let mut hosts = headers.get_all(HOST).iter();
    let host = hosts.next().map(|host| host.to_str().map_err(|_| "a Host that is not text")).transpose()?;
    if hosts.next().is_some() {
        return Err("more than one Host");
    }
    match (target.authority(), host) {
        (None, None) => Err("no host"),
        (None, Some(host)) => Ok(host),
        (Some(_), None) if version < Version::HTTP_2 => Err("no Host"),
        (Some(authority), None) => Ok(authority.as_str()),
        (Some(authority), Some(host)) if is_same_host(authority.as_str(), host) => Ok(host),
        (Some(_), Some(_)) => Err("a Host other than the target's"),
    }
}

fn is_same_host(one: &str, other: &str) -> bool {
    one == other
        || matches!(
            (ServerName::from_authority(one), ServerName::from_authority(other)),
            (Ok(one), Ok(other)) if one == other
        )
}

/// Gives services a `Host` whatever the version of HTTP (RFC 9113 §8.3.1).
fn set_host<B>(request: &mut Request<B>) {
    if request.headers().contains_key(HOST) {
        return;
    }
    let host = request.uri().authority().and_then(|authority| HeaderValue::from_str(authority.as_str()).ok());
    if let Some(host) = host {
        request.headers_mut().insert(HOST, host);
    }
}

/// Whether an authority is plainly this host, with or without a port. What is not so plain takes the longer way.
fn names(authority: &str, host: &ServerName) -> bool {
    let host = host.as_str().as_bytes();
    let Some((name, port)) = authority.as_bytes().split_at_checked(host.len()) else { return false };
    name.eq_ignore_ascii_case(host)
        && match port {
            [] => true,
            [b':', digits @ ..] => digits.len() <= 5 && digits.iter().all(u8::is_ascii_digit),
            _ => false,
        }
}

/// The answer to HEAD: all of the answer to GET but its body (RFC 9110 §9.3.2).
fn without_body(response: Response<Full<Bytes>>) -> Response<Full<Bytes>> {
    let (mut head, body) = response.into_parts();
    if let Some(length) = body.size_hint().exact().filter(|length| *length > 0) {
        head.headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    Response::from_parts(head, Full::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(version: Version, target: &str, hosts: &[&str]) -> Result<String, &'static str> {
        let target: Uri = target.parse().expect("valid");
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(HOST, HeaderValue::from_bytes(host.as_bytes()).expect("valid"));
        }
        authority(version, &target, &headers).map(str::to_owned)
    }

    #[test]
    fn a_request_names_exactly_one_host() {
        use Version as V;
        for (version, target, hosts, expected) in [
            (V::HTTP_11, "/ip", &["test.com"][..], Ok("test.com")),
            (V::HTTP_11, "/ip", &[], Err("no host")),
            (V::HTTP_10, "/ip", &[], Err("no host")),
            (V::HTTP_11, "/ip", &["test.com", "test.com"], Err("more than one Host")),
            (V::HTTP_11, "/ip", &["b\u{fc}cher.de"], Err("a Host that is not text")),
            (V::HTTP_11, "https://test.com/ip", &["TEST.com:9443"], Ok("TEST.com:9443")),
            (V::HTTP_11, "https://test.com/ip", &["other.org"], Err("a Host other than the target's")),
            (V::HTTP_11, "https://test.com/ip", &[], Err("no Host")),
            (V::HTTP_2, "https://test.com:9443/ip", &[], Ok("test.com:9443")),
            (V::HTTP_2, "https://test.com/ip", &["test.com"], Ok("test.com")),
            (V::HTTP_2, "https://test.com/ip", &["other.org"], Err("a Host other than the target's")),
            (V::HTTP_2, "/ip", &["test.com"], Ok("test.com")),
            (V::HTTP_2, "/ip", &[], Err("no host")),
        ] {
            assert_eq!(
                of(version, target, hosts),
                expected.map(str::to_owned),
                "{version:?} {target} {hosts:?}"
            );
        }
    }

    #[test]
    fn the_short_way_agrees_with_the_long_one() {
        let host: ServerName = "test.com".parse().expect("valid");
        for (authority, plainly) in [
            ("test.com", true),
            ("TEST.com:9443", true),
            ("test.com:", true),
            ("test.com.", false),
            ("test.com:123456", false),
            ("test.com:http", false),
            ("test.com.evil.org", false),
            ("a@test.com", false),
            ("test.co", false),
            ("", false),
        ] {
            assert_eq!(names(authority, &host), plainly, "{authority}");
            if plainly {
                assert_eq!(ServerName::from_authority(authority).expect("valid"), host, "{authority}");
            }
        }
    }
}
