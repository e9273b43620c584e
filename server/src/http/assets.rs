//! The dashboard's static files, embedded in the program: style sheet, public files, the browser's half.
//!
//! The build script names each file by a hash of its content, so a URL always means the same bytes: browsers keep them
//! for ever, and a new version of the program brings new URLs.

mod encoding;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use self::encoding::Encoding;

/// The URL paths that pages name. A program built without the browser's half has no module that starts it: its pages
/// work as plain HTML.
pub(crate) fn for_shell() -> app::Assets {
    app::Assets {
        stylesheet: STYLESHEET.to_owned(),
        boot: BOOT.map(str::to_owned),
        favicon: FAVICON.to_owned(),
    }
}

/// Serves the embedded files under `/assets/`.
pub(crate) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{file}", get(serve))
}

/// An embedded file. The build script writes the table of them, and which of them pages name.
#[derive(Debug)]
struct File {
    name: &'static str,
    content_type: &'static str,
    /// The start of the content's SHA-256, in hexadecimal.
    hash: &'static str,
    identity: &'static [u8],
    /// The content compressed, if that is smaller.
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Response {
    match FILES.iter().find(|file| file.name == name) {
        Some(file) => file.answer(&headers),
        // A page of another version of the program may ask for its files: that must not be remembered.
        None => (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, "no-store")]).into_response(),
    }
}

impl File {
    fn answer(&self, request: &HeaderMap) -> Response {
        let (encoding, content) = self.choose(request);
        let tag = self.tag(encoding);
        let caching = [
            (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
            (header::VARY, HeaderValue::from_static("Accept-Encoding")),
        ];
        if is_known(request, &tag) {
            return (StatusCode::NOT_MODIFIED, caching, [(header::ETAG, tag)]).into_response();
        }
        let mut response = (
            caching,
            [(header::ETAG, tag)],
            [(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type))],
            content,
        )
            .into_response();
        if let Some(name) = encoding.name() {
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
        }
        response
    }

    /// The representation that suits the request best.
    fn choose(&self, request: &HeaderMap) -> (Encoding, &'static [u8]) {
        let offers = [(Encoding::Brotli, self.brotli), (Encoding::Gzip, self.gzip)];
        let offers = offers.into_iter().filter_map(|(encoding, content)| Some((encoding, content?)));
        encoding::best(request, offers).unwrap_or((Encoding::Identity, self.identity))
    }

    /// The entity tag. A strong one names the bytes that are sent, so each encoding has its own (RFC 9110 §8.8.3).
    fn tag(&self, encoding: Encoding) -> String {
        match encoding.name() {
            Some(encoding) => format!("\"{}-{encoding}\"", self.hash),
            None => format!("\"{}\"", self.hash),
        }
    }
}

/// Does the client hold the representation with this tag already (RFC 9110 §13.1.2)?
fn is_known(request: &HeaderMap, tag: &str) -> bool {
    let tags = request.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = tags.flat_map(|value| value.split(',')).map(str::trim);
    tags.any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::{Method, Request};
    use tower::ServiceExt as _;

    use super::*;

    async fn ask(method: Method, path: &str, headers: &[(header::HeaderName, &str)]) -> Response {
        let mut request = Request::new(Body::empty());
        *request.method_mut() = method;
        *request.uri_mut() = path.parse().unwrap();
        for (name, value) in headers {
            request.headers_mut().append(name, value.parse().unwrap());
        }
        router::<()>().oneshot(request).await.unwrap()
    }

    async fn content(response: Response) -> Vec<u8> {
        axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()
    }

    fn header_of(response: &Response, name: header::HeaderName) -> Option<&str> {
        response.headers().get(name).map(|value| value.to_str().unwrap())
    }

    #[tokio::test]
    async fn the_pages_files_are_served() {
        for (path, content_type) in [(STYLESHEET, "text/css; charset=utf-8"), (FAVICON, "image/svg+xml")] {
            let response = ask(Method::GET, path, &[]).await;
            assert_eq!(response.status(), StatusCode::OK, "{path}");
            assert_eq!(header_of(&response, header::CONTENT_TYPE), Some(content_type));
            assert_eq!(
                header_of(&response, header::CACHE_CONTROL),
                Some("public, max-age=31536000, immutable")
            );
            assert_eq!(header_of(&response, header::VARY), Some("Accept-Encoding"));
            assert_eq!(header_of(&response, header::CONTENT_ENCODING), None);
            let name = path.strip_prefix("/assets/").unwrap();
            let file = FILES.iter().find(|file| file.name == name).unwrap();
            assert_eq!(content(response).await, file.identity);
        }
    }

    #[tokio::test]
    async fn the_browsers_half_is_whole_or_absent() {
        let starts = |prefix: &str| FILES.iter().filter(|file| file.name.starts_with(prefix)).count();
        let Some(boot) = BOOT else {
            assert_eq!(starts("boot."), 0);
            return;
        };
        let boot = content(ask(Method::GET, boot, &[]).await).await;
        let boot = String::from_utf8(boot).unwrap();
        for (extension, content_type) in
            [("wasm", "application/wasm"), ("js", "text/javascript; charset=utf-8")]
        {
            let start = boot.find("./app.").into_iter().chain(boot.rfind("./app."));
            let names = start.map(|start| boot[start + 2..].split('"').next().unwrap());
            let name = names.into_iter().find(|name| name.ends_with(extension)).unwrap();
            let response = ask(Method::GET, &format!("/assets/{name}"), &[]).await;
            assert_eq!(response.status(), StatusCode::OK, "{name}");
            assert_eq!(header_of(&response, header::CONTENT_TYPE), Some(content_type));
        }
    }

    #[tokio::test]
    async fn the_smallest_accepted_encoding_is_sent() {
        let accept = |value| [(header::ACCEPT_ENCODING, value)];
        let response = ask(Method::GET, STYLESHEET, &accept("gzip, deflate, br")).await;
        assert_eq!(header_of(&response, header::CONTENT_ENCODING), Some("br"));
        let response = ask(Method::GET, STYLESHEET, &accept("gzip, br;q=0")).await;
        assert_eq!(header_of(&response, header::CONTENT_ENCODING), Some("gzip"));
        let mut plain = Vec::new();
        let compressed = content(response).await;
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&*compressed), &mut plain).unwrap();
        assert_eq!(plain, content(ask(Method::GET, STYLESHEET, &[]).await).await);
    }

    #[tokio::test]
    async fn a_known_representation_is_not_sent_again() {
        let brotli = || (header::ACCEPT_ENCODING, "br");
        let first = ask(Method::GET, STYLESHEET, &[brotli()]).await;
        let tag = header_of(&first, header::ETAG).unwrap().to_owned();
        let list = format!("\"other\", W/{tag}");
        for known in [tag.as_str(), "*", list.as_str()] {
            let again = ask(Method::GET, STYLESHEET, &[brotli(), (header::IF_NONE_MATCH, known)]).await;
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{known}");
            assert_eq!(header_of(&again, header::ETAG), Some(tag.as_str()));
            assert_eq!(content(again).await, b"");
        }
        let other = ask(Method::GET, STYLESHEET, &[(header::IF_NONE_MATCH, &tag)]).await;
        assert_eq!(other.status(), StatusCode::OK, "the tag belongs to another encoding");
    }

    #[tokio::test]
    async fn head_has_the_headers_and_no_content() {
        let head = ask(Method::HEAD, STYLESHEET, &[]).await;
        assert_eq!(head.status(), StatusCode::OK);
        let length: usize = header_of(&head, header::CONTENT_LENGTH).unwrap().parse().unwrap();
        assert!(content(head).await.is_empty());
        assert_eq!(length, content(ask(Method::GET, STYLESHEET, &[]).await).await.len());
    }

    #[tokio::test]
    async fn an_unknown_file_is_not_found_and_not_remembered() {
        for path in ["/assets/app.0000000000000000.css", "/assets/..%2fCargo.toml"] {
            let response = ask(Method::GET, path, &[]).await;
            assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
            assert_eq!(header_of(&response, header::CACHE_CONTROL), Some("no-store"));
        }
        assert_eq!(ask(Method::POST, STYLESHEET, &[]).await.status(), StatusCode::METHOD_NOT_ALLOWED);
    }
}
