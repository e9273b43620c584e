//! Everything that can be wrong with a service and its routes, found before anything is saved.

use app::backend::ServiceDraft;
use domain::{
    Fault, Field, FieldError, GatewayGroupId, Limit, Route, RouteId, Service, ServiceId, Upstream,
    UpstreamChoice,
};
use proxy::Gateway;
use store::{Store, StoreError};

use super::conflicts::{self, Placed};
use super::own_listeners::OwnListeners;
use super::references;

/// What a draft is checked against.
#[derive(Debug, Clone, Copy)]
pub(super) struct Surroundings<'a> {
    pub(super) store: &'a Store,
    pub(super) gateway: &'a Gateway,
    /// The draft's group.
    pub(super) group: &'a GatewayGroupId,
    /// The service that the draft takes the place of.
    pub(super) replaces: Option<&'a ServiceId>,
}

impl Surroundings<'_> {
    /// What is wrong with a draft, each fault at its field; those of a route stand at [`Field::Routes`]. Empty if nothing is.
    ///
    /// # Errors
    /// The store failed.
    pub(super) async fn errors(&self, draft: &ServiceDraft) -> Result<Vec<FieldError>, StoreError> {
        let too_many = too_many(draft);
        if !too_many.is_empty() {
            // The rest is no more work than a draft within bounds makes.
            return Ok(too_many);
        }
        let mut errors = bounds(draft);
        for (number, choice) in choices(draft) {
            let found = references::errors(self.store, self.group, choice).await?;
            errors.extend(found.into_iter().map(|error| at(number, error)));
        }
        errors.extend(self.loops(draft).await?);
        errors.extend(self.conflicts(draft).await?);
        Ok(errors)
    }

    /// Nodes that are this gateway, also as a listener of another group.
    async fn loops(&self, draft: &ServiceDraft) -> Result<Vec<FieldError>, StoreError> {
        let own: Vec<(Option<usize>, &Upstream)> = choices(draft)
            .filter_map(|(number, choice)| match choice {
                UpstreamChoice::Own(upstream) => Some((number, &**upstream)),
                UpstreamChoice::Shared(_) => None,
            })
            .collect();
        let listeners = OwnListeners::of(&self.store.gateway_groups().await?, self.gateway);
        let resolved = listeners.resolve(own.iter().map(|(_, upstream)| *upstream)).await;
        let errors = own.into_iter().flat_map(|(number, upstream)| {
            let faults = listeners.faults(upstream, &resolved).into_iter();
            faults.map(move |fault| at(number, FieldError::new(Field::Nodes, fault)))
        });
        Ok(errors.collect())
    }

    /// Routes that would never get a request.
    async fn conflicts(&self, draft: &ServiceDraft) -> Result<Vec<FieldError>, StoreError> {
        let services = self.store.services(self.group).await?;
        let routes = self.store.routes(self.group).await?;
        let others = routes
            .iter()
            .filter(|route| route.value.service.is_none() || route.value.service.as_ref() != self.replaces)
            .map(|route| {
                let owner =
                    services.iter().find(|owner| Some(&owner.service.id) == route.value.service.as_ref());
                placed(Some(&route.id), &route.value, owner.map(|owner| &owner.service.value))
            });
        let own = draft.routes.iter().map(|(id, route)| placed(id.as_ref(), route, Some(&draft.service)));
        let faults = conflicts::faults(&own.collect::<Vec<_>>(), &others.collect::<Vec<_>>());
        Ok(faults.into_iter().map(|(number, fault)| in_route(number, fault)).collect())
    }
}

fn placed<'a>(id: Option<&'a RouteId>, route: &'a Route, service: Option<&'a Service>) -> Placed<'a> {
    let service = service.map(|service| (service.hosts.as_slice(), service.name.as_str()));
    Placed { id, route, service }
}

/// Whether there is more in a draft than is worth looking at.
fn too_many(draft: &ServiceDraft) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if draft.routes.len() > Service::MOST_ROUTES {
        let limit = Limit::Entries(Service::MOST_ROUTES as u64);
        errors.push(FieldError::new(Field::Routes, Fault::TooLarge(limit)));
    }
    let is_too_large = |error: &FieldError| matches!(error.fault, Fault::TooLarge(Limit::Entries(_)));
    errors.extend(draft.service.errors().into_iter().filter(is_too_large));
    for (number, (_, route)) in (1..).zip(&draft.routes).take(Service::MOST_ROUTES) {
        let found = route.errors().into_iter().filter(is_too_large);
        errors.extend(found.map(|error| at(Some(number), error)));
    }
    errors
}

/// What is wrong with a draft whatever else there is.
fn bounds(draft: &ServiceDraft) -> Vec<FieldError> {
    let mut errors = draft.service.errors();
    for (number, (_, route)) in (1..).zip(&draft.routes) {
        // It belongs to the draft's service, whatever it says itself.
        let found = route.errors().into_iter().filter(|error| error.fault != Fault::NoUpstream);
        errors.extend(found.map(|error| at(Some(number), error)));
    }
    errors
}

/// The upstreams of a draft: the service's, and those that routes have besides, each with its route's number from 1.
fn choices(draft: &ServiceDraft) -> impl Iterator<Item = (Option<usize>, &UpstreamChoice)> {
    let of_routes = (1..)
        .zip(&draft.routes)
        .filter_map(|(number, (_, route))| route.upstream.as_ref().map(|choice| (Some(number), choice)));
    std::iter::once((None, &draft.service.upstream)).chain(of_routes)
}

/// An error where a form shows it: at its own field for the service, at the routes for one of them.
fn at(number: Option<usize>, error: FieldError) -> FieldError {
    match number {
        None => error,
        Some(number) => in_route(number, error.fault),
    }
}

fn in_route(number: usize, fault: Fault) -> FieldError {
    FieldError::new(Field::Routes, Fault::InRoute { number, fault: Box::new(fault) })
}
