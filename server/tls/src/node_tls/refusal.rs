//! Why no TLS connection to a node came about, for operators.

use std::sync::Arc;

use domain::{Certificate, UnixTime};
use rustls::{AlertDescription, CertificateError, Error, InvalidMessage, OtherError};

use crate::facts::display_name;
use crate::text::{DISTINGUISHED_NAME_LIMIT, escape};
use crate::x509::Parsed;

/// What the gateway has against a node's certificate, where rustls has no word for it. Its text is escaped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct NodeRefusal(String);

impl NodeRefusal {
    pub(super) fn old_version(leaf: &Parsed<'_>) -> Self {
        Self(format!(
            "the node's certificate ({}) is not of X.509 version 3, and so names no host: it needs a subjectAltName",
            display_name(leaf)
        ))
    }

    pub(super) fn chain_too_long(intermediates: usize) -> Self {
        Self(format!("the node's chain has {intermediates} intermediates, more than it may have"))
    }

    pub(super) fn no_issuer(name: &str) -> Self {
        Self(format!("the node's chain leads over {name}, which may issue no certificates"))
    }

    pub(super) fn root_outside_validity(name: &str, validity: (i64, i64), now: UnixTime) -> Self {
        let (not_before, not_after) = validity;
        Self(if now.0 > not_after {
            format!("the CA {name}, which vouches for the node, expired at {}", UnixTime(not_after))
        } else {
            format!("the CA {name}, which vouches for the node, is not valid before {}", UnixTime(not_before))
        })
    }

    pub(super) fn root_not_for_servers(name: &str) -> Self {
        Self(format!(
            "the CA {name}, which vouches for the node, has an extended key usage without serverAuth"
        ))
    }

    pub(super) fn self_signed(leaf: &Parsed<'_>) -> Self {
        Self(format!(
            "the node's certificate ({}) is self-signed, and no CA vouches for it",
            display_name(leaf)
        ))
    }

    pub(super) fn unknown_issuer(leaf: &Certificate) -> Self {
        Self(format!(
            "the node's certificate ({}) was issued by {}, which none of the CAs that vouch for nodes leads to",
            leaf.display_name(),
            leaf.issuer
        ))
    }

    pub(super) fn other(name: &str, error: &webpki::Error) -> Self {
        Self(format!("the node's certificate ({name}) or its chain cannot be accepted: {error}"))
    }
}

impl From<NodeRefusal> for CertificateError {
    fn from(refusal: NodeRefusal) -> Self {
        Self::Other(OtherError(Arc::new(refusal)))
    }
}

/// Why a TLS handshake with a node failed, in words for operators; escaped. Holds what the node has said of itself, so it
/// is not for clients.
pub fn node_refusal(error: &Error) -> String {
    let text = match error {
        Error::InvalidCertificate(error) => of_certificate(error),
        Error::AlertReceived(alert) => of_alert(*alert),
        Error::PeerIncompatible(why) => format!("node and gateway have no TLS in common: {why:?}"),
        Error::InvalidMessage(
            InvalidMessage::InvalidContentType
            | InvalidMessage::UnknownProtocolVersion
            | InvalidMessage::MessageTooLarge
            | InvalidMessage::InvalidEmptyPayload,
        ) => "what the node answers is not TLS".to_owned(),
        other => format!("the TLS handshake with the node failed: {other}"),
    };
    escape(&text, DISTINGUISHED_NAME_LIMIT)
}

fn of_certificate(error: &CertificateError) -> String {
    match error {
        CertificateError::Other(OtherError(refusal)) => match refusal.downcast_ref::<NodeRefusal>() {
            Some(NodeRefusal(text)) => text.clone(),
            None => format!("the node's certificate is refused: {refusal}"),
        },
        CertificateError::ExpiredContext { not_after, .. } => {
            format!("the node's certificate, or one of its chain, expired at {}", time(*not_after))
        }
        CertificateError::NotValidYetContext { not_before, .. } => {
            format!("the node's certificate, or one of its chain, is not valid before {}", time(*not_before))
        }
        CertificateError::NotValidForNameContext { expected, presented } if presented.is_empty() => format!(
            "the node's certificate is not for {}: its subjectAltName names no host or address",
            expected.to_str()
        ),
        CertificateError::NotValidForNameContext { expected, presented } => {
            format!("the node's certificate is not for {}, only for {}", expected.to_str(), presented.join(", "))
        }
        CertificateError::BadSignature => {
            "a signature in the node's chain or of its handshake is wrong: it may come from another CA of the same name"
                .to_owned()
        }
        CertificateError::InvalidPurpose => {
            "the node's certificate, or one of its chain, has an extended key usage without serverAuth".to_owned()
        }
        CertificateError::BadEncoding => "the node's certificate cannot be read".to_owned(),
        other => format!("the node's certificate is refused: {other}"),
    }
}

fn of_alert(alert: AlertDescription) -> String {
    let meaning = match alert {
        AlertDescription::CertificateRequired => "it asks for a client certificate",
        AlertDescription::UnknownCA
        | AlertDescription::BadCertificate
        | AlertDescription::CertificateExpired
        | AlertDescription::CertificateRevoked
        | AlertDescription::CertificateUnknown
        | AlertDescription::UnsupportedCertificate
        | AlertDescription::AccessDenied => "it does not accept the gateway's client certificate",
        AlertDescription::UnrecognisedName => "it does not know the name that it was asked for",
        AlertDescription::NoApplicationProtocol => "it does not speak this upstream's version of HTTP",
        AlertDescription::HandshakeFailure | AlertDescription::ProtocolVersion => {
            "it has no TLS in common with the gateway, or asks for a client certificate"
        }
        _ => "it gives no better reason",
    };
    format!("the node ended the TLS handshake with the alert {alert:?}: {meaning}")
}

fn time(at: rustls_pki_types::UnixTime) -> UnixTime {
    UnixTime(i64::try_from(at.as_secs()).unwrap_or(i64::MAX))
}
