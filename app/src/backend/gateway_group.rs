use std::net::SocketAddr;

use async_trait::async_trait;
use domain::{Caller, GatewayGroup, GatewayGroupId, GroupName, Problem};

/// Gateway groups.
#[async_trait]
pub trait GatewayGroups: Send + Sync {
    /// All groups, by name.
    async fn list(&self, caller: &Caller) -> Result<Vec<GatewayGroup>, Problem>;

    /// One group.
    async fn get(&self, caller: &Caller, id: &GatewayGroupId) -> Result<GatewayGroup, Problem>;

    /// Creates a group. A port that cannot be bound does not stop it: the group says so in its state.
    async fn create(&self, caller: &Caller, settings: GroupSettings) -> Result<GatewayGroup, Problem>;

    /// Changes a group's name or listener.
    async fn update(
        &self,
        caller: &Caller,
        id: &GatewayGroupId,
        settings: GroupSettings,
    ) -> Result<GatewayGroup, Problem>;

    /// Deletes a group that has no SSL certificates.
    async fn delete(&self, caller: &Caller, id: &GatewayGroupId) -> Result<(), Problem>;
}

/// What can be set of a gateway group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupSettings {
    /// Its name, unique without regard to case.
    pub name: GroupName,
    /// Where its TLS listener is to listen, unique among groups unless the port is 0.
    pub listener: SocketAddr,
}
