use app::backend::{GatewayGroups, GroupSettings};
use async_trait::async_trait;
use domain::{
    Caller, Fault, Field, FieldError, GatewayGroup, GatewayGroupId, Limit, ListenerState, Noun, Problem,
    Protection,
};
use store::{GatewayGroupRow, StoredGatewayGroup, WriteError};

use super::Foundation;
use super::authorise::{Action, authorise};
use super::problem::{store_problem, write_problem};

/// Gateway groups, on store and gateway.
#[derive(Debug, Clone)]
pub(crate) struct GatewayGroupService {
    pub(crate) foundation: Foundation,
}

impl GatewayGroupService {
    fn view(&self, stored: StoredGatewayGroup) -> GatewayGroup {
        let gateway = self.foundation.publisher.gateway();
        GatewayGroup {
            last_policy_change: self.foundation.publisher.last_policy_change(&stored.id),
            listener_state: gateway.listener_state(&stored.id),
            http_listener_state: stored
                .row
                .http_listener
                .map(|_| gateway.http_listener_state(&stored.id).unwrap_or(ListenerState::Starting)),
            id: stored.id,
            name: stored.row.name,
            listener: stored.row.listener,
            http_listener: stored.row.http_listener,
            default_certificate: stored.row.default_certificate,
            protection: stored.row.protection,
            identity_headers: stored.row.identity_headers,
            ssl_certificates: stored.ssl_certificates,
            revision: gateway.revision(),
        }
    }

    async fn published(
        &self,
        written: Result<StoredGatewayGroup, WriteError>,
    ) -> Result<GatewayGroup, Problem> {
        let stored = written.map_err(|error| write_problem(Noun::GatewayGroup, error))?;
        self.foundation.publisher.publish().await;
        Ok(self.view(stored))
    }
}

#[async_trait]
impl GatewayGroups for GatewayGroupService {
    async fn list(&self, caller: &Caller) -> Result<Vec<GatewayGroup>, Problem> {
        authorise(caller, Action::Read)?;
        let stored = self.foundation.store.gateway_groups().await.map_err(store_problem)?;
        Ok(stored.into_iter().map(|group| self.view(group)).collect())
    }

    async fn get(&self, caller: &Caller, id: &GatewayGroupId) -> Result<GatewayGroup, Problem> {
        authorise(caller, Action::Read)?;
        let stored = self.foundation.store.gateway_group(id).await.map_err(store_problem)?;
        stored.map(|group| self.view(group)).ok_or(Problem::NotFound(Noun::GatewayGroup))
    }

    async fn create(&self, caller: &Caller, settings: GroupSettings) -> Result<GatewayGroup, Problem> {
        authorise(caller, Action::Write)?;
        let row = checked(settings)?;
        let author = self.foundation.author(caller);
        self.published(self.foundation.store.insert_gateway_group(&author, None, row).await).await
    }

    async fn update(
        &self,
        caller: &Caller,
        id: &GatewayGroupId,
        settings: GroupSettings,
    ) -> Result<GatewayGroup, Problem> {
        authorise(caller, Action::Write)?;
        let row = checked(settings)?;
        let author = self.foundation.author(caller);
        self.published(self.foundation.store.update_gateway_group(&author, id, row).await).await
    }

    async fn delete(&self, caller: &Caller, id: &GatewayGroupId) -> Result<(), Problem> {
        authorise(caller, Action::Write)?;
        let author = self.foundation.author(caller);
        let deleted = self.foundation.store.delete_gateway_group(&author, id).await;
        deleted.map_err(|error| write_problem(Noun::GatewayGroup, error))?;
        self.foundation.publisher.publish().await;
        Ok(())
    }
}

/// Settings as the store keeps them, if their limits make sense.
fn checked(settings: GroupSettings) -> Result<GatewayGroupRow, Problem> {
    let GroupSettings { name, listener, http_listener, default_certificate, protection, identity_headers } =
        settings;
    let mut errors = protection.errors();
    if protection.proxy_protocol.len() > Protection::MOST_RANGES {
        let fault = Fault::TooLarge(Limit::Entries(Protection::MOST_RANGES as u64));
        errors.push(FieldError::new(Field::ProxyProtocol, fault));
    }
    if errors.is_empty() {
        Ok(GatewayGroupRow {
            name,
            listener,
            http_listener,
            default_certificate,
            protection,
            identity_headers,
        })
    } else {
        Err(Problem::Invalid(errors))
    }
}
