//! Headers in which a gateway tells a service who the client is. What a client sends under these names is a forgery
//! and never gets through.

use http::HeaderMap;
use http::header::HeaderName;

/// Whole names: RFC 9440 §2, and Envoy's.
const NAMES: [&str; 3] = ["client-cert", "client-cert-chain", "x-forwarded-client-cert"];
/// How the names begin that nginx configurations, ingress-nginx, Traefik, and load balancers of clouds use.
const PREFIXES: [&str; 5] =
    ["x-ssl-client-", "ssl-client-", "x-forwarded-tls-client-cert", "x-client-cert", "x-amzn-mtls-"];

/// Takes all identity headers out.
pub(crate) fn strip(headers: &mut HeaderMap) {
    let forged: Vec<HeaderName> = headers.keys().filter(|name| is_identity(name.as_str())).cloned().collect();
    for name in forged {
        headers.remove(name);
    }
}

/// Whether a name is one of them. An underscore counts as a hyphen: services behind CGI-like interfaces cannot tell the two apart.
pub(crate) fn is_identity(name: &str) -> bool {
    let same = |a: u8, b: u8| a.eq_ignore_ascii_case(&b) || (a == b'_' && b == b'-');
    let starts_with = |prefix: &str| {
        name.len() >= prefix.len() && name.bytes().zip(prefix.bytes()).all(|(a, b)| same(a, b))
    };
    PREFIXES.iter().any(|prefix| starts_with(prefix))
        || NAMES.iter().any(|identity| name.len() == identity.len() && starts_with(identity))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn left(names: &[&'static str]) -> Vec<String> {
        let mut headers = HeaderMap::new();
        for name in names {
            headers.append(name.parse::<HeaderName>().expect("valid"), HeaderValue::from_static("forged"));
        }
        strip(&mut headers);
        headers.keys().map(ToString::to_string).collect()
    }

    #[test]
    fn no_identity_header_gets_through() {
        for name in [
            "Client-Cert",
            "client-cert",
            "CLIENT-CERT-CHAIN",
            "X-Forwarded-Client-Cert",
            "X-SSL-Client-Verify",
            "x-ssl-client-s-dn",
            "X-SSL-Client-",
            "Client_Cert",
            "x_forwarded_client-cert",
            "X_SSL_Client_Cert",
            "ssl-client-verify",
            "X-Forwarded-Tls-Client-Cert-Info",
            "X-Client-Cert",
            "X-Amzn-Mtls-Clientcert-Leaf",
        ] {
            assert_eq!(left(&[name]), [""; 0], "{name}");
            assert_eq!(left(&[name, name]), [""; 0], "{name} twice");
        }
    }

    #[test]
    fn other_headers_stay() {
        let others = ["client-certificate", "x-client-id", "x-ssl-client", "accept", "cookie"];
        assert_eq!(left(&others), others);
    }
}
