//! A node that answers as it is told.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;

use rcgen::generate_simple_self_signed;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::{JoinHandle, spawn_local};
use tokio_rustls::TlsAcceptor;

/// Serves one connection after the other, each with one answer.
pub(super) struct TestNode {
    socket: SocketAddr,
    talk: Rc<Talk>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Talk {
    answer: RefCell<String>,
    asked: RefCell<String>,
    is_asked: Notify,
}

impl TestNode {
    pub(super) async fn start(answer: &str) -> Self {
        Self::start_at(([127, 0, 0, 1], 0).into(), answer).await
    }

    pub(super) async fn start_at(socket: SocketAddr, answer: &str) -> Self {
        Self::serve(socket, answer, None).await
    }

    /// One that speaks TLS, with the certificate that it shows.
    pub(super) async fn start_tls(answer: &str, name: &str, alpn: &str) -> (Self, CertificateDer<'static>) {
        let own = generate_simple_self_signed([name.to_owned()]).unwrap();
        let certificate = own.cert.der().clone();
        let key = PrivatePkcs8KeyDer::from(own.signing_key.serialize_der()).into();
        let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.clone()], key)
            .unwrap();
        config.alpn_protocols = vec![alpn.as_bytes().to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        (Self::serve(([127, 0, 0, 1], 0).into(), answer, Some(acceptor)).await, certificate)
    }

    async fn serve(socket: SocketAddr, answer: &str, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind(socket).await.unwrap();
        let socket = listener.local_addr().unwrap();
        let talk = Rc::new(Talk::default());
        talk.answer.replace(answer.to_owned());
        let of_task = Rc::clone(&talk);
        let task = spawn_local(async move {
            loop {
                let (connection, _) = listener.accept().await.unwrap();
                match &tls {
                    None => of_task.once(connection).await,
                    Some(tls) => {
                        if let Ok(connection) = tls.accept(connection).await {
                            of_task.once(connection).await;
                        }
                    }
                }
            }
        });
        Self { socket, talk, task }
    }

    pub(super) fn address(&self) -> String {
        self.socket.to_string()
    }

    pub(super) fn answer_with(&self, answer: &str) {
        self.talk.answer.replace(answer.to_owned());
    }

    /// What it was asked since the last call.
    pub(super) fn take_asked(&self) -> String {
        self.talk.asked.take()
    }

    /// Waits until it is asked once more.
    pub(super) async fn is_asked(&self) {
        self.talk.is_asked.notified().await;
    }

    /// Closes its socket; answers where that was.
    pub(super) async fn vanish(self) -> SocketAddr {
        self.task.abort();
        // That it was aborted is no news.
        let _ = self.task.await;
        self.socket
    }
}

impl Talk {
    async fn once<S: AsyncRead + AsyncWrite + Unpin>(&self, mut stream: S) {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            // Who only connects leaves again.
            if !matches!(stream.read_buf(&mut head).await, Ok(1..)) {
                return;
            }
        }
        self.asked.borrow_mut().push_str(&String::from_utf8(head).unwrap());
        self.is_asked.notify_one();
        let answer = self.answer.borrow().clone();
        // Who has read enough goes away.
        let _ = stream.write_all(answer.as_bytes()).await;
        let _ = stream.shutdown().await;
    }
}

/// An answer without content.
pub(super) fn answer(status: u16) -> String {
    format!("HTTP/1.1 {status} Told\r\nContent-Length: 0\r\n\r\n")
}
