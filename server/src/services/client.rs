use app::backend::{Clients, NewDeniedClient};
use async_trait::async_trait;
use domain::{
    Caller, Client, DeniedClient, DeniedClientId, Fault, Field, FieldError, GatewayGroupId, Limit, Noun,
    Page, PageRequest, Problem,
};
use store::WriteError;

use super::Foundation;
use super::authorise::{Action, authorise};
use super::problem::{store_problem, write_problem};

/// The longest label of a denied client, in characters.
const LABEL_LIMIT: usize = 128;
/// The longest text that is searched for, in characters.
const SEARCH_LIMIT: usize = 128;

/// Clients and deny-lists, on the store.
#[derive(Debug, Clone)]
pub(crate) struct ClientService {
    pub(crate) foundation: Foundation,
}

#[async_trait]
impl Clients for ClientService {
    async fn list(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        search: &str,
        page: PageRequest,
    ) -> Result<Page<Client>, Problem> {
        authorise(caller, Action::Read)?;
        let search: String = search.chars().take(SEARCH_LIMIT).collect();
        self.foundation.store.clients(group, &search, page).await.map_err(store_problem)
    }

    async fn denied(&self, caller: &Caller, group: &GatewayGroupId) -> Result<Vec<DeniedClient>, Problem> {
        authorise(caller, Action::Read)?;
        self.foundation.store.denied_clients(group).await.map_err(store_problem)
    }

    async fn deny(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        new: NewDeniedClient,
    ) -> Result<DeniedClient, Problem> {
        authorise(caller, Action::Write)?;
        let NewDeniedClient { ssl_certificate, entry, label } = new;
        let label = checked_label(&label)?;
        let author = self.foundation.author(caller);
        let denied = self.foundation.store.deny_client(&author, group, ssl_certificate, entry, label).await;
        let denied = denied.map_err(|error| match error {
            WriteError::CertificateUnknown(_) => Problem::NotFound(Noun::SslCertificate),
            error => write_problem(Noun::GatewayGroup, error),
        })?;
        self.foundation.publisher.publish().await;
        Ok(denied)
    }

    async fn allow_again(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        id: &DeniedClientId,
    ) -> Result<(), Problem> {
        authorise(caller, Action::Write)?;
        let author = self.foundation.author(caller);
        let allowed = self.foundation.store.allow_client(&author, group, id).await;
        allowed.map_err(|error| write_problem(Noun::DeniedClient, error))?;
        self.foundation.publisher.publish().await;
        Ok(())
    }
}

/// A label as it may stand in a page or a log line.
fn checked_label(label: &str) -> Result<String, Problem> {
    let label = label.trim();
    let fault = if label.chars().count() > LABEL_LIMIT {
        Fault::TooLarge(Limit::Characters(LABEL_LIMIT as u64))
    } else if label.chars().any(char::is_control) {
        Fault::InvalidCharacters
    } else {
        return Ok(label.to_owned());
    };
    Err(FieldError::new(Field::DenyEntry, fault).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_short_and_of_one_line() {
        assert_eq!(checked_label(" a device "), Ok("a device".to_owned()));
        assert_eq!(checked_label(""), Ok(String::new()));
        for label in ["a\nb", &"x".repeat(LABEL_LIMIT + 1)] {
            assert!(checked_label(label).is_err(), "{label:?}");
        }
    }
}
