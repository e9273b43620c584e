use async_trait::async_trait;
use domain::{Caller, GatewayGroupId, Problem, Revision, Route, RouteId, Service, ServiceId, ServiceStatus};

pub use crate::pages::service::api::ServiceChoices;

/// The services of gateway groups, with their routes.
#[async_trait]
pub trait Services: Send + Sync {
    /// All services of the group, by name.
    async fn list(&self, caller: &Caller, group: &GatewayGroupId) -> Result<Vec<ServiceStatus>, Problem>;

    /// One service.
    async fn get(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        id: &ServiceId,
    ) -> Result<ServiceStatus, Problem>;

    /// What a service of the group may refer to.
    async fn choices(&self, caller: &Caller, group: &GatewayGroupId) -> Result<ServiceChoices, Problem>;

    /// Adds a service with its routes: checked, saved as one, and served before this returns where that takes less than a
    /// second.
    async fn add(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        draft: ServiceDraft,
    ) -> Result<ServiceStatus, Problem>;

    /// Puts a draft in the place of a service and its routes. `expected` is the revision of the service that the caller has
    /// seen; [`Problem::Stale`] if there is a newer one, of it or of its routes.
    async fn update(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        id: &ServiceId,
        draft: ServiceDraft,
        expected: Revision,
    ) -> Result<ServiceStatus, Problem>;

    /// Deletes a service with its routes.
    async fn delete(&self, caller: &Caller, group: &GatewayGroupId, id: &ServiceId) -> Result<(), Problem>;
}

/// A service and its routes as somebody wants them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceDraft {
    /// The service.
    pub service: Service,
    /// Its routes: those with an id are changed, those without are new, those that are missing are deleted. Their
    /// `service` is not looked at.
    pub routes: Vec<(Option<RouteId>, Route)>,
}
