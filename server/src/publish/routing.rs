//! Services, routes and shared upstreams, from the store to the gateway.
//!
//! One that cannot be read any more stays as it was: were it taken away, a wider route would get its requests. For the same
//! reason nothing starts with one that cannot be read.

use domain::{
    GatewayGroupId, Route, RouteId, Service, ServiceId, SharedUpstream, Status, UpstreamChoice, UpstreamId,
    Versioned,
};
use proxy::{Change, RouteRules, ServiceRules, UpstreamKey};
use store::{Store, StoreError};

use super::upstream::Upstreams;

/// How many objects are read from the store at once at start-up.
const SLICE: u64 = 500;

/// Makes changes of what it reads.
#[derive(Debug, Clone, Copy)]
pub(super) struct Routing<'a> {
    pub(super) store: &'a Store,
    pub(super) upstreams: &'a Upstreams,
}

impl Routing<'_> {
    /// Everything there is.
    ///
    /// # Errors
    /// The store failed, or an object cannot be read.
    pub(super) async fn load(&self) -> Result<Vec<Change>, StoreError> {
        let mut changes = Vec::new();
        let mut last = None;
        loop {
            let slice = self.store.upstreams_after(last.as_ref(), SLICE).await?;
            let Some((group, upstream)) = slice.last() else { break };
            last = Some((group.clone(), upstream.id.clone()));
            for (group, upstream) in slice {
                changes.push(self.shared(&group, upstream).await?);
            }
        }
        let mut last = None;
        loop {
            let slice = self.store.services_after(last.as_ref(), SLICE).await?;
            let Some((group, service)) = slice.last() else { break };
            last = Some((group.clone(), service.id.clone()));
            for (group, service) in slice {
                changes.extend(self.service(&group, service).await?);
            }
        }
        let mut last = None;
        loop {
            let slice = self.store.routes_after(last.as_ref(), SLICE).await?;
            let Some((group, route)) = slice.last() else { break };
            last = Some((group.clone(), route.id.clone()));
            for (group, route) in slice {
                changes.extend(self.route(&group, route).await?);
            }
        }
        Ok(changes)
    }

    /// A shared upstream that is new, has changed, or is gone.
    ///
    /// # Errors
    /// The store failed, or it cannot be read.
    pub(super) async fn changed_upstream(
        &self,
        group: &GatewayGroupId,
        id: UpstreamId,
    ) -> Result<Vec<Change>, StoreError> {
        Ok(vec![match self.store.upstream(group, &id).await? {
            Some(upstream) => self.shared(group, upstream).await?,
            None => self.upstreams.removal(group, UpstreamKey::Shared(id)),
        }])
    }

    /// A service that is new, has changed, or is gone.
    ///
    /// # Errors
    /// The store failed, or it cannot be read.
    pub(super) async fn changed_service(
        &self,
        group: &GatewayGroupId,
        id: ServiceId,
    ) -> Result<Vec<Change>, StoreError> {
        match self.store.service_without_routes(group, &id).await? {
            Some(service) => self.service(group, service).await,
            None => {
                let upstream = self.upstreams.removal(group, UpstreamKey::OfService(id.clone()));
                Ok(vec![upstream, Change::ServiceRemoved { group: group.clone(), id }])
            }
        }
    }

    /// A route that is new, has changed, or is gone.
    ///
    /// # Errors
    /// The store failed, or it cannot be read.
    pub(super) async fn changed_route(
        &self,
        group: &GatewayGroupId,
        id: RouteId,
    ) -> Result<Vec<Change>, StoreError> {
        match self.store.route(group, &id).await? {
            Some(route) => self.route(group, route).await,
            None => Ok(self.route_removal(group, id)),
        }
    }

    async fn shared(
        &self,
        group: &GatewayGroupId,
        upstream: Versioned<UpstreamId, SharedUpstream>,
    ) -> Result<Change, StoreError> {
        let key = UpstreamKey::Shared(upstream.id);
        self.upstreams.change(self.store, group, key, upstream.value.upstream).await
    }

    async fn service(
        &self,
        group: &GatewayGroupId,
        service: Versioned<ServiceId, Service>,
    ) -> Result<Vec<Change>, StoreError> {
        let Versioned { id, value: Service { name: _, hosts, upstream, identity_headers }, .. } = service;
        let own = UpstreamKey::OfService(id.clone());
        let (upstream, change) = self.destination(group, own, upstream).await?;
        let service = ServiceRules { hosts, upstream, identity_headers };
        Ok(vec![change, Change::Service { group: group.clone(), id, service }])
    }

    async fn route(
        &self,
        group: &GatewayGroupId,
        route: Versioned<RouteId, Route>,
    ) -> Result<Vec<Change>, StoreError> {
        let Versioned { id, value: route, .. } = route;
        if route.status == Status::Disabled {
            return Ok(self.route_removal(group, id));
        }
        let own = UpstreamKey::OfRoute(id.clone());
        let (upstream, change) = match route.upstream {
            Some(choice) => {
                let (key, change) = self.destination(group, own, choice).await?;
                (Some(key), change)
            }
            None => (None, self.upstreams.removal(group, own)),
        };
        let route = RouteRules {
            hosts: route.hosts,
            paths: route.paths,
            methods: route.methods,
            priority: route.priority,
            service: route.service,
            upstream,
            timeouts: route.timeouts,
            requires_client_certificate: route.requires_client_certificate,
        };
        Ok(vec![change, Change::Route { group: group.clone(), id, route }])
    }

    fn route_removal(&self, group: &GatewayGroupId, id: RouteId) -> Vec<Change> {
        let upstream = self.upstreams.removal(group, UpstreamKey::OfRoute(id.clone()));
        vec![upstream, Change::RouteRemoved { group: group.clone(), id }]
    }

    /// Where requests of a service or a route go, and what becomes of the upstream that it may have for itself.
    async fn destination(
        &self,
        group: &GatewayGroupId,
        own: UpstreamKey,
        choice: UpstreamChoice,
    ) -> Result<(UpstreamKey, Change), StoreError> {
        match choice {
            UpstreamChoice::Own(upstream) => {
                let change = self.upstreams.change(self.store, group, own.clone(), *upstream).await?;
                Ok((own, change))
            }
            UpstreamChoice::Shared(id) => Ok((UpstreamKey::Shared(id), self.upstreams.removal(group, own))),
        }
    }
}
