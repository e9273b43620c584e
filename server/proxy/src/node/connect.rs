//! New connections to nodes.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use domain::NodeHost;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};

use super::names::Names;
use super::stream::NodeStream;
use super::{FailureStage, NodeTarget, Trouble};
use crate::node_handshake::shake_hands;

/// Connects to a node, within the target's time.
pub(super) async fn connect(names: &Names, to: &NodeTarget<'_>) -> Result<NodeStream, Trouble> {
    let limit = Duration::from_millis(to.timeouts.connect.into());
    match timeout(limit, connect_and_greet(names, to, Instant::now() + limit)).await {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(error)) if error.kind() != io::ErrorKind::TimedOut => {
            Err(Trouble::new(FailureStage::Connect, error))
        }
        _ => Err(Trouble::new(FailureStage::ConnectTimeout, "the node did not accept a connection in time")),
    }
}

async fn connect_and_greet(names: &Names, to: &NodeTarget<'_>, deadline: Instant) -> io::Result<NodeStream> {
    let stream = match &to.address.host {
        NodeHost::Ip(address) => dial(*address, to.port, deadline).await?,
        NodeHost::Name(name) => {
            let found = names.look_up(name).await.map_err(|error| io::Error::other(&*error))?;
            dial_any(&found, to.port, deadline).await?
        }
    };
    let Some((tls, server_name)) = &to.tls else { return Ok(NodeStream::Tcp(stream)) };
    let stream = shake_hands(tls, server_name.clone(), stream).await?;
    let protocol = stream.get_ref().1.alpn_protocol();
    // A node that does not know the extension speaks HTTP/1.1 (RFC 7301 §3.1 lets it say nothing); HTTP/2 needs it (RFC 9113 §3.2).
    if to.http2 && protocol != Some(b"h2") {
        return Err(io::Error::other("the node does not speak HTTP/2"));
    }
    Ok(NodeStream::Tls(Box::new(stream)))
}

/// Tries each address in its turn, each for its share of the time that is left.
async fn dial_any(addresses: &Rc<[IpAddr]>, port: u16, deadline: Instant) -> io::Result<TcpStream> {
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for (number, address) in addresses.iter().enumerate() {
        let now = Instant::now();
        let share =
            deadline.saturating_duration_since(now) / u32::try_from(addresses.len() - number).unwrap_or(1);
        match dial(*address, port, now + share).await {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

async fn dial(address: IpAddr, port: u16, deadline: Instant) -> io::Result<TcpStream> {
    let stream = timeout_at(deadline, TcpStream::connect(SocketAddr::new(address, port))).await??;
    stream.set_nodelay(true)?;
    Ok(stream)
}
