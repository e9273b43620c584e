//! Checks what was uploaded, and makes of it what the store keeps. Pure: the group's CAs that matter are passed in.

use app::backend::{CaChoice, CertificateUpload, NewPeerVerification, SniChoice, SslCertificateChange};
use domain::{
    CertificateType, Fault, Field, FieldError, Inspection, Limit, PeerVerificationMode, Sni, UnixTime,
};
use store::{
    CaSource, NewCaCertificate, NewSslCertificate, SslCertificatePatch, StoredCaCertificate, StoredPair,
    StoredSslCertificate,
};
use tls::{Identity, KeyPair, RevocationLists, TrustAnchors};

use super::{Errors, rules};

/// How many SNIs one SSL certificate may have.
const SNI_LIMIT: usize = 256;

/// What an upload is, for the form that is still open.
pub(super) fn inspect(new: &app::backend::NewSslCertificate, now: UnixTime) -> Inspection {
    let ca_certificate: &[u8] = match &new.peer_verification.ca {
        CaChoice::Upload(bytes) => bytes,
        CaChoice::Unchanged | CaChoice::Existing(_) => &[],
    };
    let upload = tls::Upload {
        certificate_type: new.certificate_type,
        certificate: &new.upload.certificate,
        private_key: &new.upload.private_key,
        ca_certificate,
    };
    tls::inspect(upload, now)
}

/// Checks a new SSL certificate.
///
/// # Errors
/// Every reason why it cannot be saved.
pub(super) fn check_new(
    new: &app::backend::NewSslCertificate,
    known: &[StoredCaCertificate],
    now: UnixTime,
) -> Result<NewSslCertificate, Vec<FieldError>> {
    let mut errors = Errors::default();
    let identity = errors.take(identity(&new.upload, new.certificate_type, now));
    let snis = match &identity {
        Some(identity) => errors.take(snis(&new.snis, identity, new.certificate_type)),
        None => None,
    };
    let ca = errors.take(match new.certificate_type {
        CertificateType::Server => ca_source(&new.peer_verification, false, known, now),
        CertificateType::Client => no_peer_verification(&new.peer_verification),
    });
    errors.0.extend(rules::faults(&new.peer_verification, new.certificate_type));
    if let CaChoice::Upload(bytes) = &new.peer_verification.ca {
        tls::name_owner(&mut errors.0, &new.upload.private_key, bytes);
    }
    match (identity, snis, ca) {
        (Some(identity), Some(snis), Some(ca)) if errors.0.is_empty() => Ok(NewSslCertificate {
            certificate_type: new.certificate_type,
            snis,
            pairs: identity.pairs.iter().map(stored_pair).collect(),
            peer_verification: new.peer_verification.mode,
            ca,
            depth: new.peer_verification.depth,
            exempt_paths: new.peer_verification.exempt_paths.clone(),
            allow_list: new.peer_verification.allow_list.clone(),
            advertises_ca_names: !new.peer_verification.hides_ca_names,
            replace: new.replace,
        }),
        _ => Err(errors.0),
    }
}

/// Checks a change against what is stored.
///
/// # Errors
/// Every reason why it cannot be saved.
pub(super) fn check_change(
    stored: &StoredSslCertificate,
    change: &SslCertificateChange,
    known: &[StoredCaCertificate],
    now: UnixTime,
) -> Result<SslCertificatePatch, Vec<FieldError>> {
    let mut errors = Errors::default();
    let certificate_type = stored.certificate_type;
    let mut patch = SslCertificatePatch {
        status: change.status,
        replace: change.replace,
        ..SslCertificatePatch::default()
    };
    let uploaded = change.upload.as_ref().map(|upload| errors.take(identity(upload, certificate_type, now)));
    match (&change.snis, &uploaded) {
        (None, _) | (Some(SniChoice::FromCertificate), Some(None)) => {}
        (Some(choice), Some(Some(identity))) => {
            patch.snis = errors.take(snis(choice, identity, certificate_type))
        }
        (Some(SniChoice::These(these)), _) => patch.snis = errors.take(given_snis(these, certificate_type)),
        (Some(SniChoice::FromCertificate), None) => {
            patch.snis = errors.take(stored_identity(stored).and_then(|all| named(all, certificate_type)));
        }
    }
    if let Some(Some(identity)) = uploaded {
        patch.pairs = Some(identity.pairs.iter().map(stored_pair).collect());
    }
    if let Some(wanted) = &change.peer_verification {
        let has_ca = !stored.peer_verification.ca_certificates.is_empty();
        let ca = errors.take(match certificate_type {
            CertificateType::Server => ca_source(wanted, has_ca, known, now),
            CertificateType::Client => no_peer_verification(wanted),
        });
        patch.ca = ca.flatten();
        if patch.ca.is_none() && wanted.mode.asks() {
            errors.take(one_usable(&stored.peer_verification.ca_certificates, now));
        }
        errors.0.extend(rules::faults(wanted, certificate_type));
        patch.peer_verification = Some(wanted.mode);
        patch.depth = Some(wanted.depth);
        patch.exempt_paths = Some(wanted.exempt_paths.clone());
        patch.allow_list = Some(wanted.allow_list.clone());
        patch.advertises_ca_names = Some(!wanted.hides_ca_names);
    }
    if errors.0.is_empty() { Ok(patch) } else { Err(errors.0) }
}

fn identity(
    upload: &CertificateUpload,
    certificate_type: CertificateType,
    now: UnixTime,
) -> Result<Identity, Vec<FieldError>> {
    Identity::read(&upload.certificate, &upload.private_key, certificate_type, now)
}

fn stored_pair(pair: &KeyPair) -> StoredPair {
    let leaf = pair.facts().first();
    StoredPair {
        certificate_pem: pair.certificate_pem().to_owned(),
        private_key_pem: pair.private_key_pem().clone(),
        subject: leaf.map(|leaf| leaf.subject.clone()).unwrap_or_default(),
        issuer: leaf.map(|leaf| leaf.issuer.clone()).unwrap_or_default(),
        not_after: leaf.map_or(UnixTime(0), |leaf| leaf.not_after),
    }
}

fn snis(
    choice: &SniChoice,
    identity: &Identity,
    certificate_type: CertificateType,
) -> Result<Vec<Sni>, Vec<FieldError>> {
    match choice {
        SniChoice::These(these) => given_snis(these, certificate_type),
        SniChoice::FromCertificate => named(identity.snis.clone(), certificate_type),
    }
}

fn given_snis(these: &[Sni], certificate_type: CertificateType) -> Result<Vec<Sni>, Vec<FieldError>> {
    match certificate_type {
        CertificateType::Client if !these.is_empty() => {
            Err(vec![FieldError::new(Field::Snis, Fault::NotForClientType)])
        }
        _ => named(these.to_vec(), certificate_type),
    }
}

fn named(mut snis: Vec<Sni>, certificate_type: CertificateType) -> Result<Vec<Sni>, Vec<FieldError>> {
    if certificate_type == CertificateType::Client {
        return Ok(Vec::new());
    }
    let mut seen = std::collections::HashSet::new();
    snis.retain(|sni| seen.insert(sni.clone()));
    if snis.is_empty() {
        return Err(vec![FieldError::new(Field::Snis, Fault::NoSni)]);
    }
    if snis.len() > SNI_LIMIT {
        return Err(vec![FieldError::new(Field::Snis, Fault::TooLarge(Limit::Entries(SNI_LIMIT as u64)))]);
    }
    Ok(snis)
}

/// The SNIs that the stored certificate names.
fn stored_identity(stored: &StoredSslCertificate) -> Result<Vec<Sni>, Vec<FieldError>> {
    let mut snis = Vec::new();
    for pair in &stored.pairs {
        let upload = tls::Upload {
            certificate_type: stored.certificate_type,
            certificate: pair.certificate_pem.as_bytes(),
            private_key: &pair.private_key_pem,
            ca_certificate: &[],
        };
        // No time matters to the names that a certificate carries.
        snis.extend(tls::inspect(upload, UnixTime(0)).snis);
    }
    Ok(snis)
}

/// Where the CAs come from; `None`: none, or those there are (`has_ca`). `known`: those picked, or for an upload all of the
/// group.
fn ca_source(
    wanted: &NewPeerVerification,
    has_ca: bool,
    known: &[StoredCaCertificate],
    now: UnixTime,
) -> Result<Option<CaSource>, Vec<FieldError>> {
    let missing = || Err(vec![FieldError::new(Field::CaCertificate, Fault::CaMissing)]);
    match &wanted.ca {
        CaChoice::Unchanged if wanted.mode.asks() && !has_ca => missing(),
        CaChoice::Unchanged => Ok(None),
        CaChoice::Upload(bytes) => {
            let anchors = TrustAnchors::read(bytes, now)?;
            new_ca(&anchors, known)
                .map(|new| Some(CaSource::Upload(new)))
                .map_err(|fault| vec![FieldError::new(Field::CaCertificate, fault)])
        }
        CaChoice::Existing(ids) if ids.is_empty() => missing(),
        CaChoice::Existing(ids) => {
            if let Some(id) = ids.iter().find(|id| known.iter().all(|ca| ca.id != **id)) {
                return Err(vec![FieldError::new(Field::CaCertificate, Fault::CaUnknown { id: id.clone() })]);
            }
            usable(known, now)?;
            Ok(Some(CaSource::Existing(ids.clone())))
        }
    }
}

/// The bundle with what the group's CAs (`known`) revoke of its anchors: to upload a CA once more must let nobody in again.
fn new_ca(anchors: &TrustAnchors, known: &[StoredCaCertificate]) -> Result<NewCaCertificate, Fault> {
    let lists = known.iter().map(|ca| (&*ca.revocation_lists, ca.stale_revocation_lists));
    let (lists, stale_revocation_lists) = RevocationLists::inherit(lists, anchors)?;
    Ok(NewCaCertificate {
        pem: anchors.pem().to_owned(),
        revocation_lists: lists.der(),
        stale_revocation_lists,
    })
}

/// Whether stored CAs may (still) decide who is let in: the rules of an upload hold for a pick too.
fn usable(cas: &[StoredCaCertificate], now: UnixTime) -> Result<(), Vec<FieldError>> {
    cas.iter().try_for_each(|ca| TrustAnchors::read(ca.pem.as_bytes(), now).map(|_| ()))
}

/// Whether one of the CAs that a policy has may still decide: rotation keeps an expired one beside its successor.
fn one_usable(cas: &[StoredCaCertificate], now: UnixTime) -> Result<(), Vec<FieldError>> {
    let mut errors = Vec::new();
    for ca in cas {
        match TrustAnchors::read(ca.pem.as_bytes(), now) {
            Ok(_) => return Ok(()),
            Err(found) => errors.extend(found),
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

fn no_peer_verification(wanted: &NewPeerVerification) -> Result<Option<CaSource>, Vec<FieldError>> {
    let mut errors = Errors::default();
    if wanted.mode != PeerVerificationMode::Off {
        errors.push(Field::PeerVerification, Fault::NotForClientType);
    }
    if !matches!(wanted.ca, CaChoice::Unchanged) {
        errors.push(Field::CaCertificate, Fault::NotForClientType);
    }
    if errors.0.is_empty() { Ok(None) } else { Err(errors.0) }
}
