//! Whether a node is the gateway itself: then a request would come back for ever.

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::time::Duration;

use domain::{Fault, GatewayGroupId, ListenerState, NodeAddress, NodeHost, ServerName, Upstream};
use futures_util::StreamExt as _;
use proxy::Gateway;
use store::StoredGatewayGroup;

/// How long all names together may take to be looked up. One that takes longer is not known to lead here.
const PATIENCE: Duration = Duration::from_secs(2);
/// How many names are looked up at once.
const LOOKUPS: usize = 16;

/// Where this instance listens for clients, and for which group.
#[derive(Debug, Default)]
pub(super) struct OwnListeners(Vec<(SocketAddr, GatewayGroupId)>);

/// The addresses of names.
pub(super) type Resolved = HashMap<ServerName, Vec<IpAddr>>;

impl OwnListeners {
    /// Those of these groups: where they listen, and where they are to listen.
    pub(super) fn of(groups: &[StoredGatewayGroup], gateway: &Gateway) -> Self {
        let listeners = groups.iter().flat_map(|group| {
            let states = [Some(gateway.listener_state(&group.id)), gateway.http_listener_state(&group.id)];
            let bound = states.into_iter().flatten().filter_map(|state| match state {
                ListenerState::Listening(address) => Some(address),
                ListenerState::Failed { .. } | ListenerState::Starting => None,
            });
            let wanted = [Some(group.row.listener), group.row.http_listener].into_iter().flatten();
            bound
                .chain(wanted.filter(|address| address.port() != 0))
                .map(|address| (address, group.id.clone()))
        });
        Self(listeners.collect())
    }

    /// Looks up the names of those nodes that have the port of a listener; the others cannot lead here.
    pub(super) async fn resolve(&self, upstreams: impl Iterator<Item = &Upstream>) -> Resolved {
        let names: HashSet<ServerName> = upstreams
            .flat_map(|upstream| upstream.nodes.iter().map(move |node| (upstream, &node.address)))
            .filter_map(|(upstream, address)| match &address.host {
                NodeHost::Name(name) if self.has_port(port(upstream, address)) => Some(name.clone()),
                NodeHost::Name(_) | NodeHost::Ip(_) => None,
            })
            .collect();
        let lookups = futures_util::stream::iter(names).map(|name| async move {
            // The port means nothing here.
            let found = tokio::net::lookup_host((name.as_str(), 0)).await;
            let addresses =
                found.map(|found| found.map(|address| address.ip()).collect()).unwrap_or_default();
            (name, addresses)
        });
        let deadline = Box::pin(tokio::time::sleep(PATIENCE));
        lookups.buffer_unordered(LOOKUPS).take_until(deadline).collect().await
    }

    /// A fault for each node that leads to one of the listeners.
    pub(super) fn faults(&self, upstream: &Upstream, resolved: &Resolved) -> Vec<Fault> {
        let nodes = upstream.nodes.iter().filter_map(|node| {
            let group =
                self.listener_at(port(upstream, &node.address), addresses(&node.address, resolved))?;
            Some(Fault::NodeIsGateway { address: node.address.clone(), group: group.clone() })
        });
        nodes.collect()
    }

    fn has_port(&self, port: u16) -> bool {
        self.0.iter().any(|(listener, _)| listener.port() == port)
    }

    fn listener_at(&self, port: u16, addresses: &[IpAddr]) -> Option<&GatewayGroupId> {
        let same_port = self.0.iter().filter(|(listener, _)| listener.port() == port);
        let found = same_port.into_iter().find(|(listener, _)| {
            addresses.iter().any(|address| takes(listener.ip().to_canonical(), connected_to(*address)))
        });
        found.map(|(_, group)| group)
    }
}

/// The port that a node has.
fn port(upstream: &Upstream, address: &NodeAddress) -> u16 {
    address.port.unwrap_or(upstream.scheme.default_port())
}

fn addresses<'a>(address: &'a NodeAddress, resolved: &'a Resolved) -> &'a [IpAddr] {
    match &address.host {
        NodeHost::Ip(address) => std::slice::from_ref(address),
        NodeHost::Name(name) => resolved.get(name).map(Vec::as_slice).unwrap_or_default(),
    }
}

/// Where a connection to an address ends up: one to no address in particular goes to this machine.
fn connected_to(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
        address => address,
    }
}

/// Whether a listener takes connections to an address.
fn takes(listener: IpAddr, address: IpAddr) -> bool {
    listener == address || (listener.is_unspecified() && is_of_this_machine(address))
}

/// Only addresses of this machine can be bound.
fn is_of_this_machine(address: IpAddr) -> bool {
    address.is_loopback() || UdpSocket::bind((address, 0)).is_ok()
}

#[cfg(test)]
mod tests {
    use domain::{Node, Scheme};

    use super::*;

    fn listeners(addresses: &[&str]) -> OwnListeners {
        let group = GatewayGroupId::default_group();
        OwnListeners(addresses.iter().map(|it| (it.parse().expect(it), group.clone())).collect())
    }

    fn upstream(scheme: Scheme, node: &str) -> Upstream {
        Upstream { scheme, nodes: vec![Node::new(node.parse().expect(node))], ..Upstream::default() }
    }

    #[tokio::test]
    async fn a_node_that_leads_back_is_found_however_it_is_written() {
        for (listener, scheme, node, leads_back) in [
            ("127.0.0.1:9443", Scheme::Http, "127.0.0.1:9443", true),
            ("127.0.0.1:9443", Scheme::Http, "127.0.0.1:9444", false),
            ("127.0.0.1:9443", Scheme::Http, "127.0.0.2:9443", false),
            ("127.0.0.1:9443", Scheme::Http, "[::ffff:127.0.0.1]:9443", true),
            ("127.0.0.1:9443", Scheme::Http, "0.0.0.0:9443", true),
            ("127.0.0.1:9443", Scheme::Http, "localhost:9443", true),
            ("127.0.0.1:443", Scheme::Https, "127.0.0.1", true),
            ("127.0.0.1:443", Scheme::Grpcs, "localhost", true),
            ("127.0.0.1:443", Scheme::Http, "127.0.0.1", false),
            ("[::1]:9443", Scheme::Http, "[::]:9443", true),
            ("0.0.0.0:9443", Scheme::Http, "127.8.9.10:9443", true),
            ("0.0.0.0:9443", Scheme::Http, "localhost:9443", true),
            ("[::]:9443", Scheme::Http, "127.0.0.1:9443", true),
            ("0.0.0.0:9443", Scheme::Http, "192.0.2.1:9443", false),
            ("0.0.0.0:9443", Scheme::Http, "127.0.0.1:80", false),
            ("0.0.0.0:9443", Scheme::Http, "no-such-name.invalid:9443", false),
        ] {
            let (listeners, upstream) = (listeners(&[listener]), upstream(scheme, node));
            let resolved = listeners.resolve([&upstream].into_iter()).await;
            let expected = leads_back.then(|| Fault::NodeIsGateway {
                address: upstream.nodes[0].address.clone(),
                group: GatewayGroupId::default_group(),
            });
            let found = listeners.faults(&upstream, &resolved);
            assert_eq!(found, Vec::from_iter(expected), "{listener} {node}");
        }
    }

    #[tokio::test]
    async fn names_are_looked_up_only_where_the_port_is_a_listeners() {
        let listeners = listeners(&["127.0.0.1:9443"]);
        let nodes = ["localhost:1", "localhost:9443", "127.0.0.1:9443"];
        let upstreams = nodes.map(|node| upstream(Scheme::Http, node));
        let names = async |upstreams: &[Upstream]| listeners.resolve(upstreams.iter()).await.len();
        assert_eq!((names(&upstreams[..1]).await, names(&upstreams).await), (0, 1));
    }
}
