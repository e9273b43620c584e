//! The PROXY protocol, versions 1 and 2: how a load balancer says for whom it connects (`proxy-protocol.txt` of the
//! haproxy project).
//!
//! The parser is pure. Who is believed is not its business: see [`domain::Protection::trusts_proxy`].

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use memchr::memchr;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

/// The longest header of version 1, with its line end (§2.1).
pub const V1_BYTES: usize = 107;
/// The longest header of version 2 that is read: the protocol allows 64 KiB, addresses and common extensions need less
/// than 1 KiB.
pub const V2_BYTES: usize = V2_HEAD_BYTES + 4096;

const V1_PREFIX: &[u8] = b"PROXY ";
const V2_SIGNATURE: &[u8; 12] = b"\r\n\r\n\0\r\nQUIT\n";
/// Signature, command, family and length (§2.2).
const V2_HEAD_BYTES: usize = 16;

/// For whom a connection is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The proxy itself, such as for a health check, or somebody that it does not know: the connection's own addresses
    /// are all there is.
    Unknown,
    /// A client.
    Client {
        /// The client's address.
        client: SocketAddr,
        /// The address that it came to.
        destination: SocketAddr,
    },
}

/// Why bytes are no header of the PROXY protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// They begin with neither version's signature.
    #[error("no PROXY header")]
    NoHeader,
    /// The header is longer than [`V1_BYTES`] or [`V2_BYTES`].
    #[error("a PROXY header that is too long")]
    TooLong,
    /// The header is not as the protocol has it.
    #[error("a malformed PROXY header")]
    Malformed,
}

/// Reads a header from the beginning of `bytes`: for whom the connection is, and the header's length. `None`: there is
/// more to come.
///
/// # Errors
/// See [`HeaderError`]. That there is no header is known at the first byte that does not fit.
pub fn parse(bytes: &[u8]) -> Result<Option<(Origin, usize)>, HeaderError> {
    if begins_alike(bytes, V2_SIGNATURE) {
        parse_v2(bytes)
    } else if begins_alike(bytes, V1_PREFIX) {
        parse_v1(bytes)
    } else {
        Err(HeaderError::NoHeader)
    }
}

/// Whether one is the beginning of the other.
fn begins_alike(bytes: &[u8], signature: &[u8]) -> bool {
    bytes.iter().zip(signature).all(|(byte, expected)| byte == expected)
}

fn parse_v1(bytes: &[u8]) -> Result<Option<(Origin, usize)>, HeaderError> {
    let Some(end) = memchr(b'\n', &bytes[..bytes.len().min(V1_BYTES)]) else {
        return if bytes.len() < V1_BYTES { Ok(None) } else { Err(HeaderError::TooLong) };
    };
    let line = bytes[..end].strip_suffix(b"\r").and_then(|line| str::from_utf8(line).ok());
    let origin = line.and_then(v1_origin).ok_or(HeaderError::Malformed)?;
    Ok(Some((origin, end + 1)))
}

fn v1_origin(line: &str) -> Option<Origin> {
    let mut words = line.split(' ').skip(1);
    let family = words.next()?;
    if family == "UNKNOWN" {
        // What follows is to be ignored (§2.1).
        return Some(Origin::Unknown);
    }
    let address = |word: &str| -> Option<IpAddr> {
        match family {
            "TCP4" => word.parse::<Ipv4Addr>().ok().map(IpAddr::from),
            "TCP6" => word.parse::<Ipv6Addr>().ok().map(IpAddr::from),
            _ => None,
        }
    };
    let (client, destination) = (address(words.next()?)?, address(words.next()?)?);
    let (client_port, destination_port) = (port(words.next()?)?, port(words.next()?)?);
    words.next().is_none().then(|| Origin::Client {
        client: SocketAddr::new(client, client_port),
        destination: SocketAddr::new(destination, destination_port),
    })
}

/// A decimal number without leading zeros.
fn port(word: &str) -> Option<u16> {
    let is_plain = word == "0" || !word.starts_with(['0', '+']);
    word.parse().ok().filter(|_| is_plain)
}

fn parse_v2(bytes: &[u8]) -> Result<Option<(Origin, usize)>, HeaderError> {
    let Some((head, rest)) = bytes.split_at_checked(V2_HEAD_BYTES) else { return Ok(None) };
    let [.., command, family, high, low] = head else { return Err(HeaderError::Malformed) };
    let length = usize::from(u16::from_be_bytes([*high, *low]));
    if V2_HEAD_BYTES + length > V2_BYTES {
        return Err(HeaderError::TooLong);
    }
    let Some(body) = rest.get(..length) else { return Ok(None) };
    let origin = v2_origin(*command, *family, body).ok_or(HeaderError::Malformed)?;
    Ok(Some((origin, V2_HEAD_BYTES + length)))
}

/// `command`: version 2, then LOCAL or PROXY. `family`: of addresses, then of the transport (§2.2). What follows the
/// addresses are extensions, of which none is of use here.
fn v2_origin(command: u8, family: u8, body: &[u8]) -> Option<Origin> {
    match (command, family) {
        // LOCAL, whatever it says; and addresses that are unspecified or of Unix sockets.
        (0x20, _) | (0x21, 0x00) => Some(Origin::Unknown),
        (0x21, 0x31) => (body.len() >= 216).then_some(Origin::Unknown),
        (0x21, 0x11) => {
            let (addresses, _) = body.split_first_chunk::<12>()?;
            let [a, b, c, d, e, f, g, h, ports @ ..] = *addresses;
            Some(v2_client([a, b, c, d].into(), [e, f, g, h].into(), ports))
        }
        (0x21, 0x21) => {
            let (client, rest) = body.split_first_chunk::<16>()?;
            let (destination, rest) = rest.split_first_chunk::<16>()?;
            let (ports, _) = rest.split_first_chunk::<4>()?;
            Some(v2_client((*client).into(), (*destination).into(), *ports))
        }
        _ => None,
    }
}

fn v2_client(client: IpAddr, destination: IpAddr, [a, b, c, d]: [u8; 4]) -> Origin {
    Origin::Client {
        client: SocketAddr::new(client, u16::from_be_bytes([a, b])),
        destination: SocketAddr::new(destination, u16::from_be_bytes([c, d])),
    }
}

/// Reads the header with which a connection begins, and not one byte of what follows it.
///
/// # Errors
/// The connection broke, or it begins with something else (then the source is a [`HeaderError`]).
pub(crate) async fn read(socket: &mut TcpStream) -> io::Result<Origin> {
    let mut header = vec![0; V2_SIGNATURE.len()];
    socket.read_exact(&mut header).await?;
    loop {
        match parse(&header).map_err(io::Error::other)? {
            Some((origin, _)) => return Ok(origin),
            None => read_more(socket, &mut header).await?,
        }
    }
}

/// Reads bytes that are certain to belong to the header.
async fn read_more(socket: &mut TcpStream, header: &mut Vec<u8>) -> io::Result<()> {
    let begin = header.len();
    let more = if header.starts_with(V1_PREFIX) {
        // Only its end tells how long it is.
        let mut ahead = [0; V1_BYTES];
        let ahead = &mut ahead[..V1_BYTES.saturating_sub(begin)];
        let seen = socket.peek(ahead).await?;
        match (seen, memchr(b'\n', &ahead[..seen])) {
            (0, _) => return Err(io::ErrorKind::UnexpectedEof.into()),
            (_, Some(end)) => end + 1,
            (seen, None) => seen,
        }
    } else {
        match header.get(V2_HEAD_BYTES - 2..V2_HEAD_BYTES) {
            Some(length) => usize::from(u16::from_be_bytes([length[0], length[1]])),
            None => V2_HEAD_BYTES - begin,
        }
    };
    header.resize(begin + more, 0);
    socket.read_exact(&mut header[begin..]).await.map(drop)
}

#[cfg(test)]
mod tests;
