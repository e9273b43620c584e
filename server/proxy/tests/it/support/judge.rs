//! A strict reader of requests: what a node has received is a row of requests that nobody could read otherwise, or an error.

/// A request as it stands in the bytes that a node received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Received {
    pub(crate) line: String,
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Received {
    /// The values of a field.
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        let named = self.fields.iter().filter(|(field, _)| field == name);
        named.map(|(_, value)| value.as_str()).collect()
    }
}

/// Reads everything that a node received on one connection (RFC 9112, without anything that it lets a lenient reader do).
///
/// # Errors
/// What is wrong with it.
pub(crate) fn judge(bytes: &[u8]) -> Result<Vec<Received>, String> {
    match judge_cut(bytes)? {
        (requests, []) => Ok(requests),
        (_, rest) => Err(format!("it breaks off: {}", rest.escape_ascii())),
    }
}

/// Reads what a node received on a connection that may have been cut off; gives what is left of a request that is not whole.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn judge_cut(mut bytes: &[u8]) -> Result<(Vec<Received>, &[u8]), String> {
    let mut requests = Vec::new();
    while !bytes.is_empty() {
        match one(bytes) {
            Ok((request, rest)) => {
                requests.push(request);
                bytes = rest;
            }
            Err(Fault::BreaksOff) => break,
            Err(Fault::Wrong(wrong)) => return Err(format!("{wrong}: {}", bytes.escape_ascii())),
        }
    }
    Ok((requests, bytes))
}

/// Why something is no request.
enum Fault {
    /// It could become one.
    BreaksOff,
    Wrong(&'static str),
}

impl From<&'static str> for Fault {
    fn from(wrong: &'static str) -> Self {
        Self::Wrong(wrong)
    }
}

fn one(bytes: &[u8]) -> Result<(Received, &[u8]), Fault> {
    let end = memchr::memmem::find(bytes, b"\r\n\r\n").ok_or(Fault::BreaksOff)?;
    // Field values may have bytes that are no text (RFC 9110 §5.5).
    let head = String::from_utf8_lossy(&bytes[..end]);
    let rest = &bytes[end + 4..];
    let mut lines = head.split("\r\n");
    let line = lines.next().unwrap_or_default().to_owned();
    check_line(&line)?;
    let fields: Vec<_> = lines.map(field).collect::<Result<_, _>>()?;
    let request = Received { line, fields, body: Vec::new() };
    if request.all("host").len() != 1 {
        return Err(Fault::Wrong("not exactly one host"));
    }
    let (body, rest) =
        match (request.all("content-length")[..].first(), &request.all("transfer-encoding")[..]) {
            (None, []) => (Vec::new(), rest),
            (Some(length), []) if request.all("content-length").len() == 1 => counted(length, rest)?,
            (None, ["chunked"]) => chunked(rest)?,
            _ => return Err(Fault::Wrong("ambiguous framing")),
        };
    Ok((Received { body, ..request }, rest))
}

fn check_line(line: &str) -> Result<(), &'static str> {
    let [method, target, "HTTP/1.1"] = line.split(' ').collect::<Vec<_>>()[..] else {
        return Err("not a request line");
    };
    let is_method = !method.is_empty() && method.bytes().all(is_token);
    let is_target = target.starts_with('/')
        && target.bytes().all(|byte| (byte.is_ascii_graphic() || !byte.is_ascii()) && byte != b'#');
    if is_method && is_target { Ok(()) } else { Err("a method or target that is none") }
}

fn field(line: &str) -> Result<(String, String), &'static str> {
    let (name, value) = line.split_once(':').ok_or("a field without a colon")?;
    if name.is_empty() || !name.bytes().all(is_token) {
        return Err("a field name that is none");
    }
    if value.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t') {
        return Err("a field value with control characters");
    }
    Ok((name.to_ascii_lowercase(), value.trim_matches([' ', '\t']).to_owned()))
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

fn counted<'a>(length: &str, rest: &'a [u8]) -> Result<(Vec<u8>, &'a [u8]), Fault> {
    if !length.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Fault::Wrong("a length that is none"));
    }
    let length: usize = length.parse().map_err(|_| "a length that is none")?;
    let (body, rest) = rest.split_at_checked(length).ok_or(Fault::BreaksOff)?;
    Ok((body.to_vec(), rest))
}

fn chunked(mut rest: &[u8]) -> Result<(Vec<u8>, &[u8]), Fault> {
    let mut body = Vec::new();
    loop {
        let end = memchr::memmem::find(rest, b"\r\n").ok_or(Fault::BreaksOff)?;
        let size = std::str::from_utf8(&rest[..end]).map_err(|_| "a chunk without a size")?;
        if size.is_empty() || !size.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(Fault::Wrong("a chunk's size with something else"));
        }
        let size = usize::from_str_radix(size, 16).map_err(|_| "a chunk that is too large")?;
        let (chunk, after) = rest[end + 2..].split_at_checked(size).ok_or(Fault::BreaksOff)?;
        if size == 0 {
            // Trailers, if any, up to the empty line.
            let end = match after {
                [b'\r', b'\n', ..] => 0,
                _ => memchr::memmem::find(after, b"\r\n\r\n").ok_or(Fault::BreaksOff)? + 2,
            };
            return Ok((body, &after[end + 2..]));
        }
        body.extend_from_slice(chunk);
        let end = after.split_at_checked(2).ok_or(Fault::BreaksOff)?;
        let (b"\r\n", behind) = end else { return Err(Fault::Wrong("a chunk longer than its size")) };
        rest = behind;
    }
}

#[test]
fn what_is_ambiguous_is_no_request() {
    let request = |fields: &str, body: &str| format!("POST /a HTTP/1.1\r\nhost: h\r\n{fields}\r\n{body}");
    for (fields, body) in [
        ("content-length: 2\r\ntransfer-encoding: chunked\r\n", "0\r\n\r\n"),
        ("content-length: 2\r\ncontent-length: 2\r\n", "ab"),
        ("content-length: +2\r\n", "ab"),
        ("content-length: 2\r\n", "a"),
        ("content-length: 2\r\n", "abc"),
        ("transfer-encoding: chunked, identity\r\n", "0\r\n\r\n"),
        ("transfer-encoding: chunked\r\n", "1\r\nab\r\n0\r\n\r\n"),
        ("transfer-encoding: chunked\r\n", "1;x\r\na\r\n0\r\n\r\n"),
        ("transfer-encoding: chunked\r\n", "1\r\na\r\n"),
        ("host: h\r\n", ""),
        ("x : a\r\n", ""),
        (" x: a\r\n", ""),
        ("x: a\nb\r\n", ""),
        ("x: a\0\r\n", ""),
    ] {
        let bytes = request(fields, body);
        assert!(judge(bytes.as_bytes()).is_err(), "{bytes:?}");
    }
    for (fields, body, content) in [
        ("", "", ""),
        ("content-length: 2\r\n", "ab", "ab"),
        ("transfer-encoding: chunked\r\n", "2\r\nab\r\n0\r\n\r\n", "ab"),
        ("transfer-encoding: chunked\r\n", "1\r\na\r\n1\r\nb\r\n0\r\nx: y\r\n\r\n", "ab"),
    ] {
        let twice = request(fields, body).repeat(2);
        let requests = judge(twice.as_bytes()).expect("two requests");
        let bodies: Vec<&[u8]> = requests.iter().map(|request| request.body.as_slice()).collect();
        assert_eq!(bodies, [content.as_bytes(); 2], "{twice:?}");
    }
}
