use rustls::{CipherSuite, HandshakeKind, NamedGroup, ProtocolVersion, ServerConnection};

/// What client and gateway agreed on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Negotiated {
    pub(crate) version: Option<ProtocolVersion>,
    pub(crate) cipher_suite: Option<CipherSuite>,
    pub(crate) key_exchange: Option<NamedGroup>,
    pub(crate) alpn: Option<&'static str>,
    pub(crate) resumed: bool,
}

impl Negotiated {
    /// Of a finished handshake.
    pub(crate) fn of(session: &ServerConnection) -> Self {
        Self {
            version: session.protocol_version(),
            cipher_suite: session.negotiated_cipher_suite().map(|suite| suite.suite()),
            key_exchange: session.negotiated_key_exchange_group().map(|group| group.name()),
            alpn: match session.alpn_protocol() {
                Some(b"h2") => Some("h2"),
                Some(b"http/1.1") => Some("http/1.1"),
                _ => None,
            },
            resumed: session.handshake_kind() == Some(HandshakeKind::Resumed),
        }
    }

    /// Whether the client speaks HTTP/2 on the connection.
    pub(crate) fn is_http2(&self) -> bool {
        self.alpn == Some("h2")
    }

    /// The TLS version in OpenSSL's words.
    pub(crate) fn version_name(&self) -> Option<String> {
        Some(match self.version? {
            ProtocolVersion::TLSv1_2 => "TLSv1.2".to_owned(),
            ProtocolVersion::TLSv1_3 => "TLSv1.3".to_owned(),
            other => format!("{other:?}"),
        })
    }

    /// The cipher suite under its registered name, where rustls has one of its own for TLS 1.3.
    pub(super) fn cipher_suite_name(&self) -> Option<String> {
        let name = self.cipher_suite?.as_str()?;
        Some(name.strip_prefix("TLS13_").map_or_else(|| name.to_owned(), |suite| format!("TLS_{suite}")))
    }

    pub(super) fn key_exchange_name(&self) -> Option<String> {
        self.key_exchange?.as_str().map(str::to_owned)
    }
}
