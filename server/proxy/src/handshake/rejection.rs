//! Clients that are refused in their handshake: why, and how to part from them.

use std::io;
use std::time::Duration;

use domain::ReasonCode;
use rustls::AlertDescription;
use rustls::pki_types::CertificateDer;
use tls::Refusal;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use crate::events::Negotiated;
use crate::hang_up::{hang_up, send_alert};
use crate::server_flight::NotedSocket;

/// How long the TLS goodbye to a client that is sent away may take.
const GOODBYE: Duration = Duration::from_secs(1);

/// A client that is refused, with all that is left of it.
pub(super) struct Rejection {
    pub(super) refusal: Refusal,
    pub(super) chain: Vec<CertificateDer<'static>>,
    pub(super) negotiated: Negotiated,
    pub(super) farewell: Farewell,
}

/// What to do with the socket of a client that is refused.
pub(super) enum Farewell {
    /// Nobody is there to hear it.
    None,
    /// The alert is on its way already.
    Linger(TcpStream),
    /// Say this first.
    Alert(TcpStream, AlertDescription),
    /// The handshake is complete: close as TLS does.
    CloseNotify(Box<TlsStream<NotedSocket>>),
}

impl Farewell {
    pub(super) async fn say(self) {
        match self {
            Self::None => {}
            Self::Linger(socket) => hang_up(socket).await,
            Self::Alert(mut socket, alert) => {
                send_alert(&mut socket, alert).await;
                hang_up(socket).await;
            }
            Self::CloseNotify(mut stream) => {
                // A client that does not take the goodbye is cut off.
                let _ = tokio::time::timeout(GOODBYE, stream.shutdown()).await;
                hang_up(stream.into_inner().0.into_socket()).await;
            }
        }
    }
}

impl Rejection {
    pub(super) fn new(refusal: Refusal, farewell: Farewell) -> Self {
        Self { refusal, chain: Vec::new(), negotiated: Negotiated::default(), farewell }
    }

    pub(super) fn timed_out(phase: &str) -> Self {
        let detail = format!("the client took too long over {phase}");
        Self::new(Refusal { reason: ReasonCode::HandshakeTimeout, detail }, Farewell::None)
    }

    pub(super) fn too_busy() -> Self {
        let detail = "too many handshakes were in progress for this one to have its turn".to_owned();
        Self::new(Refusal { reason: ReasonCode::HandshakeTimeout, detail }, Farewell::None)
    }

    pub(super) fn failed(error: &io::Error, socket: Option<NotedSocket>) -> Self {
        let farewell = socket.map_or(Farewell::None, |socket| Farewell::Linger(socket.into_socket()));
        Self::new(refusal_of(error), farewell)
    }
}

/// What a failed read, write or TLS message means.
fn refusal_of(error: &io::Error) -> Refusal {
    let tls_error = error.get_ref().and_then(|source| source.downcast_ref::<rustls::Error>());
    match tls_error {
        Some(error) => {
            let (reason, detail) = tls::refusal_of(error);
            Refusal { reason, detail }
        }
        None if error.kind() == io::ErrorKind::UnexpectedEof => Refusal {
            reason: ReasonCode::ClientAborted,
            detail: "the client closed the connection during the handshake".to_owned(),
        },
        None => {
            Refusal { reason: ReasonCode::ClientAborted, detail: format!("the connection broke: {error}") }
        }
    }
}
