//! Bodies of requests, and of answers that are larger than memory should be.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::task::LocalSet;

use super::*;

const MIB: usize = 1024 * 1024;
/// What may lie between the two ends of a stream of 16 KiB pieces: the socket, what was read ahead, a piece in each hand.
const BOUND: usize = BETWEEN + 4 * 16 * 1024;

#[tokio::test]
async fn a_large_answer_waits_for_its_client() {
    const PIECE: usize = 16 * 1024;
    let made = Arc::new(AtomicUsize::new(0));
    let count = || made.load(Ordering::SeqCst);
    let handler = async |_, _| {
        let made = Arc::clone(&made);
        ok(frames((0..16 * MIB / PIECE).map(move |_| {
            made.fetch_add(PIECE, Ordering::SeqCst);
            Ok(Frame::data(Bytes::from_static(&[b'x'; PIECE])))
        })))
    };
    play(handler, async |mut client: DuplexStream| {
        client.write_all(b"GET / HTTP/1.0\r\n\r\n").await.expect("sent");
        settle().await;
        assert!(count() <= BOUND, "{} bytes for a client that reads nothing", count());
        read_until(&mut client, "\r\n\r\n").await;
        let mut read = 0;
        let mut buffer = vec![0; PIECE];
        loop {
            let length = client.read(&mut buffer).await.expect("more");
            if length == 0 {
                break;
            }
            read += length;
            settle().await;
            assert!(count() <= read + BOUND, "{} bytes for a client that has read {read}", count());
        }
        assert_eq!(read, 16 * MIB);
    })
    .await
    .expect("in order");
}

#[tokio::test]
async fn a_large_request_waits_for_its_handler() {
    let go = tokio::sync::Notify::new();
    let sent = Cell::new(0);
    let handler = async |request: Request<Http1Body>, _| {
        go.notified().await;
        let mut body = request.into_body();
        let mut read = 0;
        while let Some(frame) = body.frame().await {
            let data = frame.expect("a frame").into_data().expect("data");
            assert!(data.len() <= 32 * 1024);
            read += data.len();
            settle().await;
            assert!(sent.get() <= read + BOUND, "{} bytes for a handler that has read {read}", sent.get());
        }
        ok(full(format!("{read}\n")))
    };
    play(handler, async |mut client: DuplexStream| {
        let head = format!("POST / HTTP/1.1\r\nContent-Length: {}\r\n\r\n", 16 * MIB);
        client.write_all(head.as_bytes()).await.expect("sent");
        let piece = vec![b'x'; 16 * 1024];
        let (mut receiving, mut sending) = tokio::io::split(client);
        let send = async {
            while sent.get() < 16 * MIB {
                sending.write_all(&piece).await.expect("sent");
                sent.set(sent.get() + piece.len());
            }
        };
        let receive = async {
            settle().await;
            assert!(sent.get() <= BOUND, "{} bytes for a handler that reads nothing", sent.get());
            go.notify_one();
            let mut answer = vec![0; 256];
            let length = receiving.read(&mut answer).await.expect("an answer");
            assert!(answer[..length].ends_with(format!("\r\n\r\n{}\n", 16 * MIB).as_bytes()));
        };
        tokio::join!(send, receive);
    })
    .await
    .expect("in order");
}

#[tokio::test]
async fn both_bodies_may_be_on_their_way_at_once() {
    // Every piece of the request comes back before the next one is sent.
    let handler = async |request: Request<Http1Body>, _| ok(read_elsewhere(request.into_body()));
    let playing = play(handler, async |mut client: DuplexStream| {
        let head = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
        client.write_all(head).await.expect("sent");
        read_until(&mut client, "\r\n\r\n").await;
        for piece in ["1\r\na\r\n", "2\r\nbc\r\n", "0\r\n\r\n"] {
            client.write_all(piece.as_bytes()).await.expect("sent");
            assert_eq!(read_until(&mut client, piece).await, piece);
        }
        assert_eq!(client.read_to_end(&mut Vec::new()).await.expect("closed"), 0);
    });
    LocalSet::new().run_until(playing).await.expect("in order");
}

#[tokio::test]
async fn a_body_that_outlives_its_request_gets_nothing_of_the_next_one() {
    let kept = RefCell::new(None);
    let handler = async |request: Request<Http1Body>, _| {
        if request.uri().path() == "/kept" {
            *kept.borrow_mut() = Some(request.into_body());
        }
        ok(full("x"))
    };
    play(handler, async |mut client: DuplexStream| {
        client.write_all(b"POST /kept HTTP/1.1\r\nContent-Length: 3\r\n\r\nfoo").await.expect("sent");
        read_until(&mut client, "\r\n\r\nx").await;
        client.write_all(b"POST /next HTTP/1.1\r\nContent-Length: 3\r\n\r\nb").await.expect("sent");
        read_until(&mut client, "\r\n\r\nx").await;
        let mut body = kept.take().expect("kept");
        let error = body.frame().await.expect("an end").expect_err("nothing more");
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    })
    .await
    .expect("in order");
}

#[tokio::test]
async fn a_body_read_elsewhere_fails_when_its_connection_ends() {
    let error = Rc::new(Cell::new(None));
    let handler = async |request: Request<Http1Body>, _| {
        let (mut body, error) = (request.into_body(), Rc::clone(&error));
        let reading = tokio::task::spawn_local(async move {
            error.set(body.frame().await.and_then(Result::err).map(|error| error.kind()));
        });
        reading.await.expect("read");
        ok(full("x"))
    };
    let playing = play(handler, async |mut client: DuplexStream| {
        client.write_all(b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n").await.expect("sent");
        settle().await;
    });
    let local = LocalSet::new();
    local.run_until(playing).await.expect_err("the client left");
    timeout(PATIENCE, local).await.expect("the task ends");
    assert_eq!(error.get(), Some(io::ErrorKind::BrokenPipe));
}

#[tokio::test]
async fn a_body_is_asked_for_when_it_is_wanted() {
    let expecting = "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n";
    play(mirror, async |mut client: DuplexStream| {
        for _ in 0..2 {
            client.write_all(format!("POST / HTTP/1.1\r\n{expecting}").as_bytes()).await.expect("sent");
            assert_eq!(read_until(&mut client, "\r\n\r\n").await, "HTTP/1.1 100 Continue\r\n\r\n");
            client.write_all(b"foo").await.expect("sent");
            assert!(read_until(&mut client, "POST / foo\n").await.starts_with("HTTP/1.1 200 "));
        }
        // What is there already need not be asked for.
        client.write_all(format!("POST / HTTP/1.1\r\n{expecting}foo").as_bytes()).await.expect("sent");
        assert!(read_until(&mut client, "POST / foo\n").await.starts_with("HTTP/1.1 200 "));
    })
    .await
    .expect("in order");
    assert!(answer(mirror, &format!("POST / HTTP/1.0\r\n{expecting}foo")).await.starts_with("HTTP/1.0 200 "));
}

/// It would be taken for a part of the answer's body.
#[tokio::test(start_paused = true)]
async fn nothing_is_asked_for_once_the_answer_has_begun() {
    let connection = connection(Protection::default());
    // The answer's body is the request's, which is not looked at before the head is sent.
    let handler = async |request: Request<Http1Body>, _| Response::new(request.into_body()).into();
    let (near, mut client) = duplex(BETWEEN);
    let mut read = String::new();
    let asks = async {
        let head = "POST / HTTP/1.1\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n";
        client.write_all(head.as_bytes()).await.expect("sent");
        client.read_to_string(&mut read).await.expect("text");
    };
    let (ended, ()) = tokio::join!(converse(&connection, &StoppedClock, near, handler), asks);
    ended.expect_err("the body never came");
    assert_eq!(read, format!("HTTP/1.1 200 OK\r\ncontent-length: 3\r\nconnection: close\r\n{DATE}\r\n"));
}

#[tokio::test]
async fn after_a_body_that_nobody_asked_for_no_request_is_read() {
    let handler = async |_, _| ok(full("x"));
    let head = "POST / HTTP/1.1\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n";
    let answers = answers(handler, &head.repeat(2)).await;
    let only = format!("HTTP/1.1 200 OK\r\ncontent-length: 1\r\nconnection: close\r\n{DATE}\r\nx");
    assert_eq!(answers, only);
}

#[tokio::test]
async fn an_unread_body_is_passed_over_unless_it_is_large() {
    let handler = async |_, _| ok(full("x"));
    let chunk = |length: usize| format!("{length:x}\r\n{}\r\n0\r\n\r\n", "x".repeat(length));
    for (length, is_passed) in [(10, true), (60 * 1024, true), (80 * 1024, false)] {
        let known = format!("Content-Length: {length}\r\n\r\n{}", "x".repeat(length));
        for body in [known, format!("Transfer-Encoding: chunked\r\n\r\n{}", chunk(length))] {
            let sent = format!("POST / HTTP/1.1\r\n{body}GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
            let mut read = String::new();
            play(handler, async |client: DuplexStream| {
                let (mut receiving, mut sending) = tokio::io::split(client);
                // The rest of what is too large may find nobody there.
                let send = async { sending.write_all(sent.as_bytes()).await.is_ok() };
                let (_, received) = tokio::join!(send, receiving.read_to_string(&mut read));
                received.expect("text");
            })
            .await
            .expect("in order");
            assert_eq!(read.matches("HTTP/1.1 200 ").count(), if is_passed { 2 } else { 1 }, "{length}");
        }
    }
}

#[tokio::test]
async fn a_body_that_makes_no_sense_is_the_last_thing_read() {
    for body in ["3\r\nfoobar\r\n0\r\n\r\n", "x\r\n", "3\nfoo\r\n", "0\r\nHost: a\r\n\r\n"] {
        let head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
        let sent = format!("{head}{body}GET /next HTTP/1.1\r\n\r\n");
        let read = answers(mirror, &sent).await;
        assert!(read.ends_with("\r\n\r\nInvalidData\n"), "{read}");
        assert_eq!(read.matches("HTTP/1.1 ").count(), 1, "{read}");
        let unread = answers(async |_, _| ok(full("x")), &sent).await;
        assert_eq!(unread.matches("HTTP/1.1 ").count(), 1, "{unread}");
    }
}

/// Makes a request's body an answer's, with another task in between.
fn read_elsewhere(mut body: Http1Body) -> AnyBody {
    let (sender, mut receiver) = tokio::sync::mpsc::channel(1);
    tokio::task::spawn_local(async move {
        while let Some(frame) = body.frame().await {
            if sender.send(frame).await.is_err() {
                return;
            }
        }
    });
    StreamBody::new(stream::poll_fn(move |context| receiver.poll_recv(context))).boxed_unsync()
}
