//! From a request's head to who answers it: whose host it asks for, whether it may on this connection, and where it goes.

mod passage;
mod refusal;

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;
use domain::{IdentityHeaders, ServerName, Timeouts};
use http::header::{CONTENT_LENGTH, HOST, HeaderValue, UPGRADE};
use http::{HeaderMap, Method, Request, Response, Uri, Version};
use http_body_util::Full;
use hyper::body::Body;

pub(crate) use self::passage::Passage;
use self::refusal::Refusal;
use crate::answer::{Answer, Tunnel};
use crate::body::{AnswerBody, Content, RequestBody};
use crate::connection::Connection;
use crate::forward::{self, Errand, NoAnswer};
use crate::interim::Interim;
use crate::node::NodeClient;
use crate::path::CheckedPath;
use crate::request_end::RequestEnd;
use crate::routing::{Destination, NotRouted};
use crate::shared::Shared;
use crate::snapshot::Snapshot;
use crate::upstream::NodeSet;
use crate::{echo, hop_by_hop, identity_headers};

/// What is needed to answer requests, on one worker.
pub(crate) struct Context {
    pub(crate) shared: Arc<Shared>,
    pub(crate) nodes: NodeClient,
}

/// Answers a request. What the client gets to know of a refusal is its status only.
pub(crate) async fn answer(
    context: &Context,
    connection: &Rc<Connection>,
    request: Request<RequestBody>,
    interim: Interim,
) -> Answer<AnswerBody> {
    let mut end = RequestEnd::begin(&context.shared, connection, &request);
    let (version, is_head) = (request.version(), request.method() == Method::HEAD);
    let (response, tunnel) = match dispatch(context, connection, request, &interim, &mut end).await {
        Ok(answered) => answered,
        Err(refusal) => {
            let response = refusal.response(version);
            let response = if is_head { without_body(response) } else { response };
            (response.map(Content::Own), None)
        }
    };
    end.answered(response.status());
    Answer { response: response.map(|content| AnswerBody::new(content, end)), tunnel }
}

/// Who answers a request.
enum Answerer {
    Echo,
    Nodes { nodes: Arc<NodeSet>, timeouts: Option<Timeouts>, identity_headers: IdentityHeaders },
}

async fn dispatch(
    context: &Context,
    connection: &Connection,
    mut request: Request<RequestBody>,
    interim: &Interim,
    end: &mut RequestEnd,
) -> Result<(Response<Content>, Option<Tunnel>), Refusal> {
    let shared = &*context.shared;
    let (answerer, target) = route(shared, connection, &request, end)?;
    end.let_through();
    set_host(&mut request);
    match answerer {
        Answerer::Echo => {
            identity_headers::strip(request.headers_mut());
            let is_head = request.method() == Method::HEAD;
            let response = echo::answer(request, forward::client_address(connection)).await;
            let response = if is_head { without_body(response) } else { response };
            Ok((response.map(Content::Own), None))
        }
        Answerer::Nodes { nodes, timeouts, identity_headers } => {
            let errand = Errand { nodes: &nodes, timeouts, identity_headers, target };
            let answered =
                forward::forward(&context.nodes, connection, errand, request, (interim, end)).await;
            if !matches!(answered, Ok((_, Some(_)))) {
                connection.set_passage(None);
            }
            answered.map_err(|no_answer| unanswered(shared, connection, &no_answer, end))
        }
    }
}

/// Tells operators why no node answered; clients get to know the status.
fn unanswered(
    shared: &Shared,
    connection: &Connection,
    no_answer: &NoAnswer,
    end: &mut RequestEnd,
) -> Refusal {
    let NoAnswer { status, node, reason } = no_answer;
    if status.is_server_error() && shared.unanswered.admits_one("requests that no node answered") {
        let (id, group) = (connection.attempt().connection, &connection.attempt().group);
        let node = node.as_ref().map(ToString::to_string);
        tracing::warn!(connection = %id, %group, node, status = status.as_u16(), reason, "no node answered a request");
    }
    end.failed(node.as_ref().map(ToString::to_string), reason);
    Refusal::Unanswered(*status)
}

/// Who may answer the request on this connection, and path and query as nodes are to see them.
fn route<B>(
    shared: &Shared,
    connection: &Connection,
    request: &Request<B>,
    end: &mut RequestEnd,
) -> Result<(Answerer, Uri), Refusal> {
    // One for all that is decided of the request: a change is in force as a whole, or not yet.
    let snapshot = shared.snapshot.load();
    let found = check(&snapshot, shared, connection, request)
        .and_then(|(host, path)| find(&snapshot, connection, request, (&host, &path), end));
    found.inspect_err(|refusal| refusal.note(shared, connection, request))
}

/// Whether the request may be answered on this connection at all; if so, its host and its path.
fn check<'a, B>(
    snapshot: &Snapshot,
    shared: &Shared,
    connection: &'a Connection,
    request: &'a Request<B>,
) -> Result<(Cow<'a, ServerName>, CheckedPath<'a>), Refusal> {
    if !connection.is_admitted_in(snapshot, shared) {
        return Err(Refusal::NotAdmitted);
    }
    if request.headers().len() > connection.pace().protection().headers as usize {
        return Err(Refusal::TooManyFields);
    }
    if request.method() == Method::CONNECT {
        return Err(Refusal::Bad("a gateway makes no tunnels"));
    }
    hop_by_hop::check(request.headers()).map_err(Refusal::Bad)?;
    let host = check_host(snapshot, connection, request)?;
    if !connection.may_reach(request.uri().path()) {
        return Err(Refusal::PathRequiresCert);
    }
    let path =
        CheckedPath::new(request.uri().path()).ok_or(Refusal::Bad("a path that can be read in two ways"))?;
    Ok((host, path))
}

fn find<B>(
    snapshot: &Snapshot,
    connection: &Connection,
    request: &Request<B>,
    (host, path): (&ServerName, &CheckedPath<'_>),
    end: &mut RequestEnd,
) -> Result<(Answerer, Uri), Refusal> {
    let found = snapshot.find_route(&connection.attempt().group, host, path, request.method()).map_err(
        |not_routed| match not_routed {
            NotRouted::NotFound => Refusal::NotRouted,
            NotRouted::Ambiguous => Refusal::Bad("a path that leads to two routes"),
        },
    )?;
    end.routed(found.id);
    if found.route.requires_client_certificate && !connection.is_verified() {
        return Err(Refusal::RouteRequiresCert);
    }
    let answerer = match found.destination {
        Destination::Echo => Answerer::Echo,
        Destination::Broken(reason) => {
            end.failed(None, reason);
            return Err(Refusal::BrokenUpstream);
        }
        Destination::Nodes(nodes) => Answerer::Nodes {
            nodes: Arc::clone(nodes),
            timeouts: found.route.timeouts,
            identity_headers: found.identity_headers,
        },
    };
    let target = forward::target_of(request.uri(), path).ok_or(Refusal::Bad("a path that is none"))?;
    if request.version() == Version::HTTP_11 && request.headers().contains_key(UPGRADE) {
        // Already now: the rules may change before there is a tunnel.
        connection.set_passage(Some(Passage::new(request, host, found.id)));
    }
    Ok((answerer, target))
}

/// The request's host, if it may be reached on this connection.
fn check_host<'a, B>(
    snapshot: &Snapshot,
    connection: &'a Connection,
    request: &Request<B>,
) -> Result<Cow<'a, ServerName>, Refusal> {
    let authority = authority(request.version(), request.uri(), request.headers()).map_err(Refusal::Bad)?;
    if let Some(host) = connection.server_name().filter(|host| names(authority, host)) {
        // The handshake's own host, which the connection has just been found to be admitted to.
        return Ok(Cow::Borrowed(host));
    }
    let host = ServerName::from_authority(authority).map_err(|_| Refusal::Bad("not a host name"))?;
    check_cover(snapshot, connection, &host)?;
    Ok(Cow::Owned(host))
}

/// Whether a host may be reached on this connection.
fn check_cover(snapshot: &Snapshot, connection: &Connection, host: &ServerName) -> Result<(), Refusal> {
    match snapshot.policy(&connection.attempt().group, host) {
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
