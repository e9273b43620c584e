//! From a routed request to a node's answer: which node, once more if it could not be reached, and what the client is told
//! if none answers.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use domain::{Balancing, HashKey, IdentityHeaders, NodeAddress, NodeHost, PassHost, Timeouts};
use http::header::{COOKIE, HOST, HeaderValue};
use http::{HeaderMap, Method, Request, Response, StatusCode, Uri, Version};
use rustls_pki_types as pki_types;

use crate::answer::Tunnel;
use crate::body::{Content, RequestBody};
use crate::connection::Connection;
use crate::hop_by_hop::UpgradeField;
use crate::interim::Interim;
use crate::node::{FailureStage, NodeAnswer, NodeClient, NodeFailure, NodeTarget};
use crate::path::CheckedPath;
use crate::request_end::RequestEnd;
use crate::upstream::{Chosen, NodeSet, Tried, key_of};
use crate::{hop_by_hop, identity_headers};

/// How often in a row kept connections may turn out to be closed before the node counts as failed.
const MOST_STALE: usize = 3;

/// Where a request goes, and as what.
pub(crate) struct Errand<'a> {
    pub(crate) nodes: &'a NodeSet,
    /// The route's, if it has its own.
    pub(crate) timeouts: Option<Timeouts>,
    pub(crate) identity_headers: IdentityHeaders,
    /// Path and query as nodes are to see them.
    pub(crate) target: Uri,
}

/// Why no node answered.
#[derive(Debug)]
pub(crate) struct NoAnswer {
    pub(crate) status: StatusCode,
    /// The node that was asked last.
    pub(crate) node: Option<NodeAddress>,
    /// For operators, escaped.
    pub(crate) reason: String,
}

/// Gives a request to a node of the upstream.
///
/// # Errors
/// No node answered.
pub(crate) async fn forward(
    client: &NodeClient,
    connection: &Connection,
    errand: Errand<'_>,
    mut request: Request<RequestBody>,
    (interim, end): (&Interim, &mut RequestEnd),
) -> Result<(Response<Content>, Option<Tunnel>), NoAnswer> {
    let host = request.headers().get(HOST).cloned().unwrap_or_else(|| HeaderValue::from_static(""));
    prepare(&mut request, connection, errand.identity_headers, &host);
    *request.uri_mut() = errand.target;
    let mut attempts = Attempts::new(errand.nodes, request.method());
    loop {
        let key = || hash_key(errand.nodes, request.headers(), connection);
        let Some(chosen) = errand.nodes.choose(key, &attempts.tried, Instant::now()) else {
            return Err(attempts.give_up());
        };
        set_host(request.headers_mut(), errand.nodes, chosen.address(), &host);
        let target = target(errand.nodes, &chosen, errand.timeouts);
        let failure = match client.send(&target, request, interim).await {
            Ok(answer) => return Ok(accept(answer, chosen, end)),
            Err(failure) => failure,
        };
        request = attempts.after(failure, &chosen)?;
    }
}

fn accept(
    answer: NodeAnswer<RequestBody>,
    chosen: Chosen,
    end: &mut RequestEnd,
) -> (Response<Content>, Option<Tunnel>) {
    let NodeAnswer { mut response, tunnel } = answer;
    chosen.succeeded(response.status().as_u16());
    end.answered_by(chosen);
    let upgrade = if tunnel.is_some() { UpgradeField::Keep } else { UpgradeField::Drop };
    hop_by_hop::strip_answer(response.headers_mut(), upgrade);
    (response.map(Content::Node), tunnel)
}

/// Makes a request one of the gateway's own: nothing in it that ends here, nothing that only the gateway may say.
fn prepare(
    request: &mut Request<RequestBody>,
    connection: &Connection,
    identity_headers: IdentityHeaders,
    host: &HeaderValue,
) {
    // Only an HTTP/1.1 connection can become something else (RFC 9110 §7.8).
    let upgrade = if request.version() == Version::HTTP_11 { UpgradeField::Keep } else { UpgradeField::Drop };
    *request.version_mut() = Version::HTTP_11;
    let headers = request.headers_mut();
    hop_by_hop::strip_request(headers, upgrade);
    join_cookies(headers);
    identity_headers::strip(headers);
    connection.forwarded().set(headers, host);
    connection.add_identity(identity_headers, headers);
}

/// HTTP/2 clients may send cookies in pieces. Elsewhere there is one such field (RFC 9113 §8.2.3): nodes that look at one
/// of several would see another session than the client means.
fn join_cookies(headers: &mut HeaderMap) {
    let mut pieces = headers.get_all(COOKIE).iter();
    let (Some(_), Some(_)) = (pieces.next(), pieces.next()) else { return };
    let pieces: Vec<&[u8]> = headers.get_all(COOKIE).iter().map(HeaderValue::as_bytes).collect();
    if let Ok(whole) = HeaderValue::from_bytes(&pieces.join(&b"; "[..])) {
        headers.insert(COOKIE, whole);
    }
}

/// The client's address, in IPv4's own form where it is one.
pub(crate) fn client_address(connection: &Connection) -> IpAddr {
    connection.attempt().client.ip().to_canonical()
}

/// Path and query as nodes are to see them: as they were checked. `None` if that is no request target.
pub(crate) fn target_of(uri: &Uri, path: &CheckedPath<'_>) -> Option<Uri> {
    let sent = uri.path_and_query()?;
    // A target without a path (`?x=1`) is read as `/`, and so it has to be sent.
    if path.is_as_sent() && sent.as_str().starts_with('/') {
        return Some(Uri::from(sent.clone()));
    }
    let target = match sent.query() {
        Some(query) => format!("{}?{query}", path.forwarded()),
        None => path.forwarded().to_owned(),
    };
    target.parse().ok()
}

/// Tells the node the host that it is to be told.
fn set_host(headers: &mut HeaderMap, nodes: &NodeSet, node: &NodeAddress, asked_for: &HeaderValue) {
    let address = match &nodes.upstream().host {
        PassHost::Pass => None,
        PassHost::Node => Some(node),
        PassHost::Rewrite(host) => Some(host),
    };
    let host = address.and_then(|address| HeaderValue::from_str(&address.to_string()).ok());
    headers.insert(HOST, host.unwrap_or_else(|| asked_for.clone()));
}

fn target<'a>(nodes: &'a NodeSet, chosen: &'a Chosen, timeouts: Option<Timeouts>) -> NodeTarget<'a> {
    let upstream = nodes.upstream();
    let address = chosen.address();
    NodeTarget {
        address,
        port: address.port.unwrap_or_else(|| upstream.scheme.default_port()),
        tls: nodes.tls().map(|tls| (tls, server_name(nodes, address))),
        http2: upstream.scheme.is_http2(),
        timeouts: timeouts.unwrap_or(upstream.timeouts),
        keepalive: upstream.keepalive,
    }
}

/// Who the node must prove to be: whom its upstream says, else the host that is rewritten to, else itself.
fn server_name(nodes: &NodeSet, node: &NodeAddress) -> pki_types::ServerName<'static> {
    let upstream = nodes.upstream();
    let of_node = || match &node.host {
        NodeHost::Ip(address) => pki_types::ServerName::from(*address),
        NodeHost::Name(name) => named(name.as_str(), node),
    };
    match (&upstream.tls.server_name, &upstream.host) {
        (Some(name), _) => named(name.as_str(), node),
        (None, PassHost::Rewrite(NodeAddress { host: NodeHost::Name(name), .. })) => {
            named(name.as_str(), node)
        }
        (None, _) => of_node(),
    }
}

/// A name for the TLS library. One that it does not take for a name can be proven by nobody.
fn named(name: &str, node: &NodeAddress) -> pki_types::ServerName<'static> {
    pki_types::ServerName::try_from(name.to_owned()).unwrap_or_else(|_| match &node.host {
        NodeHost::Ip(address) => pki_types::ServerName::from(*address),
        NodeHost::Name(_) => pki_types::ServerName::from(IpAddr::from([0, 0, 0, 0])),
    })
}

/// What a consistent hash is taken of: the same on every instance.
fn hash_key(nodes: &NodeSet, headers: &HeaderMap, connection: &Connection) -> u64 {
    let found = match &nodes.upstream().balancing {
        Balancing::ConsistentHash(HashKey::Header(name)) => {
            headers.get(name.as_str()).map(|value| key_of(value.as_bytes()))
        }
        Balancing::ConsistentHash(HashKey::ClientIdentity) => connection.verified_leaf().map(key_of),
        _ => None,
    };
    found.unwrap_or_else(|| match client_address(connection) {
        IpAddr::V4(address) => key_of(&address.octets()),
        IpAddr::V6(address) => key_of(&address.octets()),
    })
}

/// What has been tried for one request.
struct Attempts {
    tried: Tried,
    left: usize,
    stale: usize,
    is_idempotent: bool,
    began: Instant,
    retry_timeout: Option<Duration>,
    last: Option<NoAnswer>,
}

impl Attempts {
    fn new(nodes: &NodeSet, method: &Method) -> Self {
        let upstream = nodes.upstream();
        let others = upstream.nodes.len().saturating_sub(1);
        Self {
            tried: Tried::default(),
            left: upstream.retries.map_or(others, usize::from),
            stale: 0,
            is_idempotent: method.is_idempotent(),
            began: Instant::now(),
            retry_timeout: (upstream.retry_timeout > 0)
                .then(|| Duration::from_millis(upstream.retry_timeout.into())),
            last: None,
        }
    }

    /// Notes a failure; gives the request back if it may be tried once more.
    fn after(
        &mut self,
        failure: NodeFailure<RequestBody>,
        chosen: &Chosen,
    ) -> Result<Request<RequestBody>, NoAnswer> {
        let NodeFailure { stage, reason, request } = failure;
        // A kept connection that the node had closed says nothing of the node.
        if stage == FailureStage::Stale && self.is_idempotent && self.stale < MOST_STALE {
            self.stale += 1;
            if let Some(request) = request {
                return Ok(request);
            }
        } else if stage != FailureStage::Client {
            chosen.failed(&reason);
        }
        let no_answer = NoAnswer { status: status(stage), node: Some(chosen.address().clone()), reason };
        let is_late = self.retry_timeout.is_some_and(|most| self.began.elapsed() >= most);
        match request {
            Some(request) if self.left > 0 && !is_late && self.may_repeat(stage) => {
                self.left -= 1;
                self.tried.insert(chosen.index());
                self.last = Some(no_answer);
                Ok(request)
            }
            _ => Err(no_answer),
        }
    }

    /// Whether doing it again can do no harm: the node has seen nothing of it, or it may be done twice (RFC 9110 §9.2.2).
    fn may_repeat(&self, stage: FailureStage) -> bool {
        match stage {
            FailureStage::Connect | FailureStage::ConnectTimeout => true,
            FailureStage::Stale
            | FailureStage::Sending
            | FailureStage::SendTimeout
            | FailureStage::Answering
            | FailureStage::ReadTimeout => self.is_idempotent,
            FailureStage::Client => false,
        }
    }

    /// There is no node left.
    fn give_up(self) -> NoAnswer {
        self.last.unwrap_or_else(|| NoAnswer {
            status: StatusCode::SERVICE_UNAVAILABLE,
            node: None,
            reason: "the upstream has no node that may get requests".to_owned(),
        })
    }
}

fn status(stage: FailureStage) -> StatusCode {
    match stage {
        FailureStage::Connect | FailureStage::Stale | FailureStage::Sending | FailureStage::Answering => {
            StatusCode::BAD_GATEWAY
        }
        FailureStage::ConnectTimeout | FailureStage::SendTimeout | FailureStage::ReadTimeout => {
            StatusCode::GATEWAY_TIMEOUT
        }
        FailureStage::Client => StatusCode::BAD_REQUEST,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_see_the_path_that_was_checked() {
        for (sent, expected) in [
            ("/a?x=1", "/a?x=1"),
            ("/a//b/./c/../d?x=/../y", "/a/b/d?x=/../y"),
            ("/a%2fb", "/a%2fb"),
            ("https://test.com", "/"),
            ("https://test.com?x=1", "/?x=1"),
            ("https://test.com?/../admin", "/?/../admin"),
        ] {
            let uri: Uri = sent.parse().expect("a target");
            let path = CheckedPath::new(uri.path()).expect("a path");
            assert_eq!(target_of(&uri, &path).expect("a target").to_string(), expected, "{sent}");
        }
    }

    #[test]
    fn cookies_in_pieces_are_joined() {
        let mut headers = HeaderMap::new();
        for piece in ["a=1", "b=2; c=3", "d=4"] {
            headers.append(COOKIE, HeaderValue::from_static(piece));
        }
        join_cookies(&mut headers);
        let cookies: Vec<_> = headers.get_all(COOKIE).iter().collect();
        assert_eq!(cookies, ["a=1; b=2; c=3; d=4"]);
        join_cookies(&mut headers);
        assert_eq!(headers.get_all(COOKIE).iter().count(), 1);
    }
}
