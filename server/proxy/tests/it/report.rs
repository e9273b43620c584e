//! The gateway in numbers.

use std::collections::HashMap;

use domain::{GatewayGroupId, ReasonCode};
use proxy::{HandshakeLabels, HandshakeOutcome, Report, RequestLabels};
use tls::Enforcement;

use crate::support::client::Client;
use crate::support::gateway::{Bench, Guard, group};
use crate::support::pki::Authority;

fn handshakes(report: &Report, host: &str, outcome: HandshakeOutcome, reason: Option<ReasonCode>) -> u64 {
    let labels = HandshakeLabels { group: group(), host: host.into(), outcome, reason };
    report.handshakes.get(&labels).copied().unwrap_or_default()
}

fn requests(report: &Report, host: &str, status: u16) -> u64 {
    let labels = RequestLabels { group: group(), host: host.into(), status };
    report.requests.get(&labels).copied().unwrap_or_default()
}

fn of_group(counts: &HashMap<GatewayGroupId, u64>) -> u64 {
    counts.get(&group()).copied().unwrap_or_default()
}

#[tokio::test]
async fn a_report_counts_what_happened_on_all_workers() {
    let authority = Authority::root("Partners");
    let mut bench = Bench::start().await;
    bench.guard("guide", &["*.test.com", "x.test.com"], &Guard::of(&[&authority])).await;
    let open = Guard::of(&[&authority]).enforcing(Enforcement::ReportOnly);
    bench.guard("open", &["other.org"], &open).await;

    let client = Client::of(&bench, &authority.client("a"));
    let first = client.open("api.test.com").await;
    for path in ["/ip", "/ip", "/nowhere"] {
        first.get("api.test.com", path).await.expect("answered");
    }
    let second = client.open("api.test.com").await;
    assert!(second.resumed);
    second.get("api.test.com", "/ip").await.expect("answered");
    let third = Client::new(&bench).open("other.org").await;
    third.get("other.org", "/ip").await.expect("answered");
    Client::new(&bench).refusal("api.test.com").await;
    Client::new(&bench).refusal("nobody.org").await;
    bench.event(5).await;

    use HandshakeOutcome::{Accepted, Refused, Tolerated};
    let report = bench.gateway.report().await;
    assert_eq!(handshakes(&report, "*.test.com", Accepted, None), 2);
    assert_eq!(handshakes(&report, "other.org", Tolerated, Some(ReasonCode::NoClientCert)), 1);
    assert_eq!(handshakes(&report, "*.test.com", Refused, Some(ReasonCode::NoClientCert)), 1);
    assert_eq!(handshakes(&report, Report::UNKNOWN_HOST, Refused, Some(ReasonCode::UnknownHost)), 1);
    assert_eq!(report.handshakes.values().sum::<u64>(), 5);
    assert_eq!(report.durations[&group()].counts.iter().sum::<u64>(), 5);
    assert_eq!(of_group(&report.resumed), 1);
    assert_eq!(of_group(&report.open_connections), 3);
    assert_eq!(requests(&report, "*.test.com", 200), 3);
    assert_eq!(requests(&report, "*.test.com", 404), 1);
    assert_eq!(requests(&report, "other.org", 200), 1);
    assert_eq!(of_group(&report.closed_by_policy), 0);
    assert_eq!(report.events_dropped, HashMap::new());

    bench.remove("guide").await;
    first.closed().await;
    second.closed().await;
    let report = bench.gateway.report().await;
    assert_eq!(of_group(&report.closed_by_policy), 2);
    assert!(third.is_open());
}
