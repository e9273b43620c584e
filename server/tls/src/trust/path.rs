//! Path building for X.509 v3 client certificates: webpki's (RFC 5280 §6.1), with the checks that it leaves out.

use std::cell::RefCell;
use std::time::Duration;

use domain::{Depth, ReasonCode, UnixTime};
use rustls_pki_types::CertificateDer;
use webpki::{EndEntityCert, KeyUsage, VerifiedPath};

use super::Refusal;
use super::anchor::{Anchor, AnchorSet};
use crate::facts::display_name;
use crate::provider::signature_algorithms;
use crate::x509::Parsed;

/// The most certificates that are looked at beside the leaf: as many intermediates as `depth` can ask for, and the root.
const MOST_PRESENTED: usize = Depth::MOST as usize + 1;
/// The most presented certificates of one name. CAs that were renewed or cross-signed need two or three. Without this
/// bound a client could make path building try hundreds of thousands of orders, before any signature is checked.
const MOST_OF_ONE_NAME: usize = 3;

/// What a client presented, ready for path building.
pub(super) struct Candidates<'a> {
    leaf: &'a CertificateDer<'a>,
    parsed: &'a Parsed<'a>,
    intermediates: Vec<CertificateDer<'a>>,
}

impl<'a> Candidates<'a> {
    /// Leaves out what can be no intermediate: certificates that are not version 3 or cannot be read.
    ///
    /// # Errors
    /// More certificates than any honest client has.
    pub(super) fn new(
        leaf: &'a CertificateDer<'a>,
        parsed: &'a Parsed<'a>,
        presented: &'a [CertificateDer<'a>],
    ) -> Result<Self, Refusal> {
        if presented.len() > MOST_PRESENTED {
            let detail = format!("the client presented {} certificates", presented.len() + 1);
            return Err(Refusal::new(ReasonCode::ChainTooDeep, detail));
        }
        let readable: Vec<EndEntityCert<'_>> =
            presented.iter().filter_map(|certificate| EndEntityCert::try_from(certificate).ok()).collect();
        for certificate in &readable {
            if readable.iter().filter(|other| other.subject() == certificate.subject()).count()
                > MOST_OF_ONE_NAME
            {
                let detail =
                    format!("the client presented more than {MOST_OF_ONE_NAME} certificates of one name");
                return Err(Refusal::new(ReasonCode::ChainTooDeep, detail));
            }
        }
        let intermediates = readable.iter().map(|certificate| certificate.der()).collect();
        Ok(Self { leaf, parsed, intermediates })
    }

    /// The refusal that names an intermediate for its key: nothing that such a key signed is ever verified.
    fn weak_key(&self) -> Option<Refusal> {
        let mut readable = self.intermediates.iter().filter_map(|der| Parsed::read(der).ok());
        readable.find_map(|intermediate| Refusal::weak_key(&intermediate))
    }
}

/// Why the policy's lists refuse a path: the certificates from the leaf upwards, and the anchor that it ends in.
pub(super) type Listed<'a> = dyn Fn(&[&Parsed<'_>], &Anchor) -> Option<Refusal> + 'a;

/// Whether a path that is not `listed` leads from the leaf to one of `anchors`, whose own validity is not looked at here.
pub(super) fn verify(
    candidates: &Candidates<'_>,
    anchors: &AnchorSet,
    depth: Depth,
    now: UnixTime,
    listed: &Listed<'_>,
) -> Result<(), Refusal> {
    let leaf =
        EndEntityCert::try_from(candidates.leaf).map_err(|error| refusal_of(&error, candidates, now))?;
    let seconds = u64::try_from(now.0).unwrap_or(0);
    // A path that is good but for our own rules says more than what webpki found on other ways.
    let refused_path: RefCell<Option<Refusal>> = RefCell::new(None);
    let check = |path: &VerifiedPath<'_>| {
        let refusal = match whole_path(path, candidates.parsed, anchors.anchors(), depth, listed) {
            Ok(()) => return Ok(()),
            Err(refusal) => refusal,
        };
        let mut worst = refused_path.borrow_mut();
        if worst.as_ref().is_none_or(|known| known.weight() <= refusal.weight()) {
            worst.replace(refusal);
        }
        Err(webpki::Error::UnknownIssuer)
    };
    let result = leaf.verify_for_usage(
        signature_algorithms().all,
        anchors.trust(),
        &candidates.intermediates,
        rustls_pki_types::UnixTime::since_unix_epoch(Duration::from_secs(seconds)),
        KeyUsage::client_auth(),
        None,
        Some(&check),
    );
    match result {
        Ok(_) => Ok(()),
        Err(error) => Err(refused_path.take().unwrap_or_else(|| refusal_of(&error, candidates, now))),
    }
}

/// The rules that webpki leaves to us: `depth`, what the anchor's own extensions say, keyUsage of intermediates, and then
/// the lists.
fn whole_path(
    path: &VerifiedPath<'_>,
    leaf: &Parsed<'_>,
    anchors: &[Anchor],
    depth: Depth,
    listed: &Listed<'_>,
) -> Result<(), Refusal> {
    let intermediates: Vec<CertificateDer<'_>> =
        path.intermediate_certificates().map(|intermediate| intermediate.der()).collect();
    let anchors: Vec<&Anchor> = anchors.iter().filter(|anchor| anchor.trust == *path.anchor()).collect();
    let anchor = check_lengths(intermediates.len(), &anchors, depth)?;
    let intermediates: Vec<Parsed<'_>> =
        intermediates.iter().map(|der| intermediate(der)).collect::<Result<_, _>>()?;
    let certificates: Vec<&Parsed<'_>> = std::iter::once(leaf).chain(&intermediates).collect();
    listed(&certificates, anchor).map_or(Ok(()), Err)
}

/// Checks a number of intermediates, and gives the anchor that vouches: of several with one name and key, the one that
/// allows most counts.
fn check_lengths<'a>(count: usize, anchors: &[&'a Anchor], depth: Depth) -> Result<&'a Anchor, Refusal> {
    let too_deep = |detail| Err(Refusal::new(ReasonCode::ChainTooDeep, detail));
    if count > depth.intermediates() {
        return too_deep(format!(
            "{count} intermediates stand between the certificate and its CA; this policy allows {}",
            depth.intermediates()
        ));
    }
    let allows = |anchor: &&&Anchor| {
        anchor.path_length.is_none_or(|limit| u32::try_from(count).is_ok_and(|it| it <= limit))
    };
    let Some(first) = anchors.iter().find(allows) else {
        return too_deep(format!(
            "{count} intermediates stand below the CA, more than its path length allows"
        ));
    };
    let mut allowing = anchors.iter().filter(allows);
    allowing
        .find(|anchor| anchor.is_for_clients)
        .copied()
        .ok_or_else(|| Refusal::ca_not_for_clients(&first.name))
}

/// An intermediate that was read; a keyUsage that is there must let it issue certificates.
fn intermediate<'a>(der: &'a CertificateDer<'_>) -> Result<Parsed<'a>, Refusal> {
    let parsed = Parsed::read(der).map_err(|reason| {
        let detail = format!("an intermediate cannot be read: {reason}");
        Refusal::new(ReasonCode::IssuerUnknown, detail)
    })?;
    if parsed.extensions.key_usage.is_some_and(|usage| !usage.key_cert_sign) {
        let detail = format!("the intermediate {} has a keyUsage without keyCertSign", display_name(&parsed));
        return Err(Refusal::new(ReasonCode::PurposeInvalid, detail));
    }
    Ok(parsed)
}

/// webpki's verdict in words.
fn refusal_of(error: &webpki::Error, candidates: &Candidates<'_>, now: UnixTime) -> Refusal {
    use webpki::Error;

    let leaf = candidates.parsed;
    let name = || display_name(leaf);
    match error {
        Error::CertExpired { .. } | Error::CertNotValidYet { .. } | Error::InvalidCertValidity => {
            outside_validity(candidates, now)
        }
        Error::UnknownIssuer => Refusal::issuer_unknown(leaf),
        // A key of another kind than the signature cannot have made it either.
        Error::InvalidSignatureForPublicKey
        | Error::SignatureAlgorithmMismatch
        | Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => {
            candidates.weak_key().unwrap_or_else(|| Refusal::not_signed_by_its_issuer(leaf))
        }
        Error::UnsupportedSignatureAlgorithmContext(_) => Refusal::weak_signature(leaf),
        Error::RequiredEkuNotFoundContext(_) | Error::EmptyEkuExtension => Refusal::new(
            ReasonCode::PurposeInvalid,
            format!("{} or its chain has an extended key usage without clientAuth", name()),
        ),
        Error::CaUsedAsEndEntity => Refusal::new(
            ReasonCode::PurposeInvalid,
            format!("{} is a CA certificate, not a client's", name()),
        ),
        Error::EndEntityUsedAsCa => Refusal::new(
            ReasonCode::PurposeInvalid,
            format!("{} was issued by a certificate that is no CA", name()),
        ),
        Error::UnsupportedCriticalExtension => Refusal::new(
            ReasonCode::PurposeInvalid,
            format!("{} or its chain has a critical extension that is not known", name()),
        ),
        // A name that cannot be compared with what the CA may issue for is none that it may.
        Error::NameConstraintViolation | Error::MalformedDnsIdentifier => Refusal::new(
            ReasonCode::SanNotAllowed,
            format!("{} has a name that its CA may not issue for", name()),
        ),
        Error::PathLenConstraintViolated
        | Error::MaximumPathDepthExceeded
        | Error::MaximumPathBuildCallsExceeded
        | Error::MaximumSignatureChecksExceeded
        | Error::MaximumNameConstraintComparisonsExceeded => Refusal::new(
            ReasonCode::ChainTooDeep,
            format!("the chain of {} is longer or more branched than its CAs allow", name()),
        ),
        other => Refusal::new(
            ReasonCode::IssuerUnknown,
            format!("the chain of {} cannot be read: {other}", name()),
        ),
    }
}

/// Names the certificate of the chain that is outside of its validity, the leaf before the others.
fn outside_validity(candidates: &Candidates<'_>, now: UnixTime) -> Refusal {
    Refusal::outside_validity(candidates.parsed, now)
        .or_else(|| {
            candidates
                .intermediates
                .iter()
                .filter_map(|certificate| Parsed::read(certificate).ok())
                .find_map(|certificate| Refusal::outside_validity(&certificate, now))
        })
        .unwrap_or_else(|| {
            let detail = format!("the validity of {} ends before it begins", display_name(candidates.parsed));
            Refusal::new(ReasonCode::Expired, detail)
        })
}
