//! Which route, and so which upstream, a request goes to: a persistent index for each group, so that a change costs the
//! same whatever else there is, and so does a look-up.

mod entry;
mod hosts;
mod path_tree;
#[cfg(test)]
mod tests;

use std::sync::{Arc, LazyLock};

use domain::{IdentityHeaders, RouteId, Scheme, ServerName, ServiceId, Sni};
use http::Method;
use rpds::{HashTrieMapSync, HashTrieSetSync};

use self::entry::{Entry, Methods};
use self::hosts::Hosts;
use crate::change::{RouteRules, ServiceRules, UpstreamKey, UpstreamState};
use crate::path::CheckedPath;
use crate::upstream::NodeSet;

/// Where requests for an upstream go.
#[derive(Debug, Clone)]
pub(crate) enum Destination {
    /// To one of these nodes.
    Nodes(Arc<NodeSet>),
    /// To the built-in echo.
    Echo,
    /// Nowhere, for this reason (operators see it): 503.
    Broken(String),
}

impl Destination {
    /// What becomes of an upstream that may have been there before.
    fn new(state: UpstreamState, earlier: Option<&Self>) -> Self {
        match state {
            UpstreamState::Broken(reason) => Self::Broken(reason),
            UpstreamState::Serving { upstream, .. } if upstream.scheme == Scheme::Echo => Self::Echo,
            UpstreamState::Serving { upstream, tls } => {
                let earlier = match earlier {
                    Some(Self::Nodes(nodes)) => Some(&**nodes),
                    Some(Self::Echo | Self::Broken(_)) | None => None,
                };
                Self::Nodes(Arc::new(NodeSet::new(upstream, tls, earlier)))
            }
        }
    }
}

/// The route of a request.
#[derive(Debug)]
pub(crate) struct Found<'a> {
    pub(crate) id: &'a RouteId,
    pub(crate) route: &'a RouteRules,
    pub(crate) destination: &'a Destination,
    /// The service's, else the group's.
    pub(crate) identity_headers: IdentityHeaders,
}

/// Why a request has no route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotRouted {
    /// None matches: 404.
    NotFound,
    /// Its path can be read in two ways, and they lead to different routes, or one of them to none: 400.
    Ambiguous,
}

/// The routes, services and upstreams of one group.
#[derive(Debug, Clone, Default)]
pub(crate) struct Routing {
    upstreams: HashTrieMapSync<UpstreamKey, Destination>,
    services: HashTrieMapSync<ServiceId, ServiceRules>,
    routes: HashTrieMapSync<RouteId, Arc<Entry>>,
    /// The routes that name a service, whether there is one or not.
    members: HashTrieMapSync<ServiceId, HashTrieSetSync<RouteId>>,
    /// The routes that a request may match.
    hosts: Hosts,
}

impl Routing {
    /// The route that decides for a request: that of the most exact host which has one with this path and method; there
    /// the most exact path, then the greatest priority, then the smallest id. `identity_headers` are the group's.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) fn find(
        &self,
        host: &ServerName,
        path: &CheckedPath<'_>,
        method: &Method,
        identity_headers: IdentityHeaders,
    ) -> Result<Found<'_>, NotRouted> {
        let method = Methods::of(method);
        let literal = self.hosts.find(host, path.literal().as_bytes(), method);
        if let Some(eager) = path.eager() {
            let eager = self.hosts.find(host, eager, method);
            if literal.map(|entry| &entry.id) != eager.map(|entry| &entry.id) {
                return Err(NotRouted::Ambiguous);
            }
        }
        let entry = literal.ok_or(NotRouted::NotFound)?;
        let service = entry.rules.service.as_ref();
        let rules = service.and_then(|service| self.services.get(service));
        let upstream = entry.rules.upstream.as_ref().or_else(|| rules.map(|rules| &rules.upstream));
        let destination = upstream.and_then(|key| self.upstreams.get(key)).unwrap_or_else(|| &NO_UPSTREAM);
        let own = rules.and_then(|rules| rules.identity_headers);
        let identity_headers = own.unwrap_or(identity_headers);
        Ok(Found { id: &entry.id, route: &entry.rules, destination, identity_headers })
    }

    /// Where an upstream's requests go.
    pub(crate) fn destination(&self, key: &UpstreamKey) -> Option<&Destination> {
        self.upstreams.get(key)
    }

    /// All upstreams with nodes.
    pub(crate) fn node_sets(&self) -> impl Iterator<Item = (&UpstreamKey, &Arc<NodeSet>)> {
        self.upstreams.iter().filter_map(|(key, destination)| match destination {
            Destination::Nodes(nodes) => Some((key, nodes)),
            Destination::Echo | Destination::Broken(_) => None,
        })
    }

    /// Adds or replaces an upstream. What is known of nodes that stay is kept.
    pub(crate) fn put_upstream(&mut self, key: UpstreamKey, state: UpstreamState) {
        let destination = Destination::new(state, self.upstreams.get(&key));
        self.upstreams.insert_mut(key, destination);
    }

    /// Takes an upstream away. Routes that still lead to it answer 503.
    pub(crate) fn remove_upstream(&mut self, key: &UpstreamKey) {
        self.upstreams.remove_mut(key);
    }

    /// Adds or replaces a service.
    pub(crate) fn put_service(&mut self, id: ServiceId, rules: ServiceRules) {
        if self.services.get(&id).is_some_and(|earlier| earlier.hosts == rules.hosts) {
            self.services.insert_mut(id, rules);
        } else {
            self.hide_members(&id);
            self.services.insert_mut(id.clone(), rules);
            self.show_members(&id);
        }
    }

    /// Takes a service away. Its routes match nothing from then on.
    pub(crate) fn remove_service(&mut self, id: &ServiceId) {
        self.hide_members(id);
        self.services.remove_mut(id);
    }

    /// Adds or replaces a route.
    pub(crate) fn put_route(&mut self, id: RouteId, rules: RouteRules) {
        self.remove_route(&id);
        let entry = Arc::new(Entry::new(id.clone(), rules));
        self.hosts.insert(hosts_of(&entry, &self.services), &entry);
        if let Some(service) = &entry.rules.service {
            let mut members = self.members.get(service).cloned().unwrap_or_default();
            members.insert_mut(id.clone());
            self.members.insert_mut(service.clone(), members);
        }
        self.routes.insert_mut(id, entry);
    }

    /// Takes a route away.
    pub(crate) fn remove_route(&mut self, id: &RouteId) {
        let Some(entry) = self.routes.get(id).map(Arc::clone) else { return };
        self.hosts.remove(hosts_of(&entry, &self.services), &entry);
        if let Some(service) = &entry.rules.service
            && let Some(members) = self.members.get_mut(service)
        {
            members.remove_mut(id);
            if members.is_empty() {
                self.members.remove_mut(service);
            }
        }
        self.routes.remove_mut(id);
    }

    fn hide_members(&mut self, service: &ServiceId) {
        for entry in members_of(service, &self.members, &self.routes) {
            self.hosts.remove(hosts_of(entry, &self.services), entry);
        }
    }

    fn show_members(&mut self, service: &ServiceId) {
        for entry in members_of(service, &self.members, &self.routes) {
            self.hosts.insert(hosts_of(entry, &self.services), entry);
        }
    }
}

/// For routes that lead to an upstream which is not there.
static NO_UPSTREAM: LazyLock<Destination> =
    LazyLock::new(|| Destination::Broken("the route's upstream is missing".to_owned()));

fn members_of<'a>(
    service: &ServiceId,
    members: &'a HashTrieMapSync<ServiceId, HashTrieSetSync<RouteId>>,
    routes: &'a HashTrieMapSync<RouteId, Arc<Entry>>,
) -> impl Iterator<Item = &'a Arc<Entry>> {
    members.get(service).into_iter().flatten().filter_map(|id| routes.get(id))
}

/// The hosts of a route: its own, else its service's, else all. None while its service is missing.
fn hosts_of<'a>(entry: &'a Entry, services: &'a HashTrieMapSync<ServiceId, ServiceRules>) -> &'a [Sni] {
    let service = match &entry.rules.service {
        None => None,
        Some(service) => match services.get(service) {
            None => return &[],
            rules => rules,
        },
    };
    let hosts = if entry.rules.hosts.is_empty() {
        service.map_or(&[][..], |it| &it.hosts)
    } else {
        &entry.rules.hosts
    };
    if hosts.is_empty() { &[Sni::Any] } else { hosts }
}
