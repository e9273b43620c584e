use async_trait::async_trait;
use domain::{
    Caller, Client, DeniedClient, DeniedClientId, DenyEntry, GatewayGroupId, Page, PageRequest, Problem,
    SslCertificateId,
};

/// The clients that were seen, and those that are denied.
#[async_trait]
pub trait Clients: Send + Sync {
    /// The group's inventory, latest seen first; `search` is text that a name, issuer, host or fingerprint contains.
    async fn list(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        search: &str,
        page: PageRequest,
    ) -> Result<Page<Client>, Problem>;

    /// The group's deny-list and those of its SSL certificates, newest first.
    async fn denied(&self, caller: &Caller, group: &GatewayGroupId) -> Result<Vec<DeniedClient>, Problem>;

    /// Denies a client. In force before this returns where that takes less than a second, for open connections too.
    async fn deny(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        new: NewDeniedClient,
    ) -> Result<DeniedClient, Problem>;

    /// Takes an entry off its deny-list.
    async fn allow_again(
        &self,
        caller: &Caller,
        group: &GatewayGroupId,
        id: &DeniedClientId,
    ) -> Result<(), Problem>;
}

/// A client that is to be denied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDeniedClient {
    /// The SSL certificate whose hosts it is for; `None`: all hosts of the group.
    pub ssl_certificate: Option<SslCertificateId>,
    /// Which certificate.
    pub entry: DenyEntry,
    /// What to call the client; at most 128 characters.
    pub label: String,
}
