//! What the store keeps, as it is shown.

use domain::{
    GatewayGroupId, Revision, ServiceStatus, ServiceWithRoutes, SharedUpstream, UpstreamChoice, UpstreamId,
    Versioned,
};
use proxy::UpstreamKey;

use crate::publish::Publisher;

/// A service as it fares on this instance; `shared` is the upstream that it shares with others.
pub(super) fn view(
    group: &GatewayGroupId,
    service: ServiceWithRoutes,
    shared: Option<Versioned<UpstreamId, SharedUpstream>>,
    publisher: &Publisher,
) -> ServiceStatus {
    let key = key(&service);
    // Its own moves with its routes'.
    let newest = shared.iter().map(|shared| shared.revision).fold(service.service.revision, Revision::max);
    ServiceStatus {
        nodes: publisher.gateway().node_states(group, &key),
        fault: publisher.upstream_fault(group, &key),
        is_live: newest <= publisher.gateway().revision(),
        shared_upstream: shared,
        service,
    }
}

/// Where a service's requests go.
fn key(service: &ServiceWithRoutes) -> UpstreamKey {
    match &service.service.value.upstream {
        UpstreamChoice::Own(_) => UpstreamKey::OfService(service.service.id.clone()),
        UpstreamChoice::Shared(id) => UpstreamKey::Shared(id.clone()),
    }
}
