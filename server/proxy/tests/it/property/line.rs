//! A connection that is asked by hand: it says of every request whether it was answered, whatever becomes of it.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use crate::support::{http2, soon};

/// The header field `:status` with 200, 204 and 206 (RFC 7541, the static table).
const HTTP2_SUCCESS: std::ops::RangeInclusive<u8> = 0x88..=0x8a;

/// An open connection.
pub(super) struct Line {
    stream: TlsStream<TcpStream>,
    host: &'static str,
    requests: u8,
}

impl Line {
    pub(super) fn new(stream: TlsStream<TcpStream>, host: &'static str) -> Self {
        // Or the first request waits until the handshake's last flight is acknowledged.
        stream.get_ref().0.set_nodelay(true).expect("a TCP socket");
        Self { stream, host, requests: 0 }
    }

    /// Asks for a path. Whether the answer's status is 2xx; `None` if there is no answer.
    pub(super) async fn ask(&mut self, path: &str) -> Option<bool> {
        let number = self.requests;
        self.requests += 1;
        if self.stream.get_ref().1.alpn_protocol() == Some(b"h2") {
            self.ask_http2(number, path).await
        } else {
            soon(self.ask_http1(path)).await.ok()
        }
    }

    async fn ask_http2(&mut self, number: u8, path: &str) -> Option<bool> {
        // Clients' streams are odd (RFC 9113 §5.1.1).
        let stream = number.checked_mul(2).expect("few requests") + 1;
        let mut sent = if number == 0 { http2::PREFACE.to_vec() } else { Vec::new() };
        sent.extend(http2::request(stream, self.host, path));
        self.stream.write_all(&sent).await.ok()?;
        let status = http2::answer(&mut self.stream, stream).await?;
        Some(HTTP2_SUCCESS.contains(&status))
    }

    async fn ask_http1(&mut self, path: &str) -> io::Result<bool> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", self.host);
        self.stream.write_all(request.as_bytes()).await?;
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            head.push(self.stream.read_u8().await?.into());
        }
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.and_then(|length| length.parse().ok()).expect("every answer has a length");
        self.stream.read_exact(&mut vec![0; length]).await?;
        Ok(head.starts_with("HTTP/1.1 2"))
    }

    /// Waits until the gateway closes it.
    pub(super) async fn ends(mut self) {
        // How it is closed depends on what is under way.
        let _ = soon(self.stream.read_to_end(&mut Vec::new())).await;
    }
}
