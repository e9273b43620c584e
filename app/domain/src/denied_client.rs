//! Clients that are turned away whoever issued their certificate: revocation without a list of the CA's.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{DeniedClientId, Fingerprint, GatewayGroupId, SslCertificateId, UnixTime};

/// Characters of the longest issuer name.
const LONGEST_ISSUER: usize = 512;
/// Bytes of the longest serial number. RFC 5280 §4.1.2.2 allows 20; some CAs write more.
const LONGEST_SERIAL: usize = 40;

/// An entry of a deny-list, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeniedClient {
    /// Its id.
    pub id: DeniedClientId,
    /// The group.
    pub group: GatewayGroupId,
    /// The SSL certificate whose hosts it is for; `None`: all hosts of the group.
    pub ssl_certificate: Option<SslCertificateId>,
    /// Which certificates.
    pub entry: DenyEntry,
    /// What to call the client, escaped; may be empty.
    pub label: String,
    /// The user who added it.
    pub author: String,
    /// When it was added.
    pub created_at: UnixTime,
}

/// Which certificates are denied.
///
/// As text: `sha256:HEX`, or `serial:01:ab issuer:CN=ROOTCA`. The second is the surer one where both are known: whoever has
/// a certificate with an ECDSA signature can make another one of it that differs in nothing but the signature's form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum DenyEntry {
    /// The certificate with this SHA-256.
    Certificate(Fingerprint),
    /// What an issuer has given this number.
    Serial {
        /// The issuer's name as certificates show it (RFC 4514: `CN=ROOTCA,O=Example`), compared as a whole.
        issuer: Box<str>,
        /// The number.
        serial: SerialNumber,
    },
}

/// Why a text is no entry of a deny-list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an entry is sha256:HEX, or serial:HEX issuer:NAME")]
pub struct DenyEntryError;

impl FromStr for DenyEntry {
    type Err = DenyEntryError;

    fn from_str(text: &str) -> Result<Self, DenyEntryError> {
        if let Some(hex) = text.strip_prefix("sha256:") {
            return hex.parse().map(Self::Certificate).map_err(|_| DenyEntryError);
        }
        let rest = text.strip_prefix("serial:").ok_or(DenyEntryError)?;
        let (serial, issuer) = rest.split_once(" issuer:").ok_or(DenyEntryError)?;
        let is_good = issuer.trim() == issuer
            && issuer.chars().count() <= LONGEST_ISSUER
            && !issuer.chars().any(char::is_control)
            && attributes(issuer).all(is_attribute);
        if !is_good {
            return Err(DenyEntryError);
        }
        Ok(Self::Serial { issuer: issuer.into(), serial: serial.parse()? })
    }
}

/// The attributes of a name: what stands between its commas and plus signs, but for those after a backslash.
fn attributes(name: &str) -> impl Iterator<Item = &str> {
    let mut is_escaped = false;
    name.split(move |character| {
        let is_between = !is_escaped && matches!(character, ',' | '+');
        is_escaped = !is_escaped && character == '\\';
        is_between
    })
}

/// Whether this is an attribute as certificates show it, `TYPE=value` with no space before or after the `=` (a value that
/// begins with one has it escaped). A name as `openssl x509` prints it, `O = X, CN = ROOTCA`, is compared with none: it
/// would deny nobody.
fn is_attribute(text: &str) -> bool {
    text.split_once('=').is_some_and(|(kind, value)| {
        let is_of_type = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
        !kind.is_empty() && kind.bytes().all(is_of_type) && !value.starts_with(' ')
    })
}

impl TryFrom<String> for DenyEntry {
    type Error = DenyEntryError;

    fn try_from(text: String) -> Result<Self, DenyEntryError> {
        text.parse()
    }
}

impl From<DenyEntry> for String {
    fn from(entry: DenyEntry) -> Self {
        entry.to_string()
    }
}

impl fmt::Display for DenyEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificate(fingerprint) => write!(f, "sha256:{fingerprint}"),
            Self::Serial { issuer, serial } => write!(f, "serial:{serial} issuer:{issuer}"),
        }
    }
}

/// A certificate's serial number: lower-case hexadecimal bytes with colons, without leading zero bytes (`0` is `00`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SerialNumber(Box<str>);

impl SerialNumber {
    /// The number that these bytes are, the most significant first.
    pub fn of(bytes: &[u8]) -> Self {
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count().min(bytes.len().saturating_sub(1));
        let hex: Vec<String> = bytes[zeros..].iter().map(|byte| format!("{byte:02x}")).collect();
        Self(if hex.is_empty() { "00".into() } else { hex.join(":").into() })
    }

    /// The number as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SerialNumber {
    type Err = DenyEntryError;

    fn from_str(text: &str) -> Result<Self, DenyEntryError> {
        let mut digits: String = text.chars().filter(|c| *c != ':').collect();
        if digits.len() % 2 == 1 {
            digits.insert(0, '0');
        }
        if digits.is_empty()
            || digits.len() > 2 * LONGEST_SERIAL
            || !digits.bytes().all(|b| b.is_ascii_hexdigit())
        {
            return Err(DenyEntryError);
        }
        let bytes: Result<Vec<u8>, _> =
            (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16)).collect();
        bytes.map(|bytes| Self::of(&bytes)).map_err(|_| DenyEntryError)
    }
}

impl TryFrom<String> for SerialNumber {
    type Error = DenyEntryError;

    fn try_from(text: String) -> Result<Self, DenyEntryError> {
        text.parse()
    }
}

impl From<SerialNumber> for String {
    fn from(serial: SerialNumber) -> Self {
        serial.0.into()
    }
}

impl fmt::Display for SerialNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serial_numbers_have_one_form() {
        for (text, form) in
            [("01:AB", "01:ab"), ("1ab", "01:ab"), ("0001ab", "01:ab"), ("00", "00"), ("0", "00")]
        {
            assert_eq!(text.parse::<SerialNumber>().expect(text).as_str(), form);
        }
        assert_eq!(SerialNumber::of(&[]).as_str(), "00");
        for text in ["", ":", "xyz", "-1", &"11".repeat(41)] {
            assert!(text.parse::<SerialNumber>().is_err(), "{text}");
        }
    }

    #[test]
    fn entries_come_back_as_they_went() {
        for text in [format!("sha256:{}", "0a".repeat(32)), "serial:01:ab issuer:CN=ROOT CA,O=X".to_owned()] {
            assert_eq!(text.parse::<DenyEntry>().expect("valid").to_string(), text);
        }
        for text in
            ["", "sha256:1", "serial:1", "serial: issuer:CN=A", "serial:1 issuer:", "serial:1 issuer:a\nb"]
        {
            assert_eq!(text.parse::<DenyEntry>(), Err(DenyEntryError), "{text:?}");
        }
    }

    #[test]
    fn an_issuer_is_written_as_certificates_show_it() {
        for (issuer, good) in [
            ("CN=ROOTCA", true),
            ("CN=ROOTCA,O=X", true),
            ("CN=ROOT CA,OU=a+serialNumber=1,1.2.3=x", true),
            ("CN=a = b,O=Acme\\, Inc.", true),
            ("CN=a\\, O = b", true),
            ("CN=\\ a,O=\\#b\\\\,C=DE", true),
            ("CN=,O=X", true),
            // As OpenSSL prints it.
            ("CN = ROOTCA", false),
            ("O = X, CN = ROOTCA", false),
            ("O=X, CN=ROOTCA", false),
            ("CN=ROOTCA,O = X", false),
            ("CN=a+ O=b", false),
            ("CN=a\\\\, O=b", false),
            ("CN= ROOTCA", false),
            ("/O=X/CN=ROOTCA,", false),
            ("ROOTCA", false),
            ("", false),
        ] {
            let entry = format!("serial:01 issuer:{issuer}");
            assert_eq!(entry.parse::<DenyEntry>().is_ok(), good, "{issuer:?}");
        }
    }
}
