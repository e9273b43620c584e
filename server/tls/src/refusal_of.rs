//! Failed handshakes in the words of handshake events.

use domain::ReasonCode;
use rustls::{CertificateError, Error, InvalidMessage};

/// Why a handshake failed, as a code and with the facts, where [`observe`](fn@crate::observe) saw no refusal.
pub fn refusal_of(error: &Error) -> (ReasonCode, String) {
    let (reason, detail) = match error {
        Error::NoCertificatesPresented => {
            (ReasonCode::NoClientCert, "the client presented no certificate".to_owned())
        }
        Error::AlertReceived(alert) => {
            (ReasonCode::ClientAborted, format!("the client sent the alert {alert:?}"))
        }
        Error::PeerIncompatible(why) => {
            (ReasonCode::TlsVersionOrCipher, format!("client and listener have nothing in common: {why:?}"))
        }
        Error::NoApplicationProtocol => (
            ReasonCode::TlsVersionOrCipher,
            "the client offers neither h2 nor http/1.1 as application protocol".to_owned(),
        ),
        Error::InvalidMessage(
            InvalidMessage::InvalidContentType | InvalidMessage::UnknownProtocolVersion,
        ) => (ReasonCode::TlsVersionOrCipher, "what the client sent is not TLS".to_owned()),
        Error::InvalidCertificate(why) => {
            (reason_of(why), format!("the client certificate was refused: {why}"))
        }
        // rustls has no variant of its own for a resolver that finds no certificate.
        Error::General(why) if why == "no server certificate chain resolved" => (
            ReasonCode::TlsVersionOrCipher,
            "the client accepts no signature algorithm that a key of this certificate can make".to_owned(),
        ),
        Error::InvalidMessage(_)
        | Error::InappropriateMessage { .. }
        | Error::InappropriateHandshakeMessage { .. }
        | Error::PeerMisbehaved(_)
        | Error::PeerSentOversizedRecord
        | Error::DecryptError => {
            (ReasonCode::ClientAborted, format!("the client broke the protocol: {error}"))
        }
        other => (ReasonCode::PolicyBroken, format!("the listener failed: {other}")),
    };
    (reason, crate::text::escape(&detail, crate::text::DISTINGUISHED_NAME_LIMIT))
}

fn reason_of(error: &CertificateError) -> ReasonCode {
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => ReasonCode::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            ReasonCode::NotYetValid
        }
        CertificateError::Revoked => ReasonCode::Revoked,
        CertificateError::ExpiredRevocationList => ReasonCode::CrlStale,
        CertificateError::BadSignature => ReasonCode::BadSignature,
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            ReasonCode::PurposeInvalid
        }
        CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            ReasonCode::WeakKeyOrAlg
        }
        _ => ReasonCode::IssuerUnknown,
    }
}
