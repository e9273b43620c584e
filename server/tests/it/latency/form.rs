//! The dashboard's forms, sent over one connection that stays open: nothing but the save takes time.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use crate::support::Postern;

/// A signed-in administrator's connection.
pub(super) struct Dashboard {
    stream: BufReader<TcpStream>,
    /// The head's lines that are the same in all requests.
    fields: String,
}

impl Dashboard {
    /// Goes on with the session of [`Postern::sign_in`].
    pub(super) fn new(postern: &Postern) -> Self {
        let authority = postern.url().strip_prefix("http://").expect("plain HTTP on loopback");
        let cookie =
            session(&std::fs::read_to_string(postern.dir().join("cookies")).expect("curl's cookies"));
        let stream = TcpStream::connect(authority).expect("connected");
        stream.set_nodelay(true).expect("set");
        Self {
            stream: BufReader::new(stream),
            fields: format!("Host: {authority}\r\nOrigin: {}\r\nCookie: {cookie}\r\n", postern.url()),
        }
    }

    /// Sends a form, which must be accepted.
    pub(super) fn post(&mut self, path: &str, form: &str) {
        let kind = "Content-Type: application/x-www-form-urlencoded";
        let head = format!(
            "POST {path} HTTP/1.1\r\n{}{kind}\r\nContent-Length: {}\r\n\r\n",
            self.fields,
            form.len()
        );
        self.exchange(&(head + form));
    }

    /// The answer's body.
    pub(super) fn get(&mut self, path: &str) -> String {
        let head = format!("GET {path} HTTP/1.1\r\n{}\r\n", self.fields);
        self.exchange(&head)
    }

    fn exchange(&mut self, request: &str) -> String {
        self.stream.get_mut().write_all(request.as_bytes()).expect("sent");
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert!(self.stream.read_line(&mut head).expect("an answer") > 0, "closed after {head:?}");
        }
        let status = head.split(' ').nth(1).and_then(|status| status.parse::<u16>().ok()).expect("a status");
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.and_then(|length| length.parse().ok()).expect("a length");
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).expect("a body");
        let body = String::from_utf8(body).expect("text");
        assert!(status < 400, "{head}{body}");
        body
    }
}

/// The session's cookie from the file that curl keeps: seven columns, of which the last two are name and value.
fn session(jar: &str) -> String {
    let columns = |line: &str| line.split('\t').map(str::to_owned).collect::<Vec<_>>();
    let cookie =
        jar.lines().map(columns).find(|columns| columns.len() == 7 && columns[5].contains("postern"));
    cookie.map(|columns| format!("{}={}", columns[5], columns[6])).expect("a session")
}
