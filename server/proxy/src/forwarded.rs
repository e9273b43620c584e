//! Header fields in which gateways tell services how a request reached them: from which address, for which host, under
//! which scheme and path. The gateway is the first that a service may believe, so it begins anew: what clients send under
//! these names is taken out, never added to.

use std::net::IpAddr;

use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};

use crate::{identity_headers, spelling};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const X_FORWARDED_PORT: HeaderName = HeaderName::from_static("x-forwarded-port");
const X_REAL_IP: HeaderName = HeaderName::from_static("x-real-ip");

/// What nodes are told of the way of one connection's requests. Made once for the connection: the fields of a request then
/// cost no allocation.
#[derive(Debug, Clone)]
pub(crate) struct Forwarded {
    client: HeaderValue,
    port: HeaderValue,
}

impl Forwarded {
    /// For requests of `client` that came in at `port` of the gateway.
    pub(crate) fn new(client: IpAddr, port: u16) -> Self {
        let client = HeaderValue::try_from(client.to_canonical().to_string());
        Self { client: client.expect("addresses are ASCII"), port: HeaderValue::from(port) }
    }

    /// Tells it, for a request that asks for `host`, in place of all that the client says about it. Identity headers stay.
    pub(crate) fn set(&self, headers: &mut HeaderMap, host: &HeaderValue) {
        strip(headers);
        headers.insert(X_FORWARDED_FOR, self.client.clone());
        headers.insert(X_FORWARDED_PROTO, HeaderValue::from_static("https"));
        headers.insert(X_FORWARDED_HOST, host.clone());
        headers.insert(X_FORWARDED_PORT, self.port.clone());
        headers.insert(X_REAL_IP, self.client.clone());
    }
}

fn strip(headers: &mut HeaderMap) {
    // Allocates only if there are any.
    let names = headers.keys().filter(|name| is_gateways_word(name.as_str()));
    let forged: Vec<HeaderName> = names.cloned().collect();
    for name in forged {
        headers.remove(name);
    }
}

/// Whether only gateways may say what stands under a name, in any spelling: `docs/identity-headers.md` says what each does.
pub(crate) fn is_gateways_word(name: &str) -> bool {
    let rules: &[&str] = match name.as_bytes().first() {
        Some(b'x' | b'X') => &[
            "x-forward*",
            "x-real-*",
            "x-client-ip",
            "x-cluster-client-ip",
            "x-remote-addr",
            "x-remote-ip",
            "x-originating-ip",
            "x-proxyuser-ip",
            "x-azure-clientip",
            "x-azure-socketip",
            "x-original-*",
            "x-rewrite-*",
            "x-host",
            "x-http-host-override",
            "x-scheme",
            "x-url-scheme",
            "x-ssl",
            "x-arr-ssl",
            "x-script-name",
            "x-envoy-*",
            "x-accel-*",
            "x-sendfile-type",
        ],
        Some(b'c' | b'C') => &["client-ip", "cf-connecting-*", "cf-visitor"],
        Some(b'f' | b'F') => &["forwarded*", "front-end-https", "fastly-client-ip", "fastly-ssl"],
        Some(b'h' | b'H') => &["http-client-ip", "http-x-forward*"],
        Some(b'p' | b'P') => &["path-info"],
        Some(b's' | b'S') => &["script-name"],
        Some(b't' | b'T') => &["true-client-ip"],
        _ => &[],
    };
    spelling::is_one_of(name, rules) && !identity_headers::is_identity(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: [(&str, &str); 5] = [
        ("x-forwarded-for", "192.0.2.7"),
        ("x-forwarded-host", "test.com:9443"),
        ("x-forwarded-port", "9443"),
        ("x-forwarded-proto", "https"),
        ("x-real-ip", "192.0.2.7"),
    ];

    fn set(headers: &mut HeaderMap) {
        let client = "::ffff:192.0.2.7".parse().expect("an address");
        Forwarded::new(client, 9443).set(headers, &HeaderValue::from_static("test.com:9443"));
    }

    fn sorted(headers: &HeaderMap) -> Vec<(&str, &str)> {
        let mut fields: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (name.as_str(), value.to_str().expect("ASCII"))).collect();
        fields.sort_unstable();
        fields
    }

    fn with(name: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for _ in 0..2 {
            headers.append(name.parse::<HeaderName>().expect("valid"), HeaderValue::from_static("forged"));
        }
        headers
    }

    #[test]
    fn nodes_are_told_the_truth_and_nothing_else() {
        for name in [
            "X-Forwarded-For",
            "X_Forwarded_For",
            "X-Forwarded_Proto",
            "x.forwarded.host",
            "X-Forwarded-Port",
            "X-Forwarded-Prefix",
            "X-Forwarded-Server",
            "X-Forwarded",
            "X-Forward-For",
            "X-Real-IP",
            "X_REAL_IP",
            "Forwarded",
            "Forwarded-For",
            "X-Original-URL",
            "X-Original-Host",
            "X-Rewrite-URL",
            "X-Envoy-External-Address",
            "X-Envoy-Original-Path",
            "X-Client-IP",
            "Client-IP",
            "True-Client-IP",
            "CF-Connecting-IP",
            "X-Cluster-Client-IP",
            "X-Azure-ClientIP",
            "Fastly-Client-IP",
            "Front-End-Https",
            "X-Scheme",
            "X-Url-Scheme",
            "SCRIPT_NAME",
            "PATH_INFO",
            "X-Script-Name",
            "X-Accel-Mapping",
            "X-Sendfile-Type",
            "HTTP_X_FORWARDED_FOR",
        ] {
            let mut headers = with(name);
            set(&mut headers);
            assert_eq!(sorted(&headers), OURS, "{name}");
        }
    }

    #[test]
    fn other_fields_stay() {
        for name in [
            "via",
            "x-request-id",
            "x-http-method-override",
            "x-hosting",
            "x-sslx",
            "host",
            "forwarder",
            "client-ip-hint",
            "x",
        ] {
            let mut headers = with(name);
            set(&mut headers);
            assert_eq!(headers.get_all(name).iter().count(), 2, "{name}");
            assert_eq!(headers.len(), OURS.len() + 2, "{name}");
        }
    }

    #[test]
    fn identity_headers_stay_as_the_gateway_has_set_them() {
        let mut headers = with("x-forwarded-client-cert");
        set(&mut headers);
        assert!(headers.contains_key("x-forwarded-client-cert"));
    }

    #[test]
    fn an_ipv6_client_is_told_without_brackets() {
        let mut headers = HeaderMap::new();
        let forwarded = Forwarded::new("2001:db8::1".parse().expect("an address"), 443);
        forwarded.set(&mut headers, &HeaderValue::from_static("test.com"));
        assert_eq!(headers["x-forwarded-for"], "2001:db8::1");
        assert_eq!(headers["x-forwarded-port"], "443");
    }
}
