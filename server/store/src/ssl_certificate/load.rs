//! Puts certificates together from their rows.

use std::collections::HashMap;

use domain::{CertificateType, Depth, PeerVerificationMode, SslCertificateId, Status, UnixTime};
use sea_orm::DatabaseTransaction;

use super::pairs::Extent;
use super::scope::Scope;
use super::{StoredPair, StoredPeerVerification, StoredSslCertificate, cas, denied, pairs, snis};
use crate::StoreError;
use crate::column::{self, Row};
use crate::entity::ssl_certificate::Model;

/// Group and id of a certificate, as in its parts' rows.
pub(super) type Key = (String, String);

/// The certificates of `rows` with their parts, in the order of `rows`. A row that cannot be read is a certificate with a
/// `problem`; only one that cannot be named is an error.
pub(super) async fn load(
    snapshot: &DatabaseTransaction,
    rows: Vec<Model>,
    scope: &Scope,
    extent: Extent<'_>,
) -> Result<Vec<StoredSslCertificate>, StoreError> {
    let mut snis = snis::load(snapshot, scope).await?;
    let mut pairs = pairs::load(snapshot, scope, extent).await?;
    let mut cas = cas::load(snapshot, scope, extent).await?;
    let mut denied = denied::load(snapshot, scope).await?;
    let assembled = rows.into_iter().map(|model| {
        let key = (model.group_id.clone(), model.id.clone());
        let row = Row { table: "ssl_certificate", id: &model.id };
        let id: SslCertificateId = row.parse("id", &model.id)?;
        let mut problem = Problem::default();
        // Where a policy cannot be read, the strictest one stands in for it: it is refused as broken anyway.
        let mode = row.word("peer verification", &model.peer_verification);
        let certificate = StoredSslCertificate {
            group: row.parse("group", &model.group_id)?,
            certificate_type: problem
                .settle(row.word("type", &model.certificate_type), CertificateType::Server),
            status: problem.settle(row.word("status", &model.status), Status::Enabled),
            snis: all(&mut problem, snis.remove(&key)),
            peer_verification: StoredPeerVerification {
                mode: problem.settle(mode, PeerVerificationMode::Required),
                ca_certificates: all(&mut problem, cas.remove(&key)),
                depth: problem.settle(depth(row, model.depth), Depth::default()),
                exempt_paths: problem.settle(row.json("exempt paths", &model.exempt_paths), Vec::new()),
                // Empty would let everybody in, were the certificate not broken by its problem.
                allow_list: problem.settle(row.json("allow-list", &model.allow_list), Vec::new()),
                advertises_ca_names: model.advertises_ca_names,
                denied: all(&mut problem, denied.remove(&key)),
            },
            pairs: all(&mut problem, pairs.remove(&key)),
            problem: None,
            created_at: UnixTime(model.created_at),
            updated_at: UnixTime(model.updated_at),
            revision: column::revision(model.revision),
            id,
        };
        Ok(problem.noted(certificate))
    });
    assembled.collect()
}

fn depth(row: Row<'_>, value: i32) -> Result<Depth, StoreError> {
    let depth = u8::try_from(value).ok().and_then(|depth| Depth::new(depth).ok());
    depth.ok_or_else(|| row.corrupt(format!("unusable depth {value}")))
}

/// The parts that can be read.
fn all<T>(problem: &mut Problem, parts: Option<Vec<Result<T, StoreError>>>) -> Vec<T> {
    let parts = parts.unwrap_or_default().into_iter();
    parts.filter_map(|part| problem.settle(part.map(Some), None)).collect()
}

/// The first thing that is wrong with a certificate.
#[derive(Debug, Default)]
struct Problem(Option<String>);

impl Problem {
    fn settle<T>(&mut self, read: Result<T, StoreError>, otherwise: T) -> T {
        read.unwrap_or_else(|error| {
            self.0.get_or_insert_with(|| error.to_string());
            otherwise
        })
    }

    /// A certificate with a problem has no keys: nothing may be served from it.
    fn noted(self, mut certificate: StoredSslCertificate) -> StoredSslCertificate {
        if self.0.is_some() {
            certificate.pairs = Vec::<StoredPair>::new();
        }
        certificate.problem = self.0;
        certificate
    }
}

/// Parts by the certificate that they belong to; in the order given.
pub(super) fn by_certificate<T>(parts: impl IntoIterator<Item = (Key, T)>) -> HashMap<Key, Vec<T>> {
    let mut certificates: HashMap<Key, Vec<T>> = HashMap::new();
    for (key, part) in parts {
        certificates.entry(key).or_default().push(part);
    }
    certificates
}
