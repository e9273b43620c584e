use domain::{ReasonCode, UnixTime};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, Error, SignatureScheme};
use rustls_pki_types::CertificateDer;

use crate::facts::display_name;
use crate::handshake_signature::{verify_tls12, verify_tls13};
use crate::provider::signature_algorithms;
use crate::trust::Refusal;
use crate::x509::Parsed;
use crate::{ClientPolicy, observe};

/// The most bytes of CA names that a client is sent to choose its certificate by. The list is a help and may be left
/// out (RFC 8446 §4.2.4); one that is too long would make every handshake slow, and over 64 KiB impossible.
const HINT_LIMIT: usize = 16 * 1024;

/// Lets a policy decide on client certificates. rustls' own verifier knows no `depth`, no X.509 v1 and no lists.
#[derive(Debug)]
pub(super) struct PolicyVerifier {
    policy: ClientPolicy,
    hints: Vec<DistinguishedName>,
}

impl PolicyVerifier {
    pub(super) fn new(policy: ClientPolicy) -> Self {
        let mut hints: Vec<_> = policy.trust.subjects().map(DistinguishedName::in_sequence).collect();
        if !policy.advertises_ca_names
            || hints.iter().map(|hint| hint.as_ref().len() + 2).sum::<usize>() > HINT_LIMIT
        {
            hints.clear();
        }
        Self { policy, hints }
    }
}

impl ClientCertVerifier for PolicyVerifier {
    fn client_auth_mandatory(&self) -> bool {
        self.policy.enforcement.requires_certificate()
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.hints
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: rustls_pki_types::UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let chain: Vec<CertificateDer<'_>> = std::iter::once(end_entity)
            .chain(intermediates)
            .map(|it| CertificateDer::from(it.as_ref()))
            .collect();
        let now = UnixTime(i64::try_from(now.as_secs()).unwrap_or(i64::MAX));
        let verdict = self.policy.trust.verify(&chain, now);
        observe::record_chain(end_entity, intermediates, &verdict);
        match verdict {
            Ok(()) => Ok(ClientCertVerified::assertion()),
            // The verdict is recorded above. Whoever serves the connection must ask for it, and for that of
            // `ClientTrust` on each later occasion: rustls knows from here on only that there is a certificate.
            Err(_) if !self.policy.enforcement.refuses_handshakes() => Ok(ClientCertVerified::assertion()),
            Err(refusal) => Err(Error::InvalidCertificate(certificate_error(refusal.reason))),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        proved(certificate, verify_tls12(message, certificate, signature))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        proved(certificate, verify_tls13(message, certificate, signature))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        // `ClientTrust` takes no ML-DSA keys, so they are not asked for.
        let is_ml_dsa = |scheme: &SignatureScheme| {
            matches!(
                *scheme,
                SignatureScheme::ML_DSA_44 | SignatureScheme::ML_DSA_65 | SignatureScheme::ML_DSA_87
            )
        };
        signature_algorithms().supported_schemes().into_iter().filter(|scheme| !is_ml_dsa(scheme)).collect()
    }
}

/// Notes a failed proof of possession for the handshake's record.
fn proved(
    certificate: &CertificateDer<'_>,
    result: Result<HandshakeSignatureValid, Error>,
) -> Result<HandshakeSignatureValid, Error> {
    if result.is_err() {
        let name = Parsed::read(certificate).map_or_else(|_| String::new(), |parsed| display_name(&parsed));
        let detail = format!("the client did not prove that it has the key of {name}");
        observe::record_bad_proof(certificate, Refusal::new(ReasonCode::BadSignature, detail));
    }
    result
}

/// The error that makes rustls send the fitting alert (RFC 8446 §6.2).
fn certificate_error(reason: ReasonCode) -> CertificateError {
    match reason {
        // certificate_expired (45): "has expired or is not currently valid"
        ReasonCode::Expired => CertificateError::Expired,
        ReasonCode::NotYetValid => CertificateError::NotValidYet,
        // unsupported_certificate (43)
        ReasonCode::PurposeInvalid => CertificateError::InvalidPurpose,
        // bad_certificate (42): "contained signatures that did not verify correctly" or were too weak to count
        ReasonCode::WeakKeyOrAlg => CertificateError::BadEncoding,
        // certificate_revoked (44)
        ReasonCode::Revoked => CertificateError::Revoked,
        // access_denied (49): "a valid certificate [...] was received, but [...] the sender decided not to proceed"
        ReasonCode::SanNotAllowed | ReasonCode::DenyListed => {
            CertificateError::ApplicationVerificationFailure
        }
        // unknown_ca (48) is what rustls makes of it
        ReasonCode::CrlStale => CertificateError::ExpiredRevocationList,
        // unknown_ca (48): "could not be matched with a known trust anchor"; OpenSSL's choice for long chains too
        _ => CertificateError::UnknownIssuer,
    }
}
