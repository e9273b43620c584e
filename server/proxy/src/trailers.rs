//! Fields that follow a body (RFC 9110 §6.5). Some services take them for header fields, so nothing may stand there that
//! would have been taken out, or checked, at the beginning.

use http::HeaderMap;
use http::header::{CONTENT_LENGTH, HeaderName, TRAILER};

use crate::hop_by_hop;

/// Takes out of a request's trailers what no service may read there (§6.5.1): what frames, routes or authenticates the
/// request, and what only the gateway may say.
pub(crate) fn strip_request(trailers: &mut HeaderMap) {
    strip(trailers, |name| ends_here(name) || hop_by_hop::is_end_to_end(name.as_str()));
}

/// Takes out of an answer's trailers what frames it, and what is meant for the gateway.
pub(crate) fn strip_answer(trailers: &mut HeaderMap) {
    strip(trailers, ends_here);
}

fn ends_here(name: &HeaderName) -> bool {
    name == CONTENT_LENGTH || name == TRAILER || hop_by_hop::ends_here(name)
}

fn strip(trailers: &mut HeaderMap, is_wrong: impl Fn(&HeaderName) -> bool) {
    // Allocates only if there are any.
    let wrong: Vec<HeaderName> = trailers.keys().filter(|name| is_wrong(name)).cloned().collect();
    for name in wrong {
        trailers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use http::header::HeaderValue;

    use super::*;

    fn left(strip: fn(&mut HeaderMap), names: &[&'static str]) -> Vec<String> {
        let mut trailers = HeaderMap::new();
        for name in names {
            trailers.append(name.parse::<HeaderName>().expect("a name"), HeaderValue::from_static("forged"));
        }
        strip(&mut trailers);
        trailers.keys().map(ToString::to_string).collect()
    }

    #[test]
    fn nothing_of_the_head_is_said_again() {
        let names = [
            "X-SSL-Client-Verify",
            "X_SSL_Client_Verify",
            "Client-Cert",
            "X-Forwarded-Client-Cert",
            "X-Forwarded-For",
            "X_Real_IP",
            "Forwarded",
            "Host",
            "Authorization",
            "Cookie",
            "Content-Length",
            "Content_Length",
            "Transfer-Encoding",
            "Connection",
            "Trailer",
            "TE",
            "Upgrade",
            "Proxy",
        ];
        for name in names {
            assert_eq!(left(strip_request, &[name, name]), [""; 0], "{name}");
        }
    }

    #[test]
    fn answers_are_not_framed_anew() {
        for name in ["Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Upgrade"] {
            assert_eq!(left(strip_answer, &[name]), [""; 0], "{name}");
        }
    }

    #[test]
    fn others_stay() {
        let names = ["grpc-status", "grpc-message", "x-checksum", "server-timing", "etag"];
        assert_eq!(left(strip_request, &names), names);
        assert_eq!(left(strip_answer, &names), names);
    }
}
