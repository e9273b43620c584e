//! Connections that are no longer HTTP.

use super::*;

const UPGRADE: &[u8] = b"GET / HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n";

/// How long nothing may move in a tunnel.
const IDLE: Duration = Duration::from_secs(10);

/// Answers an upgrade with a tunnel to `node`, which has said `read_ahead` already.
fn upgraded(node: DuplexStream, read_ahead: &'static str) -> Answer<AnyBody> {
    let response = Response::builder().status(101).header("connection", "upgrade").header("upgrade", "x");
    let read_ahead = Bytes::from_static(read_ahead.as_bytes());
    let tunnel = Tunnel { stream: Box::new(node), read_ahead, idle: IDLE };
    Answer { response: response.body(full("")).expect("a response"), tunnel: Some(tunnel) }
}

/// Plays an upgrade; the client also gets the other end of the tunnel.
async fn play_upgraded<C>(
    connection: &Connection,
    client: impl FnOnce(DuplexStream, DuplexStream) -> C,
) -> io::Result<()>
where
    C: Future<Output = ()>,
{
    let (near, far) = duplex(BETWEEN);
    let near = RefCell::new(Some(near));
    let handler = |_, _| std::future::ready(upgraded(near.take().expect("one request"), "hello "));
    play_on(connection, handler, |stream| client(stream, far)).await
}

#[tokio::test]
async fn bytes_go_both_ways_until_both_have_ended() {
    let connection = connection(Protection::default());
    play_upgraded(&connection, async |mut client: DuplexStream, mut node: DuplexStream| {
        client.write_all(&[UPGRADE, b"early "].concat()).await.expect("sent");
        let head =
            format!("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n{DATE}\r\n");
        assert_eq!(read_until(&mut client, "\r\n\r\n").await, head);
        assert_eq!(read_until(&mut client, "hello ").await, "hello ");
        node.write_all(b"from the node").await.expect("sent");
        assert_eq!(read_until(&mut client, "node").await, "from the node");
        client.write_all(b"late").await.expect("sent");
        client.shutdown().await.expect("shut down");
        let mut received = String::new();
        node.read_to_string(&mut received).await.expect("text");
        assert_eq!(received, "early late");
        node.write_all(b"last").await.expect("the other way is still open");
        drop(node);
        assert_eq!(read_until(&mut client, "last").await, "last");
        assert_eq!(client.read(&mut [0]).await.expect("closed"), 0);
    })
    .await
    .expect("in order");
}

#[tokio::test]
async fn a_tunnel_is_busy_and_ends_with_its_connection() {
    let connection = connection(Protection::default());
    play_upgraded(&connection, async |mut client: DuplexStream, mut node: DuplexStream| {
        client.write_all(UPGRADE).await.expect("sent");
        read_until(&mut client, "hello ").await;
        settle().await;
        let later = Instant::now() + Duration::from_secs(1_000_000);
        assert!(!connection.pace().is_overdue(later), "it is not the client that keeps anybody waiting");
        connection.close_within(PATIENCE);
        // Wakes the conversation as the connection's own task would.
        client.write_all(b"x").await.expect("sent");
        assert_eq!(client.read(&mut [0]).await.expect("closed"), 0);
        assert_eq!(node.read_to_end(&mut Vec::new()).await.expect("closed"), 0);
    })
    .await
    .expect("in order");
}

#[tokio::test]
async fn there_is_no_upgrade_without_a_tunnel() {
    for status in [101, 103] {
        let handler =
            async |_, _| Response::builder().status(status).body(full("")).expect("a response").into();
        let ended = play(handler, async |mut client: DuplexStream| {
            client.write_all(UPGRADE).await.expect("sent");
            assert_eq!(client.read(&mut [0]).await.expect("closed"), 0);
        })
        .await;
        ended.expect_err("no answer");
    }
}

#[tokio::test(start_paused = true)]
async fn a_tunnel_in_which_nothing_moves_ends() {
    for half_closed in [false, true] {
        let connection = connection(Protection::default());
        let ended = play_upgraded(&connection, async |mut client: DuplexStream, mut node: DuplexStream| {
            client.write_all(UPGRADE).await.expect("sent");
            read_until(&mut client, "hello ").await;
            if half_closed {
                client.shutdown().await.expect("shut down");
            }
            let since = tokio::time::Instant::now();
            assert_eq!(client.read(&mut [0]).await.expect("closed"), 0);
            assert!((IDLE..IDLE * 2).contains(&since.elapsed()), "{:?}", since.elapsed());
            assert_eq!(node.read_to_end(&mut Vec::new()).await.expect("closed"), 0);
        })
        .await;
        assert_eq!(ended.expect_err("too late").kind(), io::ErrorKind::TimedOut);
    }
}

#[tokio::test(start_paused = true)]
async fn bytes_of_either_side_keep_a_tunnel_open() {
    for from_node in [false, true] {
        let connection = connection(Protection::default());
        let (near, mut node) = duplex(BETWEEN);
        let near = RefCell::new(Some(near));
        let handler = |_, _| std::future::ready(upgraded(near.take().expect("one request"), "hello "));
        let (mut client, stream) = duplex(BETWEEN);
        let plays = async {
            client.write_all(UPGRADE).await.expect("sent");
            read_until(&mut client, "hello ").await;
            let (sender, receiver) =
                if from_node { (&mut node, &mut client) } else { (&mut client, &mut node) };
            for _ in 0..10 {
                tokio::time::sleep(IDLE - Duration::from_secs(1)).await;
                sender.write_all(b"x").await.expect("sent");
                assert_eq!(receiver.read_u8().await.expect("arrived"), b'x');
            }
            drop((client, node));
        };
        let (ended, ()) = tokio::join!(converse(&connection, &StoppedClock, stream, handler), plays);
        ended.expect("in order");
    }
}

/// However busy the other way is.
#[tokio::test(start_paused = true)]
async fn a_side_that_takes_nothing_ends_its_tunnel() {
    for from_node in [false, true] {
        let connection = connection(Protection::default());
        let (near, node) = duplex(BETWEEN);
        let near = RefCell::new(Some(near));
        let handler = |_, _| std::future::ready(upgraded(near.take().expect("one request"), "hello "));
        let (mut client, stream) = duplex(BETWEEN);
        let plays = async {
            client.write_all(UPGRADE).await.expect("sent");
            read_until(&mut client, "hello ").await;
            let (sender, mut stubborn) = if from_node { (node, client) } else { (client, node) };
            let (mut receiving, mut sending) = tokio::io::split(sender);
            let since = tokio::time::Instant::now();
            let floods = async { while sending.write_all(&[b'x'; 1024]).await.is_ok() {} };
            let talks = async {
                while stubborn.write_all(b"y").await.is_ok() {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    assert!(since.elapsed() < IDLE * 2, "it goes on");
                }
            };
            let hears = async {
                let mut heard = Vec::new();
                receiving.read_to_end(&mut heard).await.expect("closed");
                assert!(heard.len() > 5, "the other way was busy");
            };
            tokio::join!(floods, talks, hears);
        };
        let (ended, ()) = tokio::join!(converse(&connection, &StoppedClock, stream, handler), plays);
        assert_eq!(ended.expect_err("too late").kind(), io::ErrorKind::TimedOut);
    }
}
