//! What benchmarks and fuzz targets may see of the inside. No part of the interface: it changes whenever they need it.

use domain::{GatewayGroupId, Revision, RouteId, ServerName, SslCertificateId};
use http::Method;

use crate::change::Change;
use crate::path::CheckedPath;
use crate::routing::NotRouted;
use crate::snapshot::Snapshot;

/// What a gateway serves, without a gateway.
#[derive(Debug, Default)]
pub struct Served(Snapshot);

impl Served {
    /// After changes of the default group.
    #[must_use]
    pub fn with(&self, changes: impl IntoIterator<Item = Change>) -> Self {
        Self(self.0.with(changes, Revision(1)))
    }

    /// Looks at a request's path, and finds its route in the default group.
    pub fn route(&self, host: &ServerName, path: &str, method: &Method) -> Routed<'_> {
        let Some(path) = CheckedPath::new(path) else { return Routed::Refused };
        match self.0.find_route(&GatewayGroupId::default_group(), host, &path, method) {
            Ok(found) => Routed::To(found.id),
            Err(NotRouted::NotFound) => Routed::Nowhere,
            Err(NotRouted::Ambiguous) => Routed::Ambiguous,
        }
    }

    /// The SSL certificate of the default group that decides for a host.
    pub fn certificate(&self, host: &ServerName) -> Option<&SslCertificateId> {
        self.0.policy(&GatewayGroupId::default_group(), host).map(|policy| &policy.certificate)
    }
}

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Routed<'a> {
    /// It has a route.
    To(&'a RouteId),
    /// No route matches.
    Nowhere,
    /// Its path leads to more than one place.
    Ambiguous,
    /// Nobody should have to make sense of its path.
    Refused,
}

/// A path that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// What goes to nodes.
    pub forwarded: String,
    /// Its readings: the literal one, and the eager one if there is one.
    pub readings: Vec<Vec<u8>>,
}

/// Looks at a path; `None` if it is refused.
pub fn path(raw: &str) -> Option<Path> {
    let path = CheckedPath::new(raw)?;
    let literal = path.literal().as_bytes();
    let readings = [Some(literal), path.eager()].into_iter().flatten().map(<[u8]>::to_vec).collect();
    Some(Path { forwarded: path.forwarded().to_owned(), readings })
}
