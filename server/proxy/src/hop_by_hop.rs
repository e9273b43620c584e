//! Header fields that end at the next hop (RFC 9110 §7.6.1), and requests that abuse them.

use http::HeaderMap;
use http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HOST,
    HeaderName, HeaderValue, PROXY_AUTHENTICATE, TE, TRANSFER_ENCODING, UPGRADE,
};

use crate::spelling::{is_one_of, is_spelling_of};
use crate::{forwarded, identity_headers};

const HTTP2_SETTINGS: HeaderName = HeaderName::from_static("http2-settings");
const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");
const PROXY_AUTHENTICATION_INFO: HeaderName = HeaderName::from_static("proxy-authentication-info");
const PROXY_CONNECTION: HeaderName = HeaderName::from_static("proxy-connection");

/// Fields that a request cannot do without at its destination.
const END_TO_END: [HeaderName; 7] =
    [HOST, CONTENT_LENGTH, CONTENT_TYPE, CONTENT_ENCODING, AUTHORIZATION, COOKIE, CACHE_CONTROL];

/// Fields that concern a connection.
const OF_CONNECTION: [HeaderName; 6] =
    [CONNECTION, KEEP_ALIVE, TE, TRANSFER_ENCODING, UPGRADE, HTTP2_SETTINGS];

/// What becomes of a wish for another protocol (RFC 9110 §7.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UpgradeField {
    /// It ends here.
    Drop,
    /// It is passed on, with the `Connection: upgrade` that it needs.
    Keep,
}

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

/// Whether a service could not do without what stands under a name in the head, or must be able to believe it.
pub(crate) fn is_end_to_end(option: &str) -> bool {
    END_TO_END.iter().any(|name| option.eq_ignore_ascii_case(name.as_str()))
        || identity_headers::is_identity(option)
        || forwarded::is_gateways_word(option)
}

/// Takes out of a request what is meant for the gateway only: all that concerns the connection or proxies, and whatever
/// a service could take for it in another spelling. `TE` stays as far as it is `trailers`, which is the client's own wish.
///
/// An upgrade is kept only if the request asks for it properly, and not to a protocol in which more requests would follow
/// that nobody checks.
pub(crate) fn strip_request(headers: &mut HeaderMap, upgrade: UpgradeField) {
    let wants_trailers = lists(headers, &TE, "trailers");
    let protocol = match upgrade {
        UpgradeField::Keep => wanted_protocol(headers),
        UpgradeField::Drop => None,
    };
    strip_connection(headers);
    let proxys: Vec<HeaderName> =
        headers.keys().filter(|name| is_proxys_or_misspelt(name.as_str())).cloned().collect();
    for name in proxys {
        headers.remove(name);
    }
    if wants_trailers {
        headers.insert(TE, HeaderValue::from_static("trailers"));
    }
    keep_upgrade(headers, protocol);
}

/// Takes out of an answer what is meant for the gateway only. `upgrade` is for the answer 101 alone.
pub(crate) fn strip_answer(headers: &mut HeaderMap, upgrade: UpgradeField) {
    let protocol = match upgrade {
        UpgradeField::Keep => headers.get(UPGRADE).cloned(),
        UpgradeField::Drop => None,
    };
    strip_connection(headers);
    for name in [PROXY_AUTHENTICATE, PROXY_AUTHENTICATION_INFO, PROXY_CONNECTION] {
        headers.remove(name);
    }
    keep_upgrade(headers, protocol);
}

/// Takes out `Connection` with what it names, and what it should name.
fn strip_connection(headers: &mut HeaderMap) {
    // Allocates only for options that nearly nobody sends: the fields of the others are taken out anyway.
    let unusual: Vec<HeaderValue> =
        headers.get_all(CONNECTION).iter().filter(|value| !is_usual(value)).cloned().collect();
    for option in unusual.iter().flat_map(options) {
        headers.remove(option);
    }
    for name in OF_CONNECTION {
        headers.remove(name);
    }
}

/// Whether a field is meant for the gateway only, whatever `Connection` names.
pub(crate) fn ends_here(name: &HeaderName) -> bool {
    OF_CONNECTION.contains(name) || is_proxys_or_misspelt(name.as_str())
}

fn is_usual(connection: &HeaderValue) -> bool {
    ["keep-alive", "close", "upgrade", "te"]
        .iter()
        .any(|usual| connection.as_bytes().eq_ignore_ascii_case(usual.as_bytes()))
}

/// Whether a name tells of proxies, `Proxy` itself included, which CGI-like interfaces turn into the variable `HTTP_PROXY`;
/// or is one that frames messages, but for its spelling.
fn is_proxys_or_misspelt(name: &str) -> bool {
    match name.as_bytes().first() {
        Some(b'p') => is_one_of(name, &["proxy", "proxy-*"]),
        Some(b'c') => name != CONTENT_LENGTH && is_spelling_of(name, "content-length"),
        Some(b'h') => is_spelling_of(name, "http2-settings"),
        Some(b'k') => is_spelling_of(name, "keep-alive"),
        Some(b't') => is_spelling_of(name, "transfer-encoding"),
        _ => false,
    }
}

/// The one protocol field of a request that asks for an upgrade as it must.
fn wanted_protocol(headers: &HeaderMap) -> Option<HeaderValue> {
    let mut values = headers.get_all(UPGRADE).iter();
    let value = values.next()?;
    let is_alone = values.next().is_none();
    let is_other_than_http =
        options(value).all(|protocol| !speaks_http(protocol)) && options(value).next().is_some();
    (is_alone && is_other_than_http && lists(headers, &CONNECTION, "upgrade")).then(|| value.clone())
}

/// Whether requests would follow in this protocol: HTTP itself (`h2c`, `HTTP/2.0`), or TLS with HTTP in it (RFC 2817).
fn speaks_http(protocol: &str) -> bool {
    let name = protocol.split('/').next().unwrap_or(protocol);
    ["h2c", "h2", "http", "https", "tls"].iter().any(|http| name.trim().eq_ignore_ascii_case(http))
}

fn keep_upgrade(headers: &mut HeaderMap, protocol: Option<HeaderValue>) {
    if let Some(protocol) = protocol {
        headers.insert(UPGRADE, protocol);
        headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    }
}

/// Whether a field lists `option`.
fn lists(headers: &HeaderMap, name: &HeaderName, option: &str) -> bool {
    headers.get_all(name).iter().flat_map(options).any(|listed| listed.eq_ignore_ascii_case(option))
}

/// The members of a list (RFC 9110 §5.6.1). Of a value that is not ASCII there are none.
fn options(value: &HeaderValue) -> impl Iterator<Item = &str> {
    let text = value.to_str().unwrap_or_default();
    text.split(',').map(str::trim).filter(|option| !option.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(fields: &[(&str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            let value = HeaderValue::from_bytes(value.as_bytes()).expect("a value");
            headers.append(name.parse::<HeaderName>().expect("a name"), value);
        }
        headers
    }

    fn sorted(headers: &HeaderMap) -> Vec<(&str, &str)> {
        let mut fields: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (name.as_str(), value.to_str().expect("ASCII"))).collect();
        fields.sort_unstable();
        fields
    }

    #[track_caller]
    fn assert_request(upgrade: UpgradeField, sent: &[(&str, &str)], forwarded: &[(&str, &str)]) {
        let mut headers = headers(sent);
        strip_request(&mut headers, upgrade);
        assert_eq!(sorted(&headers), forwarded, "{sent:?}");
    }

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
            (&["close, X-Forwarded-For"], false),
            (&["X_Real_IP"], false),
            (&["caf\u{e9}"], false),
        ] {
            let fields: Vec<(&str, &str)> = values.iter().map(|value| ("connection", *value)).collect();
            assert_eq!(check(&headers(&fields)).is_ok(), good, "{values:?}");
        }
    }

    #[test]
    fn what_concerns_the_connection_ends_here() {
        for field in [
            ("Connection", "keep-alive"),
            ("Keep-Alive", "timeout=5"),
            ("Keep_Alive", "timeout=5"),
            ("Proxy-Connection", "keep-alive"),
            ("Proxy-Authorization", "Basic YTpi"),
            ("Proxy", "http://attacker"),
            ("Proxy_Connection", "keep-alive"),
            ("TE", "gzip"),
            ("Transfer-Encoding", "chunked"),
            ("Transfer_Encoding", "chunked"),
            ("Content_Length", "5"),
            ("Upgrade", "websocket"),
            ("HTTP2-Settings", "AAMAAABkAAQAAP__"),
            ("HTTP2_Settings", "AAMAAABkAAQAAP__"),
        ] {
            for upgrade in [UpgradeField::Drop, UpgradeField::Keep] {
                assert_request(upgrade, &[field, field, ("accept", "*/*")], &[("accept", "*/*")]);
            }
        }
    }

    #[test]
    fn what_connection_names_ends_here() {
        let sent = [
            ("Connection", "close, X-Hop"),
            ("Connection", "x-OTHER,,not a name, absent"),
            ("X-Hop", "1"),
            ("X-Hop", "2"),
            ("X-Other", "3"),
            ("X-Stays", "4"),
        ];
        assert_request(UpgradeField::Drop, &sent, &[("x-stays", "4")]);
        let mut headers = headers(&sent);
        strip_answer(&mut headers, UpgradeField::Drop);
        assert_eq!(sorted(&headers), [("x-stays", "4")]);
    }

    #[test]
    fn what_is_meant_for_the_service_stays() {
        let fields = [
            ("content-length", "5"),
            ("expect", "100-continue"),
            ("host", "test.com"),
            ("pragma", "no-cache"),
            ("trailer", "x-sum"),
            ("user-agent", "curl"),
            ("via", "1.1 a"),
        ];
        assert_request(UpgradeField::Drop, &fields, &fields);
    }

    #[test]
    fn a_wish_for_trailers_is_passed_on() {
        for (values, stays) in [
            (&["trailers"][..], true),
            (&["gzip;q=0.5, Trailers"], true),
            (&["gzip", "trailers"], true),
            (&["gzip"], false),
            (&["trailers-not"], false),
        ] {
            let mut sent: Vec<(&str, &str)> = values.iter().map(|value| ("te", *value)).collect();
            sent.push(("connection", "TE"));
            let expected: &[(&str, &str)] = if stays { &[("te", "trailers")] } else { &[] };
            assert_request(UpgradeField::Drop, &sent, expected);
        }
    }

    #[test]
    fn an_upgrade_is_kept_if_it_is_asked_for_properly() {
        let kept = [("connection", "upgrade"), ("upgrade", "websocket")];
        for connection in ["Upgrade", "keep-alive, upgrade"] {
            let sent = [("connection", connection), ("upgrade", "websocket")];
            assert_request(UpgradeField::Keep, &sent, &kept);
            assert_request(UpgradeField::Drop, &sent, &[]);
        }
        for refused in [
            &[("upgrade", "websocket")][..],
            &[("connection", "keep-alive"), ("upgrade", "websocket")],
            &[("connection", "upgrade")],
            &[("connection", "upgrade"), ("upgrade", "")],
            &[("connection", "upgrade"), ("upgrade", "websocket"), ("upgrade", "h2c")],
            &[("connection", "upgrade"), ("upgrade", "h2c")],
            &[
                ("connection", "upgrade, http2-settings"),
                ("upgrade", "websocket, H2C"),
                ("http2-settings", "AA"),
            ],
            &[("connection", "upgrade"), ("upgrade", "HTTP/2.0")],
            &[("connection", "upgrade"), ("upgrade", "TLS/1.0")],
        ] {
            assert_request(UpgradeField::Keep, refused, &[]);
        }
    }

    #[test]
    fn answers_lose_what_concerns_the_connection() {
        let sent = [
            ("connection", "upgrade, keep-alive"),
            ("keep-alive", "timeout=5"),
            ("proxy-authenticate", "Basic"),
            ("proxy-connection", "close"),
            ("proxy-authentication-info", "x"),
            ("transfer-encoding", "chunked"),
            ("upgrade", "websocket"),
            ("content-length", "5"),
            ("trailer", "x-sum"),
        ];
        for (upgrade, left) in [
            (UpgradeField::Drop, &[("content-length", "5"), ("trailer", "x-sum")][..]),
            (
                UpgradeField::Keep,
                &[
                    ("connection", "upgrade"),
                    ("content-length", "5"),
                    ("trailer", "x-sum"),
                    ("upgrade", "websocket"),
                ],
            ),
        ] {
            let mut headers = headers(&sent);
            strip_answer(&mut headers, upgrade);
            assert_eq!(sorted(&headers), left);
        }
    }
}
