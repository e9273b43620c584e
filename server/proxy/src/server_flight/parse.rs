use rustls::{CipherSuite, NamedGroup, ProtocolVersion};

use crate::events::Negotiated;

/// Record type of handshake messages, and of the one that stands between them for middleboxes (RFC 8446 §5.1).
const HANDSHAKE: u8 = 22;
const CHANGE_CIPHER_SPEC: u8 = 20;
/// Handshake messages (RFC 8446 §4, RFC 5246 §7.4).
const SERVER_HELLO: u8 = 2;
const SERVER_KEY_EXCHANGE: u8 = 12;
/// Extensions of a ServerHello (RFC 8446 §4.2).
const SUPPORTED_VERSIONS: u16 = 43;
const KEY_SHARE: u16 = 51;
/// The curve type `named_curve` (RFC 8422 §5.4).
const NAMED_CURVE: u8 = 3;

/// What the beginning of a server's flight says, which may end anywhere.
pub(super) fn negotiated(flight: &[u8]) -> Negotiated {
    let messages = handshake_messages(flight);
    let mut negotiated = Negotiated::default();
    let mut rest = Reader(&messages);
    while let Some((kind, body)) = message(&mut rest) {
        match kind {
            // After a HelloRetryRequest, which looks the same, the second one counts.
            SERVER_HELLO => server_hello(body, &mut negotiated).unwrap_or_default(),
            SERVER_KEY_EXCHANGE => negotiated.key_exchange = named_curve(body).or(negotiated.key_exchange),
            _ => {}
        }
    }
    negotiated
}

/// The plain handshake messages, put together again from their records.
fn handshake_messages(flight: &[u8]) -> Vec<u8> {
    let mut messages = Vec::new();
    let mut rest = Reader(flight);
    while let (Some(kind), Some(_version), Some(length)) = (rest.u8(), rest.u16(), rest.u16()) {
        let payload = rest.up_to(usize::from(length));
        match kind {
            HANDSHAKE => messages.extend_from_slice(payload),
            CHANGE_CIPHER_SPEC => {}
            _ => break,
        }
    }
    messages
}

fn message<'a>(rest: &mut Reader<'a>) -> Option<(u8, &'a [u8])> {
    let kind = rest.u8()?;
    let length = (usize::from(rest.u8()?) << 16) | usize::from(rest.u16()?);
    Some((kind, rest.take(length)?))
}

fn server_hello(body: &[u8], negotiated: &mut Negotiated) -> Option<()> {
    let mut rest = Reader(body);
    let legacy_version = rest.u16()?;
    rest.take(32)?; // random
    let session_id = rest.u8()?;
    rest.take(session_id.into())?;
    negotiated.cipher_suite = Some(CipherSuite::from(rest.u16()?));
    negotiated.version = Some(ProtocolVersion::from(legacy_version));
    rest.u8()?; // compression
    let length = rest.u16()?;
    let mut extensions = Reader(rest.take(length.into())?);
    while let (Some(kind), Some(length)) = (extensions.u16(), extensions.u16()) {
        let mut value = Reader(extensions.take(length.into())?);
        match kind {
            SUPPORTED_VERSIONS => negotiated.version = value.u16().map(ProtocolVersion::from),
            KEY_SHARE => negotiated.key_exchange = value.u16().map(NamedGroup::from),
            _ => {}
        }
    }
    Some(())
}

fn named_curve(key_exchange: &[u8]) -> Option<NamedGroup> {
    let mut rest = Reader(key_exchange);
    (rest.u8()? == NAMED_CURVE).then(|| rest.u16().map(NamedGroup::from))?
}

/// What is left to read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn up_to(&mut self, length: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        taken
    }

    fn u8(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    fn u16(&mut self) -> Option<u16> {
        self.take(2).map(|bytes| u16::from_be_bytes([bytes[0], bytes[1]]))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn record(kind: u8, payload: &[u8]) -> Vec<u8> {
        let length = u16::try_from(payload.len()).expect("short").to_be_bytes();
        [&[kind, 3, 3], &length[..], payload].concat()
    }

    fn handshake(kind: u8, body: &[u8]) -> Vec<u8> {
        let length = u16::try_from(body.len()).expect("short").to_be_bytes();
        [&[kind, 0], &length[..], body].concat()
    }

    fn hello(suite: u16, extensions: &[u8]) -> Vec<u8> {
        let length = u16::try_from(extensions.len()).expect("short").to_be_bytes();
        let body = [&[3, 3], &[7; 32][..], &[2, 9, 9], &suite.to_be_bytes(), &[0], &length, extensions];
        handshake(SERVER_HELLO, &body.concat())
    }

    fn expected(version: ProtocolVersion, suite: CipherSuite, group: Option<NamedGroup>) -> Negotiated {
        Negotiated {
            version: Some(version),
            cipher_suite: Some(suite),
            key_exchange: group,
            ..Negotiated::default()
        }
    }

    #[test]
    fn tls13_says_it_in_its_server_hello() {
        let versions = [0, 43, 0, 2, 3, 4];
        let retry = record(HANDSHAKE, &hello(0x1302, &[&versions[..], &[0, 51, 0, 2, 0, 23]].concat()));
        let share = hello(0x1302, &[&[0, 51, 0, 6, 0, 29, 0, 2, 1, 1], &versions[..]].concat());
        let flight = [
            retry.clone(),
            record(CHANGE_CIPHER_SPEC, &[1]),
            record(HANDSHAKE, &share),
            record(23, &[0; 40]),
        ];
        let of =
            |group| expected(ProtocolVersion::TLSv1_3, CipherSuite::TLS13_AES_256_GCM_SHA384, Some(group));
        assert_eq!(negotiated(&retry), of(NamedGroup::secp256r1));
        assert_eq!(negotiated(&flight.concat()), of(NamedGroup::X25519));
    }

    #[test]
    fn tls12_says_its_group_in_the_key_exchange() {
        let messages = [
            hello(0xc030, &[0xff, 1, 0, 1, 0]),
            handshake(11, &[0; 300]),
            handshake(SERVER_KEY_EXCHANGE, &[3, 0, 29, 1, 1]),
            handshake(14, &[]),
        ]
        .concat();
        let suite = CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384;
        let all = expected(ProtocolVersion::TLSv1_2, suite, Some(NamedGroup::X25519));
        assert_eq!(negotiated(&record(HANDSHAKE, &messages)), all);
        // Messages are cut into records anywhere.
        let records: Vec<u8> = messages.chunks(7).flat_map(|chunk| record(HANDSHAKE, chunk)).collect();
        assert_eq!(negotiated(&records), all);
        let cut = &record(HANDSHAKE, &messages)[..200];
        assert_eq!(negotiated(cut), expected(ProtocolVersion::TLSv1_2, suite, None));
    }

    #[test]
    fn an_alert_says_nothing() {
        assert_eq!(negotiated(&record(21, &[2, 40])), Negotiated::default());
        assert_eq!(negotiated(&[]), Negotiated::default());
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_strange(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            negotiated(&bytes);
            negotiated(&record(HANDSHAKE, &bytes));
            negotiated(&record(HANDSHAKE, &hello(0x1301, &bytes)));
        }
    }
}
