use std::collections::HashMap;
use std::fmt::Error;
use std::sync::Arc;

use domain::{
    CaCertificateId, GatewayGroupId, NodeHealth, NodeState, Revision, RevocationList, Sni, UnixTime,
};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeGaugeValue, MetricEncoder, NoLabelSet, text};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;
use proxy::{Histogram, Report, UpstreamKey};

use crate::publish::Expiry;

/// Of [`text`].
pub(super) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Everything that is told, as it was at one moment.
#[derive(Debug)]
pub(super) struct Numbers {
    pub(super) report: Report,
    /// Events that are in no store, by group.
    pub(super) events_dropped: HashMap<GatewayGroupId, u64>,
    pub(super) expiries: Vec<Expiry>,
    pub(super) revocation_lists: Vec<(GatewayGroupId, CaCertificateId, Arc<[RevocationList]>)>,
    /// The nodes of the upstreams that are in use.
    pub(super) nodes: Vec<(GatewayGroupId, UpstreamKey, Vec<NodeState>)>,
    pub(super) served: Revision,
    /// `None`: the store does not answer.
    pub(super) stored: Option<Revision>,
    pub(super) now: UnixTime,
}

/// The numbers in the text format of `OpenMetrics`.
///
/// # Errors
/// None that a `String` could have.
pub(super) fn text(numbers: Numbers) -> Result<String, Error> {
    let mut registry = Registry::default();
    registry.register_collector(Box::new(numbers));
    let mut text = String::new();
    text::encode(&mut text, &registry)?;
    Ok(text)
}

impl Collector for Numbers {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), Error> {
        let encoder = &mut encoder;
        self.handshakes(encoder)?;
        self.connections(encoder)?;
        self.certificates(encoder)?;
        self.revocation_lists(encoder)?;
        self.nodes(encoder)?;
        self.revisions(encoder)
    }
}

impl Numbers {
    fn handshakes(&self, encoder: &mut DescriptorEncoder<'_>) -> Result<(), Error> {
        let help = "TLS handshakes that came to an end, by verdict.";
        let mut family = counters(encoder, "postern_handshakes", help)?;
        for (labels, count) in &self.report.handshakes {
            let reason = labels.reason.map_or("", |reason| reason.as_str());
            let set = [
                ("group", labels.group.as_str()),
                ("host", &*labels.host),
                ("outcome", labels.outcome.as_str()),
                ("reason", reason),
            ];
            count_of(&mut family, &set, *count)?;
        }
        let help = "From accept to the verdict.";
        let name = "postern_handshake_duration_seconds";
        let mut family = encoder.encode_descriptor(name, help, None, MetricType::Histogram)?;
        for (group, durations) in &self.report.durations {
            histogram(&mut family, group, durations)?;
        }
        let help = "Handshakes that resumed an earlier session.";
        by_group(encoder, "postern_handshakes_resumed", help, &self.report.resumed)?;
        let help = "Handshake events that could not be kept.";
        by_group(encoder, "postern_events_dropped", help, &self.events_dropped)
    }

    fn connections(&self, encoder: &mut DescriptorEncoder<'_>) -> Result<(), Error> {
        let mut family = gauges(encoder, "postern_open_connections", "Connections that are open now.")?;
        for (group, count) in &self.report.open_connections {
            value_of(&mut family, &[("group", group.as_str())], count)?;
        }
        let help = "Open connections that were refused: a policy changed, or a certificate or list ran out.";
        by_group(encoder, "postern_connections_closed_by_policy", help, &self.report.closed_by_policy)?;
        let help = "Connections that were closed at once because their client had too many.";
        by_group(encoder, "postern_connections_turned_away", help, &self.report.turned_away)?;
        let mut family = counters(encoder, "postern_requests", "Requests that were answered.")?;
        for (labels, count) in &self.report.requests {
            let status = labels.status.to_string();
            let set = [("group", labels.group.as_str()), ("host", &*labels.host), ("status", &*status)];
            count_of(&mut family, &set, *count)?;
        }
        let help = "Lines of the access log that were lost.";
        by_group(encoder, "postern_access_log_dropped", help, &self.report.requests_dropped)
    }

    fn certificates(&self, encoder: &mut DescriptorEncoder<'_>) -> Result<(), Error> {
        let help = "When a server certificate that is in use expires, in seconds since 1970.";
        let mut family = gauges(encoder, "postern_certificate_not_after_seconds", help)?;
        for expiry in &self.expiries {
            let sni = expiry.sni.as_ref().map(Sni::to_string).unwrap_or_default();
            let set = [("group", expiry.group.as_str()), ("id", expiry.certificate.as_str()), ("sni", &*sni)];
            value_of(&mut family, &set, &expiry.not_after.0)?;
        }
        Ok(())
    }

    fn revocation_lists(&self, encoder: &mut DescriptorEncoder<'_>) -> Result<(), Error> {
        let help = "How long ago a revocation list that is in use was issued.";
        let mut family = gauges(encoder, "postern_crl_age_seconds", help)?;
        for (labels, list) in self.lists() {
            value_of(&mut family, &labels, &self.now.seconds_since(list.this_update))?;
        }
        let help = "When the next revocation list is due, in seconds since 1970.";
        let mut family = gauges(encoder, "postern_crl_next_update_seconds", help)?;
        for (labels, list) in self.lists() {
            if let Some(next_update) = list.next_update {
                value_of(&mut family, &labels, &next_update.0)?;
            }
        }
        Ok(())
    }

    fn lists(&self) -> impl Iterator<Item = ([(&'static str, &str); 3], &RevocationList)> {
        self.revocation_lists.iter().flat_map(|(group, ca, lists)| {
            lists.iter().map(|list| {
                let issuer = list.issuer.as_str();
                ([("group", group.as_str()), ("ca", ca.as_str()), ("issuer", issuer)], list)
            })
        })
    }

    fn nodes(&self, encoder: &mut DescriptorEncoder<'_>) -> Result<(), Error> {
        let help = "Whether a node of an upstream is well, 1 or 0.";
        let mut family = gauges(encoder, "postern_upstream_node_healthy", help)?;
        for (group, key, nodes) in &self.nodes {
            let upstream = upstream_label(key);
            for node in nodes {
                let address = node.address.to_string();
                let set = [("group", group.as_str()), ("upstream", &*upstream), ("node", &*address)];
                let is_healthy = matches!(node.health, NodeHealth::Healthy);
                value_of(&mut family, &set, &i64::from(is_healthy))?;
            }
        }
        Ok(())
    }

    fn revisions(&self, encoder: &mut DescriptorEncoder<'_>) -> Result<(), Error> {
        let help = "The revision that the gateway serves.";
        gauges(encoder, "postern_revision_served", help)?.encode_gauge(&self.served.0)?;
        let help = "The newest revision in the store; absent while the store does not answer.";
        let mut stored = gauges(encoder, "postern_revision_stored", help)?;
        match self.stored {
            Some(revision) => stored.encode_gauge(&revision.0),
            None => Ok(()),
        }
    }
}

/// Names an upstream by what has it.
fn upstream_label(key: &UpstreamKey) -> String {
    match key {
        UpstreamKey::Shared(id) => format!("upstream {id}"),
        UpstreamKey::OfService(id) => format!("service {id}"),
        UpstreamKey::OfRoute(id) => format!("route {id}"),
    }
}

fn counters<'e>(
    encoder: &'e mut DescriptorEncoder<'_>,
    name: &'e str,
    help: &str,
) -> Result<MetricEncoder<'e>, Error> {
    encoder.encode_descriptor(name, help, None, MetricType::Counter)
}

fn gauges<'e>(
    encoder: &'e mut DescriptorEncoder<'_>,
    name: &'e str,
    help: &str,
) -> Result<MetricEncoder<'e>, Error> {
    encoder.encode_descriptor(name, help, None, MetricType::Gauge)
}

fn by_group(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    counts: &HashMap<GatewayGroupId, u64>,
) -> Result<(), Error> {
    let mut family = counters(encoder, name, help)?;
    counts.iter().try_for_each(|(group, count)| count_of(&mut family, &[("group", group.as_str())], *count))
}

fn count_of(
    family: &mut MetricEncoder<'_>,
    labels: &[(&'static str, &str)],
    count: u64,
) -> Result<(), Error> {
    family.encode_family(&labels)?.encode_counter::<NoLabelSet, _, u64>(&count, None)
}

fn value_of(
    family: &mut MetricEncoder<'_>,
    labels: &[(&'static str, &str)],
    value: &impl EncodeGaugeValue,
) -> Result<(), Error> {
    family.encode_family(&labels)?.encode_gauge(value)
}

fn histogram(
    family: &mut MetricEncoder<'_>,
    group: &GatewayGroupId,
    durations: &Histogram,
) -> Result<(), Error> {
    let bounds = Histogram::BOUNDS.iter().map(std::time::Duration::as_secs_f64).chain([f64::INFINITY]);
    let buckets: Vec<(f64, u64)> = bounds.zip(durations.counts).collect();
    let count = durations.counts.iter().sum();
    let labels = [("group", group.as_str())];
    let mut of_group = family.encode_family(&labels)?;
    of_group.encode_histogram::<NoLabelSet>(durations.sum.as_secs_f64(), count, &buckets, None)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use domain::ReasonCode;
    use proxy::{HandshakeLabels, HandshakeOutcome, RequestLabels};

    use super::*;

    fn node(address: &str, health: NodeHealth) -> NodeState {
        NodeState { address: address.parse().expect("an address"), health, requests: 0 }
    }

    fn unhealthy() -> NodeHealth {
        NodeHealth::Unhealthy { since: UnixTime(1), reason: "refused".to_owned() }
    }

    fn numbers() -> Numbers {
        let group = GatewayGroupId::default_group();
        let one = |count: u64| HashMap::from([(group.clone(), count)]);
        let mut counts = [0; 14];
        counts[1] = 2;
        let report = Report {
            handshakes: HashMap::from([(
                HandshakeLabels {
                    group: group.clone(),
                    host: "*.a.test".into(),
                    outcome: HandshakeOutcome::Refused,
                    reason: Some(ReasonCode::NoClientCert),
                },
                3,
            )]),
            durations: HashMap::from([(group.clone(), Histogram { counts, sum: Duration::from_millis(3) })]),
            resumed: one(4),
            open_connections: one(5),
            requests: HashMap::from([(
                RequestLabels { group: group.clone(), host: "a.test".into(), status: 404 },
                6,
            )]),
            closed_by_policy: one(7),
            turned_away: one(9),
            events_dropped: HashMap::new(),
            requests_dropped: HashMap::new(),
        };
        let list = RevocationList {
            issuer: "CN=\"A\"\\B".to_owned(),
            this_update: UnixTime(40),
            next_update: Some(UnixTime(200)),
            number: None,
            entries: 1,
        };
        Numbers {
            report,
            events_dropped: one(8),
            expiries: vec![Expiry {
                group: group.clone(),
                certificate: "cert".parse().expect("an id"),
                sni: Some("a.test".parse().expect("an SNI")),
                not_after: UnixTime(99),
            }],
            nodes: vec![
                (
                    group.clone(),
                    UpstreamKey::OfService("s".parse().expect("an id")),
                    vec![node("a.test:80", NodeHealth::Healthy), node("[::1]:80", unhealthy())],
                ),
                (
                    group.clone(),
                    UpstreamKey::Shared("u".parse().expect("an id")),
                    vec![node("a.test", NodeHealth::Healthy)],
                ),
            ],
            revocation_lists: vec![(group, "ca".parse().expect("an id"), [list].into())],
            served: Revision(10),
            stored: Some(Revision(11)),
            now: UnixTime(100),
        }
    }

    #[test]
    fn every_number_has_its_line() {
        let text = text(numbers()).expect("text");
        for line in [
            r#"postern_handshakes_total{group="default",host="*.a.test",outcome="refused",reason="no_client_cert"} 3"#,
            r#"postern_handshake_duration_seconds_bucket{le="0.001",group="default"} 0"#,
            r#"postern_handshake_duration_seconds_bucket{le="0.002",group="default"} 2"#,
            r#"postern_handshake_duration_seconds_bucket{le="+Inf",group="default"} 2"#,
            r#"postern_handshake_duration_seconds_count{group="default"} 2"#,
            r#"postern_handshake_duration_seconds_sum{group="default"} 0.003"#,
            r#"postern_handshakes_resumed_total{group="default"} 4"#,
            r#"postern_open_connections{group="default"} 5"#,
            r#"postern_requests_total{group="default",host="a.test",status="404"} 6"#,
            r#"postern_connections_closed_by_policy_total{group="default"} 7"#,
            r#"postern_connections_turned_away_total{group="default"} 9"#,
            r#"postern_events_dropped_total{group="default"} 8"#,
            r#"postern_certificate_not_after_seconds{group="default",id="cert",sni="a.test"} 99"#,
            r#"postern_crl_age_seconds{group="default",ca="ca",issuer="CN=\"A\"\\B"} 60"#,
            r#"postern_crl_next_update_seconds{group="default",ca="ca",issuer="CN=\"A\"\\B"} 200"#,
            r#"postern_upstream_node_healthy{group="default",upstream="service s",node="a.test:80"} 1"#,
            r#"postern_upstream_node_healthy{group="default",upstream="service s",node="[::1]:80"} 0"#,
            r#"postern_upstream_node_healthy{group="default",upstream="upstream u",node="a.test"} 1"#,
            "postern_revision_served 10",
            "postern_revision_stored 11",
            "# EOF",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\nis not in\n{text}");
        }
    }

    #[test]
    fn a_store_that_does_not_answer_has_no_revision() {
        let text = text(Numbers { stored: None, ..numbers() }).expect("text");
        assert!(!text.contains("\npostern_revision_stored "), "{text}");
    }

    #[test]
    fn the_documentation_names_what_there_is_and_nothing_else() {
        let documented: BTreeSet<&str> =
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/metrics.md"))
                .lines()
                .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
                .collect();
        let text = text(numbers()).expect("text");
        let told: BTreeSet<String> = text
            .lines()
            .filter_map(|line| line.strip_prefix("# TYPE "))
            .filter_map(|line| match line.split_once(' ')? {
                (name, "counter") => Some(format!("{name}_total")),
                (name, _) => Some(name.to_owned()),
            })
            .collect();
        assert_eq!(documented, told.iter().map(String::as_str).collect());
    }
}
