//! A node of an upstream: answers every request with its name and the request's head.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// A running node. Its threads end with the test.
#[derive(Debug)]
pub(crate) struct Node {
    address: SocketAddr,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    name: &'static str,
    requests: AtomicUsize,
    is_ill: AtomicBool,
}

impl Node {
    /// Listens at some port of this machine.
    pub(crate) fn start(name: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(State { name, requests: AtomicUsize::new(0), is_ill: AtomicBool::new(false) });
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let state = Arc::clone(&shared);
                std::thread::spawn(move || while state.answer(&stream).is_some() {});
            }
        });
        Self { address, state }
    }

    pub(crate) fn address(&self) -> String {
        self.address.to_string()
    }

    /// How many requests have come.
    pub(crate) fn requests(&self) -> usize {
        self.state.requests.load(Ordering::SeqCst)
    }

    /// Whether it answers 500 from now on.
    pub(crate) fn be_ill(&self, is_ill: bool) {
        self.state.is_ill.store(is_ill, Ordering::SeqCst);
    }
}

impl State {
    /// Answers one request; nothing at the end of the connection.
    fn answer(&self, stream: &TcpStream) -> Option<()> {
        let mut reader = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head).ok()? == 0 {
                return None;
            }
        }
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
        });
        let mut body = vec![0; length.unwrap_or(0)];
        reader.read_exact(&mut body).ok()?;
        self.requests.fetch_add(1, Ordering::SeqCst);
        let status = if self.is_ill.load(Ordering::SeqCst) { "500 Internal Server Error" } else { "200 OK" };
        let body = format!("{}\r\n{head}", self.name);
        let answer = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        let mut stream = stream;
        stream.write_all(answer.as_bytes()).ok()
    }
}
