//! Ending a connection so that the last words arrive.

use std::time::Duration;

use rustls::AlertDescription;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long a client that is sent away may go on sending.
const LINGER: Duration = Duration::from_secs(1);
/// Bytes that a client that is sent away may go on sending.
const LINGER_BYTES: u64 = 64 * 1024;

/// Sends a fatal alert in the clear, as it must be before a ServerHello, when nothing is encrypted yet.
///
/// rustls sends alerts of its own only, and none of them says `unrecognized_name`.
pub(crate) async fn send_alert(socket: &mut TcpStream, alert: AlertDescription) {
    // RFC 8446 §5.1: type alert (21), legacy version 3.3, length 2; §6: level fatal (2), description.
    let record = [21, 3, 3, 0, 2, 2, u8::from(alert)];
    // A client that is gone already needs no alert.
    let _ = timeout(LINGER, socket.write_all(&record)).await;
}

/// Closes the sending side, then reads and forgets what the client still sends until it closes too, for a moment.
///
/// Without this the kernel would answer unread bytes with a reset, and a reset makes the client's kernel throw away the
/// alert that lies there unread (RFC 9112 §9.6 tells the same of HTTP).
pub(crate) async fn hang_up<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S) {
    if stream.shutdown().await.is_err() {
        return;
    }
    let mut rest = stream.take(LINGER_BYTES);
    // Whatever ends it, the connection is over.
    let _ = timeout(LINGER, tokio::io::copy(&mut rest, &mut tokio::io::sink())).await;
}
