//! Connections that were upgraded (RFC 9110 §7.8): bytes go both ways, whatever they mean.

use std::io;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, copy_bidirectional};

use crate::answer::Tunnel;

/// Copies until both sides have ended. `received`: what the client has sent behind its request.
///
/// # Errors
/// One side is gone.
pub(super) async fn copy<S>(client: &mut S, received: &Bytes, tunnel: Tunnel) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let Tunnel { mut stream, read_ahead } = tunnel;
    let to_client = async {
        client.write_all(&read_ahead).await?;
        client.flush().await
    };
    let to_node = async {
        stream.write_all(received).await?;
        stream.flush().await
    };
    tokio::try_join!(to_client, to_node)?;
    copy_bidirectional(client, &mut stream).await.map(|_| ())
}
