//! The built-in echo service, which answers as httpbin does: a new gateway has something to show without another
//! process.

use std::collections::BTreeMap;
use std::error::Error;
use std::io;
use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, HOST, HeaderName, HeaderValue};
use http::request::Parts;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Body;
use serde::Serialize;
use tokio::time::timeout;

/// Bytes of a request's body.
const BODY_BYTES: usize = 64 * 1024;
/// From a request's head to the end of its body.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// Answers a request that came from `origin`.
pub(crate) async fn answer<B>(request: Request<B>, origin: IpAddr) -> Response<Full<Bytes>>
where
    B: Body<Data = Bytes, Error = io::Error>,
{
    let (head, body) = request.into_parts();
    let path = head.uri.path();
    if path == "/anything" || path.starts_with("/anything/") {
        return match read(body).await {
            Ok(body) => json(StatusCode::OK, &anything(&head, &body, origin)),
            Err(status) => error(status),
        };
    }
    if let Some(code) = path.strip_prefix("/status/") {
        return status(code);
    }
    let is_read = head.method == Method::GET || head.method == Method::HEAD;
    match path {
        "/ip" | "/headers" | "/get" if !is_read => {
            let mut response = error(StatusCode::METHOD_NOT_ALLOWED);
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            response
        }
        "/ip" => json(StatusCode::OK, &Ip { origin }),
        "/headers" => json(StatusCode::OK, &Headers { headers: headers(&head.headers) }),
        "/get" => json(
            StatusCode::OK,
            &Get { args: arguments(&head), headers: headers(&head.headers), origin, url: url(&head) },
        ),
        _ => error(StatusCode::NOT_FOUND),
    }
}

#[derive(Serialize)]
struct Ip {
    origin: IpAddr,
}

#[derive(Serialize)]
struct Headers {
    headers: BTreeMap<String, String>,
}

#[derive(Serialize)]
struct Get {
    args: BTreeMap<String, Argument>,
    headers: BTreeMap<String, String>,
    origin: IpAddr,
    url: String,
}

#[derive(Serialize)]
struct Anything<'a> {
    args: BTreeMap<String, Argument>,
    data: String,
    headers: BTreeMap<String, String>,
    method: &'a str,
    origin: IpAddr,
    url: String,
}

#[derive(Serialize)]
struct Failure {
    error: &'static str,
}

/// The value of an argument; a list if it was given more than once.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum Argument {
    One(String),
    Several(Vec<String>),
}

impl Argument {
    fn and(self, value: String) -> Self {
        let mut values = match self {
            Self::One(first) => vec![first],
            Self::Several(values) => values,
        };
        values.push(value);
        Self::Several(values)
    }
}

fn anything<'a>(head: &'a Parts, body: &[u8], origin: IpAddr) -> Anything<'a> {
    Anything {
        args: arguments(head),
        data: String::from_utf8_lossy(body).into_owned(),
        headers: headers(&head.headers),
        method: head.method.as_str(),
        origin,
        url: url(head),
    }
}

async fn read<B>(body: B) -> Result<Bytes, StatusCode>
where
    B: Body<Data = Bytes, Error = io::Error>,
{
    if body.size_hint().lower() > BODY_BYTES as u64 {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    match timeout(BODY_TIMEOUT, Limited::new(body, BODY_BYTES).collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Ok(Err(error)) if is_timeout(&*error) => Err(StatusCode::REQUEST_TIMEOUT),
        Ok(Err(_)) => Err(StatusCode::BAD_REQUEST),
        Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
    }
}

fn is_timeout(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::TimedOut)
}

fn arguments(head: &Parts) -> BTreeMap<String, Argument> {
    let mut arguments = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes()) {
        let value = value.into_owned();
        let argument = match arguments.remove(&*name) {
            None => Argument::One(value),
            Some(earlier) => Argument::and(earlier, value),
        };
        arguments.insert(name.into_owned(), argument);
    }
    arguments
}

/// The headers as httpbin shows them: `User-Agent`, with several values of a name joined.
fn headers(headers: &HeaderMap) -> BTreeMap<String, String> {
    headers
        .keys()
        .map(|name| {
            let values: Vec<_> =
                headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
            (in_title_case(name), values.join(","))
        })
        .collect()
}

fn in_title_case(name: &HeaderName) -> String {
    let mut starts_word = true;
    name.as_str()
        .chars()
        .map(|letter| {
            let shown = if starts_word { letter.to_ascii_uppercase() } else { letter };
            starts_word = letter == '-';
            shown
        })
        .collect()
}

fn url(head: &Parts) -> String {
    let authority = head.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let path = head.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    format!("https://{authority}{path}")
}

/// An empty answer with the status asked for. 1xx are no answers.
fn status(code: &str) -> Response<Full<Bytes>> {
    match code.parse::<StatusCode>() {
        Ok(code) if (200..600).contains(&code.as_u16()) => {
            let mut response = Response::new(Full::default());
            *response.status_mut() = code;
            response
        }
        _ => error(StatusCode::BAD_REQUEST),
    }
}

fn error(status: StatusCode) -> Response<Full<Bytes>> {
    json(status, &Failure { error: status.canonical_reason().unwrap_or("Error") })
}

fn json(status: StatusCode, value: &impl Serialize) -> Response<Full<Bytes>> {
    let mut body = serde_json::to_vec_pretty(value).expect("maps of texts can always be written");
    body.push(b'\n');
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(target: &str, names: &[(&'static str, &'static str)]) -> Parts {
        let mut request = Request::builder().uri(target);
        for (name, value) in names {
            request = request.header(*name, *value);
        }
        request.body(()).expect("valid").into_parts().0
    }

    #[test]
    fn writes_json_as_httpbin_does() {
        let response = json(StatusCode::OK, &Ip { origin: [127, 0, 0, 1].into() });
        assert_eq!(response.headers()[CONTENT_TYPE], "application/json");
        let body = response.into_body().collect();
        let body = futures_util::FutureExt::now_or_never(body).expect("ready").expect("whole").to_bytes();
        assert_eq!(body, "{\n  \"origin\": \"127.0.0.1\"\n}\n");
    }

    #[test]
    fn repeated_arguments_become_a_list() {
        let arguments = arguments(&head("/get?a=1&b=x+y%21&a=2&a=3", &[]));
        let expected = ["1", "2", "3"].map(str::to_owned).to_vec();
        assert_eq!(arguments["a"], Argument::Several(expected));
        assert_eq!(arguments["b"], Argument::One("x y!".to_owned()));
    }

    #[test]
    fn header_names_are_shown_in_title_case() {
        let head = head("/headers", &[("user-agent", "curl"), ("accept", "a"), ("accept", "b")]);
        let shown = headers(&head.headers);
        assert_eq!(shown["User-Agent"], "curl");
        assert_eq!(shown["Accept"], "a,b");
    }

    #[test]
    fn the_url_is_the_one_asked_for() {
        assert_eq!(url(&head("/get?x=1", &[("host", "test.com:9443")])), "https://test.com:9443/get?x=1");
        assert_eq!(url(&head("https://test.com/", &[("host", "test.com")])), "https://test.com/");
    }

    #[test]
    fn only_final_statuses_can_be_asked_for() {
        for (code, answered) in
            [("418", 418), ("204", 204), ("599", 599), ("100", 400), ("600", 400), ("x", 400)]
        {
            assert_eq!(status(code).status().as_u16(), answered, "{code}");
        }
    }
}
