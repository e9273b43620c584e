//! A service and its routes, written as one: both are saved, or neither.

use std::collections::BTreeMap;

use domain::{GatewayGroupId, Revision, Route, RouteId, Service, ServiceId, ServiceWithRoutes, Versioned};
use serde_json::{Map, Value, json};

use super::write::{action, find_to_put, finish, put, remove, require};
use crate::column::NewIds;
use crate::entity::route::Model;
use crate::references::References;
use crate::upstream::certificates::Owner;
use crate::write::{Action, Write};
use crate::{Author, Store, WriteError, column, object, route};

impl Store {
    /// Adds a service with its routes, or puts them in the place of those that are there. `id` is a new ULID if the author
    /// has none in mind, `expected` the revision of the service that the author has seen.
    ///
    /// Routes that have an id must be routes of the service; those without are new, and those that are missing are
    /// deleted. Those that are the same as before keep their revision. Their `service` is not looked at.
    ///
    /// # Errors
    /// As [`Store::put_service`]; [`WriteError::NotFound`] also for a route that is not one of the service.
    pub async fn put_service_with_routes(
        &self,
        author: &Author,
        group: &GatewayGroupId,
        id: Option<ServiceId>,
        service: Service,
        routes: Vec<(Option<RouteId>, Route)>,
        expected: Option<Revision>,
    ) -> Result<ServiceWithRoutes, WriteError> {
        let write = self.begin_write(author).await?;
        let id = id.unwrap_or_else(column::new_id);
        let old = find_to_put(&write, group, &id, expected).await?;
        let mut references = References::of_choice(&service.upstream);
        for (_, route) in &routes {
            references.add_route_of_service(route);
        }
        references.check(&write, group).await?;
        let action = action(old.as_ref());
        let service = put(&write, group, id, service, old).await?;
        let there = route::rows_of_service(&write, group, service.id.as_str()).await?;
        let change = Change::plan(&write, &service.id, there, routes)?;
        change.apply(&write, group).await?;
        let detail = json!({ "service": service.value, "routes": change.facts() });
        let touched = change.touched().map(|id| Owner::Route.touched(group, id)).collect();
        finish(write, action, group, &service.id, detail, touched).await?;
        Ok(ServiceWithRoutes { service, routes: change.into_routes() })
    }

    /// Deletes a service with its routes.
    ///
    /// # Errors
    /// [`WriteError::NotFound`].
    pub async fn delete_service_with_routes(
        &self,
        author: &Author,
        group: &GatewayGroupId,
        id: &ServiceId,
    ) -> Result<(), WriteError> {
        let write = self.begin_write(author).await?;
        let old = require(&write, group, id).await?;
        let there = route::rows_of_service(&write, group, id.as_str()).await?;
        let change = Change::plan(&write, id, there, Vec::new())?;
        change.apply(&write, group).await?;
        remove(&write, group, id).await?;
        let detail = json!({ "service": object::stored_facts(&old.config), "routes": change.facts() });
        let touched = change.touched().map(|id| Owner::Route.touched(group, id)).collect();
        finish(write, Action::Delete, group, id, detail, touched).await
    }
}

/// What becomes of a service's routes.
#[derive(Debug)]
struct Change {
    /// New, or other than before.
    put: Vec<Versioned<RouteId, Route>>,
    /// As before.
    kept: Vec<Versioned<RouteId, Route>>,
    /// To be deleted: their ids.
    removed: Vec<String>,
}

impl Change {
    fn plan(
        write: &Write,
        service: &ServiceId,
        mut there: BTreeMap<String, Model>,
        routes: Vec<(Option<RouteId>, Route)>,
    ) -> Result<Self, WriteError> {
        let mut new_ids = NewIds::default();
        let (mut put, mut kept) = (Vec::new(), Vec::new());
        for (id, mut route) in routes {
            route.service = Some(service.clone());
            let Some(id) = id else {
                put.push(object::written(write, new_ids.next(), write.at().0, route));
                continue;
            };
            let old = there.remove(id.as_str()).ok_or(WriteError::NotFound)?;
            if old.config == column::json(&route) {
                kept.push(route::stored(&old)?);
            } else {
                put.push(object::written(write, id, old.created_at, route));
            }
        }
        Ok(Self { put, kept, removed: there.into_keys().collect() })
    }

    async fn apply(&self, write: &Write, group: &GatewayGroupId) -> Result<(), WriteError> {
        let removed: Vec<&str> = self.removed.iter().map(String::as_str).collect();
        route::remove(write, group, &removed).await?;
        route::put_all(write, group, &self.put.iter().collect::<Vec<_>>()).await?;
        route::check_count(write, group).await
    }

    /// What the audit log says of it: the routes that were written, by id, and null for those that were deleted.
    fn facts(&self) -> Value {
        let put = self.put.iter().map(|route| (route.id.to_string(), object::facts(&route.value)));
        let removed = self.removed.iter().map(|id| (id.clone(), Value::Null));
        Value::Object(Map::from_iter(put.chain(removed)))
    }

    /// The ids of what instances must read again.
    fn touched(&self) -> impl Iterator<Item = &str> {
        let put = self.put.iter().map(|route| route.id.as_str());
        put.chain(self.removed.iter().map(String::as_str))
    }

    /// The routes that the service has now.
    fn into_routes(self) -> Vec<Versioned<RouteId, Route>> {
        let mut routes: Vec<_> = self.put.into_iter().chain(self.kept).collect();
        route::in_order(&mut routes);
        routes
    }
}
