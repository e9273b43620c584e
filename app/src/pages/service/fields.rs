//! What stands in a service's form: texts by control. Made of what is stored, or of what was typed before.

use std::collections::HashMap;

use domain::{
    ActiveCheck, Balancing, CheckKind, HashKey, HealthChecks, Node, PassHost, PassiveCheck, Route, Service,
    ServiceWithRoutes, Status, Upstream, UpstreamChoice, UpstreamNumber as N, UpstreamTls,
};
use leptos_router::params::ParamsMap;

use super::control::{self, Control, ON, RouteControl, ca_control, ca_of, control_of, row_of};

/// The texts in the controls of a form, by name. A box that is not ticked has none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Fields(HashMap<String, String>);

impl From<HashMap<String, String>> for Fields {
    fn from(texts: HashMap<String, String>) -> Self {
        Self(texts)
    }
}

impl Fields {
    /// An empty form: one route that takes everything, and the usual settings.
    pub(super) fn empty() -> Self {
        let mut fields = Self::of_upstream(&Upstream::default());
        fields.set(&RouteControl::Paths.name(0), "/*");
        fields
    }

    /// The form as the service is now.
    pub(super) fn of(stored: &ServiceWithRoutes) -> Self {
        let Service { name, hosts, upstream, identity_headers } = &stored.service.value;
        let (own, shared) = match upstream {
            UpstreamChoice::Own(own) => (Some(&**own), None),
            UpstreamChoice::Shared(id) => (None, Some(id.to_string())),
        };
        let mut fields = Self::of_upstream(own.unwrap_or(&Upstream::default()));
        fields.put(Control::Name, name.as_str());
        fields.put(Control::Hosts, &joined(hosts, "\n"));
        fields.put(Control::Upstream, &shared.unwrap_or_default());
        fields.put(Control::IdentityHeaders, identity_headers.map_or("", |preset| preset.name()));
        for (row, route) in stored.routes.iter().enumerate() {
            fields.put_route(row, route.id.as_str(), &route.value);
        }
        fields
    }

    /// What was typed before, as the address of a form that comes back has it.
    pub(super) fn typed(query: &ParamsMap) -> Option<Self> {
        let texts = query
            .latest_values()
            .filter_map(|(name, text)| Some((control_of(name)?.to_owned(), text.to_owned())));
        let fields = Self(texts.collect());
        (!fields.0.is_empty()).then_some(fields)
    }

    /// All of them, for the address of a form that comes back.
    #[cfg(feature = "ssr")]
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// What stands in a control; nothing if the form does not have it.
    pub(super) fn sent(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// What stands in a control.
    pub(super) fn text(&self, control: Control) -> String {
        self.sent(control.name()).unwrap_or_default().to_owned()
    }

    /// What stands in a control of a route.
    pub(super) fn route(&self, row: usize, control: RouteControl) -> String {
        self.sent(&control.name(row)).unwrap_or_default().to_owned()
    }

    /// Whether a box is ticked.
    pub(super) fn is_on(&self, name: &str) -> bool {
        self.sent(name) == Some(ON)
    }

    /// The rows for routes, in their order.
    pub(super) fn rows(&self) -> Vec<usize> {
        let mut rows: Vec<usize> = self.0.keys().filter_map(|name| row_of(name)).collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }

    /// The ids of the CAs that are picked.
    pub(super) fn picked_cas(&self) -> Vec<String> {
        let ticked = self.0.iter().filter(|(_, text)| *text == ON);
        let mut picked: Vec<_> = ticked.filter_map(|(name, _)| Some(ca_of(name)?.to_owned())).collect();
        picked.sort_unstable();
        picked
    }

    /// Whether something in these controls is not as in an empty form.
    pub(super) fn has_own(&self, controls: &[Control]) -> bool {
        let usual = Self::empty();
        controls.iter().any(|control| self.text(*control) != usual.text(*control))
    }

    fn of_upstream(upstream: &Upstream) -> Self {
        let mut fields = Self::default();
        fields.set(Control::IsComplete.name(), ON);
        fields.put(Control::Scheme, upstream.scheme.name());
        fields.put(Control::Nodes, &joined(&upstream.nodes.iter().map(node_line).collect::<Vec<_>>(), "\n"));
        fields.put_balancing(&upstream.balancing);
        fields.put_host(&upstream.host);
        fields.put_number(N::ConnectTimeout, &seconds(upstream.timeouts.connect));
        fields.put_number(N::SendTimeout, &seconds(upstream.timeouts.send));
        fields.put_number(N::ReadTimeout, &seconds(upstream.timeouts.read));
        fields.put(Control::Retries, &upstream.retries.map(|count| count.to_string()).unwrap_or_default());
        fields.put_tls(&upstream.tls);
        fields.put_health(&upstream.health);
        fields
    }

    fn put_balancing(&mut self, balancing: &Balancing) {
        let (code, header) = match balancing {
            Balancing::RoundRobin => (control::ROUND_ROBIN, None),
            Balancing::LeastConnections => (control::LEAST_CONNECTIONS, None),
            Balancing::ConsistentHash(HashKey::ClientIdentity) => (control::HASH_CLIENT_IDENTITY, None),
            Balancing::ConsistentHash(HashKey::ClientAddress) => (control::HASH_CLIENT_ADDRESS, None),
            Balancing::ConsistentHash(HashKey::Header(name)) => (control::HASH_HEADER, Some(name.as_str())),
        };
        self.put(Control::Balancing, code);
        self.put(Control::HashKey, header.unwrap_or_default());
    }

    fn put_host(&mut self, host: &PassHost) {
        let (code, rewritten) = match host {
            PassHost::Pass => (control::PASS, String::new()),
            PassHost::Node => (control::NODE, String::new()),
            PassHost::Rewrite(host) => (control::REWRITE, host.to_string()),
        };
        self.put(Control::PassHost, code);
        self.put(Control::UpstreamHost, &rewritten);
    }

    fn put_tls(&mut self, tls: &UpstreamTls) {
        let UpstreamTls { verify, ca_certificates, server_name, client_certificate } = tls;
        self.tick(Control::TlsVerify, *verify);
        for id in ca_certificates {
            self.set(&ca_control(id.as_str()), ON);
        }
        self.put(Control::UpstreamServerName, server_name.as_ref().map_or("", |name| name.as_str()));
        self.put(Control::ClientCertificate, client_certificate.as_ref().map_or("", |id| id.as_str()));
    }

    fn put_health(&mut self, health: &HealthChecks) {
        self.tick(Control::ActiveCheck, health.active.is_some());
        self.put_active_check(&health.active.clone().unwrap_or_default());
        self.tick(Control::PassiveCheck, health.passive.is_some());
        self.put_passive_check(&health.passive.clone().unwrap_or_default());
    }

    fn put_active_check(&mut self, check: &ActiveCheck) {
        self.put(Control::CheckKind, check_kind(check.kind));
        self.put(Control::CheckPath, &check.path);
        self.put(Control::CheckHost, check.host.as_ref().map_or("", |host| host.as_str()));
        self.put_number(N::CheckInterval, &check.interval.to_string());
        self.put_number(N::CheckTimeout, &seconds(check.timeout));
        self.put_number(N::HealthyAfter, &check.healthy_after.to_string());
        self.put_number(N::UnhealthyAfter, &check.unhealthy_after.to_string());
    }

    fn put_passive_check(&mut self, check: &PassiveCheck) {
        self.put_number(N::PassiveUnhealthyAfter, &check.unhealthy_after.to_string());
        self.put(Control::PassiveStatuses, &joined(&check.statuses, " "));
        self.put_number(N::RecoverAfter, &check.recover_after.to_string());
    }

    fn put_route(&mut self, row: usize, id: &str, route: &Route) {
        let methods: Vec<_> = route.methods.iter().map(|method| method.name()).collect();
        self.set(&RouteControl::Id.name(row), id);
        self.set(&RouteControl::Paths.name(row), &joined(&route.paths, "\n"));
        self.set(&RouteControl::Methods.name(row), &methods.join(" "));
        self.set(&RouteControl::Priority.name(row), &route.priority.to_string());
        if route.requires_client_certificate {
            self.set(&RouteControl::Verified.name(row), ON);
        }
        let status = if route.status == Status::Enabled { control::ENABLED } else { control::DISABLED };
        self.set(&RouteControl::Status.name(row), status);
    }

    fn tick(&mut self, control: Control, is_on: bool) {
        if is_on {
            self.put(control, ON);
        }
    }

    fn put_number(&mut self, number: N, text: &str) {
        self.put(Control::Number(number), text);
    }

    fn put(&mut self, control: Control, text: &str) {
        self.set(control.name(), text);
    }

    fn set(&mut self, name: &str, text: &str) {
        self.0.insert(name.to_owned(), text.to_owned());
    }
}

/// The code of what an active check asks.
pub(super) fn check_kind(kind: CheckKind) -> &'static str {
    match kind {
        CheckKind::Http => control::HTTP,
        CheckKind::Tcp => control::TCP,
    }
}

/// A node as it is typed: what is usual is left out.
pub(super) fn node_line(node: &Node) -> String {
    let mut line = node.address.to_string();
    if node.weight != 1 {
        line.push_str(&format!(" weight={}", node.weight));
    }
    if node.priority != 0 {
        line.push_str(&format!(" priority={}", node.priority));
    }
    line
}

/// Milliseconds in seconds: `60`, `1.5`, `0.001`.
pub(super) fn seconds(milliseconds: u32) -> String {
    let (whole, rest) = (milliseconds / 1000, milliseconds % 1000);
    if rest == 0 { whole.to_string() } else { format!("{whole}.{rest:03}").trim_end_matches('0').to_owned() }
}

/// Entries one after the other.
pub(super) fn joined<T: ToString>(entries: &[T], separator: &str) -> String {
    entries.iter().map(ToString::to_string).collect::<Vec<_>>().join(separator)
}
