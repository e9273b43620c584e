//! How answers are framed, and what goes before them.

use http::HeaderMap;

use super::*;

#[tokio::test]
async fn each_answer_has_the_framing_that_it_needs() {
    let chunks = || frames([data("foo"), data(""), data("barz")]);
    let plain = |request: Request<Http1Body>| match request.uri().path() {
        "/known" => ok(full("foobar")),
        "/empty" => ok(full("")),
        "/204" => Response::builder().status(204).body(full("")).expect("a response").into(),
        "/304" => {
            let answer = Response::builder().status(304).header("content-length", "9").body(full(""));
            answer.expect("a response").into()
        }
        _ => ok(chunks()),
    };
    let handler = async |request, _| plain(request);
    for (request, expected) in [
        (
            "GET /known HTTP/1.1",
            "HTTP/1.1 200 OK\r\ncontent-length: 6\r\nconnection: close\r\nDATE\r\nfoobar",
        ),
        ("GET /empty HTTP/1.1", "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\nDATE\r\n"),
        ("GET /204 HTTP/1.1", "HTTP/1.1 204 No Content\r\nconnection: close\r\nDATE\r\n"),
        (
            "GET /304 HTTP/1.1",
            "HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\nconnection: close\r\nDATE\r\n",
        ),
        (
            "GET /chunks HTTP/1.1",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\nDATE\r\n3\r\nfoo\r\n4\r\nbarz\r\n0\r\n\r\n",
        ),
        ("HEAD /chunks HTTP/1.1", "HTTP/1.1 200 OK\r\nconnection: close\r\nDATE\r\n"),
        ("GET /chunks HTTP/1.0", "HTTP/1.0 200 OK\r\nconnection: close\r\nDATE\r\nfoobarz"),
        (
            "GET /known HTTP/1.0",
            "HTTP/1.0 200 OK\r\ncontent-length: 6\r\nconnection: close\r\nDATE\r\nfoobar",
        ),
    ] {
        let answer = answer(handler, &format!("{request}\r\n\r\n")).await;
        assert_eq!(answer, expected.replace("DATE\r\n", &format!("{DATE}\r\n")), "{request}");
    }
}

#[tokio::test]
async fn http_1_0_goes_on_only_where_that_was_asked_for_and_can_be() {
    let handler = async |request: Request<Http1Body>, _| match request.uri().path() {
        "/known" => ok(full("x")),
        _ => ok(frames([data("x")])),
    };
    let kept = "GET /known HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
    let until_close = "GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
    let answer = answers(handler, &[kept, until_close, kept].concat()).await;
    let known = format!("HTTP/1.0 200 OK\r\ncontent-length: 1\r\nconnection: keep-alive\r\n{DATE}\r\nx");
    let last = format!("HTTP/1.0 200 OK\r\nconnection: close\r\n{DATE}\r\nx");
    assert_eq!(answer, known + &last);
}

#[tokio::test]
async fn trailers_are_for_those_who_take_them() {
    let handler = async |_, _| {
        let mut trailers = HeaderMap::new();
        trailers.insert("x-sum", "1".parse().expect("a value"));
        trailers.insert("content-length", "1".parse().expect("a value"));
        ok(frames([data("x"), Ok(Frame::trailers(trailers))]))
    };
    for (te, end) in [("TE: trailers\r\n", "1\r\nx\r\n0\r\nx-sum: 1\r\n\r\n"), ("", "1\r\nx\r\n0\r\n\r\n")] {
        let answer = answer(handler, &format!("GET / HTTP/1.1\r\n{te}\r\n")).await;
        assert!(answer.ends_with(&format!("\r\n\r\n{end}")), "{te}: {answer}");
    }
}

#[tokio::test]
async fn an_answer_that_is_not_whole_is_told_from_one_that_is() {
    let broken = || frames([data("foo"), Err(io::ErrorKind::ConnectionReset.into())]);
    let handler = async |request: Request<Http1Body>, _| match request.uri().path() {
        "/short" => ok(Announced(frames([data("foo")]), 4).boxed_unsync()),
        "/long" => ok(Announced(frames([data("foo")]), 2).boxed_unsync()),
        "/length" => ok(Announced(broken(), 6).boxed_unsync()),
        _ => ok(broken()),
    };
    for (request, end) in [
        ("GET /chunks HTTP/1.1", "3\r\nfoo\r\n"),
        ("GET /length HTTP/1.1", "\r\n\r\nfoo"),
        ("GET /short HTTP/1.1", "\r\n\r\nfoo"),
        ("GET /long HTTP/1.1", ""),
        ("GET /stream HTTP/1.0", "\r\n\r\nfoo"),
    ] {
        let mut answer = String::new();
        let ended = play(handler, async |mut client: DuplexStream| {
            client.write_all(format!("{request}\r\n\r\n").as_bytes()).await.expect("sent");
            client.read_to_string(&mut answer).await.expect("text");
        })
        .await;
        // Without a TLS goodbye: the stream is dropped, not shut down.
        ended.expect_err(request);
        assert!(answer.ends_with(end) && !answer.ends_with("0\r\n\r\n"), "{request}: {answer:?}");
    }
}

/// A body that says that it is so long.
struct Announced(AnyBody, u64);

impl Body for Announced {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        Pin::new(&mut self.0).poll_frame(context)
    }

    fn size_hint(&self) -> hyper::body::SizeHint {
        hyper::body::SizeHint::with_exact(self.1)
    }
}

#[tokio::test]
async fn interim_answers_come_before_the_answer() {
    let handler = async |_, interim: Interim| {
        let mut hints = HeaderMap::new();
        hints.insert("link", "</a.css>".parse().expect("a value"));
        interim.send(StatusCode::EARLY_HINTS, hints);
        tokio::task::yield_now().await;
        interim.send(StatusCode::PROCESSING, HeaderMap::new());
        ok(full("x"))
    };
    let interim = "HTTP/1.1 103 Early Hints\r\nlink: </a.css>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n";
    let end =
        |version| format!("HTTP/{version} 200 OK\r\ncontent-length: 1\r\nconnection: close\r\n{DATE}\r\nx");
    assert_eq!(answer(handler, "GET / HTTP/1.1\r\n\r\n").await, interim.to_owned() + &end("1.1"));
    assert_eq!(answer(handler, "GET / HTTP/1.0\r\n\r\n").await, end("1.0"));
}

#[tokio::test]
async fn an_interim_answer_is_sent_while_the_answer_is_waited_for() {
    let told = tokio::sync::Notify::new();
    let handler = async |_, interim: Interim| {
        interim.send(StatusCode::EARLY_HINTS, HeaderMap::new());
        told.notified().await;
        ok(full("x"))
    };
    play(handler, async |mut client: DuplexStream| {
        client.write_all(b"GET / HTTP/1.1\r\n\r\n").await.expect("sent");
        assert_eq!(read_until(&mut client, "\r\n\r\n").await, "HTTP/1.1 103 Early Hints\r\n\r\n");
        told.notify_one();
        read_until(&mut client, "\r\n\r\nx").await;
    })
    .await
    .expect("in order");
}

#[tokio::test]
async fn what_an_answer_says_of_the_connection_is_done() {
    for status in [200, 408] {
        let handler = async |_, _| {
            let answer = Response::builder().status(status);
            let answer = if status == 200 { answer.header("connection", "close") } else { answer };
            answer.body(full("x")).expect("a response").into()
        };
        let answers = answers(handler, &"GET / HTTP/1.1\r\n\r\n".repeat(2)).await;
        assert_eq!(answers.matches("HTTP/1.1 ").count(), 1, "{answers}");
        assert_eq!(answers.matches("connection: close\r\n").count(), 1, "{answers}");
    }
}

#[tokio::test]
async fn the_head_does_not_wait_for_a_body_that_is_slow() {
    let handler = async |_, _| ok(StreamBody::new(stream::pending()).boxed_unsync());
    let ended = play(handler, async |mut client: DuplexStream| {
        client.write_all(b"GET / HTTP/1.1\r\n\r\n").await.expect("sent");
        read_until(&mut client, "\r\n\r\n").await;
    })
    .await;
    ended.expect_err("the client left before the end");
}
