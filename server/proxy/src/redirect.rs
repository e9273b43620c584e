//! Plain HTTP: every request is sent to where its host speaks TLS. Nothing is ever served here.

use arc_swap::ArcSwap;
use bytes::Bytes;
use domain::{GatewayGroupId, Protection, ServerName};
use http::header::{CONTENT_TYPE, HeaderValue, LOCATION};
use http::{Request, Response, StatusCode};
use tls::Clock;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::budget::seconds;
use crate::hang_up::hang_up;
use crate::http1::server::answer_one;
use crate::request::authority;
use crate::snapshot::Snapshot;

/// Where a port need not be named (RFC 9110 §4.2.2).
const HTTPS: u16 = 443;

/// Where clients are sent.
#[derive(Debug)]
pub(crate) struct Destination<'a> {
    pub(crate) snapshot: &'a ArcSwap<Snapshot>,
    pub(crate) group: &'a GatewayGroupId,
    /// The port of the group's TLS listener; `None` while it has none, and thus serves no host.
    pub(crate) port: Option<u16>,
}

/// Answers the one request of a connection.
pub(crate) async fn serve(
    protection: &Protection,
    clock: &dyn Clock,
    destination: &Destination<'_>,
    mut socket: TcpStream,
    shutdown: &CancellationToken,
) {
    let answering = answer_one(protection, clock, &mut socket, |request| answer(destination, request));
    let end = tokio::select! {
        // Whoever has not said what it wants by then has nothing to lose.
        biased;
        end = timeout(seconds(protection.first_request_seconds), answering) => end,
        () = shutdown.cancelled() => return,
    };
    match end {
        // What the client has still to say, such as a body, must not make the answer get lost.
        Ok(Ok(())) => hang_up(socket).await,
        Ok(Err(error)) => tracing::debug!(?error, "plain HTTP connection ended early"),
        Err(_) => tracing::debug!("plain HTTP client took too long"),
    }
}

fn answer<B>(destination: &Destination<'_>, request: &Request<B>) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    match location(destination, request) {
        Ok(location) => {
            // Keeps the method, unlike 301, so that no POST becomes a GET (RFC 9110 §15.4.9).
            *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
            response.headers_mut().insert(LOCATION, location);
        }
        Err(refusal) => {
            tracing::debug!(group = %destination.group, ?refusal, "plain HTTP request refused");
            let (status, body) = match refusal {
                Refusal::BadRequest(_) => (StatusCode::BAD_REQUEST, "Bad request\n"),
                Refusal::UnknownHost => (StatusCode::NOT_FOUND, "Not found\n"),
            };
            *response.status_mut() = status;
            *response.body_mut() = Bytes::from_static(body.as_bytes());
            let plain = HeaderValue::from_static("text/plain; charset=utf-8");
            response.headers_mut().insert(CONTENT_TYPE, plain);
        }
    }
    response
}

/// Why a client is not sent on.
#[derive(Debug, PartialEq, Eq)]
enum Refusal {
    BadRequest(&'static str),
    UnknownHost,
}

/// Where the request should have gone. The host is written as [`ServerName`] has it, never as the client did.
fn location<B>(destination: &Destination<'_>, request: &Request<B>) -> Result<HeaderValue, Refusal> {
    let target = request.uri();
    // CONNECT has no path; the path of `OPTIONS *` is none of a URL (RFC 9112 §3.2.3, §3.2.4).
    let path = target.path_and_query().filter(|path| path.as_str().starts_with('/'));
    let path = path.ok_or(Refusal::BadRequest("a target without a path"))?;
    let authority = authority(request.version(), target, request.headers()).map_err(Refusal::BadRequest)?;
    let host = ServerName::from_authority(authority).map_err(|_| Refusal::BadRequest("not a host name"))?;
    let is_served = destination.snapshot.load().policy(destination.group, &host).is_some();
    let port = destination.port.filter(|_| is_served).ok_or(Refusal::UnknownHost)?;
    let url =
        if port == HTTPS { format!("https://{host}{path}") } else { format!("https://{host}:{port}{path}") };
    HeaderValue::from_str(&url).map_err(|_| Refusal::BadRequest("a target that is not ASCII"))
}

#[cfg(test)]
mod tests {
    use domain::Revision;
    use http::header::HOST;

    use super::*;
    use crate::change::{Change, HostPolicy, PolicyState};
    use crate::exempt_paths::ExemptPaths;

    /// The answer of a group that has `test.com` and `*.test.com`, and whose clients are let in nowhere.
    fn location_of(port: Option<u16>, method: &str, target: &str, host: &str) -> Result<String, u16> {
        let group = GatewayGroupId::default_group();
        let policy = Change::Policy {
            group: group.clone(),
            certificate: "a".parse().expect("valid"),
            policy: HostPolicy {
                snis: ["test.com", "*.test.com"].map(|sni| sni.parse().expect("valid")).to_vec(),
                revision: Revision(1),
                state: PolicyState::Broken(String::new()),
                exempt_paths: ExemptPaths::default(),
            },
        };
        let snapshot = ArcSwap::from_pointee(Snapshot::default().with([policy], Revision(1)));
        let destination = Destination { snapshot: &snapshot, group: &group, port };
        let request = Request::builder().method(method).uri(target).header(HOST, host).body(());
        let response = answer(&destination, &request.expect("a request"));
        match response.headers().get(LOCATION) {
            Some(location) if response.status() == 308 => Ok(location.to_str().expect("text").to_owned()),
            _ => Err(response.status().as_u16()),
        }
    }

    #[test]
    fn only_hosts_of_the_group_are_sent_on() {
        let tls = Some(9443);
        for (port, method, target, host, expected) in [
            (tls, "GET", "/ip?a=b&c=%2F", "test.com", Ok("https://test.com:9443/ip?a=b&c=%2F")),
            (Some(443), "GET", "/ip", "test.com", Ok("https://test.com/ip")),
            (tls, "POST", "/", "API.Test.com.:8080", Ok("https://api.test.com:9443/")),
            (tls, "GET", "//evil.org/", "test.com", Ok("https://test.com:9443//evil.org/")),
            (tls, "GET", "http://test.com", "test.com", Ok("https://test.com:9443/")),
            (tls, "GET", "http://evil.org/", "test.com", Err(400)),
            (tls, "GET", "/ip", "evil.org", Err(404)),
            (tls, "GET", "/ip", "a.b.test.com", Err(404)),
            (None, "GET", "/ip", "test.com", Err(404)),
            (tls, "GET", "/ip", "127.0.0.1", Err(400)),
            (tls, "GET", "/ip", "evil.org@test.com", Err(400)),
            (tls, "GET", "/ip", "test.com/evil.org", Err(400)),
            (tls, "GET", "/ip", "", Err(400)),
            (tls, "OPTIONS", "*", "test.com", Err(400)),
            (tls, "CONNECT", "test.com:443", "test.com", Err(400)),
        ] {
            let answer = location_of(port, method, target, host);
            assert_eq!(answer, expected.map(str::to_owned), "{method} {target} of {host:?}, TLS at {port:?}");
        }
    }
}
