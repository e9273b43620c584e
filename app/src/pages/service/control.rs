//! The controls of a service's form.

use domain::{Field, Service, UpstreamNumber};

/// One control. Each is there once; those of routes are [`RouteControl`]s.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Control {
    Name,
    Hosts,
    IdentityHeaders,
    /// An upstream that services share, or nothing.
    Upstream,
    Scheme,
    Nodes,
    Balancing,
    /// The header field that a consistent hash is taken of.
    HashKey,
    PassHost,
    /// The host that nodes are told instead.
    UpstreamHost,
    Number(UpstreamNumber),
    Retries,
    TlsVerify,
    UpstreamServerName,
    ClientCertificate,
    ActiveCheck,
    CheckKind,
    CheckPath,
    CheckHost,
    PassiveCheck,
    PassiveStatuses,
    /// Says that the form has all tick boxes: without it, one that is not sent would look like one that is not ticked.
    IsComplete,
}

impl Control {
    /// Its HTML id, and its name among the fields of the form.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Hosts => "hosts",
            Self::IdentityHeaders => "identity_headers",
            Self::Upstream => "upstream",
            Self::Scheme => "scheme",
            Self::Nodes => "nodes",
            Self::Balancing => "balancing",
            Self::HashKey => "hash_key",
            Self::PassHost => "pass_host",
            Self::UpstreamHost => "upstream_host",
            Self::Number(number) => number.name(),
            Self::Retries => "retries",
            Self::TlsVerify => "tls_verify",
            Self::UpstreamServerName => "upstream_server_name",
            Self::ClientCertificate => "client_certificate",
            Self::ActiveCheck => "active_check",
            Self::CheckKind => "check_kind",
            Self::CheckPath => "check_path",
            Self::CheckHost => "check_host",
            Self::PassiveCheck => "passive_check",
            Self::PassiveStatuses => "passive_statuses",
            Self::IsComplete => "is_complete",
        }
    }

    /// The field that an error in it belongs to.
    pub(super) fn field(self) -> Field {
        match self {
            Self::Name | Self::IsComplete => Field::Name,
            Self::Hosts => Field::Hosts,
            Self::IdentityHeaders => Field::IdentityHeaders,
            Self::Upstream => Field::Upstream,
            Self::Scheme => Field::Scheme,
            Self::Nodes => Field::Nodes,
            Self::Balancing => Field::Balancing,
            Self::HashKey => Field::HashKey,
            Self::PassHost | Self::UpstreamHost => Field::PassHost,
            Self::Number(number) => Field::UpstreamNumber(number),
            Self::Retries => Field::Retries,
            Self::TlsVerify => Field::UpstreamCa,
            Self::UpstreamServerName => Field::UpstreamServerName,
            Self::ClientCertificate => Field::ClientCertificate,
            Self::ActiveCheck | Self::CheckKind | Self::CheckPath | Self::CheckHost => Field::ActiveCheck,
            Self::PassiveCheck | Self::PassiveStatuses => Field::PassiveCheck,
        }
    }
}

impl Control {
    /// Whether the errors of its field stand under it: under the last of the controls that share a field.
    pub(super) fn shows_errors(self) -> bool {
        !matches!(
            self,
            Self::PassHost
                | Self::TlsVerify
                | Self::ActiveCheck
                | Self::CheckKind
                | Self::CheckPath
                | Self::PassiveCheck
        )
    }
}

/// One control of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RouteControl {
    /// Which route it is, if it is not a new one.
    Id,
    Paths,
    Methods,
    Priority,
    /// Whether only clients with a verified certificate may use it.
    Verified,
    Status,
}

impl RouteControl {
    /// Its name among the fields of the form, in the row with this number, from 0.
    pub(super) fn name(self, row: usize) -> String {
        let name = match self {
            Self::Id => "id",
            Self::Paths => "paths",
            Self::Methods => "methods",
            Self::Priority => "priority",
            Self::Verified => "verified",
            Self::Status => "status",
        };
        format!("{ROUTE}{row}_{name}")
    }
}

const ROUTE: &str = "route_";

/// The row that has a control of this name. No form has one beyond [`Service::MOST_ROUTES`] rows and the spare ones.
pub(super) fn row_of(name: &str) -> Option<usize> {
    let row = name.strip_prefix(ROUTE)?.split_once('_')?.0.parse().ok()?;
    (row < 2 * Service::MOST_ROUTES).then_some(row)
}

/// The name among the fields of the form of the box that picks a CA.
pub(super) fn ca_control(id: &str) -> String {
    format!("{UPSTREAM_CA}{id}")
}

/// The CA that is picked by the box of this name.
pub(super) fn ca_of(name: &str) -> Option<&str> {
    name.strip_prefix(UPSTREAM_CA)
}

const UPSTREAM_CA: &str = "upstream_ca_";

/// The form name of a control.
pub(super) fn form_name(name: &str) -> String {
    format!("fields[{name}]")
}

/// The control with this form name.
pub(super) fn control_of(form_name: &str) -> Option<&str> {
    form_name.strip_prefix("fields[")?.strip_suffix(']')
}

/// What the box of a row or a switch sends if it is ticked.
pub(super) const ON: &str = "on";

/// The codes of a route's status.
pub(super) const ENABLED: &str = "enabled";
pub(super) const DISABLED: &str = "disabled";

/// The codes of [`domain::Balancing`], in the order of the form.
pub(super) const ROUND_ROBIN: &str = "round_robin";
pub(super) const LEAST_CONNECTIONS: &str = "least_connections";
pub(super) const HASH_CLIENT_IDENTITY: &str = "hash_client_identity";
pub(super) const HASH_CLIENT_ADDRESS: &str = "hash_client_address";
pub(super) const HASH_HEADER: &str = "hash_header";

/// The codes of [`domain::PassHost`].
pub(super) const PASS: &str = "pass";
pub(super) const NODE: &str = "node";
pub(super) const REWRITE: &str = "rewrite";

/// The codes of [`domain::CheckKind`].
pub(super) const HTTP: &str = "http";
pub(super) const TCP: &str = "tcp";
