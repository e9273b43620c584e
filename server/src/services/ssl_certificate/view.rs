//! What the store keeps, as it is shown.

use std::sync::Arc;

use domain::{
    CaCertificate, CertificateType, Chain, Fault, FieldWarning, Health, PeerVerification, Secret,
    SslCertificate, UnixTime,
};
use store::{StoredCaCertificate, StoredSslCertificate};

use super::super::ca_certificate;
use super::health;
use crate::publish::Publisher;

/// A stored SSL certificate with the facts of its certificates, and with what is wrong with it now.
pub(super) fn view(stored: StoredSslCertificate, publisher: &Publisher, now: UnixTime) -> SslCertificate {
    let (chains, mut warnings) = facts(&stored, now);
    let verification = stored.peer_verification;
    let peer_verification = PeerVerification {
        mode: verification.mode,
        ca_certificates: verification
            .ca_certificates
            .into_iter()
            .map(|ca| with_lists(ca, publisher))
            .collect(),
        depth: verification.depth,
        exempt_paths: verification.exempt_paths,
        allow_list: verification.allow_list,
        advertises_ca_names: verification.advertises_ca_names,
    };
    let (policy_health, policy_warnings) = match stored.certificate_type {
        CertificateType::Server => health::judge(&peer_verification, now),
        CertificateType::Client => (Health::Sound, Vec::new()),
    };
    warnings.extend(policy_warnings);
    let health = if stored.problem.is_some() || chains.is_empty() {
        Health::Broken(Fault::UnreadableKey)
    } else {
        publisher.broken(&stored.group, &stored.id).map_or(policy_health, Health::Broken)
    };
    SslCertificate {
        id: stored.id,
        group: stored.group,
        certificate_type: stored.certificate_type,
        status: stored.status,
        snis: stored.snis,
        chains,
        peer_verification,
        health,
        warnings,
        created_at: stored.created_at,
        updated_at: stored.updated_at,
        revision: stored.revision,
    }
}

/// A CA with the facts of its revocation lists: lists of SSL certificates are read without the revocation lists, whose
/// facts the policies in force know.
fn with_lists(stored: StoredCaCertificate, publisher: &Publisher) -> CaCertificate {
    let known = stored
        .revocation_lists
        .is_empty()
        .then(|| publisher.revocation_lists(&stored.group, &stored.id))
        .flatten();
    let shown = ca_certificate::view(stored);
    match known {
        Some(lists) => CaCertificate { revocation_lists: Arc::as_ref(&lists).to_vec(), ..shown },
        None => shown,
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
