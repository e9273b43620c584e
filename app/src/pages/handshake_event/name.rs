//! What to call clients and events.

use domain::{HandshakeEvent, PeerCertificate};

/// What to call the owner of a certificate: the common name where the subject begins with it, else the whole subject,
/// else the first SAN; `None` if it names nobody.
pub(super) fn certificate_name(certificate: &PeerCertificate) -> Option<&str> {
    let subject = certificate.subject.as_str();
    let name = match subject.strip_prefix("CN=") {
        Some(rest) => first_value(rest),
        None => subject,
    };
    Some(name).filter(|name| !name.is_empty()).or_else(|| certificate.names.first().map(String::as_str))
}

/// What to call the client, if it presented a certificate that names it.
pub(super) fn client_name(event: &HandshakeEvent) -> Option<&str> {
    certificate_name(event.peer_chain.first()?)
}

/// Up to the first comma or plus that is not escaped (RFC 4514 §2.4).
fn first_value(text: &str) -> &str {
    let mut is_escaped = false;
    let end = text.find(|character| {
        let ends = !is_escaped && matches!(character, ',' | '+');
        is_escaped = !is_escaped && character == '\\';
        ends
    });
    &text[..end.unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use domain::{Fingerprint, UnixTime};

    use super::*;

    #[test]
    fn names_of_certificates() {
        for (subject, san, name) in [
            ("CN=DEVICE-7", None, Some("DEVICE-7")),
            ("CN=DEVICE-7,O=Example", Some("dns:a.test"), Some("DEVICE-7")),
            (r"CN=Acme\, Inc,O=Example", None, Some(r"Acme\, Inc")),
            (r"CN=\\,O=Example", None, Some(r"\\")),
            ("O=Example,CN=DEVICE-7", None, Some("O=Example,CN=DEVICE-7")),
            ("", Some("uri:spiffe://a/b"), Some("uri:spiffe://a/b")),
            ("CN=", Some("dns:a.test"), Some("dns:a.test")),
            ("", None, None),
        ] {
            let certificate = PeerCertificate {
                subject: subject.to_owned(),
                issuer: String::new(),
                serial: String::new(),
                not_before: UnixTime(0),
                not_after: UnixTime(0),
                names: san.map(str::to_owned).into_iter().collect(),
                fingerprint: Fingerprint([0; 32]),
            };
            assert_eq!(certificate_name(&certificate), name, "{subject}");
        }
    }
}
