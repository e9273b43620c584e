//! One check of one node.

use std::time::Duration;

use domain::{ActiveCheck, CheckKind, NodeAddress, NodeHost, PassHost};
use http::uri::PathAndQuery;
use rustls::pki_types::{DnsName, ServerName};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;

use crate::node_handshake::shake_hands;
use crate::upstream::NodeSet;

/// How much of an answer is read.
const MOST_ANSWER: usize = 8 * 1024;
/// The most characters of a reason.
const MOST_REASON: usize = 256;

/// Asks a node of the set whether it is well.
///
/// # Errors
/// Why it is not, escaped.
pub(super) async fn ask(set: &NodeSet, node: &NodeAddress, rules: &ActiveCheck) -> Result<(), String> {
    let limit = Duration::from_millis(rules.timeout.into());
    match timeout(limit, ask_patiently(set, node, rules)).await {
        Ok(outcome) => outcome.map_err(|reason| escaped(&reason)),
        Err(_) => Err(format!("a check took longer than {} ms", rules.timeout)),
    }
}

async fn ask_patiently(set: &NodeSet, node: &NodeAddress, rules: &ActiveCheck) -> Result<(), String> {
    let scheme = set.upstream().scheme;
    let connection = connect(node, node.port.unwrap_or(scheme.default_port())).await?;
    if rules.kind == CheckKind::Tcp {
        return Ok(());
    }
    let host = host(set, node, rules);
    match (scheme.is_tls(), scheme.is_http2()) {
        (false, false) => get(connection, &host, &rules.path).await,
        (true, false) => get(handshake(set, &host, connection).await?, &host, &rules.path).await,
        // What speaks HTTP/2 alone is well if it can be connected to.
        (false, true) => Ok(()),
        (true, true) => handshake(set, &host, connection).await.map(drop),
    }
}

async fn connect(node: &NodeAddress, port: u16) -> Result<TcpStream, String> {
    let connected = match &node.host {
        NodeHost::Ip(address) => TcpStream::connect((*address, port)).await,
        NodeHost::Name(name) => TcpStream::connect((name.as_str(), port)).await,
    };
    connected.map_err(|error| format!("a check could not connect: {error}"))
}

/// Whom the node is asked for.
fn host(set: &NodeSet, node: &NodeAddress, rules: &ActiveCheck) -> NodeAddress {
    match (&rules.host, &set.upstream().host) {
        (Some(name), _) => NodeAddress { host: NodeHost::Name(name.clone()), port: None },
        (None, PassHost::Rewrite(host)) => host.clone(),
        (None, PassHost::Pass | PassHost::Node) => node.clone(),
    }
}

async fn handshake(
    set: &NodeSet,
    host: &NodeAddress,
    connection: TcpStream,
) -> Result<TlsStream<TcpStream>, String> {
    let name = match (&set.upstream().tls.server_name, &host.host) {
        (Some(name), _) | (None, NodeHost::Name(name)) => DnsName::try_from(name.as_str().to_owned())
            .map(ServerName::DnsName)
            .map_err(|_| format!("TLS cannot ask for the name {}", name.as_str()))?,
        (None, NodeHost::Ip(address)) => ServerName::IpAddress((*address).into()),
    };
    let tls = set.tls().ok_or("there are no rules for TLS with this upstream")?;
    shake_hands(tls, name, connection)
        .await
        .map_err(|error| format!("a check failed in the TLS handshake: {error}"))
}

/// Answers with status 200 to 399 are good.
async fn get<S>(mut stream: S, host: &NodeAddress, path: &str) -> Result<(), String>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let path = PathAndQuery::try_from(path).map_err(|_| "the path of checks cannot be sent")?;
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: Postern (health check)\r\nAccept: */*\r\n\
         Connection: close\r\n\r\n"
    );
    let broken = |error| format!("a check was not answered: {error}");
    stream.write_all(request.as_bytes()).await.map_err(broken)?;
    stream.flush().await.map_err(broken)?;
    let mut answer = Vec::with_capacity(MOST_ANSWER);
    loop {
        match final_status(&answer) {
            Ok(Some(200..=399)) => return Ok(()),
            Ok(Some(status)) => return Err(format!("a check was answered with status {status}")),
            Err(NotHttp) => return Err("a check was answered with something else than HTTP/1.1".to_owned()),
            Ok(None) if answer.len() >= MOST_ANSWER => {
                return Err(format!("a check was answered with {MOST_ANSWER} bytes without a final status"));
            }
            Ok(None) => {}
        }
        if stream.read_buf(&mut answer).await.map_err(broken)? == 0 {
            return Err("the node closed the connection without answering a check".to_owned());
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
struct NotHttp;

/// The status of the first answer that is not an interim one (RFC 9110 §15.2); `None` if there is none yet.
fn final_status(mut answer: &[u8]) -> Result<Option<u16>, NotHttp> {
    loop {
        let Some((line, _)) = answer.split_first_chunk() else { return Ok(None) };
        let status = status(line)?;
        if !matches!(status, 100 | 102..=199) {
            return Ok(Some(status));
        }
        match memchr::memmem::find(answer, b"\r\n\r\n") {
            Some(end) => answer = &answer[end + 4..],
            None => return Ok(None),
        }
    }
}

/// The status of a status line, of which these are the first bytes (RFC 9112 §4).
fn status(line: &[u8; 13]) -> Result<u16, NotHttp> {
    let [b'H', b'T', b'T', b'P', b'/', b'1', b'.', b'0' | b'1', b' ', digits @ .., b' ' | b'\r'] = line
    else {
        return Err(NotHttp);
    };
    let [b'1'..=b'9', b'0'..=b'9', b'0'..=b'9'] = digits else { return Err(NotHttp) };
    Ok(digits.iter().fold(0, |status, digit| status * 10 + u16::from(digit - b'0')))
}

/// Names and texts of the other side may stand in errors.
fn escaped(reason: &str) -> String {
    let harmless =
        |character: char| !character.is_control() && (character.is_ascii() || character.is_alphanumeric());
    let mut escaped = String::new();
    for character in reason.chars().take(MOST_REASON) {
        if harmless(character) {
            escaped.push(character);
        } else {
            escaped.extend(character.escape_unicode());
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_read_strictly() {
        for (answer, status) in [
            ("", Ok(None)),
            ("HTTP/1.1 200", Ok(None)),
            ("HTTP/1.1 200 OK", Ok(Some(200))),
            ("HTTP/1.0 404\r\n", Ok(Some(404))),
            ("HTTP/1.1 103 Early Hints\r\n", Ok(None)),
            ("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", Ok(None)),
            ("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 503 \r\n", Ok(Some(503))),
            ("HTTP/1.1 101 Switching Protocols\r\n\r\n", Ok(Some(101))),
            ("HTTP/1.1 2000 OK", Err(NotHttp)),
            ("HTTP/1.1 +20 OK", Err(NotHttp)),
            ("HTTP/1.1 020 OK", Err(NotHttp)),
            ("HTTP/2.0 200 OK", Err(NotHttp)),
            ("SSH-2.0-OpenSSH_9.7", Err(NotHttp)),
        ] {
            assert_eq!(final_status(answer.as_bytes()), status, "{answer:?}");
        }
    }

    #[test]
    fn reasons_cannot_break_a_line() {
        assert_eq!(escaped("name \"böse\"\r\n\u{202e}"), "name \"böse\"\\u{d}\\u{a}\\u{202e}");
        assert_eq!(escaped(&"x".repeat(1_000)).len(), MOST_REASON);
    }
}
