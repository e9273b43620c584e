//! Clients that go away, or wait, or are told to go.

use std::cell::Cell;

use futures_util::StreamExt;
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// Says when a handler is dropped.
struct OnDrop<'a>(&'a Cell<bool>);

impl Drop for OnDrop<'_> {
    fn drop(&mut self) {
        self.0.set(true);
    }
}

#[tokio::test]
async fn nobody_works_for_a_client_that_is_gone() {
    // With nothing, with a body that nobody reads, and with another request behind.
    for more in ["", "Content-Length: 9\r\n", "\r\nGET / HTTP/1.1\r\n"] {
        let is_dropped = Cell::new(false);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("bound");
        let mut client = TcpStream::connect(listener.local_addr().expect("bound")).await.expect("connected");
        let (near, _) = listener.accept().await.expect("accepted");
        let handler = async |_, _| -> Answer<AnyBody> {
            let _on_drop = OnDrop(&is_dropped);
            std::future::pending().await
        };
        let connection = connection(Protection::default());
        let leaving = async {
            client.write_all(format!("POST / HTTP/1.1\r\n{more}\r\n").as_bytes()).await.expect("sent");
            settle().await;
            assert!(!is_dropped.get());
            drop(client);
        };
        let both = async { tokio::join!(converse(&connection, &StoppedClock, near, handler), leaving) };
        timeout(PATIENCE, both).await.expect("noticed").0.expect_err("the client is gone");
        assert!(is_dropped.get(), "{more:?}");
    }
}

#[tokio::test]
async fn nobody_works_for_a_client_that_leaves_within_its_answer() {
    let handler = async |_, _| {
        ok(StreamBody::new(stream::once(async { data("x") }).chain(stream::pending())).boxed_unsync())
    };
    let ended = play(handler, async |mut client: DuplexStream| {
        client.write_all(b"GET / HTTP/1.1\r\n\r\n").await.expect("sent");
        read_until(&mut client, "1\r\nx\r\n").await;
    })
    .await;
    ended.expect_err("the client is gone");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_takes_nothing_is_not_waited_for() {
    let connection = connection(Protection { body_seconds: 7, ..Protection::default() });
    let (near, _far) = duplex(16);
    let handler = async |_, _| ok(full("x".repeat(1_000)));
    let (mut sending, near) = {
        let (reading, writing) = tokio::io::simplex(1_000);
        (writing, tokio::io::join(reading, near))
    };
    sending.write_all(b"GET / HTTP/1.1\r\n\r\n").await.expect("sent");
    let since = tokio::time::Instant::now();
    let error = converse(&connection, &StoppedClock, near, handler).await.expect_err("given up");
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    assert_eq!(since.elapsed().as_secs(), 7);
}

#[tokio::test(start_paused = true)]
async fn a_body_has_to_get_on_while_somebody_waits_for_it() {
    let connection = connection(Protection { body_seconds: 7, ..Protection::default() });
    let since = tokio::time::Instant::now();
    play_on(&connection, mirror, async |mut client: DuplexStream| {
        client.write_all(b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n").await.expect("sent");
        for _ in 0..2 {
            tokio::time::advance(Duration::from_secs(6)).await;
            client.write_u8(b'x').await.expect("sent");
            settle().await;
        }
        read_until(&mut client, "TimedOut\n").await;
        assert_eq!(since.elapsed().as_secs(), 6 + 6 + 7);
    })
    .await
    .expect("in order");
}

#[tokio::test]
async fn a_connection_that_is_to_be_closed_finishes_what_it_does() {
    let connection = connection(Protection::default());
    let go = tokio::sync::Notify::new();
    let handler = async |_, _| {
        go.notified().await;
        ok(full("x"))
    };
    play_on(&connection, handler, async |mut client: DuplexStream| {
        client.write_all(&b"GET / HTTP/1.1\r\n\r\n".repeat(2)).await.expect("sent");
        settle().await;
        connection.close_within(PATIENCE);
        go.notify_one();
        let mut answers = String::new();
        client.read_to_string(&mut answers).await.expect("text");
        assert_eq!(answers.matches("HTTP/1.1 200 ").count(), 1, "{answers}");
        assert!(answers.contains("connection: close\r\n"), "{answers}");
    })
    .await
    .expect("in order");
}
