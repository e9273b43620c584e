//! What an upstream may say at most and at least.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use super::{ActiveCheck, Keepalive, Node, NodeAddress, PassiveCheck, Timeouts, Upstream, UpstreamNumber};
use crate::{Fault, Field, FieldError, Limit};

/// Of answers and failures in a row.
const IN_A_ROW: RangeInclusive<u32> = 1..=254;

impl Upstream {
    /// What of it is out of its bounds, or contradicts its scheme; empty if nothing is.
    pub fn errors(&self) -> Vec<FieldError> {
        let mut errors = self.node_errors();
        errors.extend(self.timeouts.errors());
        errors.extend(check(Field::Retries, 0..=Timeouts::MOST, self.retry_timeout));
        errors.extend(check(Field::Keepalive, 0..=Keepalive::MOST, self.keepalive.size));
        errors.extend(check(Field::Keepalive, 0..=Timeouts::MOST, self.keepalive.idle_timeout));
        errors.extend(self.tls_errors());
        errors.extend(self.health.active.iter().flat_map(ActiveCheck::errors));
        errors.extend(self.health.passive.iter().flat_map(PassiveCheck::errors));
        errors.dedup();
        errors
    }

    fn node_errors(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if self.nodes.len() > Self::MOST_NODES {
            errors.push(too_many(Field::Nodes, Self::MOST_NODES));
        }
        let mut places = HashSet::new();
        for Node { address, weight, .. } in &self.nodes {
            if !places.insert(self.place(address)) {
                errors.push(FieldError::new(Field::Nodes, Fault::NodeTwice { address: address.clone() }));
            }
            errors.extend(check(Field::Nodes, 0..=Node::MOST_WEIGHT, *weight));
        }
        errors
    }

    /// A node's address with the port that it has.
    fn place(&self, address: &NodeAddress) -> NodeAddress {
        let port = Some(address.port.unwrap_or(self.scheme.default_port()));
        NodeAddress { port, ..address.clone() }
    }

    fn tls_errors(&self) -> Vec<FieldError> {
        let tls = &self.tls;
        let mut errors = Vec::new();
        if tls.ca_certificates.len() > Self::MOST_CAS {
            errors.push(too_many(Field::UpstreamCa, Self::MOST_CAS));
        }
        let without_meaning = [
            (Field::UpstreamCa, !tls.ca_certificates.is_empty()),
            (Field::UpstreamServerName, tls.server_name.is_some()),
            (Field::ClientCertificate, tls.client_certificate.is_some()),
        ];
        if !self.scheme.is_tls() {
            let given = without_meaning.into_iter().filter(|(_, is_given)| *is_given);
            errors.extend(given.map(|(field, _)| FieldError::new(field, Fault::NeedsTls)));
        }
        errors
    }
}

impl Timeouts {
    /// Which of them are out of bounds.
    pub fn errors(&self) -> Vec<FieldError> {
        let all = [
            (UpstreamNumber::ConnectTimeout, self.connect),
            (UpstreamNumber::SendTimeout, self.send),
            (UpstreamNumber::ReadTimeout, self.read),
        ];
        let checked = all.into_iter().map(|(number, value)| check_number(number, 1..=Self::MOST, value));
        checked.flatten().collect()
    }
}

impl ActiveCheck {
    fn errors(&self) -> Vec<FieldError> {
        let bounds = [
            (UpstreamNumber::CheckInterval, 1..=3_600, self.interval),
            (UpstreamNumber::CheckTimeout, 1..=60_000, self.timeout),
            (UpstreamNumber::HealthyAfter, IN_A_ROW, self.healthy_after.into()),
            (UpstreamNumber::UnhealthyAfter, IN_A_ROW, self.unhealthy_after.into()),
        ];
        let numbers =
            bounds.into_iter().filter_map(|(number, range, value)| check_number(number, range, value));
        let path = path_fault(&self.path).map(|fault| FieldError::new(Field::ActiveCheck, fault));
        numbers.chain(path).collect()
    }
}

/// Why a path and query could not stand in a request, or would mean another one there.
fn path_fault(path: &str) -> Option<Fault> {
    let is_sent_so = |byte: u8| byte.is_ascii_graphic() && byte != b'#';
    if path.is_empty() {
        Some(Fault::Required)
    } else if path.len() > ActiveCheck::LONGEST_PATH {
        Some(Fault::TooLarge(Limit::Characters(ActiveCheck::LONGEST_PATH as u64)))
    } else if !path.starts_with('/') || !path.bytes().all(is_sent_so) {
        Some(Fault::InvalidCharacters)
    } else {
        None
    }
}

impl PassiveCheck {
    /// The statuses that may count as failures.
    const STATUSES: RangeInclusive<u32> = 500..=599;

    fn errors(&self) -> Vec<FieldError> {
        let unhealthy_after = self.unhealthy_after.into();
        let bounds = [
            (UpstreamNumber::PassiveUnhealthyAfter, IN_A_ROW, unhealthy_after),
            (UpstreamNumber::RecoverAfter, 1..=3_600, self.recover_after),
        ];
        let numbers =
            bounds.into_iter().filter_map(|(number, range, value)| check_number(number, range, value));
        let statuses = self.statuses.iter();
        let statuses =
            statuses.filter_map(|status| check(Field::PassiveCheck, Self::STATUSES, (*status).into()));
        let mut errors: Vec<_> = numbers.chain(statuses).collect();
        // As many as there are different ones.
        if self.statuses.len() > Self::STATUSES.count() {
            errors.push(too_many(Field::PassiveCheck, Self::STATUSES.count()));
        }
        errors
    }
}

fn too_many(field: Field, most: usize) -> FieldError {
    FieldError::new(field, Fault::TooLarge(Limit::Entries(most as u64)))
}

fn check(field: Field, range: RangeInclusive<u32>, value: u32) -> Option<FieldError> {
    let fault = Fault::OutOfRange { least: (*range.start()).into(), most: (*range.end()).into() };
    (!range.contains(&value)).then(|| FieldError::new(field, fault))
}

fn check_number(number: UpstreamNumber, range: RangeInclusive<u32>, value: u32) -> Option<FieldError> {
    check(Field::UpstreamNumber(number), range, value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{HealthChecks, Scheme, UpstreamTls};

    fn upstream(scheme: Scheme, nodes: &[&str]) -> Upstream {
        let nodes = nodes.iter().map(|node| Node::new(node.parse().expect("a node"))).collect();
        Upstream { scheme, nodes, ..Upstream::default() }
    }

    fn range(least: u64, most: u64) -> Fault {
        Fault::OutOfRange { least, most }
    }

    #[track_caller]
    fn assert_errors(upstream: &Upstream, expected: &[(Field, Fault)]) {
        let expected: Vec<_> =
            expected.iter().map(|(at, fault)| FieldError::new(*at, fault.clone())).collect();
        assert_eq!(upstream.errors(), expected);
    }

    #[test]
    fn what_there_is_by_default_is_within_bounds() {
        for sound in [
            Upstream::echo(),
            upstream(Scheme::Http, &[]),
            upstream(Scheme::Https, &["a.test", "a.test:80", "b.test"]),
        ] {
            assert_errors(&sound, &[]);
        }
        let health =
            HealthChecks { active: Some(ActiveCheck::default()), passive: Some(PassiveCheck::default()) };
        assert_errors(&Upstream { health, ..Upstream::default() }, &[]);
    }

    #[test]
    fn nodes_are_few_enough_apart_and_not_too_heavy() {
        let many: Vec<String> = (1..=257).map(|port| format!("a.test:{port}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let limit = Fault::TooLarge(Limit::Entries(256));
        assert_errors(&upstream(Scheme::Http, &many[1..]), &[]);
        assert_errors(&upstream(Scheme::Http, &many), &[(Field::Nodes, limit)]);
        let twice = |address: &str| {
            (Field::Nodes, Fault::NodeTwice { address: address.parse().expect("an address") })
        };
        assert_errors(&upstream(Scheme::Http, &["a.test", "A.test:80"]), &[twice("a.test:80")]);
        assert_errors(&upstream(Scheme::Https, &["[::1]:443", "::1"]), &[twice("[::1]")]);
        let mut heavy = upstream(Scheme::Http, &["a.test"]);
        heavy.nodes[0].weight = Node::MOST_WEIGHT + 1;
        assert_errors(&heavy, &[(Field::Nodes, range(0, 1_000_000))]);
    }

    #[test]
    fn tls_options_need_a_scheme_with_tls() {
        let tls = UpstreamTls {
            ca_certificates: vec!["ca".parse().expect("an id")],
            server_name: Some("a.test".parse().expect("a name")),
            client_certificate: Some("cert".parse().expect("an id")),
            ..UpstreamTls::default()
        };
        let with = |scheme| Upstream { tls: tls.clone(), ..upstream(scheme, &["a.test"]) };
        assert_errors(&with(Scheme::Https), &[]);
        assert_errors(&with(Scheme::Grpcs), &[]);
        let needs_tls = [Field::UpstreamCa, Field::UpstreamServerName, Field::ClientCertificate]
            .map(|field| (field, Fault::NeedsTls));
        for scheme in [Scheme::Http, Scheme::Grpc, Scheme::Echo] {
            assert_errors(&with(scheme), &needs_tls);
        }
    }

    #[test]
    fn numbers_have_bounds() {
        let day = u64::from(Timeouts::MOST);
        let timeouts = |connect, send, read| Upstream {
            timeouts: Timeouts { connect, send, read },
            ..Upstream::default()
        };
        assert_errors(&timeouts(1, 1, Timeouts::MOST), &[]);
        for (wrong, number) in [
            (timeouts(0, 1, 1), UpstreamNumber::ConnectTimeout),
            (timeouts(1, Timeouts::MOST + 1, 1), UpstreamNumber::SendTimeout),
            (timeouts(1, 1, 0), UpstreamNumber::ReadTimeout),
        ] {
            assert_errors(&wrong, &[(Field::UpstreamNumber(number), range(1, day))]);
        }
        let keepalive = |size, idle_timeout| Upstream {
            keepalive: Keepalive { size, idle_timeout, requests: 0 },
            ..Upstream::default()
        };
        assert_errors(&keepalive(0, 0), &[]);
        assert_errors(&keepalive(32_769, 0), &[(Field::Keepalive, range(0, 32_768))]);
        assert_errors(&keepalive(0, Timeouts::MOST + 1), &[(Field::Keepalive, range(0, day))]);
        let retries = Upstream { retry_timeout: Timeouts::MOST + 1, ..Upstream::default() };
        assert_errors(&retries, &[(Field::Retries, range(0, day))]);
    }

    #[test]
    fn health_checks_have_bounds() {
        let good = ActiveCheck::default();
        let number = Field::UpstreamNumber;
        let with_path = |path: &str| ActiveCheck { path: path.to_owned(), ..ActiveCheck::default() };
        let long = Fault::TooLarge(Limit::Characters(1_024));
        for (active, field, fault) in [
            (
                ActiveCheck { interval: 0, ..good.clone() },
                number(UpstreamNumber::CheckInterval),
                range(1, 3_600),
            ),
            (
                ActiveCheck { timeout: 60_001, ..good.clone() },
                number(UpstreamNumber::CheckTimeout),
                range(1, 60_000),
            ),
            (
                ActiveCheck { healthy_after: 0, ..good.clone() },
                number(UpstreamNumber::HealthyAfter),
                range(1, 254),
            ),
            (
                ActiveCheck { unhealthy_after: 255, ..good },
                number(UpstreamNumber::UnhealthyAfter),
                range(1, 254),
            ),
            (with_path(""), Field::ActiveCheck, Fault::Required),
            (with_path("health"), Field::ActiveCheck, Fault::InvalidCharacters),
            (with_path("/a b"), Field::ActiveCheck, Fault::InvalidCharacters),
            (with_path("/a\r\nHost: b"), Field::ActiveCheck, Fault::InvalidCharacters),
            (with_path("/a#b"), Field::ActiveCheck, Fault::InvalidCharacters),
            (with_path(&"/".repeat(1_025)), Field::ActiveCheck, long),
        ] {
            let health = HealthChecks { active: Some(active), passive: None };
            assert_errors(&Upstream { health, ..Upstream::default() }, &[(field, fault)]);
        }
        let good = PassiveCheck::default();
        let unhealthy_after = number(UpstreamNumber::PassiveUnhealthyAfter);
        for (passive, field, fault) in [
            (PassiveCheck { unhealthy_after: 0, ..good.clone() }, unhealthy_after, range(1, 254)),
            (
                PassiveCheck { recover_after: 3_601, ..good.clone() },
                number(UpstreamNumber::RecoverAfter),
                range(1, 3_600),
            ),
            (PassiveCheck { statuses: vec![404], ..good.clone() }, Field::PassiveCheck, range(500, 599)),
            (
                PassiveCheck { statuses: vec![500; 101], ..good },
                Field::PassiveCheck,
                Fault::TooLarge(Limit::Entries(100)),
            ),
        ] {
            let health = HealthChecks { active: None, passive: Some(passive) };
            assert_errors(&Upstream { health, ..Upstream::default() }, &[(field, fault)]);
        }
    }
}
