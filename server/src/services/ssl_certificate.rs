//! SSL certificates: from an upload to what the store keeps, and back to what is shown.

mod deletion;
mod health;
mod rules;
mod strictness;
mod upload;
mod view;

use app::backend::{NewSslCertificate, SniChoice, SslCertificateChange, SslCertificates};
use app::pages::ssl_certificate::query::{SslCertificateList, SslCertificateQuery};
use async_trait::async_trait;
use domain::{
    Caller, Field, FieldError, FieldWarning, GatewayGroupId, Inspection, Noun, Page, PageRequest, Problem,
    Revision, Sni, SslCertificate, SslCertificateId, UnixTime, Warning,
};
use store::{CertificateFilter, SslCertificatePatch, StoredSslCertificate, WriteError};

use super::Foundation;
use super::authorise::{Action, authorise};
use super::problem::{store_problem, write_problem};

/// An expiry this near is pointed out, in days.
const EXPIRES_SOON: i64 = 30;
/// The longest text that is searched for, in characters.
const SEARCH_LIMIT: usize = 128;

/// SSL certificates, on store and gateway.
#[derive(Debug, Clone)]
pub(crate) struct SslCertificateService {
    pub(crate) foundation: Foundation,
}

#[async_trait]
impl SslCertificates for SslCertificateService {
    async fn list(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        query: &SslCertificateQuery,
    ) -> Result<SslCertificateList, Problem> {
        authorise(caller, Action::Read)?;
        self.known_group(group).await?;
        let now = self.foundation.now();
        let soon = now.plus_seconds(EXPIRES_SOON * UnixTime::DAY);
        let filter = CertificateFilter {
            search: query.search.chars().take(SEARCH_LIMIT).collect(),
            certificate_type: query.certificate_type,
            status: query.status,
            expires_before: query.expiring.then_some(soon),
        };
        let store = &self.foundation.store;
        let page = store.ssl_certificates(group, &filter, query.page).await.map_err(store_problem)?;
        let count = async |filter: CertificateFilter| {
            let one = store.ssl_certificates(group, &filter, PageRequest::new(1, 1)).await;
            one.map(|page| page.total).map_err(store_problem)
        };
        Ok(SslCertificateList {
            expiring: count(CertificateFilter { expires_before: Some(soon), ..Default::default() }).await?,
            all: count(CertificateFilter::default()).await?,
            served: self.foundation.publisher.gateway().revision(),
            now,
            page: Page {
                items: page.items.into_iter().map(|stored| self.view(stored)).collect(),
                total: page.total,
                request: page.request,
            },
        })
    }

    async fn get(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        id: &SslCertificateId,
    ) -> Result<SslCertificate, Problem> {
        authorise(caller, Action::Read)?;
        let stored = self.foundation.store.ssl_certificate(group, id).await.map_err(store_problem)?;
        let stored = stored.ok_or(Problem::NotFound(Noun::SslCertificate))?;
        let mut certificate = self.view(stored);
        certificate.warnings.extend(self.overlaps(group, &certificate.snis, Some(id)).await?);
        Ok(certificate)
    }

    async fn inspect(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        new: NewSslCertificate,
        editing: Option<&SslCertificateId>,
    ) -> Result<Inspection, Problem> {
        authorise(caller, Action::Read)?;
        self.known_group(group).await?;
        let mut inspection = upload::inspect(&new, self.foundation.now());
        let snis = match &new.snis {
            SniChoice::FromCertificate => inspection.snis.clone(),
            SniChoice::These(snis) => snis.clone(),
        };
        inspection.warnings.extend(self.overlaps(group, &snis, editing).await?);
        Ok(inspection)
    }

    async fn add(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        new: NewSslCertificate,
    ) -> Result<SslCertificate, Problem> {
        authorise(caller, Action::Write)?;
        let known = self.existing_cas(group, &new.peer_verification.ca).await?;
        let checked = upload::check_new(&new, &known, self.foundation.now()).map_err(Problem::Invalid)?;
        let author = self.foundation.author(caller);
        self.published(self.foundation.store.insert_ssl_certificate(&author, group, checked).await).await
    }

    async fn update(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        id: &SslCertificateId,
        change: SslCertificateChange,
        expected: Option<Revision>,
    ) -> Result<SslCertificate, Problem> {
        authorise(caller, Action::Write)?;
        let stored = self.foundation.store.ssl_certificate(group, id).await.map_err(store_problem)?;
        let stored = stored.ok_or(Problem::NotFound(Noun::SslCertificate))?;
        // What was checked against is what is written to, or nothing is: a change in between makes this one stale.
        let expected = expected.unwrap_or(stored.revision);
        let patch: SslCertificatePatch = match &change.peer_verification {
            Some(wanted) => {
                let known = self.existing_cas(group, &wanted.ca).await?;
                upload::check_change(&stored, &change, &known, self.foundation.now())
            }
            None => upload::check_change(&stored, &change, &[], self.foundation.now()),
        }
        .map_err(Problem::Invalid)?;
        if let Some(kept) = patch.snis.as_deref().filter(|_| !change.accepts_consequences) {
            deletion::refuse_to_open(&self.foundation.store, &stored, kept).await?;
        }
        let author = self.foundation.author(caller);
        let written =
            self.foundation.store.update_ssl_certificate(&author, group, id, patch, Some(expected)).await;
        self.published(written).await
    }

    async fn consequences_of_deletion(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        id: &SslCertificateId,
    ) -> Result<Vec<FieldWarning>, Problem> {
        authorise(caller, Action::Read)?;
        deletion::consequences(&self.foundation.store, group, id).await
    }

    async fn delete(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        id: &SslCertificateId,
    ) -> Result<(), Problem> {
        authorise(caller, Action::Write)?;
        let author = self.foundation.author(caller);
        let deleted = self.foundation.store.delete_ssl_certificate(&author, group, id).await;
        deleted.map_err(|error| write_problem(Noun::SslCertificate, error))?;
        self.foundation.publisher.publish().await;
        Ok(())
    }
}

impl SslCertificateService {
    async fn known_group(&self, group: &GatewayGroupId) -> Result<(), Problem> {
        let stored = self.foundation.store.gateway_group(group).await.map_err(store_problem)?;
        stored.map(|_| ()).ok_or(Problem::NotFound(Noun::GatewayGroup))
    }

    async fn existing_cas(
        &self,
        group: &GatewayGroupId,
        choice: &app::backend::CaChoice,
    ) -> Result<Vec<store::StoredCaCertificate>, Problem> {
        match choice {
            app::backend::CaChoice::Existing(ids) => {
                self.foundation.store.ca_certificates_by_id(group, ids).await.map_err(store_problem)
            }
            // Their revocation lists may be about what is uploaded.
            app::backend::CaChoice::Upload(_) => {
                let all = self.foundation.store.ca_certificates(group).await.map_err(store_problem)?;
                Ok(all.into_iter().map(|(ca, _)| ca).collect())
            }
            app::backend::CaChoice::Unchanged => Ok(Vec::new()),
        }
    }

    async fn published(
        &self,
        written: Result<StoredSslCertificate, WriteError>,
    ) -> Result<SslCertificate, Problem> {
        let stored = written.map_err(|error| match error {
            // For a new certificate "not found" can only mean its group.
            WriteError::NotFound => Problem::NotFound(Noun::GatewayGroup),
            error => write_problem(Noun::SslCertificate, error),
        })?;
        self.foundation.publisher.publish().await;
        Ok(self.view(stored))
    }

    fn view(&self, stored: StoredSslCertificate) -> SslCertificate {
        view::view(stored, &self.foundation.publisher, self.foundation.now())
    }

    /// Wildcards of `snis` that cover, or are covered by, a name of another certificate. Equal names are no overlap but
    /// a conflict, which the save refuses.
    async fn overlaps(
        &self,
        group: &GatewayGroupId,
        snis: &[Sni],
        except: Option<&SslCertificateId>,
    ) -> Result<Vec<FieldWarning>, Problem> {
        if snis.is_empty() {
            return Ok(Vec::new());
        }
        let found =
            self.foundation.store.overlapping_snis(group, snis, except).await.map_err(store_problem)?;
        let pairs = found.iter().flat_map(|(theirs, by)| snis.iter().map(move |ours| (ours, theirs, by)));
        Ok(pairs.filter_map(|(ours, theirs, by)| overlap(ours, theirs, by)).collect())
    }
}

fn overlap(ours: &Sni, theirs: &Sni, by: &SslCertificateId) -> Option<FieldWarning> {
    let (wildcard, sni) = match (ours, theirs) {
        (Sni::Any | Sni::Wildcard(_), Sni::Exact(host)) if ours.covers(host) => (ours, theirs),
        (Sni::Exact(host), Sni::Any | Sni::Wildcard(_)) if theirs.covers(host) => (theirs, ours),
        (Sni::Any, Sni::Wildcard(_)) => (ours, theirs),
        (Sni::Wildcard(_), Sni::Any) => (theirs, ours),
        _ => return None,
    };
    let warning = Warning::WildcardOverlap { wildcard: wildcard.clone(), sni: sni.clone(), by: by.clone() };
    Some(FieldWarning::new(Field::Snis, warning))
}

/// All errors of several checks at once: a form shows every one, not only the first.
#[derive(Debug, Default)]
struct Errors(Vec<FieldError>);

impl Errors {
    fn take<T>(&mut self, result: Result<T, Vec<FieldError>>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(errors) => {
                self.0.extend(errors);
                None
            }
        }
    }

    fn push(&mut self, field: Field, fault: domain::Fault) {
        self.0.push(FieldError::new(field, fault));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_overlap_with_what_they_cover() {
        let by: SslCertificateId = "other".parse().expect("valid");
        let sni = |text: &str| text.parse::<Sni>().expect("valid");
        let found = |ours: &str, theirs: &str| overlap(&sni(ours), &sni(theirs), &by).is_some();
        assert!(found("*.a.com", "x.a.com"));
        assert!(found("x.a.com", "*.a.com"));
        assert!(found("*", "*.a.com"));
        assert!(!found("*.a.com", "a.com"));
        assert!(!found("*.a.com", "*.a.com"));
        assert!(!found("x.a.com", "x.a.com"));
    }
}
