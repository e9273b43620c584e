use proptest::prelude::*;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use super::*;

/// A header of version 2 with this command, family and body.
fn v2(command: u8, family: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).expect("short").to_be_bytes();
    [V2_SIGNATURE, &[command, family][..], &length, body].concat()
}

fn client(client: &str, destination: &str) -> Origin {
    Origin::Client {
        client: client.parse().expect(client),
        destination: destination.parse().expect(destination),
    }
}

const V4: [u8; 12] = [192, 0, 2, 1, 198, 51, 100, 7, 0xdb, 0xa0, 0x24, 0xe3];

fn v6() -> Vec<u8> {
    let addresses = ["2001:db8::1", "2001:db8::2"].map(|text| text.parse::<Ipv6Addr>().expect(text).octets());
    [addresses.concat(), vec![0xdb, 0xa0, 0x24, 0xe3]].concat()
}

#[test]
fn headers_of_version_1_are_read() {
    for (text, expected) in [
        ("PROXY TCP4 192.0.2.1 198.51.100.7 56224 9443\r\n", client("192.0.2.1:56224", "198.51.100.7:9443")),
        ("PROXY TCP6 2001:db8::1 ::1 1 0\r\n", client("[2001:db8::1]:1", "[::1]:0")),
        ("PROXY UNKNOWN\r\n", Origin::Unknown),
        ("PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n", Origin::Unknown),
    ] {
        let followed = format!("{text}\x16\x03\x01");
        assert_eq!(parse(followed.as_bytes()), Ok(Some((expected, text.len()))), "{text:?}");
    }
}

#[test]
fn headers_of_version_2_are_read() {
    let v4 = client("192.0.2.1:56224", "198.51.100.7:9443");
    for (name, header, expected) in [
        ("IPv4", v2(0x21, 0x11, &V4), v4),
        ("IPv4 with extensions", v2(0x21, 0x11, &[&V4[..], &[4, 0, 1, 0]].concat()), v4),
        ("IPv6", v2(0x21, 0x21, &v6()), client("[2001:db8::1]:56224", "[2001:db8::2]:9443")),
        ("a Unix socket", v2(0x21, 0x31, &[7; 216]), Origin::Unknown),
        ("unspecified", v2(0x21, 0x00, &[7; 3]), Origin::Unknown),
        ("LOCAL", v2(0x20, 0x00, &[]), Origin::Unknown),
        ("LOCAL with addresses", v2(0x20, 0x11, &V4), Origin::Unknown),
        ("the longest", v2(0x20, 0x00, &[7; 4096]), Origin::Unknown),
    ] {
        let followed = [&header[..], b"\x16\x03\x01"].concat();
        assert_eq!(parse(&followed), Ok(Some((expected, header.len()))), "{name}");
    }
}

#[test]
fn everything_else_is_refused() {
    for text in [
        "PROXY\tTCP4 192.0.2.1 198.51.100.7 1 2\r\n",
        "GET / HTTP/1.1\r\n",
        "\x16\x03\x01\x02\x00",
        "proxy UNKNOWN\r\n",
        "\r\n\r\n\0\r\nQUIT\r",
    ] {
        assert_eq!(parse(text.as_bytes()), Err(HeaderError::NoHeader), "{text:?}");
    }
    for text in [
        "PROXY \r\n",
        "PROXY UNKNOWN\n",
        "PROXY TCP4\r\n",
        "PROXY TCP5 192.0.2.1 198.51.100.7 1 2\r\n",
        "PROXY TCP4 2001:db8::1 2001:db8::2 1 2\r\n",
        "PROXY TCP6 192.0.2.1 198.51.100.7 1 2\r\n",
        "PROXY TCP4 192.0.2.01 198.51.100.7 1 2\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.7 1\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.7 1 2 3\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.7 1 2 \r\n",
        "PROXY TCP4  192.0.2.1 198.51.100.7 1 2\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.7 1 65536\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.7 01 2\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.7 +1 2\r\n",
    ] {
        assert_eq!(parse(text.as_bytes()), Err(HeaderError::Malformed), "{text:?}");
    }
    for (name, header) in [
        ("version 1 in version 2", v2(0x11, 0x11, &V4)),
        ("an unknown command", v2(0x22, 0x11, &V4)),
        ("datagrams", v2(0x21, 0x12, &V4)),
        ("too short for IPv4", v2(0x21, 0x11, &V4[..11])),
        ("too short for IPv6", v2(0x21, 0x21, &v6()[..35])),
        ("too short for a Unix socket", v2(0x21, 0x31, &[7; 215])),
    ] {
        assert_eq!(parse(&header), Err(HeaderError::Malformed), "{name}");
    }
    let endless = format!("PROXY UNKNOWN {}", "x".repeat(V1_BYTES));
    assert_eq!(parse(endless.as_bytes()), Err(HeaderError::TooLong));
    assert_eq!(parse(&v2(0x20, 0x00, &[7; 4097])[..V2_HEAD_BYTES]), Err(HeaderError::TooLong));
}

#[tokio::test]
async fn nothing_behind_the_header_is_taken() {
    let v1 = b"PROXY TCP4 192.0.2.1 198.51.100.7 56224 9443\r\n".to_vec();
    for header in [v1, b"PROXY UNKNOWN\r\n".to_vec(), v2(0x21, 0x11, &V4), v2(0x20, 0, &[])] {
        for piece in [1, 7, header.len() + 5] {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("bound");
            let mut sender =
                TcpStream::connect(listener.local_addr().expect("bound")).await.expect("connected");
            sender.set_nodelay(true).expect("possible");
            let (mut receiver, _) = listener.accept().await.expect("accepted");
            let sent = [&header[..], b"hello"].concat();
            let sending = async {
                for piece in sent.chunks(piece) {
                    sender.write_all(piece).await.expect("sent");
                    tokio::task::yield_now().await;
                }
                sender.shutdown().await.expect("closed");
            };
            let receiving = async {
                let origin = read(&mut receiver).await.expect("a header");
                let mut rest = String::new();
                receiver.read_to_string(&mut rest).await.expect("text");
                (origin, rest)
            };
            let ((), (origin, rest)) = tokio::join!(sending, receiving);
            assert_eq!(parse(&header), Ok(Some((origin, header.len()))));
            assert_eq!(rest, "hello", "in pieces of {piece}");
        }
    }
}

#[tokio::test]
async fn half_a_header_is_none() {
    let half = v2(0x21, 0x11, &V4);
    for header in [&b"PROXY TCP4 192.0.2.1"[..], b"PROXY", &half[..half.len() - 1], b"GET / HTTP/1.1\r\n\r\n"]
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("bound");
        let mut sender = TcpStream::connect(listener.local_addr().expect("bound")).await.expect("connected");
        let (mut receiver, _) = listener.accept().await.expect("accepted");
        sender.write_all(header).await.expect("sent");
        sender.shutdown().await.expect("closed");
        read(&mut receiver).await.expect_err("no header");
    }
}

proptest! {
    #[test]
    fn a_header_is_known_by_its_last_byte_and_not_before(
        is_v6 in any::<bool>(),
        body in prop::collection::vec(any::<u8>(), 36..80),
    ) {
        let header = v2(0x21, if is_v6 { 0x21 } else { 0x11 }, &body);
        for end in 0..header.len() {
            prop_assert_eq!(parse(&header[..end]), Ok(None));
        }
        let (origin, length) = parse(&header).expect("well formed").expect("whole");
        prop_assert_ne!(origin, Origin::Unknown);
        prop_assert_eq!(length, header.len());
    }

    #[test]
    fn any_bytes_have_a_verdict_within_the_bound(
        prefix in prop::sample::select(vec![&b""[..], V1_PREFIX, b"PROXY TCP4 ", V2_SIGNATURE, b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c"]),
        noise in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let bytes = [prefix, &noise].concat();
        match parse(&bytes) {
            Ok(Some((_, length))) => prop_assert!(length <= bytes.len()),
            Ok(None) => prop_assert!(bytes.len() < V2_BYTES),
            Err(_) => {}
        }
    }
}
