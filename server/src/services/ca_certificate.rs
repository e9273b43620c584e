use app::backend::{CaCertificates, RevocationChange};
use async_trait::async_trait;
use domain::{
    CaCertificate, CaCertificateId, Caller, Fault, Field, FieldError, GatewayGroupId, Limit, Noun, Problem,
    SslCertificateId, StaleRevocationLists, UnixTime,
};
use store::StoredCaCertificate;
use tls::{RevocationLists, TrustAnchors};

use super::Foundation;
use super::authorise::{Action, authorise};
use super::problem::{store_problem, write_problem};

/// CA certificates, on the store.
#[derive(Debug, Clone)]
pub(crate) struct CaCertificateService {
    pub(crate) foundation: Foundation,
}

#[async_trait]
impl CaCertificates for CaCertificateService {
    async fn list(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
    ) -> Result<Vec<(CaCertificate, Vec<SslCertificateId>)>, Problem> {
        authorise(caller, Action::Read)?;
        let stored = self.foundation.store.ca_certificates(group).await.map_err(store_problem)?;
        Ok(stored.into_iter().map(|(ca, used_by)| (view(ca), used_by)).collect())
    }

    async fn get(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        id: &CaCertificateId,
    ) -> Result<(CaCertificate, Vec<SslCertificateId>), Problem> {
        authorise(caller, Action::Read)?;
        let (stored, used_by) = self.stored(group, id).await?;
        Ok((view(stored), used_by))
    }

    async fn set_revocation(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        id: &CaCertificateId,
        change: RevocationChange,
    ) -> Result<CaCertificate, Problem> {
        authorise(caller, Action::Write)?;
        let (stored, _) = self.stored(group, id).await?;
        let lists = checked_lists(&stored, &change, self.foundation.now()).map_err(Problem::Invalid)?;
        let author = self.foundation.author(caller);
        let written = self.foundation.store.update_revocation(&author, group, id, lists, change.stale).await;
        let stored = written.map_err(|error| write_problem(Noun::CaCertificate, error))?;
        self.foundation.publisher.publish().await;
        Ok(view(stored))
    }

    async fn delete(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        id: &CaCertificateId,
    ) -> Result<(), Problem> {
        authorise(caller, Action::Write)?;
        let author = self.foundation.author(caller);
        let deleted = self.foundation.store.delete_ca_certificate(&author, group, id).await;
        deleted.map_err(|error| write_problem(Noun::CaCertificate, error))
    }
}

impl CaCertificateService {
    async fn stored(
        &self,
        group: &GatewayGroupId,
        id: &CaCertificateId,
    ) -> Result<(StoredCaCertificate, Vec<SslCertificateId>), Problem> {
        let stored = self.foundation.store.ca_certificate(group, id).await.map_err(store_problem)?;
        stored.ok_or(Problem::NotFound(Noun::CaCertificate))
    }
}

/// The lists that are to be stored in place of those there are; `None`: those stay.
///
/// # Errors
/// What is wrong with them.
fn checked_lists(
    stored: &StoredCaCertificate,
    change: &RevocationChange,
    now: UnixTime,
) -> Result<Option<Vec<Vec<u8>>>, Vec<FieldError>> {
    let at_lists = |fault| FieldError::new(Field::RevocationLists, fault);
    let Some(upload) = &change.lists else { return stay(stored, change, now).map(|()| None) };
    if upload.is_empty() {
        return Ok(Some(Vec::new()));
    }
    if upload.len() > RevocationChange::LIMIT {
        let limit = Limit::Bytes(RevocationChange::LIMIT as u64);
        return Err(vec![at_lists(Fault::TooLarge(limit))]);
    }
    let stale = change.stale.unwrap_or(stored.stale_revocation_lists);
    let anchors = TrustAnchors::load(&stored.pem)
        .map_err(|fault| vec![FieldError::new(Field::CaCertificate, fault)])?;
    let read = RevocationLists::read(upload, &anchors, stale, now);
    // While stored lists cannot be read, nobody is let in by them: any list may take their place.
    let old =
        RevocationLists::load(&stored.revocation_lists, &anchors).unwrap_or_else(|_| RevocationLists::none());
    let lists = read.and_then(|lists| lists.in_place_of(&old));
    lists.map(Some).map_err(|faults| faults.into_iter().map(at_lists).collect())
}

/// Whether the lists that are there may stay. To begin to block for a list that is stale already would let nobody in.
///
/// # Errors
/// Which of them are stale.
fn stay(
    stored: &StoredCaCertificate,
    change: &RevocationChange,
    now: UnixTime,
) -> Result<(), Vec<FieldError>> {
    let begins_to_block = change.stale == Some(StaleRevocationLists::Block)
        && stored.stale_revocation_lists == StaleRevocationLists::Warn;
    if !begins_to_block {
        return Ok(());
    }
    let stale = view(stored.clone()).revocation_lists.into_iter().filter(|list| list.is_stale(now));
    let errors: Vec<_> = stale
        .filter_map(|list| {
            Some(Fault::RevocationListStale { issuer: list.issuer, next_update: list.next_update? })
        })
        .map(|fault| FieldError::new(Field::StaleRevocationLists, fault))
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// A stored CA as shown, with its revocation lists if they were read along with it. One that cannot be read any more has
/// no certificates to show; the policies that refer to it are broken and say so.
pub(super) fn view(stored: StoredCaCertificate) -> CaCertificate {
    let mut certificates = Vec::new();
    let mut revocation_lists = Vec::new();
    match TrustAnchors::load(&stored.pem) {
        Ok(anchors) => {
            certificates = anchors.facts().to_vec();
            match RevocationLists::load(&stored.revocation_lists, &anchors) {
                Ok(lists) => revocation_lists = lists.facts(),
                Err(fault) => {
                    tracing::warn!(ca_certificate = %stored.id, ?fault, "a stored revocation list cannot be read");
                }
            }
        }
        Err(fault) => {
            tracing::warn!(ca_certificate = %stored.id, ?fault, "a stored CA certificate cannot be read");
        }
    }
    CaCertificate {
        id: stored.id,
        group: stored.group,
        certificates,
        revocation_lists,
        stale_revocation_lists: stored.stale_revocation_lists,
        created_at: stored.created_at,
    }
}
