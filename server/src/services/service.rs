//! Services with their routes: from a draft to what the store keeps, and back to what is shown.

mod check;
mod conflicts;
mod own_listeners;
mod references;
#[cfg(test)]
mod tests;
mod view;

use app::backend::{ServiceChoices, ServiceDraft, Services};
use async_trait::async_trait;
use domain::{
    Caller, CertificateType, GatewayGroupId, Noun, PageRequest, Problem, Revision, ServiceId, ServiceStatus,
    ServiceWithRoutes, SslCertificateId, UpstreamChoice,
};
use store::{CertificateFilter, WriteError};

use super::authorise::{Action, authorise};
use super::problem::{store_problem, write_problem};
use super::{Foundation, ca_certificate};
use check::Surroundings;

/// Services, on store and gateway.
#[derive(Debug, Clone)]
pub(crate) struct ServiceService {
    pub(crate) foundation: Foundation,
}

#[async_trait]
impl Services for ServiceService {
    async fn list(&self, caller: &Caller, group: &GatewayGroupId) -> Result<Vec<ServiceStatus>, Problem> {
        authorise(caller, Action::Read)?;
        self.known_group(group).await?;
        let store = &self.foundation.store;
        let upstreams = store.upstreams(group).await.map_err(store_problem)?;
        let services = store.services(group).await.map_err(store_problem)?;
        let shown = services.into_iter().map(|service| {
            let shared = match &service.service.value.upstream {
                UpstreamChoice::Own(_) => None,
                UpstreamChoice::Shared(id) => upstreams.iter().find(|upstream| upstream.id == *id).cloned(),
            };
            view::view(group, service, shared, &self.foundation.publisher)
        });
        Ok(shown.collect())
    }

    async fn get(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        id: &ServiceId,
    ) -> Result<ServiceStatus, Problem> {
        authorise(caller, Action::Read)?;
        let stored = self.foundation.store.service(group, id).await.map_err(store_problem)?;
        self.view(group, stored.ok_or(Problem::NotFound(Noun::Service))?).await
    }

    async fn choices(&self, caller: &Caller, group: &GatewayGroupId) -> Result<ServiceChoices, Problem> {
        authorise(caller, Action::Read)?;
        self.known_group(group).await?;
        let store = &self.foundation.store;
        let cas = store.ca_certificates(group).await.map_err(store_problem)?;
        Ok(ServiceChoices {
            ca_certificates: cas.into_iter().map(|(ca, _)| ca_certificate::view(ca)).collect(),
            client_certificates: self.client_certificates(group).await?,
            upstreams: store.upstreams(group).await.map_err(store_problem)?,
        })
    }

    async fn add(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        draft: ServiceDraft,
    ) -> Result<ServiceStatus, Problem> {
        authorise(caller, Action::Write)?;
        self.known_group(group).await?;
        self.put(caller, group, None, draft, None).await
    }

    async fn update(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        id: &ServiceId,
        draft: ServiceDraft,
        expected: Revision,
    ) -> Result<ServiceStatus, Problem> {
        authorise(caller, Action::Write)?;
        let stored = self.foundation.store.service(group, id).await.map_err(store_problem)?;
        stored.ok_or(Problem::NotFound(Noun::Service))?;
        self.put(caller, group, Some(id), draft, Some(expected)).await
    }

    async fn delete(&self, caller: &Caller, group: &GatewayGroupId, id: &ServiceId) -> Result<(), Problem> {
        authorise(caller, Action::Write)?;
        let author = self.foundation.author(caller);
        let deleted = self.foundation.store.delete_service_with_routes(&author, group, id).await;
        deleted.map_err(|error| write_problem(Noun::Service, error))?;
        self.foundation.publisher.publish().await;
        Ok(())
    }
}

impl ServiceService {
    /// Checks a draft, saves it, and has it served.
    async fn put(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        id: Option<&ServiceId>,
        draft: ServiceDraft,
        expected: Option<Revision>,
    ) -> Result<ServiceStatus, Problem> {
        let Foundation { store, publisher, .. } = &self.foundation;
        let surroundings = Surroundings { store, gateway: publisher.gateway(), group, replaces: id };
        let errors = surroundings.errors(&draft).await.map_err(store_problem)?;
        if !errors.is_empty() {
            return Err(Problem::Invalid(errors));
        }
        let author = self.foundation.author(caller);
        let ServiceDraft { service, routes } = draft;
        let put = store.put_service_with_routes(&author, group, id.cloned(), service, routes, expected).await;
        let put = put.map_err(|error| match error {
            // For a new service "not found" can only mean its group.
            WriteError::NotFound if id.is_none() => Problem::NotFound(Noun::GatewayGroup),
            error => write_problem(Noun::Service, error),
        })?;
        publisher.publish().await;
        self.view(group, put).await
    }

    async fn known_group(&self, group: &GatewayGroupId) -> Result<(), Problem> {
        let stored = self.foundation.store.gateway_group(group).await.map_err(store_problem)?;
        stored.map(|_| ()).ok_or(Problem::NotFound(Noun::GatewayGroup))
    }

    async fn view(
        &self,
        group: &GatewayGroupId,
        service: ServiceWithRoutes,
    ) -> Result<ServiceStatus, Problem> {
        let shared = match &service.service.value.upstream {
            UpstreamChoice::Own(_) => None,
            UpstreamChoice::Shared(id) => {
                self.foundation.store.upstream(group, id).await.map_err(store_problem)?
            }
        };
        Ok(view::view(group, service, shared, &self.foundation.publisher))
    }

    /// The SSL certificates of type client, each by the subject of its first leaf; not more than a list has room for.
    async fn client_certificates(
        &self,
        group: &GatewayGroupId,
    ) -> Result<Vec<(SslCertificateId, String)>, Problem> {
        let of_clients =
            CertificateFilter { certificate_type: Some(CertificateType::Client), ..Default::default() };
        let page = PageRequest::new(1, PageRequest::MOST);
        let page = self.foundation.store.ssl_certificates(group, &of_clients, page).await;
        let named = page.map_err(store_problem)?.items.into_iter().map(|stored| {
            let subject = stored.pairs.first().map(|pair| pair.subject.clone());
            (stored.id, subject.unwrap_or_default())
        });
        Ok(named.collect())
    }
}
