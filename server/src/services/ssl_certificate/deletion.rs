//! What giving up hosts would open, by deleting an SSL certificate or by taking names away from it.

use std::collections::HashMap;

use domain::{
    Fault, Field, FieldError, FieldWarning, GatewayGroupId, Noun, Problem, Sni, SslCertificateId, Warning,
};
use store::{Store, StoredSslCertificate};

use super::super::problem::store_problem;
use super::strictness::{guards, may_ask_less};

/// The most hosts that a refusal tells of: it travels in an address where there is no JavaScript.
const MOST_TOLD: usize = 10;

/// What deleting an SSL certificate would open: the hosts that a wider certificate would serve from then on, and may ask
/// less of their clients. A disabled certificate counts like an enabled one: as long as it is there it guards its names.
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
    let opened = opened(store, &stored, &[]).await?;
    let warnings = opened.into_iter().map(|(sni, by)| Warning::WiderPolicyTakesOver { sni, by });
    Ok(warnings.map(|warning| FieldWarning::new(Field::Snis, warning)).collect())
}

/// Refuses to give up names of `stored`, of which only `kept` are to stay, if that opens hosts as deleting it would.
///
/// # Errors
/// [`Problem::Invalid`] with the first ten names that would be opened; the store failed.
pub(super) async fn refuse_to_open(
    store: &Store,
    stored: &StoredSslCertificate,
    kept: &[Sni],
) -> Result<(), Problem> {
    let opened = opened(store, stored, kept).await?;
    let faults = opened.into_iter().take(MOST_TOLD).map(|(sni, by)| Fault::OpensHost { sni, by });
    let errors: Vec<_> = faults.map(|fault| FieldError::new(Field::Snis, fault)).collect();
    if errors.is_empty() { Ok(()) } else { Err(Problem::Invalid(errors)) }
}

/// The names of `stored` that others would inherit if only `kept` stayed, where the heir may ask less, and who it is.
async fn opened(
    store: &Store,
    stored: &StoredSslCertificate,
    kept: &[Sni],
) -> Result<Vec<(Sni, SslCertificateId)>, Problem> {
    let lost: Vec<Sni> = stored.snis.iter().filter(|sni| !kept.contains(sni)).cloned().collect();
    if lost.is_empty() || !guards(&stored.peer_verification) {
        return Ok(Vec::new());
    }
    let others = store.overlapping_snis(&stored.group, &lost, Some(&stored.id)).await;
    let mut holders = others.map_err(store_problem)?;
    holders.extend(kept.iter().map(|sni| (sni.clone(), stored.id.clone())));
    let mut known: HashMap<SslCertificateId, bool> = HashMap::new();
    let mut opened = Vec::new();
    for sni in lost {
        let Some(heir) = heir(&sni, &holders).filter(|heir| **heir != stored.id) else { continue };
        let asks_less = match known.get(heir) {
            Some(asks_less) => *asks_less,
            None => {
                let other = store.ssl_certificate(&stored.group, heir).await.map_err(store_problem)?;
                let may_ask_less = |other: StoredSslCertificate| {
                    may_ask_less(&other.peer_verification, &stored.peer_verification)
                };
                let asks_less = other.is_some_and(may_ask_less);
                known.insert(heir.clone(), asks_less);
                asks_less
            }
        };
        if asks_less {
            opened.push((sni, heir.clone()));
        }
    }
    Ok(opened)
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
}
