use std::net::SocketAddr;

use async_trait::async_trait;
use domain::{
    Caller, GatewayGroup, GatewayGroupId, IdentityHeaders, ObjectName, Problem, Protection, SslCertificateId,
};

/// Gateway groups.
#[async_trait]
pub trait GatewayGroups: Send + Sync {
    /// All groups, by name.
    async fn list(&self, caller: &Caller) -> Result<Vec<GatewayGroup>, Problem>;

    /// One group.
    async fn get(&self, caller: &Caller, id: &GatewayGroupId) -> Result<GatewayGroup, Problem>;

    /// Creates a group. A port that cannot be bound does not stop it: the group says so in its state.
    async fn create(&self, caller: &Caller, settings: GroupSettings) -> Result<GatewayGroup, Problem>;

    /// Changes a group's settings.
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
    pub name: ObjectName,
    /// Where its TLS listener is to listen, unique among groups unless the port is 0.
    pub listener: SocketAddr,
    /// Where plain HTTP is redirected to HTTPS, if anywhere; no other listener may have the address.
    pub http_listener: Option<SocketAddr>,
    /// The server certificate of the group for clients that name no host; without it they are refused.
    pub default_certificate: Option<SslCertificateId>,
    /// What one client, or all of them together, may use up.
    pub protection: Protection,
    /// How nodes are told who the client is, where a service says nothing else.
    pub identity_headers: IdentityHeaders,
}
