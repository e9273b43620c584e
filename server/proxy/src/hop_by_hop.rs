//! Header fields that end at the next hop, and requests that abuse them.

use http::HeaderMap;
use http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HOST,
    HeaderName,
};

use crate::identity_headers;

/// Fields that a request cannot do without at its destination.
const END_TO_END: [HeaderName; 7] =
    [HOST, CONTENT_LENGTH, CONTENT_TYPE, CONTENT_ENCODING, AUTHORIZATION, COOKIE, CACHE_CONTROL];

/// Refuses requests whose `Connection` names fields that are meant for the service (RFC 9110 §7.6.1): whoever removes
/// what it names would remove the fields by which services tell clients apart.
///
/// HTTP/2 has no such fields at all (RFC 9113 §8.2.2); the library resets such streams before they come here.
pub(crate) fn check(headers: &HeaderMap) -> Result<(), &'static str> {
    for value in headers.get_all(CONNECTION) {
        let options = value.to_str().map_err(|_| "a Connection that is not text")?;
        if options.split(',').map(str::trim).any(is_end_to_end) {
            return Err("a Connection that names what is meant for the service");
        }
    }
    Ok(())
}

fn is_end_to_end(option: &str) -> bool {
    END_TO_END.iter().any(|name| option.eq_ignore_ascii_case(name.as_str()))
        || identity_headers::is_identity(option)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn only_what_ends_here_may_be_named() {
        for (values, good) in [
            (&[][..], true),
            (&["close"], true),
            (&["keep-alive, Upgrade"], true),
            (&["", "TE,HTTP2-Settings"], true),
            (&["Host"], false),
            (&["close, Content-Length"], false),
            (&["close", "AUTHORIZATION"], false),
            (&["close,\tcookie"], false),
            (&["X-SSL-Client-Verify"], false),
            (&["x_forwarded_client_cert"], false),
            (&["client-cert"], false),
            (&["caf\u{e9}"], false),
        ] {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(CONNECTION, HeaderValue::from_bytes(value.as_bytes()).expect("a value"));
            }
            assert_eq!(check(&headers).is_ok(), good, "{values:?}");
        }
    }
}
