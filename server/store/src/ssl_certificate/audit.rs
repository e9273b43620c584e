//! What the audit log says of a certificate.

use serde_json::{Value, json};

use super::snis::Loss;
use super::{SslCertificatePatch, StoredSslCertificate};
use crate::column::Word;

/// The facts of a certificate: enough to tell what it was, nothing that is secret.
pub(super) fn facts(certificate: &StoredSslCertificate) -> Value {
    let policy = &certificate.peer_verification;
    json!({
        "type": certificate.certificate_type.word(),
        "status": certificate.status.word(),
        "snis": certificate.snis,
        "subjects": certificate.pairs.iter().map(|pair| &pair.subject).collect::<Vec<_>>(),
        "peer_verification": policy.mode.word(),
        "ca_certificates": policy.ca_certificates.iter().map(|ca| &ca.id).collect::<Vec<_>>(),
        "depth": policy.depth,
        "exempt_paths": policy.exempt_paths,
        "allow_list": policy.allow_list,
        "advertises_ca_names": policy.advertises_ca_names,
    })
}

/// What a write changed, beside the facts as they are now.
pub(super) fn detail(certificate: &StoredSslCertificate, changed: &[&str], losses: &[Loss]) -> Value {
    let mut detail = facts(certificate);
    if !changed.is_empty() {
        detail["changed"] = json!(changed);
    }
    if !losses.is_empty() {
        let taken = |loss: &Loss| json!({ "from": loss.from, "snis": loss.snis, "disabled": loss.disabled });
        detail["taken_over"] = losses.iter().map(taken).collect();
    }
    detail
}

/// The names of what a patch changes.
pub(super) fn changed(patch: &SslCertificatePatch) -> Vec<&'static str> {
    [
        ("status", patch.status.is_some()),
        ("certificate", patch.pairs.is_some()),
        ("snis", patch.snis.is_some()),
        ("peer_verification", patch.peer_verification.is_some()),
        ("ca_certificates", patch.ca.is_some()),
        ("depth", patch.depth.is_some()),
        ("exempt_paths", patch.exempt_paths.is_some()),
        ("allow_list", patch.allow_list.is_some()),
        ("advertises_ca_names", patch.advertises_ca_names.is_some()),
    ]
    .into_iter()
    .filter_map(|(name, is_changed)| is_changed.then_some(name))
    .collect()
}
