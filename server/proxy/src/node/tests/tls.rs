use std::sync::Arc;

use domain::Timeouts;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tls::{NodeRoots, NodeTls, NodeTlsRules};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::support::{Node, client, failure, get, read, send};
use crate::node::{FailureStage, NodeTarget};

/// A node's own certificate, which is its CA's as well.
pub(super) struct Identity {
    certificate: CertificateDer<'static>,
    acceptor: TlsAcceptor,
}

impl Identity {
    pub(super) fn new(protocols: &[&str]) -> Self {
        let made = rcgen::generate_simple_self_signed(["node.test".to_owned()]).expect("a certificate");
        let certificate = made.cert.der().clone();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.clone()], key)
            .expect("a configuration");
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        Self { certificate, acceptor: TlsAcceptor::from(Arc::new(config)) }
    }

    /// How to speak with whoever has it.
    pub(super) fn rules(&self, http2: bool) -> NodeTls {
        let roots = Some(NodeRoots::of_system([self.certificate.to_vec()]));
        NodeTls::new(NodeTlsRules { roots, identity: None, http2 }).expect("rules")
    }

    pub(super) async fn accept(&self, node: &Node) -> std::io::Result<TlsStream<TcpStream>> {
        self.acceptor.accept(node.accept().await.stream).await
    }
}

pub(super) fn name(name: &'static str) -> ServerName<'static> {
    ServerName::try_from(name).expect("a name")
}

async fn answer_one(stream: &mut TlsStream<TcpStream>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_buf(&mut head).await.expect("bytes");
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello").await.expect("sent");
}

#[tokio::test]
async fn a_node_that_proves_itself_is_spoken_with_and_kept_apart_from_others() {
    let (node, client, identity) = (Node::start().await, client(), Identity::new(&["http/1.1"]));
    let rules = identity.rules(false);
    let target = NodeTarget { tls: Some((&rules, name("node.test"))), ..node.target() };
    let first = async {
        let mut stream = identity.accept(&node).await.expect("a handshake");
        answer_one(&mut stream).await;
        answer_one(&mut stream).await;
        stream
    };
    let twice = async {
        for _ in 0..2 {
            let answer = send(&client, &target, get()).await.expect("an answer");
            assert_eq!(read(answer.response.into_body()).await.0, b"hello");
        }
    };
    let ((), _stream) = tokio::join!(twice, first);
    // The same node under other rules, or asked for by another name, has other connections.
    let same_rules = identity.rules(false);
    let others = NodeTarget { tls: Some((&same_rules, name("node.test"))), ..node.target() };
    let answers = async { answer_one(&mut identity.accept(&node).await.expect("a handshake")).await };
    let (sent, ()) = tokio::join!(send(&client, &others, get()), answers);
    assert!(sent.is_ok());
    let misnamed = NodeTarget { tls: Some((&rules, name("other.test"))), ..node.target() };
    let (sent, accepted) = tokio::join!(send(&client, &misnamed, get()), identity.accept(&node));
    assert_eq!(failure(sent).stage, FailureStage::Connect);
    assert!(accepted.is_err());
}

#[tokio::test]
async fn a_node_that_others_vouch_for_is_told_nothing() {
    let (node, client, identity) = (Node::start().await, client(), Identity::new(&[]));
    let rules = Identity::new(&[]).rules(false);
    let target = NodeTarget { tls: Some((&rules, name("node.test"))), ..node.target() };
    let (sent, accepted) = tokio::join!(send(&client, &target, get()), identity.accept(&node));
    let failure = failure(sent);
    assert_eq!(failure.stage, FailureStage::Connect);
    assert!(failure.request.is_some());
    assert!(accepted.is_err());
}

#[tokio::test]
async fn a_handshake_that_stands_still_has_an_end() {
    let (node, client, identity) = (Node::start().await, client(), Identity::new(&[]));
    let rules = identity.rules(false);
    let timeouts = Timeouts { connect: 50, ..node.target().timeouts };
    let target = NodeTarget { tls: Some((&rules, name("node.test"))), timeouts, ..node.target() };
    let (sent, _peer) = tokio::join!(send(&client, &target, get()), node.accept());
    assert_eq!(failure(sent).stage, FailureStage::ConnectTimeout);
}

#[tokio::test]
async fn an_answer_without_a_length_must_end_properly() {
    for is_proper in [true, false] {
        let (node, client, identity) = (Node::start().await, client(), Identity::new(&[]));
        let rules = identity.rules(false);
        let target = NodeTarget { tls: Some((&rules, name("node.test"))), ..node.target() };
        let says = async {
            let mut stream = identity.accept(&node).await.expect("a handshake");
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                stream.read_buf(&mut head).await.expect("bytes");
            }
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nhello").await.expect("sent");
            stream.flush().await.expect("sent");
            if is_proper {
                stream.shutdown().await.expect("sent");
            } else {
                stream.get_mut().0.shutdown().await.expect("sent");
            }
            stream
        };
        let asks = async {
            let answer = send(&client, &target, get()).await.expect("an answer");
            read(answer.response.into_body()).await
        };
        let ((content, _, end), _stream) = tokio::join!(asks, says);
        assert_eq!(content, b"hello");
        // Anybody on the way could have cut it off.
        assert_eq!(end.is_ok(), is_proper);
    }
}
