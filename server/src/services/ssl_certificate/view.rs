//! What the store keeps, as it is shown.

use domain::{
    CertificateType, Chain, Fault, FieldWarning, Health, PeerVerification, PeerVerificationMode, Secret,
    SslCertificate, UnixTime,
};
use store::StoredSslCertificate;
use tls::TrustAnchors;

use super::super::ca_certificate;

/// A stored SSL certificate with the facts of its certificates, and with what is wrong with it now.
pub(super) fn view(stored: StoredSslCertificate, now: UnixTime) -> SslCertificate {
    let mut health = health(&stored, now);
    let (chains, warnings) = facts(&stored, now);
    if chains.is_empty() && health == Health::Sound {
        health = Health::Broken(Fault::UnreadableKey);
    }
    let verification = stored.peer_verification;
    SslCertificate {
        id: stored.id,
        group: stored.group,
        certificate_type: stored.certificate_type,
        status: stored.status,
        snis: stored.snis,
        chains,
        peer_verification: PeerVerification {
            mode: verification.mode,
            ca_certificates: verification.ca_certificates.into_iter().map(ca_certificate::view).collect(),
            depth: verification.depth,
        },
        health,
        warnings,
        created_at: stored.created_at,
        updated_at: stored.updated_at,
        revision: stored.revision,
    }
}

fn facts(stored: &StoredSslCertificate, now: UnixTime) -> (Vec<Chain>, Vec<FieldWarning>) {
    let no_key = Secret::default();
    let mut chains = Vec::new();
    let mut warnings = Vec::new();
    for pair in &stored.pairs {
        let upload = tls::Upload {
            certificate_type: stored.certificate_type,
            certificate: pair.certificate_pem.as_bytes(),
            private_key: &no_key,
            ca_certificate: &[],
        };
        let inspection = tls::inspect(upload, now);
        chains.extend(inspection.chains);
        warnings.extend(inspection.warnings);
    }
    (chains, warnings)
}

/// What keeps the gateway from serving it, as far as certificates say; keys are looked at when it is published.
fn health(stored: &StoredSslCertificate, now: UnixTime) -> Health {
    if stored.problem.is_some() {
        return Health::Broken(Fault::UnreadableKey);
    }
    let required = stored.peer_verification.mode == PeerVerificationMode::Required;
    if stored.certificate_type == CertificateType::Client || !required {
        return Health::Sound;
    }
    let cas = &stored.peer_verification.ca_certificates;
    if cas.is_empty() {
        return Health::Broken(Fault::CaMissing);
    }
    // Rotation keeps an expired CA beside its successor: only when none is usable is nobody let in.
    let mut faults = Vec::new();
    for ca in cas {
        match TrustAnchors::read(ca.pem.as_bytes(), now) {
            Ok(_) => return Health::Sound,
            Err(errors) => faults.extend(errors.into_iter().map(|error| error.fault)),
        }
    }
    faults.into_iter().next().map_or(Health::Sound, Health::Broken)
}
