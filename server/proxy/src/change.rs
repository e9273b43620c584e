//! What the gateway is told to serve.

use std::net::SocketAddr;
use std::sync::Arc;

use domain::{GatewayGroupId, Protection, Revision, Sni, SslCertificateId};
use tls::HostConfig;

use crate::exempt_paths::ExemptPaths;

/// One change of the snapshot.
#[derive(Debug)]
pub enum Change {
    /// A group is new, or its settings have changed.
    Group {
        /// The group.
        group: GatewayGroupId,
        /// Where it listens.
        listener: SocketAddr,
        /// Where it answers plain HTTP with redirects to `listener`'s port, if anywhere.
        http_listener: Option<SocketAddr>,
        /// The SSL certificate whose policy decides for clients that name no host; without it they are refused.
        default_certificate: Option<SslCertificateId>,
        /// What its clients may use up; holds for new connections.
        protection: Protection,
    },
    /// A group is gone, with all its policies.
    GroupRemoved(GatewayGroupId),
    /// The deny-list that the group's policies share ([`tls::GroupDenials`]) has other entries now: all its connections
    /// are judged again.
    DenialsChanged(GatewayGroupId),
    /// A policy is new or has changed.
    Policy {
        /// The group.
        group: GatewayGroupId,
        /// The SSL certificate that it is made of.
        certificate: SslCertificateId,
        /// The policy.
        policy: HostPolicy,
    },
    /// A policy is gone: its SSL certificate is deleted.
    PolicyRemoved {
        /// The group.
        group: GatewayGroupId,
        /// The SSL certificate.
        certificate: SslCertificateId,
    },
}

/// What holds for the hosts of one SSL certificate.
#[derive(Debug)]
pub struct HostPolicy {
    /// The hosts.
    pub snis: Vec<Sni>,
    /// The revision of its last change.
    pub revision: Revision,
    /// What to do with their clients.
    pub state: PolicyState,
    /// The paths that need no verified client, where each request decides for itself (`tls::Enforcement::PerRequest`);
    /// they mean nothing otherwise.
    pub exempt_paths: ExemptPaths,
}

/// What to do with the clients of a policy's hosts.
#[derive(Debug)]
pub enum PolicyState {
    /// Serve them.
    Serving(Arc<HostConfig>),
    /// Refuse them all, for this reason (operators see it).
    Broken(String),
    /// Serve them no more, as if nobody knew the hosts: the certificate is disabled. Its names still stand in the way of
    /// wider ones, so that switching a strict host off does not open it through a lax wildcard.
    Suspended,
}
