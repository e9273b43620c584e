use std::cell::RefCell;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName};
use webpki::{EndEntityCert, KeyUsage, VerifiedPath};

use super::NodeRoots;
use super::refusal::NodeRefusal;
use crate::facts::{display_name, facts};
use crate::handshake_signature::{verify_tls12, verify_tls13};
use crate::provider::signature_algorithms;
use crate::trust::Anchor;
use crate::x509::Parsed;

/// The most certificates that are looked at beside the node's own. Real chains have three at most; each more makes path
/// building cost a multiple.
const MOST_INTERMEDIATES: usize = 8;

/// Takes nodes that a root vouches for under the name that they were asked for.
///
/// rustls' own verifier looks at nothing of a root but its name and key: it would go on to believe one that has expired.
#[derive(Debug)]
pub(super) struct VouchedNode(pub(super) NodeRoots);

impl VouchedNode {
    fn verify(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        now: rustls_pki_types::UnixTime,
    ) -> Result<(), CertificateError> {
        let parsed = Parsed::read(leaf).map_err(|_| CertificateError::BadEncoding)?;
        if !parsed.is_v3() {
            return Err(NodeRefusal::old_version(&parsed).into());
        }
        if intermediates.len() > MOST_INTERMEDIATES {
            return Err(NodeRefusal::chain_too_long(intermediates.len()).into());
        }
        let certificate = EndEntityCert::try_from(leaf).map_err(|error| certificate_error(error, &parsed))?;
        let refused_path = RefCell::new(None);
        let check = |path: &VerifiedPath<'_>| {
            self.check_path(path, now).map_err(|refusal| {
                refused_path.replace(Some(refusal));
                webpki::Error::UnknownIssuer
            })
        };
        let verified = certificate.verify_for_usage(
            signature_algorithms().all,
            self.0.0.trust(),
            intermediates,
            now,
            KeyUsage::server_auth(),
            None,
            Some(&check),
        );
        if let Err(error) = verified {
            let refusal = refused_path.take().map(CertificateError::from);
            return Err(refusal.unwrap_or_else(|| certificate_error(error, &parsed)));
        }
        certificate.verify_is_valid_for_subject_name(name).map_err(|error| certificate_error(error, &parsed))
    }

    /// The rules about a whole path that webpki leaves to us.
    fn check_path(
        &self,
        path: &VerifiedPath<'_>,
        now: rustls_pki_types::UnixTime,
    ) -> Result<(), NodeRefusal> {
        let mut count = 0;
        for intermediate in path.intermediate_certificates() {
            count += 1;
            let der = intermediate.der();
            // webpki does not look at keyUsage (RFC 5280 §4.2.1.3).
            let may_sign = |it: &Parsed<'_>| it.extensions.key_usage.is_none_or(|usage| usage.key_cert_sign);
            match Parsed::read(&der) {
                Ok(parsed) if may_sign(&parsed) => {}
                Ok(parsed) => return Err(NodeRefusal::no_issuer(&display_name(&parsed))),
                Err(_) => return Err(NodeRefusal::no_issuer("an intermediate that cannot be read")),
            }
        }
        let now = domain::UnixTime(i64::try_from(now.as_secs()).unwrap_or(i64::MAX));
        // Of several roots with one name and key, one that vouches is enough.
        let mut refusal = None;
        for root in self.0.0.anchors().iter().filter(|root| root.trust == *path.anchor()) {
            match refusal_by_root(root, count, now) {
                None => return Ok(()),
                found => refusal = found,
            }
        }
        Err(refusal.unwrap_or_else(|| NodeRefusal::no_issuer("a root that nobody configured")))
    }
}

/// Why a root does not vouch for what stands below it, although its key has signed.
fn refusal_by_root(root: &Anchor, intermediates: usize, now: domain::UnixTime) -> Option<NodeRefusal> {
    let is_short = |limit| u32::try_from(intermediates).is_ok_and(|count| count <= limit);
    if !root.is_valid_at(now) {
        Some(NodeRefusal::root_outside_validity(&root.name, root.validity, now))
    } else if !root.is_for_servers {
        Some(NodeRefusal::root_not_for_servers(&root.name))
    } else if !root.path_length.is_none_or(is_short) {
        Some(NodeRefusal::chain_too_long(intermediates))
    } else {
        None
    }
}

/// webpki's verdict as rustls says it, which makes the alert that the node gets; or, where rustls has no word, as ours.
fn certificate_error(error: webpki::Error, leaf: &Parsed<'_>) -> CertificateError {
    use webpki::Error;

    match error {
        Error::CertExpired { time, not_after } => CertificateError::ExpiredContext { time, not_after },
        Error::CertNotValidYet { time, not_before } => {
            CertificateError::NotValidYetContext { time, not_before }
        }
        Error::CertNotValidForName(context) => CertificateError::NotValidForNameContext {
            expected: context.expected,
            presented: context.presented,
        },
        Error::InvalidSignatureForPublicKey
        | Error::SignatureAlgorithmMismatch
        | Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => CertificateError::BadSignature,
        Error::RequiredEkuNotFoundContext(_) | Error::EmptyEkuExtension => CertificateError::InvalidPurpose,
        Error::UnknownIssuer if leaf.is_self_issued() => NodeRefusal::self_signed(leaf).into(),
        Error::CaUsedAsEndEntity if leaf.is_self_issued() => NodeRefusal::self_signed(leaf).into(),
        Error::UnknownIssuer => NodeRefusal::unknown_issuer(&facts(leaf)).into(),
        other => NodeRefusal::other(&display_name(leaf), &other).into(),
    }
}

impl ServerCertVerifier for VouchedNode {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: rustls_pki_types::UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.verify(end_entity, intermediates, server_name, now)
            .map(|()| ServerCertVerified::assertion())
            .map_err(Error::InvalidCertificate)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        signature_algorithms().supported_schemes()
    }
}
