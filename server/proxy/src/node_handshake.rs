//! TLS handshakes with nodes.

use std::io;
use std::sync::Arc;

use rustls::pki_types::ServerName;
use tls::{NodeTls, node_refusal};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Shakes hands with a node, which is asked for under `name` and must prove it. Waits for as long as it takes.
///
/// # Errors
/// Why it failed, in words for operators where TLS is to blame.
pub(crate) async fn shake_hands(
    tls: &NodeTls,
    name: ServerName<'static>,
    stream: TcpStream,
) -> io::Result<TlsStream<TcpStream>> {
    let connector = TlsConnector::from(Arc::clone(tls.client_config()));
    connector.connect(name, stream).await.map_err(in_words)
}

fn in_words(error: io::Error) -> io::Error {
    let refusal = error.get_ref().and_then(|inner| inner.downcast_ref()).map(node_refusal);
    match refusal {
        Some(refusal) => io::Error::new(error.kind(), refusal),
        None if error.kind() == io::ErrorKind::UnexpectedEof => {
            io::Error::new(error.kind(), "the node closed the connection in the TLS handshake")
        }
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_are_told_in_words() {
        let alert = rustls::Error::AlertReceived(rustls::AlertDescription::CertificateRequired);
        for (error, words) in [
            (io::Error::new(io::ErrorKind::InvalidData, alert), "it asks for a client certificate"),
            (io::ErrorKind::UnexpectedEof.into(), "the node closed the connection in the TLS handshake"),
            (io::Error::other("a cable is cut"), "a cable is cut"),
        ] {
            let text = in_words(error).to_string();
            assert!(text.ends_with(words), "{text}");
        }
    }
}
