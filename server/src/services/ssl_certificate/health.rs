use domain::{
    CaCertificate, Certificate, Fault, Field, FieldWarning, Health, PeerVerification, PeerVerificationMode,
    RevocationList, StaleRevocationLists, UnixTime, Warning,
};

/// Whether a policy still lets anybody in, and what of it does not work any more.
///
/// The gateway refuses the clients of an expired CA and of a blocked list by itself; this is so that somebody hears of it.
pub(super) fn judge(policy: &PeerVerification, now: UnixTime) -> (Health, Vec<FieldWarning>) {
    if !policy.mode.asks() {
        return (Health::Sound, Vec::new());
    }
    if policy.ca_certificates.is_empty() {
        return (Health::Broken(Fault::CaMissing), Vec::new());
    }
    let mut warnings = Vec::new();
    let mut first_fault = None;
    let mut lets_somebody_in = false;
    for ca in &policy.ca_certificates {
        for anchor in &ca.certificates {
            match fault_of(ca, anchor, now) {
                Some(fault) => first_fault = first_fault.or(Some(fault)),
                None => lets_somebody_in = true,
            }
            warnings.extend(expiry_warning(anchor, now));
        }
        warnings.extend(ca.revocation_lists.iter().filter_map(|list| stale_warning(list, now)));
    }
    match first_fault {
        // Mode report only refuses nobody, so nothing is broken for anybody.
        Some(fault) if !lets_somebody_in && policy.mode != PeerVerificationMode::ReportOnly => {
            (Health::Broken(fault), Vec::new())
        }
        _ => (Health::Sound, warnings),
    }
}

/// Why an anchor lets nobody in now; `None` if it does.
fn fault_of(ca: &CaCertificate, anchor: &Certificate, now: UnixTime) -> Option<Fault> {
    let subject = anchor.display_name();
    if anchor.not_after < now {
        return Some(Fault::CaExpired { subject, not_after: anchor.not_after });
    }
    if now < anchor.not_before {
        return Some(Fault::CaNotYetValid { subject, not_before: anchor.not_before });
    }
    if ca.stale_revocation_lists == StaleRevocationLists::Warn {
        return None;
    }
    let own = ca.revocation_lists.iter().find(|list| list.issuer == anchor.subject)?;
    let next_update = own.next_update.filter(|_| own.is_stale(now))?;
    Some(Fault::RevocationListStale { issuer: own.issuer.clone(), next_update })
}

fn expiry_warning(anchor: &Certificate, now: UnixTime) -> Option<FieldWarning> {
    let warning = Warning::CaExpired { subject: anchor.display_name(), not_after: anchor.not_after };
    (anchor.not_after < now).then(|| FieldWarning::new(Field::CaCertificate, warning))
}

fn stale_warning(list: &RevocationList, now: UnixTime) -> Option<FieldWarning> {
    let next_update = list.next_update.filter(|_| list.is_stale(now))?;
    let warning = Warning::RevocationListStale { issuer: list.issuer.clone(), next_update };
    Some(FieldWarning::new(Field::RevocationLists, warning))
}

#[cfg(test)]
mod tests {
    use domain::{Depth, Fingerprint, KeyAlgorithm, PublicKey, X509Version};

    use super::*;

    const NOW: UnixTime = UnixTime(1_000);

    fn anchor(name: &str, not_after: i64) -> Certificate {
        Certificate {
            subject: format!("CN={name}"),
            common_name: Some(name.to_owned()),
            issuer: format!("CN={name}"),
            issuer_common_name: Some(name.to_owned()),
            serial: "01".to_owned(),
            version: X509Version::V3,
            not_before: UnixTime(0),
            not_after: UnixTime(not_after),
            dns_names: Vec::new(),
            other_names: Vec::new(),
            public_key: PublicKey { algorithm: KeyAlgorithm::EcP256, bits: 256 },
            signature_algorithm: String::new(),
            fingerprint: Fingerprint([0; 32]),
            public_key_fingerprint: Fingerprint([0; 32]),
            self_issued: true,
            is_ca: true,
        }
    }

    fn list(name: &str, next_update: i64) -> RevocationList {
        RevocationList {
            issuer: format!("CN={name}"),
            this_update: UnixTime(0),
            next_update: Some(UnixTime(next_update)),
            number: None,
            entries: 0,
        }
    }

    fn policy(
        mode: PeerVerificationMode,
        anchors: &[(&str, i64)],
        lists: &[(&str, i64)],
        stale: StaleRevocationLists,
    ) -> PeerVerification {
        let ca = CaCertificate {
            id: "ca".parse().expect("an id"),
            group: "default".parse().expect("an id"),
            certificates: anchors.iter().map(|(name, not_after)| anchor(name, *not_after)).collect(),
            revocation_lists: lists.iter().map(|(name, next_update)| list(name, *next_update)).collect(),
            stale_revocation_lists: stale,
            created_at: UnixTime(0),
        };
        PeerVerification {
            mode,
            ca_certificates: vec![ca],
            depth: Depth::default(),
            exempt_paths: Vec::new(),
            allow_list: Vec::new(),
            advertises_ca_names: true,
        }
    }

    #[test]
    fn a_policy_that_lets_nobody_in_is_broken() {
        use PeerVerificationMode::{Optional, ReportOnly, Required};
        use StaleRevocationLists::{Block, Warn};
        for (mode, anchors, lists, stale, broken, warnings) in [
            (Required, &[("A", 2_000)][..], &[][..], Block, false, 0),
            (Required, &[("A", 1)], &[], Block, true, 0),
            (Optional, &[("A", 1)], &[], Block, true, 0),
            (ReportOnly, &[("A", 1)], &[], Block, false, 1),
            (Required, &[("A", 1), ("B", 2_000)], &[], Block, false, 1),
            (Required, &[("A", 2_000)], &[("A", 2_000)], Block, false, 0),
            (Required, &[("A", 2_000)], &[("A", 1)], Block, true, 0),
            (Required, &[("A", 2_000)], &[("A", 1)], Warn, false, 1),
            (Required, &[("A", 2_000), ("B", 2_000)], &[("A", 1)], Block, false, 1),
            (PeerVerificationMode::Off, &[("A", 1)], &[("A", 1)], Block, false, 0),
        ] {
            let (health, found) = judge(&policy(mode, anchors, lists, stale), NOW);
            let case = format!("{mode:?} {anchors:?} {lists:?} {stale:?}");
            assert_eq!(matches!(health, Health::Broken(_)), broken, "{case}");
            assert_eq!(found.len(), warnings, "{case}");
        }
    }
}
