use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::ClientIdentity;
use super::pattern::{exactly, has_whole_wildcards, ignoring_case, matches};
use crate::{Fingerprint, ServerName};

/// Characters of the longest entry.
const LONGEST: usize = 512;
/// Characters of the longest common name (RFC 5280, ub-common-name).
const LONGEST_COMMON_NAME: usize = 64;

/// Why a text is no entry of an allow-list, or one that could match nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum AllowedIdentityError {
    /// It does not begin with one of the kinds.
    #[error("an entry begins with dns:, uri:, email:, cn:, sha256: or spki:")]
    Kind,
    /// Nothing follows the kind, or too much.
    #[error("what follows is empty or too long")]
    Length,
    /// Spaces at the ends, or characters that such a name cannot have.
    #[error("it has characters that no such name has")]
    Characters,
    /// A `*` that is not a whole part, or is the whole name.
    #[error("a wildcard stands for one whole part, and never for everything")]
    Wildcard,
    /// Not a host name.
    #[error("it is not a host name")]
    HostName,
    /// Not an absolute URI with an authority or path; for `spiffe://`, not a SPIFFE id.
    #[error("it is not a URI that a certificate could carry")]
    Uri,
    /// Not a mailbox.
    #[error("it is not an e-mail address")]
    Email,
    /// Not 64 hexadecimal digits.
    #[error("it is not the SHA-256 in hexadecimal digits")]
    Fingerprint,
}

/// An identity that a policy lets in. As text: kind, colon, pattern.
///
/// | text | lets in |
/// | --- | --- |
/// | `dns:*.partners.example.com` | a certificate with such a dNSName; `*` is one label |
/// | `uri:spiffe://example.com/ns/*/web` | such a URI; `*` is one segment of the path. With `spiffe`, the certificate must have this URI only, as a SPIFFE certificate has (X509-SVID, section 2) |
/// | `email:*@example.com` | such an rfc822Name; `*` is any mailbox, or one label of the host |
/// | `cn:device-17` | a subject whose last common name is this, exactly |
/// | `sha256:HEX` | this very certificate |
/// | `spki:HEX` | every certificate with this public key |
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum AllowedIdentity {
    /// A dNSName.
    Dns(Box<str>),
    /// A URI.
    Uri(Box<str>),
    /// A mailbox.
    Email(Box<str>),
    /// A common name.
    CommonName(Box<str>),
    /// SHA-256 of a certificate.
    Certificate(Fingerprint),
    /// SHA-256 of a public key.
    PublicKey(Fingerprint),
}

impl AllowedIdentity {
    /// Whether `client` is meant.
    pub fn covers(&self, client: &ClientIdentity) -> bool {
        match self {
            Self::Dns(pattern) => client.dns_names.iter().any(|name| is_host(pattern, name)),
            Self::Uri(pattern) => is_uri(pattern, &client.uris),
            Self::Email(pattern) => client.emails.iter().any(|mailbox| is_mailbox(pattern, mailbox)),
            Self::CommonName(name) => client.common_name.as_deref() == Some(name),
            Self::Certificate(fingerprint) => client.certificate == *fingerprint,
            Self::PublicKey(fingerprint) => client.public_key == *fingerprint,
        }
    }
}

/// Host names are compared without regard to case; a wildcard in the certificate is a name like any other.
fn is_host(pattern: &str, name: &str) -> bool {
    matches(pattern, name.strip_suffix('.').unwrap_or(name), '.', ignoring_case)
}

/// Scheme and authority without regard to case (RFC 3986 §6.2.2.1), the rest exactly.
fn is_uri(pattern: &str, uris: &[String]) -> bool {
    if is_spiffe(pattern) && uris.len() != 1 {
        return false;
    }
    let (wanted_start, wanted_path) = split_uri(pattern);
    uris.iter().any(|uri| {
        let (start, path) = split_uri(uri);
        ignoring_case(wanted_start, start) && matches(wanted_path, path, '/', exactly)
    })
}

fn is_mailbox(pattern: &str, mailbox: &str) -> bool {
    let (Some((wanted, wanted_host)), Some((name, host))) =
        (pattern.rsplit_once('@'), mailbox.rsplit_once('@'))
    else {
        return false;
    };
    // RFC 5321 §2.4: only the host knows whether case matters in a mailbox's name.
    (wanted == "*" && !name.is_empty() || wanted == name) && matches(wanted_host, host, '.', ignoring_case)
}

fn is_spiffe(uri: &str) -> bool {
    uri.get(..9).is_some_and(|start| start.eq_ignore_ascii_case("spiffe://"))
}

/// What stands before the path, and the path with all that follows.
fn split_uri(uri: &str) -> (&str, &str) {
    let authority = uri.find("://").map_or_else(|| uri.find(':').map_or(0, |at| at + 1), |at| at + 3);
    let path = uri[authority..].find('/').map_or(uri.len(), |at| authority + at);
    if uri.contains("://") { uri.split_at(path) } else { uri.split_at(authority) }
}

impl FromStr for AllowedIdentity {
    type Err = AllowedIdentityError;

    fn from_str(text: &str) -> Result<Self, AllowedIdentityError> {
        let (kind, value) = text.split_once(':').ok_or(AllowedIdentityError::Kind)?;
        if value.is_empty() || value.chars().count() > LONGEST {
            return Err(AllowedIdentityError::Length);
        }
        if value.trim() != value || value.chars().any(char::is_control) {
            return Err(AllowedIdentityError::Characters);
        }
        match kind {
            "dns" => check_host(value).map(|()| Self::Dns(value.into())),
            "uri" => check_uri(value).map(|()| Self::Uri(value.into())),
            "email" => check_mailbox(value).map(|()| Self::Email(value.into())),
            "cn" if value.chars().count() > LONGEST_COMMON_NAME => Err(AllowedIdentityError::Length),
            "cn" => Ok(Self::CommonName(value.into())),
            "sha256" => fingerprint(value).map(Self::Certificate),
            "spki" => fingerprint(value).map(Self::PublicKey),
            _ => Err(AllowedIdentityError::Kind),
        }
    }
}

fn fingerprint(text: &str) -> Result<Fingerprint, AllowedIdentityError> {
    text.parse().map_err(|_| AllowedIdentityError::Fingerprint)
}

fn check_host(pattern: &str) -> Result<(), AllowedIdentityError> {
    if !has_whole_wildcards(pattern, '.') || pattern.split('.').all(|label| label == "*") {
        return Err(AllowedIdentityError::Wildcard);
    }
    let name = pattern.replace('*', "x");
    name.parse::<ServerName>().map(|_| ()).map_err(|_| AllowedIdentityError::HostName)
}

fn check_uri(pattern: &str) -> Result<(), AllowedIdentityError> {
    let is_known =
        |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}');
    if !pattern.chars().all(is_known) {
        return Err(AllowedIdentityError::Characters);
    }
    let (start, path) = split_uri(pattern);
    let scheme = start.split(':').next().unwrap_or_default();
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    if !is_scheme || !start.contains(':') || (path.is_empty() && start.ends_with([':', '/'])) {
        return Err(AllowedIdentityError::Uri);
    }
    if start.contains('*') || !has_whole_wildcards(path, '/') {
        return Err(AllowedIdentityError::Wildcard);
    }
    // SPIFFE-ID, section 2: no port, user, query or fragment, and a trust domain.
    let is_no_spiffe_id = || {
        let domain = &start["spiffe://".len()..];
        domain.is_empty() || domain.contains(['@', ':']) || path.contains(['?', '#']) || path.ends_with('/')
    };
    if is_spiffe(pattern) && is_no_spiffe_id() { Err(AllowedIdentityError::Uri) } else { Ok(()) }
}

fn check_mailbox(pattern: &str) -> Result<(), AllowedIdentityError> {
    let (name, host) = pattern.rsplit_once('@').ok_or(AllowedIdentityError::Email)?;
    if name.is_empty() || !pattern.is_ascii() || name.contains([' ', '@']) {
        return Err(AllowedIdentityError::Email);
    }
    if name != "*" && name.contains('*') {
        return Err(AllowedIdentityError::Wildcard);
    }
    check_host(host)
}

impl TryFrom<String> for AllowedIdentity {
    type Error = AllowedIdentityError;

    fn try_from(text: String) -> Result<Self, AllowedIdentityError> {
        text.parse()
    }
}

impl From<AllowedIdentity> for String {
    fn from(identity: AllowedIdentity) -> Self {
        identity.to_string()
    }
}

impl fmt::Display for AllowedIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(pattern) => write!(f, "dns:{pattern}"),
            Self::Uri(pattern) => write!(f, "uri:{pattern}"),
            Self::Email(pattern) => write!(f, "email:{pattern}"),
            Self::CommonName(name) => write!(f, "cn:{name}"),
            Self::Certificate(fingerprint) => write!(f, "sha256:{fingerprint}"),
            Self::PublicKey(fingerprint) => write!(f, "spki:{fingerprint}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client() -> ClientIdentity {
        ClientIdentity {
            common_name: Some("device-17".to_owned()),
            dns_names: vec!["Api.Partners.example.com".to_owned()],
            uris: vec!["spiffe://example.com/ns/shop/web".to_owned()],
            emails: vec!["Ann@mail.example.com".to_owned()],
            certificate: Fingerprint([0xab; 32]),
            public_key: Fingerprint([0xcd; 32]),
        }
    }

    #[test]
    fn covers_what_it_says_and_nothing_else() {
        let (certificate, key) = ("ab".repeat(32), "cd".repeat(32));
        for (entry, expected) in [
            ("dns:api.partners.example.com", true),
            ("dns:*.partners.example.com", true),
            ("dns:*.example.com", false),
            ("dns:partners.example.com", false),
            ("uri:spiffe://example.com/ns/*/web", true),
            ("uri:SPIFFE://EXAMPLE.com/ns/shop/web", true),
            ("uri:spiffe://example.com/ns/Shop/web", false),
            ("uri:spiffe://example.com/ns/*", false),
            ("uri:spiffe://example.com", false),
            ("email:*@mail.example.com", true),
            ("email:Ann@*.example.com", true),
            ("email:ann@mail.example.com", false),
            ("email:*@example.com", false),
            ("cn:device-17", true),
            ("cn:Device-17", false),
            (&format!("sha256:{certificate}"), true),
            (&format!("sha256:{key}"), false),
            (&format!("spki:{key}"), true),
        ] {
            let entry: AllowedIdentity = entry.parse().expect(entry);
            assert_eq!(entry.covers(&client()), expected, "{entry}");
            assert_eq!(entry.to_string().parse(), Ok(entry));
        }
    }

    #[test]
    fn a_spiffe_id_stands_alone() {
        let entry: AllowedIdentity = "uri:spiffe://example.com/ns/shop/web".parse().expect("valid");
        let mut two = client();
        two.uris.push("spiffe://other.org/x".to_owned());
        assert!(entry.covers(&client()) && !entry.covers(&two));
    }

    #[test]
    fn refuses_what_could_match_nothing() {
        use AllowedIdentityError as E;
        for (entry, error) in [
            ("api.example.com", E::Kind),
            ("ip:127.0.0.1", E::Kind),
            ("dns:", E::Length),
            ("dns: a.org", E::Characters),
            ("dns:a*.org", E::Wildcard),
            ("dns:*", E::Wildcard),
            ("dns:*.*", E::Wildcard),
            ("dns:a b.org", E::HostName),
            ("dns:192.0.2.1", E::HostName),
            ("uri:example.com/a", E::Uri),
            ("uri:https://", E::Uri),
            ("uri:https://*/a", E::Wildcard),
            ("uri:spiffe://a.org/x*", E::Wildcard),
            ("uri:spiffe://a.org/x?y", E::Uri),
            ("uri:spiffe:///x", E::Uri),
            ("email:example.com", E::Email),
            ("email:a*@example.com", E::Wildcard),
            ("email:@example.com", E::Email),
            ("cn:a\nb", E::Characters),
            ("sha256:abc", E::Fingerprint),
        ] {
            assert_eq!(entry.parse::<AllowedIdentity>(), Err(error), "{entry}");
        }
        assert_eq!(format!("cn:{}", "x".repeat(65)).parse::<AllowedIdentity>(), Err(E::Length));
    }
}
