use std::collections::HashMap;

use domain::{
    Field, FieldWarning, GatewayGroupId, Noun, PeerVerificationMode, Problem, Sni, SslCertificateId, Warning,
};
use store::Store;

use super::super::problem::store_problem;

/// What deleting an SSL certificate would open: the hosts that a wider certificate would serve from then on, and ask less
/// of their clients. A disabled certificate counts like an enabled one: as long as it is there it guards its names.
///
/// # Errors
/// It is not there; the store failed.
pub(super) async fn consequences(
    store: &Store,
    group: &GatewayGroupId,
    id: &SslCertificateId,
) -> Result<Vec<FieldWarning>, Problem> {
    let stored = store.ssl_certificate(group, id).await.map_err(store_problem)?;
    let stored = stored.ok_or(Problem::NotFound(Noun::SslCertificate))?;
    let others = store.overlapping_snis(group, &stored.snis, Some(id)).await.map_err(store_problem)?;
    let mode = stored.peer_verification.mode;
    let mut modes: HashMap<SslCertificateId, PeerVerificationMode> = HashMap::new();
    let mut warnings = Vec::new();
    for sni in &stored.snis {
        let Some(heir) = heir(sni, &others) else { continue };
        let theirs = match modes.get(heir) {
            Some(known) => *known,
            None => {
                let Some(other) = store.ssl_certificate(group, heir).await.map_err(store_problem)? else {
                    continue;
                };
                modes.insert(heir.clone(), other.peer_verification.mode);
                other.peer_verification.mode
            }
        };
        if strictness(theirs) < strictness(mode) {
            let warning = Warning::WiderPolicyTakesOver { sni: sni.clone(), by: heir.clone() };
            warnings.push(FieldWarning::new(Field::Snis, warning));
        }
    }
    Ok(warnings)
}

/// Whose hosts those of `sni` would become: the next wider pattern's. None if somebody else has the very same name, whose
/// they are already.
fn heir<'a>(sni: &Sni, others: &'a [(Sni, SslCertificateId)]) -> Option<&'a SslCertificateId> {
    let holder = |wanted: &Sni| others.iter().find(|(theirs, _)| theirs == wanted).map(|(_, by)| by);
    if holder(sni).is_some() {
        return None;
    }
    let covering = |(theirs, _): &&(Sni, SslCertificateId)| match (theirs, sni) {
        (Sni::Wildcard(_), Sni::Exact(host)) => theirs.covers(host),
        _ => false,
    };
    let one_label = others.iter().find(covering).map(|(_, by)| by);
    one_label.or_else(|| holder(&Sni::Any))
}

/// How much a mode asks of clients.
fn strictness(mode: PeerVerificationMode) -> u8 {
    match mode {
        PeerVerificationMode::Required => 2,
        PeerVerificationMode::Optional => 1,
        PeerVerificationMode::ReportOnly | PeerVerificationMode::Off => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_wider_pattern_inherits() {
        let others: Vec<(Sni, SslCertificateId)> =
            [("*", "any"), ("*.a.com", "wildcard"), ("same.a.com", "same"), ("x.other.com", "other")]
                .map(|(sni, id)| (sni.parse().expect("an SNI"), id.parse().expect("an id")))
                .to_vec();
        for (sni, expected) in [
            ("x.a.com", Some("wildcard")),
            ("*.b.com", Some("any")),
            ("a.com", Some("any")),
            ("y.x.a.com", Some("any")),
            ("same.a.com", None),
            ("*.a.com", None),
        ] {
            let found = heir(&sni.parse().expect("an SNI"), &others);
            assert_eq!(found.map(SslCertificateId::as_str), expected, "{sni}");
        }
        assert_eq!(heir(&"x.a.com".parse().expect("an SNI"), &[]), None);
    }

    #[test]
    fn modes_are_ordered_by_what_they_ask() {
        use PeerVerificationMode::{Off, Optional, ReportOnly, Required};
        assert!(strictness(Required) > strictness(Optional));
        assert!(strictness(Optional) > strictness(ReportOnly));
        assert_eq!(strictness(ReportOnly), strictness(Off));
    }
}
