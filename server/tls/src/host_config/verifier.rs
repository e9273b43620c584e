use domain::{ReasonCode, UnixTime};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{
    WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
    verify_tls13_signature_with_raw_key,
};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, PeerMisbehaved, SignatureScheme,
};
use rustls_pki_types::{CertificateDer, SubjectPublicKeyInfoDer};

use crate::facts::display_name;
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
        proved(certificate, verify_tls12(message, certificate, signature, signature_algorithms()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        proved(certificate, verify_tls13(message, certificate, signature, signature_algorithms()))
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

/// rustls verifies signatures by version 3 leaves; of older ones, which it cannot read, we take out the bare key.
fn verify_tls13(
    message: &[u8],
    certificate: &CertificateDer<'_>,
    signature: &DigitallySignedStruct,
    algorithms: &WebPkiSupportedAlgorithms,
) -> Result<HandshakeSignatureValid, Error> {
    if is_v3(certificate) {
        return verify_tls13_signature(message, certificate, signature, algorithms);
    }
    let parsed = read(certificate)?;
    let key = SubjectPublicKeyInfoDer::from(parsed.raw.spki);
    verify_tls13_signature_with_raw_key(message, &key, signature, algorithms)
}

/// The same for TLS 1.2, where rustls has no way with the bare key. There a scheme does not fix the curve (RFC 5246
/// §7.4.1.4.1), so each algorithm of the scheme is tried that fits the key; at most one does.
fn verify_tls12(
    message: &[u8],
    certificate: &CertificateDer<'_>,
    signature: &DigitallySignedStruct,
    algorithms: &WebPkiSupportedAlgorithms,
) -> Result<HandshakeSignatureValid, Error> {
    if is_v3(certificate) {
        return verify_tls12_signature(message, certificate, signature, algorithms);
    }
    let parsed = read(certificate)?;
    let (_, candidates) = algorithms
        .mapping
        .iter()
        .find(|(scheme, _)| *scheme == signature.scheme)
        .ok_or(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme)?;
    let spki = SubjectPublicKeyInfoDer::from(parsed.raw.spki);
    let key = webpki::RawPublicKeyEntity::try_from(&spki)
        .map_err(|_| Error::InvalidCertificate(CertificateError::BadEncoding))?;
    if candidates.iter().any(|it| key.verify_signature(*it, message, signature.signature()).is_ok()) {
        Ok(HandshakeSignatureValid::assertion())
    } else {
        Err(Error::InvalidCertificate(CertificateError::BadSignature))
    }
}

/// Whether webpki, and so rustls, can read it.
fn is_v3(certificate: &CertificateDer<'_>) -> bool {
    !matches!(webpki::EndEntityCert::try_from(certificate), Err(webpki::Error::UnsupportedCertVersion))
}

fn read<'a>(certificate: &'a CertificateDer<'_>) -> Result<Parsed<'a>, Error> {
    Parsed::read(certificate).map_err(|_| Error::InvalidCertificate(CertificateError::BadEncoding))
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
